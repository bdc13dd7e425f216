"""From a received file to a judged plan: what leaves has been looked at in the form in which it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import duckdb
import pytest
from sqlglot import exp

from catalog.contract import Contract, Field
from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.render import column as column_reference
from catalog.errors import BadInput
from catalog.finding import FieldRole, Grade
from catalog.registry import queries
from catalog.release import QuestionKind, State
from gateway.gate import Gate
from gateway.publish import examine as examine_module
from gateway.publish import plan as plan_module
from gateway.publish.report import Report
from gateway.publish.request import Request, answered
from privacy import expression
from samples import people
from tests.conftest import Publish

NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)
PEOPLE = [people.person(Random(n), date(1950, 1, 1), date(2005, 1, 1), "339801") for n in range(40)]


@pytest.fixture
def gate(gate: Gate) -> Gate:
    """The gate of the house with its clock held."""
    return replace(gate, now=lambda: NOW)


def file(folder: Path, header: str, rows: list[str]) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def wardens(folder: Path) -> Path:
    return file(folder, "河长,河流", [f"{one.name},清河{n % 6}" for n, one in enumerate(PEOPLE)])


def penalties(folder: Path, old: int, undated: int = 0, recent: int = 25) -> Path:
    days = ["2015-03-04"] * old + [""] * undated + ["2025-03-04"] * recent
    return file(folder, "企业名称,处罚日期,处罚内容", [f"云汀第{n}公司,{d},警告" for n, d in enumerate(days)])


def open_files(gate: Gate) -> list[Path]:
    return list((gate.settings.home / "open").iterdir())


def planned_rows(gate: Gate, report: Report) -> tuple[list[str], list[tuple[object, ...]]]:
    """The planned output of a held submission, from the domain zone."""
    found = duckdb.read_parquet(str(gate.domain.path(str(report.planned), ".parquet")))
    return found.columns, found.fetchall()


def asked(report: Report) -> dict[str, QuestionKind]:
    return {one.field: one.kind for one in report.questions}


def mask_that_fails(operator: MaskOperator, column: Column) -> exp.Expr | None:
    if operator is MaskOperator.PARTIAL:
        return column_reference(column.name)
    return expression(operator, column)


def test_a_masked_column_of_persons_is_held_masked_for_its_grade(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    report = publish(wardens(tmp_path), dataset_id="wardens")
    assert (report.state, report.grade, asked(report)) == (
        State.HELD,
        Grade.L2,
        {"grade": QuestionKind.GRADE},
    )
    assert open_files(gate) == []
    columns, rows = planned_rows(gate, report)
    assert columns == ["河长", "河流"]
    assert {str(name)[1:] for name, _ in rows} == {"*"}


def test_a_mask_that_does_not_work_is_seen_by_the_second_look_and_its_column_stays(
    gate: Gate, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_module, "expression", mask_that_fails)
    report = publish(wardens(tmp_path), dataset_id="wardens", answers={"grade": "L1"})
    names = {one.name: one for one in report.columns}
    assert (names["河长"].role, names["河长"].operator) == (FieldRole.IDENTIFIER, None)
    assert report.state is State.RELEASED
    assert report.release is not None
    assert [one.name for one in report.release.withheld] == ["河长"]
    (released,) = open_files(gate)
    assert duckdb.read_parquet(str(released)).columns == ["河流"]
    assert not any(one.name.encode() in released.read_bytes() for one in PEOPLE)


def test_a_column_that_holds_anothers_cells_is_seen_by_the_second_look(
    gate: Gate, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column that leaves as it is has been read; what was written in its place has not."""

    def in_the_wrong_place(operator: MaskOperator, column: Column) -> exp.Expr | None:
        return column_reference("河长") if column.name == "河流" else expression(operator, column)

    monkeypatch.setattr(plan_module, "expression", in_the_wrong_place)
    report = publish(wardens(tmp_path), dataset_id="wardens", answers={"grade": "L1"})
    assert {one.name: one.operator for one in report.columns}["河流"] is None
    for written in open_files(gate):
        cells = {str(cell) for row in duckdb.read_parquet(str(written)).fetchall() for cell in row}
        assert not cells & {one.name for one in PEOPLE}


def test_an_output_that_never_comes_to_rest_is_refused_whole(
    gate: Gate, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_module, "expression", mask_that_fails)
    monkeypatch.setattr(examine_module, "MAX_PASSES", 1)
    report = publish(wardens(tmp_path), dataset_id="wardens", answers={"grade": "L1"})
    assert (report.state, report.grade) == (State.REFUSED, Grade.L4)
    assert "unsettled" in {one.entry_id for one in report.reasons}
    assert open_files(gate) == []


@pytest.mark.parametrize(
    ("old", "undated", "published"), [(0, 0, 0), (3, 0, 10), (43, 0, 40), (44, 1, 50)], ids=str
)
def test_rows_kept_back_are_counted_and_published_rounded(
    publish: Publish, tmp_path: Path, old: int, undated: int, published: int
) -> None:
    report = publish(
        penalties(tmp_path, old, undated), title="行政处罚", theme="credit", dataset_id="penalties"
    )
    assert report.state is State.RELEASED
    assert (report.rows, report.excluded_rows, report.output_rows) == (25 + old + undated, old + undated, 25)
    assert report.release is not None
    assert (report.release.rows, report.release.excluded_rows) == (25, published)
    if old:
        assert "starter-03" in {one.entry_id for one in report.reasons}


def test_a_dataset_of_which_every_row_is_kept_back_is_refused(publish: Publish, tmp_path: Path) -> None:
    rows = [f"{one.name},{2014 + n % 6}-03-11" for n, one in enumerate(PEOPLE)]
    report = publish(file(tmp_path, "儿童姓名,出生日期", rows), title="接种", dataset_id="children")
    assert report.state is State.REFUSED
    assert "starter-31" in {one.entry_id for one in report.reasons}
    report = publish(penalties(tmp_path, 20, recent=0), title="行政处罚", theme="credit", dataset_id="old")
    assert report.state is State.REFUSED


def workers(folder: Path, rows: int) -> Path:
    cells = [f"{20 + n},{'男女'[n % 2]},职业{n % 5}" for n in range(rows)]
    return file(folder, "年龄,性别,职业", cells)


def test_small_groups_of_persons_are_generalised_and_a_person_accepts_it(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    table = workers(tmp_path, 30)
    asked_for = publish(table, dataset_id="ages", yes=False, answers={"grade": "L1"})
    assert asked_for.state is State.HELD
    questions = {one.field: one for one in asked_for.questions}
    assert questions["column:职业"].kind is QuestionKind.MASKING
    assert (questions["column:职业"].role, questions["column:职业"].proposed) == ("steward", "drop")
    assert "5" in questions["column:职业"].text.en
    assert "k" not in questions
    report = publish(table, dataset_id="ages", answers={"grade": "L1"})
    assert (report.state, report.smallest_group) == (State.RELEASED, 5)
    assert report.release is not None
    (withheld,) = report.release.withheld
    assert {one.entry_id for one in withheld.reasons} == {"k-anonymity"}
    (released,) = open_files(gate)
    rows = duckdb.sql(f"SELECT 年龄, 性别, count(*) FROM '{released}' GROUP BY ALL").fetchall()
    assert {age for age, *_ in rows} == {"20-29", "30-39", "40-49"}
    assert {size for *_, size in rows} == {5}


def test_what_a_person_drops_is_not_generalised_besides(publish: Publish, tmp_path: Path) -> None:
    fewer = publish(
        workers(tmp_path, 24),
        dataset_id="ages",
        answers={"grade": "L1", "column:年龄": "drop", "column:职业": "drop"},
    )
    assert (fewer.state, fewer.smallest_group) == (State.RELEASED, 12)
    assert fewer.release is not None
    assert [(one.column.name, one.operator) for one in fewer.release.columns] == [("性别", MaskOperator.KEEP)]


def test_groups_that_nothing_makes_large_enough_are_put_to_an_officer_and_no_answer_opens_them(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    report = publish(workers(tmp_path, 4), dataset_id="ages", answers={"grade": "L1"})
    assert (report.state, report.smallest_group) == (State.HELD, 1)
    assert asked(report) == {"k": QuestionKind.TERMS}
    assert open_files(gate) == []
    with pytest.raises(BadInput):
        answered(Request("table.csv", "0" * 64), {"k": "accept"})


def test_a_generalisation_that_does_not_work_is_seen_and_held(
    gate: Gate, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        examine_module, "_weigh", lambda *given, weigh=examine_module._weigh: (weigh(*given)[0], None)
    )
    report = publish(workers(tmp_path, 24), dataset_id="ages", answers={"grade": "L1"})
    assert (report.state, asked(report)) == (State.HELD, {"k": QuestionKind.TERMS})
    assert open_files(gate) == []


def test_a_few_rows_of_small_groups_are_left_out_where_a_person_accepts_it(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    many = [f"{20 + n % 3 * 20},{'男女'[n % 2]},{n}" for n in range(120)]
    table = file(tmp_path, "年龄,性别,得分", [*many[:60], "97,女,999", *many[60:]])
    left_out = publish(table, dataset_id="scores", answers={"grade": "L1"})
    assert (left_out.state, left_out.output_rows, left_out.excluded_rows) == (State.RELEASED, 120, 1)
    assert left_out.smallest_group == 20
    assert left_out.release is not None
    assert left_out.release.excluded_rows == 10
    rows = duckdb.read_parquet(str(open_files(gate)[0])).fetchall()
    assert [score for *_, score in rows] == [
        int(one.rpartition(",")[2]) for one in many
    ]  # in the order of the source
    held = publish(table, dataset_id="others", yes=False, answers={"grade": "L1"})
    question = next(one for one in held.questions if one.field == "small-groups")
    assert (question.kind, question.proposed) == (QuestionKind.MASKING, "suppress")
    coarser = publish(table, dataset_id="coarser", answers={"grade": "L1", "small-groups": "generalise"})
    assert (coarser.state, coarser.excluded_rows) == (State.RELEASED, 0)
    assert coarser.smallest_group is None or coarser.smallest_group >= 5


def test_statuses_of_persons_count_where_no_attribute_was_recognised_and_firms_do_not(
    publish: Publish, tmp_path: Path
) -> None:
    header = "学历,职业,邮编"
    rows = [f"{'本科大专'[n % 2 * 2 :][:2]},职业{n % 3},3100{n:02d}" for n in range(48)]
    report = publish(file(tmp_path, header, rows), dataset_id="statuses")
    assert report.state is State.RELEASED
    assert report.smallest_group is not None
    assert report.smallest_group >= 5
    firms = [
        f"云汀{n}号商贸有限公司,职业{n % 3},3100{n:02d},{2000 + n % 9}-01-0{1 + n % 9}" for n in range(48)
    ]
    report = publish(file(tmp_path, "企业名称,行业,邮编,成立日期", firms), dataset_id="firms")
    assert (report.state, report.smallest_group) == (State.RELEASED, None)
    assert all(one.operator is MaskOperator.KEEP for one in report.columns)


SUITE = {
    "name": "stops",
    "expectations": [{"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "线路数"}}],
}


@pytest.mark.parametrize(("threshold", "state"), [(0.4, State.RELEASED), (0.9, State.HELD)])
def test_quality_below_the_contracts_threshold_is_held(
    gate: Gate, publish: Publish, tmp_path: Path, threshold: float, state: State
) -> None:
    table = file(tmp_path, "站名,线路数", [f"站{n},{n if n % 2 else ''}" for n in range(40)])
    contract = Contract(suite=SUITE, quality_threshold=threshold)
    report = publish(table, dataset_id="stops", contract=contract)
    assert report.state is state
    assert report.quality_score == pytest.approx(0.5)
    assert asked(report) == ({} if state is State.RELEASED else {"quality": QuestionKind.QUALITY})
    assert len(open_files(gate)) == (state is State.RELEASED)


def test_a_contracts_rule_that_cannot_be_evaluated_is_not_taken_for_met(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    table = file(tmp_path, "站名,线路数", [f"站{n},{n}" for n in range(40)])
    unknown = {"name": "rules", "expectations": [{"type": "expect_wonders", "kwargs": {"column": "站名"}}]}
    report = publish(table, dataset_id="stops", contract=Contract(suite=unknown))
    assert report.state is State.HELD
    assert asked(report) == {"quality": QuestionKind.QUALITY}


@pytest.mark.parametrize(
    ("contract", "answers", "named"),
    [
        (Contract(fields=(Field("没有的列"),)), {}, "没有的列"),
        (Contract(keys=("没有的键",)), {}, "没有的键"),
        (Contract(fields=(Field("站名", type=ColumnType.INTEGER),)), {}, "站名"),
        (Contract(), {"column:没有": "drop"}, "column:没有"),
    ],
    ids=["field", "key", "type", "answer"],
)
def test_a_contract_or_answer_that_does_not_fit_the_data_is_bad_input_and_leaves_no_trace(
    gate: Gate, publish: Publish, tmp_path: Path, contract: Contract, answers: dict[str, str], named: str
) -> None:
    table = file(tmp_path, "站名,线路数", [f"站{n},{n}" for n in range(40)])
    with pytest.raises(BadInput) as refused:
        publish(table, dataset_id="stops", contract=contract, answers=answers)
    assert named in (refused.value.where.column, refused.value.where.parameter)
    with gate.registry.reading() as snapshot:
        assert queries.submission_list(snapshot) == ()
        assert queries.dataset(snapshot, "stops") is None
    assert not list(gate.spool.iterdir())
    assert open_files(gate) == []


def test_a_dropped_column_comes_with_its_reason_and_a_listed_one_with_its_entry(
    publish: Publish, tmp_path: Path
) -> None:
    chance = Random(4)
    rows = [f"{people.plate(chance)},{one.mobile},型{n % 6}" for n, one in enumerate(PEOPLE)]
    report = publish(file(tmp_path, "号牌号码,联系电话,车型", rows), dataset_id="cars")
    reasons = {one.name: {why.entry_id for why in one.reasons} for one in report.columns}
    assert "starter-06" in reasons["号牌号码"]
    assert reasons["联系电话"]
    assert report.release is not None
    assert [one.column.name for one in report.release.columns] == ["车型"]
