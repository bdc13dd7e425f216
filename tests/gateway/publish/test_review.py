"""A person decides: who may answer what, that answers go on from the bytes received, and that an end is an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import BadInput, Conflict, KaizhaError, NotAllowed, NotFound, NotSignedIn
from catalog.finding import Grade
from catalog.ingest import local
from catalog.registry import queries
from catalog.release import State
from gateway.access import OWNER, Person, Role
from gateway.gate import Gate
from gateway.publish import review
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from tests.conftest import Publish

STEWARD = Person("steward", frozenset({Role.STEWARD}), "测试局")
STRANGER = Person("stranger", frozenset({Role.STEWARD}), "另一局")
OFFICER = Person("officer", frozenset({Role.OFFICER}))
DEVELOPER = Person("developer", frozenset({Role.DEVELOPER}))
NOBODY = Person("nobody", frozenset({Role.ANONYMOUS}))


def answer(
    gate: Gate, person: Person, report: Report, answers: dict[str, str], accept: bool = False
) -> Report:
    return review.answer(gate, person, str(report.submission_id), answers, accept=accept, stages=Stages())


def state_of(gate: Gate, report: Report) -> State:
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, str(report.submission_id))
    assert record is not None
    return record.state


def events(gate: Gate) -> list[dict[str, object]]:
    with gate.registry.reading() as snapshot:
        return [leaf.event for leaf in queries.leaf_rows(snapshot)]


def is_open(gate: Gate, dataset_id: str) -> bool:
    with gate.registry.reading() as snapshot:
        return queries.current_release(snapshot, dataset_id) is not None


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("站名,线路数\n" + "".join(f"站{n},{n % 7}\n" for n in range(40)), "utf-8")
    return path


@pytest.fixture
def graded(publish: Publish, stops: Path) -> Report:
    """Held for an officer: its steward has graded it L2."""
    report = publish(stops, dataset_id="stops", grade=Grade.L2)
    assert (report.state, [one.field for one in report.questions]) == (State.HELD, ["grade"])
    return report


def test_an_answer_goes_on_from_the_bytes_received_even_when_the_file_has_gone(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    report = publish(stops, dataset_id="stops", title=None, yes=False)
    assert (report.state, [one.field for one in report.questions]) == (State.HELD, ["title", "contract"])
    stops.write_text("另一,文件\n1,2\n", "utf-8")
    done = answer(gate, STEWARD, report, {"title": "公交站点", "contract": "accept"})
    assert (done.state, done.submission_id) == (State.RELEASED, report.submission_id)
    assert (done.dataset.title, done.output_rows, done.source_sha256) == (
        "公交站点",
        40,
        report.source_sha256,
    )
    assert [column.name for column in done.columns] == ["站名", "线路数"]
    assert events(gate)[-1]["by"] == "steward"


def test_answers_are_kept_until_the_last_question_is_answered(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    report = publish(stops, dataset_id="stops", title=None, theme=None, yes=False)
    report = answer(gate, STEWARD, report, {"title": "公交站点"})
    assert (report.state, [one.field for one in report.questions]) == (State.HELD, ["theme", "contract"])
    report = answer(gate, STEWARD, report, {}, accept=True)
    assert (report.state, report.dataset.title) == (State.RELEASED, "公交站点")


@pytest.mark.parametrize("person", [STEWARD, STRANGER, DEVELOPER, NOBODY], ids=lambda one: one.name)
def test_an_officers_question_is_answered_by_an_officer(gate: Gate, graded: Report, person: Person) -> None:
    with pytest.raises(KaizhaError) as refused:
        answer(gate, person, graded, {"grade": "L1"})
    assert isinstance(refused.value, NotSignedIn if person is NOBODY else NotAllowed)
    assert not is_open(gate, "stops")
    assert state_of(gate, graded) is State.HELD
    assert answer(gate, OFFICER, graded, {"grade": "L1"}).state is State.RELEASED


def test_a_stewards_question_is_not_an_officers(gate: Gate, publish: Publish, stops: Path) -> None:
    report = publish(stops, dataset_id="stops", title=None, yes=False)
    for person in (OFFICER, STRANGER, DEVELOPER):
        with pytest.raises(NotAllowed):
            answer(gate, person, report, {"title": "别的"})
    assert state_of(gate, report) is State.HELD


def test_an_officer_who_confirms_the_grade_has_not_let_it_out(gate: Gate, graded: Report) -> None:
    report = answer(gate, OFFICER, graded, {"grade": "L3"})
    assert (report.state, is_open(gate, "stops")) == (State.HELD, False)


@pytest.mark.parametrize(
    "given", [{"column:站名": "not-personal"}, {"quality": "ok"}, {"grade": "L1"}], ids=str
)
def test_a_steward_cannot_answer_an_officer_in_advance(
    gate: Gate, publish: Publish, stops: Path, given: dict[str, str]
) -> None:
    report = publish(stops, dataset_id="stops", title=None, yes=False)
    with pytest.raises(NotAllowed):
        answer(gate, STEWARD, report, {"title": "公交站点", **given})
    assert state_of(gate, report) is State.HELD


@pytest.mark.parametrize("given", [{"nonsense": "1"}, {"terms": "yes"}, {"column:没有": "drop"}, {}], ids=str)
def test_an_answer_to_a_question_that_does_not_exist_is_refused(
    gate: Gate, graded: Report, given: dict[str, str]
) -> None:
    with pytest.raises(BadInput):
        answer(gate, OWNER, graded, given)
    assert state_of(gate, graded) is State.HELD
    assert answer(gate, OFFICER, graded, {"grade": "L1"}).state is State.RELEASED


@pytest.mark.parametrize("person", [STRANGER, DEVELOPER], ids=lambda one: one.name)
def test_only_its_publisher_or_an_officer_ends_a_submission(
    gate: Gate, graded: Report, person: Person
) -> None:
    with pytest.raises(NotAllowed):
        review.refuse(gate, person, str(graded.submission_id))
    assert state_of(gate, graded) is State.HELD


def test_a_refused_submission_has_ended_and_the_ledger_says_by_whom(gate: Gate, graded: Report) -> None:
    review.refuse(gate, OFFICER, str(graded.submission_id))
    assert state_of(gate, graded) is State.WITHDRAWN
    assert (events(gate)[-1]["kind"], events(gate)[-1]["by"]) == ("submission-refused", "officer")
    with pytest.raises(Conflict):
        answer(gate, OFFICER, graded, {"grade": "L1"})
    with pytest.raises(Conflict):
        review.refuse(gate, OFFICER, str(graded.submission_id))
    assert not is_open(gate, "stops")


def test_a_released_submission_takes_no_more_answers(gate: Gate, publish: Publish, stops: Path) -> None:
    report = publish(stops, dataset_id="stops")
    with pytest.raises(Conflict):
        answer(gate, OWNER, report, {"title": "别的"})
    with pytest.raises(NotFound):
        review.refuse(gate, OWNER, "0" * 26)


def test_a_second_publishers_steward_cannot_publish_or_withdraw_a_dataset(
    gate: Gate, publish: Publish, stops: Path
) -> None:
    publish(stops, dataset_id="stops")
    source = local(stops, 1 << 20)
    for person in (STRANGER, DEVELOPER):
        with pytest.raises(NotAllowed):
            review.withdraw(gate, person, "stops", "mine")
        for publisher in ("测试局", "另一局"):
            metadata = Metadata("stops", "我的站点", publisher, "transport")
            with pytest.raises(NotAllowed):
                submit(
                    gate, person, source, Request(source.name, source.sha256, metadata, yes=True), Stages()
                )
    assert is_open(gate, "stops")
    assert [one["kind"] for one in events(gate)] == ["list-activated", "release"]


def test_nobody_publishes_in_another_publishers_name(gate: Gate, publish: Publish, stops: Path) -> None:
    report = publish(stops, dataset_id="stops", title=None, yes=False)
    with pytest.raises(NotAllowed):
        answer(gate, STEWARD, report, {"title": "公交站点", "publisher": "另一局"})
    assert state_of(gate, report) is State.HELD


def test_a_withdrawal_needs_a_reason_and_something_open(gate: Gate, publish: Publish, stops: Path) -> None:
    publish(stops, dataset_id="stops")
    with pytest.raises(BadInput):
        review.withdraw(gate, STEWARD, "stops", "  ")
    assert review.withdraw(gate, STEWARD, "stops", "wrong year") == 1
    assert not is_open(gate, "stops")
    assert (events(gate)[-1]["kind"], events(gate)[-1]["reason"]) == ("withdrawal", "wrong year")
    with pytest.raises(NotFound):
        review.withdraw(gate, STEWARD, "stops", "again")


@pytest.mark.parametrize(
    "given", [{"grade": "L1"}, {"quality": "ok"}, {"column:站名": "not-personal"}], ids=str
)
def test_a_steward_cannot_publish_with_an_officers_answer_given_in_advance(
    gate: Gate, stops: Path, given: dict[str, str]
) -> None:
    source = local(stops, 1 << 20)
    metadata = Metadata("stops", "公交站点", "测试局", "transport", grade=Grade.L2)
    request = Request(source.name, source.sha256, metadata, answers=given, yes=True)
    with pytest.raises(NotAllowed):
        submit(gate, STEWARD, source, request, Stages())
    assert not is_open(gate, "stops")
