"""Fields are graded anew by an officer: a higher grade closes at once, a lower one opens by the usual path only."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import gateway.publish.submit as submit_module
from catalog.contract import Contract, Field
from catalog.decision import MaskOperator
from catalog.errors import BadInput, NotAllowed, NotFound
from catalog.finding import Grade
from catalog.registry import dump, queries
from catalog.release import State
from gateway.gate import Gate
from gateway.governance import store
from gateway.governance.gradings import Regraded, regrade
from gateway.publish.jobs import run_jobs
from gateway.publish.report import Report
from gateway.publish.review import answer, report_by_id, withdraw
from gateway.publish.stages import Stages
from gateway.serve.shelf import RegistryShelf
from gateway.verify import verify
from tests.conftest import Publish
from tests.gateway.governance.conftest import ANNA, STEWARD, Enforce, WithEntry
from tests.gateway.governance.test_activation import current, events, names


def grade(gate: Gate, **grades: Grade) -> Regraded:
    return regrade(gate, ANNA, "stops", grades, "内部依据")


def newest(gate: Gate) -> Report:
    with gate.registry.reading() as snapshot:
        record = queries.newest_submission(snapshot, "stops")
    assert record is not None
    return report_by_id(gate, record.id)


def test_a_higher_grade_closes_an_open_release_at_once_and_it_stays_closed_until_it_is_lowered(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops")
    shelf = RegistryShelf(gate.registry, gate.open, gate.settings.cache_folder, lease_s=0.5)
    shelf.renew()
    epoch = shelf.epoch()
    assert grade(gate, 站名=Grade.L3).withdrawn
    shelf.renew()
    assert shelf.current("stops") is None
    assert shelf.epoch() > epoch
    (told,) = events(gate, "fields-graded")
    assert (told["fields"], told["proposed"], told["by"]) == ({"站名": "L3"}, {"站名": "L1"}, "anna")
    (closed,) = events(gate, "withdrawals")
    assert (closed["datasets"], closed["reason"]) == (["stops"], "grade")
    run_jobs(gate)
    report = newest(gate)
    assert (report.state, report.grade) == (
        State.HELD,
        Grade.L3,
    )  # the dataset's is that of its highest field
    assert [one.field for one in report.questions] == ["regrade"]
    field = next(one for one in report.columns if one.name == "站名")
    assert (field.grade, field.proposed, field.output_grade) == (Grade.L3, Grade.L1, Grade.L3)
    assert field.grading is not None
    assert (field.grading.by, field.grading.reason) == ("anna", "内部依据")
    grade(gate, 站名=Grade.L1)
    assert current(gate, "stops") is None  # not before it has been examined
    run_jobs(gate)
    release = current(gate, "stops")
    assert names(release) == ["线路", "站名", "区县"]
    assert "内部依据" not in json.dumps(dump(release), ensure_ascii=False)
    assert verify(gate).discrepancies == ()


def test_no_answer_about_the_whole_output_takes_back_what_was_said_of_a_field(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops", answers={"grade": "L1"})
    grade(gate, 站名=Grade.L2)
    run_jobs(gate)
    held = newest(gate)
    assert held.state is State.HELD
    assert held.submission_id
    report = answer(gate, ANNA, held.submission_id, {"grade": "L1"}, accept=False, stages=Stages())
    assert (report.state, report.grade) == (State.HELD, Grade.L2)
    report = answer(gate, STEWARD, held.submission_id, {"column:站名": "drop"}, accept=False, stages=Stages())
    assert report.state is State.RELEASED
    assert names(current(gate, "stops")) == ["线路", "区县"]


def test_a_field_graded_not_to_be_opened_leaves_the_release_and_the_rest_comes_back(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops")
    grade(gate, 站名=Grade.L4)
    run_jobs(gate)
    release = current(gate, "stops")
    assert names(release) == ["线路", "区县"]
    assert release is not None
    ((reason,),) = [one.reasons for one in release.withheld]
    assert reason.entry_id == "regrade"
    assert "合规人员" in reason.text.zh  # and not: personal information was found


def test_a_grade_that_is_not_higher_leaves_what_is_open_open_and_has_it_examined_again(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops")
    before = current(gate, "stops")
    assert not grade(gate, 站名=Grade.L1).withdrawn
    assert current(gate, "stops") == before
    assert run_jobs(gate) > 0
    assert newest(gate).state is State.RELEASED
    assert events(gate, "withdrawals") == []


def test_a_later_publication_keeps_the_grade_of_a_field_unless_the_field_has_changed(
    gate: Gate, publish: Publish, stops: Path, tmp_path: Path
) -> None:
    publish(stops, dataset_id="stops")
    grade(gate, 站名=Grade.L2)
    run_jobs(gate)
    stops.write_text(stops.read_text() + "线9,站99,区1\n")
    again = publish(stops, dataset_id="stops")
    assert (again.state, again.grade) == (State.HELD, Grade.L2)
    # a raise survives a change of the field, too: it was no smaller matter when it was said
    stops.write_text("线路,站名,区县\n" + "".join(f"线{n % 3},{n},区{n % 4}\n" for n in range(60)))
    renamed = Contract((Field("站名"),), version="2.0.0", previous_until=date(2099, 1, 1))
    assert publish(stops, dataset_id="stops", contract=renamed).grade is Grade.L2
    grade(gate, 站名=Grade.L1)
    assert publish(stops, dataset_id="stops", contract=renamed).state is State.RELEASED


BORN = "姓名,出生年份,区县\n" + "".join(f"张{n}明,{1950 + n % 2},区{n % 2}\n" for n in range(60))
PHONES = "线路,联系电话\n" + "".join(f"线{n % 3},138{n:08d}\n" for n in range(60))


def test_a_grade_is_lowered_no_further_than_the_findings_demand(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    path = tmp_path / "phones.csv"
    path.write_text(PHONES)
    publish(path, dataset_id="stops")
    known = next(one for one in newest(gate).columns if one.name == "联系电话")
    assert known.proposed == known.grade == Grade.L3
    assert any("个人信息保护法" in one or "GB/T" in one for one in known.basis)
    with pytest.raises(NotAllowed) as refused:
        grade(gate, 联系电话=Grade.L1)
    assert "138" not in refused.value.message.zh
    assert events(gate, "fields-graded") == []


def test_an_entry_keeps_deciding_whatever_the_grade(
    gate: Gate, publish: Publish, stops: Path, with_entry: WithEntry, enforce: Enforce
) -> None:
    enforce(with_entry("2", "站名"))
    publish(stops, dataset_id="stops")
    grade(gate, 站名=Grade.L1)
    run_jobs(gate)
    assert names(current(gate, "stops")) == ["线路", "区县"]


def test_what_a_person_has_withdrawn_a_grade_does_not_open(gate: Gate, publish: Publish, stops: Path) -> None:
    publish(stops, dataset_id="stops")
    withdraw(gate, ANNA, "stops", "x")
    grade(gate, 站名=Grade.L1)
    run_jobs(gate)
    assert current(gate, "stops") is None


def test_a_grade_given_during_a_publication_is_heeded_before_it_is_released(
    gate: Gate, publish: Publish, stops: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(stops, dataset_id="stops")
    conclude, calls = submit_module._conclude, []

    def late(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            grade(gate, 站名=Grade.L2)
        return conclude(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(submit_module, "_conclude", late)
    stops.write_text(stops.read_text() + "线9,站99,区1\n")
    assert publish(stops, dataset_id="stops").state is State.HELD
    assert len(calls) == 2
    assert current(gate, "stops") is None


def test_what_was_said_is_kept_with_all_that_was_said_before(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops")
    grade(gate, 站名=Grade.L3)
    grade(gate, 站名=Grade.L2, 区县=Grade.L1)
    with gate.registry.reading() as snapshot:
        found = store.gradings_of(snapshot, "stops")
    assert {name: one.grade for name, one in found.items()} == {"站名": Grade.L2, "区县": Grade.L1}
    assert len(events(gate, "fields-graded")) == 2


def test_nobody_but_an_officer_and_nothing_without_a_reason(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    with pytest.raises(NotFound):
        grade(gate, 站名=Grade.L3)
    publish(stops, dataset_id="stops")
    for call, error in (
        (lambda: regrade(gate, STEWARD, "stops", {"站名": Grade.L3}, "x"), NotAllowed),
        (lambda: regrade(gate, ANNA, "stops", {"站名": Grade.L3}, " "), BadInput),
        (lambda: regrade(gate, ANNA, "stops", {}, "x"), BadInput),
        (lambda: grade(gate, 没有=Grade.L3), BadInput),
    ):
        with pytest.raises(error):
            call()
    assert current(gate, "stops") is not None


def test_the_decision_tells_grade_grounds_and_basis_of_each_field_and_no_count(
    gate: Gate, publish: Publish, tmp_path: Path
) -> None:
    path = tmp_path / "phones.csv"
    path.write_text(PHONES)
    report = publish(path, dataset_id="stops", answers={"column:联系电话": "redact", "grade": "L1"})
    assert report.release is not None
    by_name = {one.column.name: one for one in report.release.columns}
    line = by_name["线路"]
    assert (line.grade, line.operator) == (Grade.L1, MaskOperator.KEEP)
    assert line.why is not None
    assert line.basis
    for one in by_name.values():
        assert "60" not in f"{one.why}"
