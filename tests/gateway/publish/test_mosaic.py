"""The mosaic: what is safe alone and identifies together is held, whichever way it fits; what is harmless beside it is not."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import FieldRole
from catalog.release import State
from gateway.gate import Gate
from gateway.publish import standing
from gateway.publish import submit as submit_module
from gateway.publish.mosaic import Mosaic, lay_mosaic
from gateway.publish.report import Report
from gateway.publish.risk_check import Weighed
from gateway.risk_reports import Opened, OpenedRelease, newest_about_persons
from privacy.sketch import ColumnSketch, hashes_select, serial_select, sketch_hashes
from privacy.tables import sketches
from tests.conftest import Publish

L1 = {"grade": "L1"}
# 200 people: every attribute alone, and each pair of a table below, leaves groups of at least 5
PEOPLE = [
    {
        "登记码": f"K{n * 7919 % 100_003:06d}",
        "年龄": 20 + n % 4 * 10,
        "性别": "男女"[n // 4 % 2],
        "职业": f"职业{n // 8 % 5}",
        "学历": ("小学", "中学", "本科", "硕士", "博士")[n // 40 % 5],
        "班次": f"班次{n % 3}",
        "姓名": f"人{n}",
        "津贴": f"{n % 4 * 10 + n // 8 % 5}元",
    }
    for n in range(200)
]


def table(folder: Path, name: str, columns: str, people: list[dict[str, Any]], order: int = 1) -> Path:
    """A file of some columns; `order` coprime to the rows puts them in another order."""
    names = columns.split(",")
    rows = [people[n * order % len(people)] for n in range(len(people))]
    path = folder / f"{name}.csv"
    path.write_text(
        "\n".join([columns, *(",".join(str(one[c]) for c in names) for one in rows)]) + "\n", "utf-8"
    )
    return path


@pytest.fixture
def opening(publish: Publish, tmp_path: Path) -> Callable[..., Report]:
    def run(
        name: str, columns: str, people: list[dict[str, Any]] = PEOPLE, order: int = 1, **more: Any
    ) -> Report:
        more.setdefault("answers", L1)
        return publish(
            table(tmp_path, name, columns, people, order), dataset_id=name, title=f"登记{name}", **more
        )

    return run


def mosaic_of(report: Report) -> dict[str, Any]:
    assert report.risk is not None
    found = report.risk["mosaic"]
    assert isinstance(found, dict)
    return found


FIRST = "登记码,年龄,性别"


@pytest.mark.parametrize("columns", ["登记码,职业,学历", "登记码,学历,职业,班次"])
def test_a_pair_safe_alone_and_identifying_together_is_held_and_its_columns_are_named(
    opening: Callable[..., Report], gate: Gate, columns: str
) -> None:
    assert opening("alone", columns).state is State.RELEASED  # safe alone
    gate_files = list((gate.settings.home / "open").iterdir())
    second = opening("second", FIRST, order=7)
    assert second.state is State.HELD
    (question,) = (one for one in second.questions if one.field == "mosaic")
    assert question.role == "officer"
    assert question.proposed is None
    assert "alone" in question.text.en
    assert "登记码" in question.text.en
    found = mosaic_of(second)
    assert found["k_together"] == 1
    (piece,) = found["pieces"]
    assert (piece["dataset"], piece["k_alone"], piece["columns"]) == ("alone", 25, [["登记码", "登记码"]])
    assert piece["k_together"] == 1
    assert not any(one["登记码"] in question.text.en + question.text.zh for one in PEOPLE)
    assert list((gate.settings.home / "open").iterdir()) == gate_files
    reasons = {one.entry_id for one in second.reasons}
    assert "starter-34" in reasons  # judged, no longer deferred
    # dropping what links them opens it
    apart = opening("second", FIRST, order=7, answers={**L1, "column:登记码": "drop"})
    assert apart.state is State.RELEASED


def test_part_of_the_people_is_enough_to_be_told_more_of(opening: Callable[..., Report]) -> None:
    assert opening("alone", "登记码,职业,学历", PEOPLE[:120]).state is State.RELEASED
    second = opening("second", FIRST, order=7)
    assert second.state is State.HELD
    (piece,) = mosaic_of(second)["pieces"]
    assert (piece["columns"], piece["linked_rows"]) == ([["登记码", "登记码"]], 0)
    assert piece["k_together"] < 5 <= piece["k_alone"]


def test_the_same_pair_with_harmless_content_is_released(opening: Callable[..., Report]) -> None:
    assert opening("persons", FIRST).state is State.RELEASED
    shifts = opening("shifts", "登记码,性别,班次", order=7)
    assert shifts.state is State.RELEASED
    found = mosaic_of(shifts)
    assert (found["compared"], found["pieces"]) == (1, [])


def test_rows_in_the_same_order_are_joined_by_their_order(opening: Callable[..., Report]) -> None:
    people = [{**one, "年龄": one["年龄"] + n // 100 * 5} for n, one in enumerate(PEOPLE)]
    assert opening("a", "性别,年龄,职业", people).state is State.RELEASED
    same = opening("b", "性别,学历", people)
    assert same.state is State.HELD
    assert any(piece["by_order"] for piece in mosaic_of(same)["pieces"])


def test_the_same_people_told_by_other_attributes_are_held(opening: Callable[..., Report]) -> None:
    assert opening("a", "性别,年龄,职业").state is State.RELEASED
    other = opening("b", "性别,年龄,学历", order=3)
    assert other.state is State.HELD
    (piece,) = mosaic_of(other)["pieces"]
    assert piece["columns"] == [["性别", "性别"], ["年龄", "年龄"]]
    assert piece["k_together"] == 1
    assert not piece["by_order"]


Lay = Callable[..., Mosaic]


@pytest.fixture
def lay(tmp_path: Path) -> Iterator[Lay]:
    """Lay one table beside another: each of columns, and the roles of some of them."""
    key = b"k" * 32
    with DuckDBEngine(tmp_path / "spill", memory_mb=512, threads=1) as engine:

        def sketched(
            name: str, columns: str, roles: dict[str, FieldRole], order: int
        ) -> tuple[Path, tuple[ColumnSketch, ...]]:
            path = tmp_path / f"{name}.parquet"
            csv = table(tmp_path, name, columns, PEOPLE, order)
            engine.connection.execute(
                f"COPY (FROM read_csv('{csv}', all_varchar = true)) TO '{path}' (FORMAT PARQUET)"
            )
            engine.register_parquet(name, path)
            found = []
            for one in columns.split(","):
                column = Column(one, ColumnType.TEXT)
                counted = f'SELECT count("{one}"), count(DISTINCT "{one}") FROM "{name}"'
                ((filled, distinct),) = engine.connection.execute(counted).fetchall()
                found_hashes = engine.fetch(hashes_select(column, name, key, filled, distinct)).to_pylist()
                hashes = sketch_hashes(row["hash"] for row in found_hashes)
                (row,) = engine.fetch(serial_select(column, name)).to_pylist()
                role = roles.get(one, FieldRole.NONE)
                quasi = role is FieldRole.QUASI_IDENTIFIER
                facts = (role, None, None, quasi, distinct, row["serial"])
                found.append(ColumnSketch(one, one, ColumnType.TEXT, MaskOperator.KEEP, *facts, hashes))
            return path, tuple(found)

        def run(mine: tuple[str, dict[str, FieldRole]], theirs: tuple[str, dict[str, FieldRole]]) -> Mosaic:
            output, sketches_ = sketched("mine", *mine, 1)
            file, columns = sketched("theirs", *theirs, 7)
            release = OpenedRelease(1, "theirs", "r", len(PEOPLE), 25, columns)
            opened = Opened(1, key, lambda: ((release,), 0), lambda _: file)
            weighed = Weighed(True, (), None, (), None, 5, True, ())
            return lay_mosaic(engine, output, "mine", sketches_, weighed, len(PEOPLE), opened)

        yield run


SECRET, NAMED, QUASI = FieldRole.SENSITIVE, FieldRole.IDENTIFIER, FieldRole.QUASI_IDENTIFIER


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (("登记码,年龄", {"年龄": QUASI}), ("登记码,班次", {"班次": SECRET})),
        (("登记码,班次", {"班次": SECRET}), ("登记码,年龄", {"年龄": QUASI})),
        (("登记码,年龄", {"年龄": QUASI}), ("登记码,姓名", {"姓名": NAMED})),
        (("登记码,姓名", {"姓名": NAMED}), ("登记码,年龄", {"年龄": QUASI})),
        # named people, and a secret that all of a group share: their group needs not be small
        (("姓名,年龄,职业", {"姓名": NAMED, "年龄": QUASI, "职业": QUASI}), ("年龄,职业,津贴", {"年龄": QUASI, "职业": QUASI, "津贴": SECRET})),
    ],
    ids=["secret-theirs", "secret-mine", "name-theirs", "name-mine", "names-and-a-secret-of-groups"],
)  # fmt: skip
def test_a_row_that_gets_an_identifier_or_a_sensitive_value_is_held(
    lay: Lay, mine: tuple[str, dict[str, FieldRole]], theirs: tuple[str, dict[str, FieldRole]]
) -> None:
    found = lay(mine, theirs)
    assert found.is_held
    assert found.k == 1
    assert found.pieces[0].linked_rows == len(PEOPLE)


def test_a_secret_that_a_group_does_not_share_is_nobodys(lay: Lay) -> None:
    mine = ("年龄,性别", {"年龄": QUASI, "性别": QUASI})
    assert not lay(mine, ("年龄,班次", {"年龄": QUASI, "班次": SECRET})).is_held
    named = ("姓名,年龄", {"姓名": NAMED, "年龄": QUASI})
    assert not lay(named, ("年龄,班次", {"年龄": QUASI, "班次": SECRET})).is_held
    assert not lay(("年龄", {"年龄": QUASI}), ("班次,职业", {"职业": QUASI})).read  # nothing is shared


def test_two_versions_that_differ_in_one_person_are_held_and_in_a_whole_group_released(
    opening: Callable[..., Report],
) -> None:
    columns = "年龄,性别,班次"
    assert opening("staff", columns).state is State.RELEASED
    newcomer = {**PEOPLE[0], "班次": "班次1"}
    one_more = opening("staff", columns, [*PEOPLE, newcomer])
    assert one_more.state is State.HELD
    (piece,) = mosaic_of(one_more)["pieces"]
    assert piece["version"]
    assert piece["k_together"] == 1
    assert opening("staff", columns, [*PEOPLE, *([newcomer] * 5)]).state is State.RELEASED
    assert (
        opening("staff", columns, [*PEOPLE, *([newcomer] * 5)], order=2 + 1).state is State.RELEASED
    )  # only reordered


def test_unlike_people_with_like_columns_do_not_hold_each_other(opening: Callable[..., Report]) -> None:
    assert opening("north", "登记码,年龄,性别").state is State.RELEASED
    others = [{**one, "登记码": f"S{n:06d}"} for n, one in enumerate(PEOPLE[:150])]
    assert opening("south", "登记码,职业,学历", others).state is State.RELEASED


def test_an_exemption_of_the_entry_lifts_the_question_and_its_end_brings_it_back(
    opening: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opening("first", FIRST).state is State.RELEASED
    exempted = {"lifted": frozenset({"starter-34"})}
    monkeypatch.setattr(standing.store, "exempted", lambda *given: exempted)
    lifted = opening("lifted", "登记码,职业,学历", order=7)
    assert lifted.state is State.RELEASED
    assert mosaic_of(lifted)["pieces"]  # measured and told all the same
    monkeypatch.undo()
    assert opening("held", "登记码,职业,班次,学历", order=7).state is State.HELD


def test_sketches_hold_no_value_and_are_of_no_use_without_the_key(
    opening: Callable[..., Report], gate: Gate
) -> None:
    assert opening("first", FIRST).state is State.RELEASED
    with gate.registry.reading() as snapshot:
        rows = snapshot.execute(select(sketches)).fetchall()
    kept = b"".join(row.hashes for row in rows) + repr([row.columns for row in rows]).encode()
    assert all(one["登记码"].encode() not in kept for one in PEOPLE)
    for plainly in (hashlib.md5, hashlib.sha256):
        for one in PEOPLE:
            digest = plainly(one["登记码"].encode()).digest()
            assert digest[:8] not in kept
            assert digest[::-1][:8] not in kept


def test_of_two_that_may_not_stand_together_one_is_second_even_at_once(
    opening: Callable[..., Report], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are compared with an empty house before either commits."""
    both = threading.Barrier(2)
    conclude = submit_module._conclude
    first_time = threading.local()

    def together(*given: Any) -> Report:
        if not getattr(first_time, "been", False):
            first_time.been = True
            both.wait(60)
        return conclude(*given)

    monkeypatch.setattr(submit_module, "_conclude", together)
    states: list[State] = []
    jobs = [
        threading.Thread(
            target=lambda n=name, c=columns, o=order: states.append(opening(n, c, order=o).state)
        )
        for name, columns, order in (("one", FIRST, 1), ("two", "登记码,职业,学历", 7))
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(120)
    assert sorted(states) == [State.HELD, State.RELEASED]
    with gate.registry.reading() as snapshot:
        assert newest_about_persons(snapshot) >= 0


def test_what_cannot_be_read_any_more_is_told(opening: Callable[..., Report], gate: Gate) -> None:
    first = opening("first", FIRST)
    assert first.release is not None
    (gate.settings.home / "open" / f"{first.release.id}.parquet").unlink()
    second = opening("second", "登记码,职业,学历", order=7)
    assert mosaic_of(second)["not_compared"] == 1
