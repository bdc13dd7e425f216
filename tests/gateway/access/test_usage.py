"""Usage: what was counted is added once, however often it is sent, and a count is never too high."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from catalog.registry import Registry
from gateway.access.meter_tables import usage
from gateway.access.usage import Tally, UsageRow, record, usage_rows
from gateway.migrations import upgrade
from gateway.serve import meter as meter_module
from gateway.serve.meter import Meter, open_meter
from tests.conftest import database

DAY = date(2026, 5, 1)
AT = datetime(2026, 5, 1, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'meter.sqlite'}"
    found = database(request.getfixturevalue("postgres_url"))
    registry = Registry(found)
    upgrade(registry)
    registry.close()
    return found


def counted(url: str) -> dict[tuple[str, str, int], tuple[int, int]]:
    meter = open_meter(url)
    with meter.reading() as snapshot:
        rows = usage_rows(snapshot, DAY, DAY)
    meter.close()
    return {(row.key, row.dataset, row.status): (tally.requests, tally.bytes) for row, tally in rows}


def test_a_batch_counts_once_however_often_it_is_sent(url: str) -> None:
    meter = open_meter(url)
    batch = {UsageRow(DAY, "k1", "stops", 2): Tally(3, 300), UsageRow(DAY, "", "stops", 4): Tally(1, 10)}
    for flush, first in (("a", True), ("a", False), ("b", True), ("a", False)):
        with meter.transaction(in_turn=False) as unit:
            assert record(unit, flush, batch, AT) is first
    meter.close()
    assert counted(url) == {("k1", "stops", 2): (6, 600), ("", "stops", 4): (2, 20)}


class Unsure:
    """A database whose answer to a commit is lost: it has committed, and says that it failed."""

    def __init__(self, real: Registry, failures: int, *, commits: bool) -> None:
        self.real, self.failures, self.commits = real, failures, commits

    @contextmanager
    def transaction(self, **options: Any) -> Iterator[Any]:
        self.failures -= 1
        if self.failures < 0:
            with self.real.transaction(**options) as unit:
                yield unit
            return
        if self.commits:
            with self.real.transaction(**options) as unit:
                yield unit
            raise OperationalError("COMMIT", {}, Exception("connection lost"))
        with self.real.transaction(**options) as unit:
            yield unit
            raise OperationalError("INSERT", {}, Exception("connection lost"))

    def close(self) -> None:
        self.real.close()


@pytest.mark.parametrize("commits", [True, False], ids=["committed unheard", "rolled back"])
def test_a_flush_that_fails_is_sent_again_and_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: bool
) -> None:
    url = f"sqlite:///{tmp_path / 'meter.sqlite'}"
    monkeypatch.setattr(meter_module, "FLUSH_S", 0.02)
    opened: Callable[[], Any] = lambda: Unsure(open_meter(url), 3, commits=commits)  # noqa: E731
    meter = Meter(opened, lambda: AT)
    for _ in range(50):
        meter.count(DAY, "k1", "stops", 2, 7)
    deadline = datetime.now(UTC).timestamp() + 10
    while not counted(url) or datetime.now(UTC).timestamp() < deadline - 9.5:
        meter.count(DAY, "k1", "stops", 3, 0)
        assert datetime.now(UTC).timestamp() < deadline
    meter.close()
    assert counted(url)["k1", "stops", 2] == (50, 350)


def test_what_is_counted_is_written_down_when_the_server_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'meter.sqlite'}"
    meter = Meter(lambda: open_meter(url), lambda: AT)
    meter.count(DAY, "", "stops", 2, 5)
    meter.close()
    assert counted(url) == {("", "stops", 2): (1, 5)}


def test_usage_has_no_place_for_an_address_or_a_query() -> None:
    assert {column.name for column in usage.columns} == {
        "day",
        "key",
        "dataset",
        "status",
        "requests",
        "bytes",
    }
