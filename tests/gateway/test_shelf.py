"""The shelf answers under a lease: withdrawn is withdrawn, and a registry that is gone means no answer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.errors import NotFound, Unavailable
from catalog.registry import Registry, queries
from gateway.access import OWNER
from gateway.gate import Gate
from gateway.publish.jobs import build_wanted, run_jobs
from gateway.publish.review import withdraw
from gateway.serve.cache_folder import make_room
from gateway.serve.earlier import Asked
from gateway.serve.served import Served
from gateway.serve.shelf import RegistryShelf
from tests.conftest import Publish


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("站名,线路数\n" + "".join(f"站{n},{n % 7}\n" for n in range(50)), "utf-8")
    return path


def shelf_of(gate: Gate, clock: Clock) -> RegistryShelf:
    """Of a registry that may be cut off: a look-up does not ask it."""
    reader = Registry(gate.settings.registry, read_only=True)
    reader.local = False
    return RegistryShelf(reader, gate.open, gate.settings.cache_folder, 0.5, clock)


def test_a_release_is_on_the_shelf_with_its_files_once_they_are_built(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    shelf = shelf_of(gate, Clock())
    shelf.renew()
    assert (shelf.current("stops"), shelf.number("stops"), shelf.at_hand("stops")) == (None, None, True)
    report = publish(stops, dataset_id="stops")
    shelf.renew()
    assert shelf.number("stops") is not None
    assert not shelf.at_hand("stops")
    served = shelf.current("stops")
    assert served is not None
    assert served.release == report.release
    assert served.row_file is None
    assert shelf.at_hand("stops")
    assert shelf.current("stops") is served
    run_jobs(gate)
    shelf.renew()
    served = shelf.current("stops")
    assert served is not None
    assert served.row_file is not None


def test_a_withdrawal_is_seen_when_the_lease_is_renewed(gate: Gate, publish: Publish, stops: Path) -> None:
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, Clock())
    shelf.renew()
    assert shelf.current("stops") is not None
    withdraw(gate, OWNER, "stops", "mistake")
    assert shelf.current("stops") is not None  # within the lease
    shelf.renew()
    assert shelf.current("stops") is None
    assert shelf.epoch() == 1


def test_a_release_looked_up_before_a_withdrawal_is_not_found_after_it(
    gate: Gate, publish: Publish, stops: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, Clock())
    shelf.renew()
    look_up = shelf._look_up

    def slow(number: int) -> Served:
        found = look_up(number)
        withdraw(gate, OWNER, "stops", "mistake")
        shelf.renew()
        return found

    monkeypatch.setattr(shelf, "_look_up", slow)
    shelf.current("stops")  # begun before the withdrawal
    assert shelf.number("stops") is None
    assert shelf.current("stops") is None


@pytest.mark.parametrize("ask", ["epoch", "revision", "number", "at_hand", "current"])
def test_without_a_renewed_lease_nothing_is_served(
    gate: Gate, publish: Publish, stops: Path, ask: str
) -> None:
    clock = Clock()
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, clock)
    question = getattr(shelf, ask)
    arguments = ("stops",) if ask in ("number", "at_hand", "current") else ()
    with pytest.raises(Unavailable):
        question(*arguments)
    shelf.renew()
    shelf.current("stops")
    clock.now += 0.5
    question(*arguments)
    clock.now += 0.001
    with pytest.raises(Unavailable):
        question(*arguments)


def test_a_local_registry_is_asked_by_the_look_up_where_the_thread_is_late(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    clock = Clock()
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, clock)
    shelf._registry.local = True
    assert shelf.current("stops") is not None
    withdraw(gate, OWNER, "stops", "mistake")
    assert shelf.current("stops") is not None  # within the lease
    clock.now += 0.51
    assert shelf.current("stops") is None


def test_a_slow_look_does_not_undo_a_later_one(gate: Gate, publish: Publish, stops: Path) -> None:
    clock = Clock()
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, clock)
    standing = queries.standing

    def slow(snapshot: object) -> dict[str, int]:
        found = standing(snapshot)  # type: ignore[arg-type]
        queries.standing = standing
        withdraw(gate, OWNER, "stops", "mistake")
        clock.now += 0.1
        shelf.renew()
        return found

    queries.standing = slow  # type: ignore[assignment]
    shelf.renew()
    assert shelf.number("stops") is None


def test_a_registry_that_is_gone_does_not_renew(gate: Gate, publish: Publish, stops: Path) -> None:
    publish(stops, dataset_id="stops")
    shelf = shelf_of(gate, Clock())
    shelf.renew()
    folder = gate.settings.home / "registry"
    folder.rename(folder.with_name("away"))
    shelf._registry.close()
    with pytest.raises(Unavailable):
        shelf.renew()


def test_the_lease_counts_from_before_the_question(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    shelf = shelf_of(gate, clock)
    stand = queries.stand

    def slow(snapshot: object) -> tuple[int, int]:
        clock.now += 0.4
        return stand(snapshot)  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "stand", slow)
    shelf.renew()
    clock.now += 0.11
    with pytest.raises(Unavailable):
        shelf.epoch()


def test_a_following_shelf_renews_by_itself_outlives_an_absence_and_ends(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    reader = Registry(gate.settings.registry, read_only=True)
    reader.local = False
    shelf = RegistryShelf(reader, gate.open, gate.settings.cache_folder, 0.2)
    shelf.follow()
    publish(stops, dataset_id="stops")
    assert _soon(lambda: shelf.number("stops") is not None)
    folder, away = gate.settings.home / "registry", gate.settings.home / "away"
    folder.rename(away)
    reader.close()  # its connections look at the old place
    assert _soon(lambda: _unavailable(shelf))
    away.rename(folder)
    assert _soon(lambda: not _unavailable(shelf))
    shelf.close()
    assert shelf._follower is not None
    assert not shelf._follower.is_alive()


def _unavailable(shelf: RegistryShelf) -> bool:
    try:
        shelf.epoch()
    except Unavailable:
        return True
    return False


def _soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with contextlib.suppress(Unavailable):
            if condition():
                return True
        time.sleep(0.02)
    return False


def changed(path: Path, lines: int) -> Path:
    """The same table with another number of rows."""
    path.write_text("站名,线路数\n" + "".join(f"站{n},{n % 7}\n" for n in range(lines)), "utf-8")
    return path


def test_a_release_that_was_replaced_is_answered_from_until_the_dataset_is_withdrawn(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    first = publish(stops, dataset_id="stops").release
    second = publish(changed(stops, 60), dataset_id="stops").release
    assert first is not None
    assert second is not None
    shelf = shelf_of(gate, Clock())
    shelf.renew()
    asked = Asked(first.id[:16])

    served = shelf.earlier("stops", asked)
    assert (served.release.id, served.release.rows) == (first.id, 50)
    assert shelf.earlier("stops", asked) is served
    by_moment = shelf.earlier("stops", Asked(moment=first.published_at))
    assert by_moment.release.id == first.id
    with pytest.raises(NotFound):
        shelf.earlier("stops", Asked("0" * 16))

    withdraw(gate, OWNER, "stops", "mistake")
    shelf.renew()
    with pytest.raises(NotFound):
        shelf.earlier("stops", asked)
    publish(changed(stops, 70), dataset_id="stops")
    shelf.renew()
    for known in (first, second):
        with pytest.raises(NotFound):
            shelf.earlier("stops", Asked(known.id[:16]))


def test_a_stand_that_is_behind_the_registry_opens_nothing_old(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    first = publish(stops, dataset_id="stops").release
    publish(changed(stops, 60), dataset_id="stops")
    assert first is not None
    shelf = shelf_of(gate, Clock())
    shelf.renew()

    # the shelf has not looked since
    publish(changed(stops, 70), dataset_id="stops", answers={"column:线路数": "drop"})
    with pytest.raises(NotFound):
        shelf.earlier("stops", Asked(first.id[:16]))
    withdraw(gate, OWNER, "stops", "mistake")
    with pytest.raises(NotFound):
        shelf.earlier("stops", Asked(first.id[:16]))


def test_a_column_that_is_withheld_now_does_not_come_back_through_an_old_release(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    first = publish(stops, dataset_id="stops").release
    second = publish(changed(stops, 60), dataset_id="stops", answers={"column:线路数": "drop"}).release
    assert first is not None
    assert second is not None
    assert [one.column.name for one in second.columns] == ["站名"]
    shelf = shelf_of(gate, Clock())
    shelf.renew()

    with pytest.raises(NotFound) as refused:
        shelf.earlier("stops", Asked(first.id[:16]))
    assert "withheld" in refused.value.message.en


def test_evicted_files_are_built_again_for_who_asks(gate: Gate, publish: Publish, stops: Path) -> None:
    publish(stops, dataset_id="stops")
    run_jobs(gate)
    shelf = shelf_of(gate, Clock())
    shelf.renew()
    assert shelf.current("stops") is not None
    assert build_wanted(gate) == 0

    make_room(gate.settings.cache_folder, 0, keep="")
    shelf = shelf_of(gate, Clock())
    shelf.renew()
    served = shelf.current("stops")
    assert served is not None
    assert served.row_file is None
    assert build_wanted(gate) == 1
    assert build_wanted(gate) == 0
    assert run_jobs(gate) == 1
    shelf.renew()
    served = shelf.current("stops")
    assert served is not None
    assert served.row_file is not None


def test_building_files_keeps_to_the_bound(
    gate: Gate, publish: Publish, stops: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(gate.settings), "max_cache_bytes", 1)
    publish(stops, dataset_id="first")
    publish(stops, dataset_id="second", title="站点二")
    run_jobs(gate)

    [left] = (gate.settings.cache_folder / "releases").iterdir()
    assert any(left.iterdir())
