"""A person decides: answers to a held submission's questions, or its refusal; and the withdrawal of a release."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.errors import BadInput, NotFound
from catalog.registry import load, queries, work
from catalog.release import ReleaseStatus, State
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.publish.questions import is_an_officers_word
from gateway.publish.report import Report
from gateway.publish.request import ACCEPT, answered
from gateway.publish.stages import Stages
from gateway.publish.submit import held, request_of, resume

__all__ = ["answer", "refuse", "report_by_id", "withdraw"]


def answer(
    gate: Gate,
    person: Person,
    submission_id: str,
    answers: Mapping[str, str],
    *,
    accept: bool,
    stages: Stages,
) -> Report:
    """Answer questions and go on. `accept` takes every proposal that this person may accept.

    Raises NotAllowed when an answered question belongs to another role, BadInput when nothing is answered.
    """
    record = held(gate, submission_id)
    report = load(Report, record.report) if record.report else None
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, record.dataset_id)
    publisher = known.publisher if known else None
    may = {
        "steward": Action.ANSWER_STEWARD,
        "officer": Action.ANSWER_OFFICER,
    }
    given = dict(answers)
    asked = {question.field: question for question in (report.questions if report else ())}
    if accept:
        given |= {
            field: ACCEPT for field, one in asked.items() if one.proposed is not None and field not in given
        }
    if not given and report is not None:
        raise BadInput(
            Text("没有给出任何答复", "Nothing was answered"),
            Text(
                "用 --accept 接受建议，或 --set 项=值 作答，或 --refuse",
                "Use --accept, --set FIELD=VALUE, or --refuse",
            ),
        )
    for field in given:
        role = asked[field].role if field in asked else "steward"
        if is_an_officers_word(field, given[field]):
            role = "officer"
        require(person, may[role], publisher if role == "steward" else None)
    if given.get("publisher", ACCEPT) != ACCEPT:
        require(person, Action.SUBMIT, given["publisher"])  # nobody publishes in another's name
    return resume(gate, person, submission_id, answered(request_of(record), given), stages)


def refuse(gate: Gate, person: Person, submission_id: str) -> None:
    """A person refuses a held submission: it ends withdrawn, and the ledger says by whom.

    Raises NotAllowed for another publisher's, Conflict when it is not held (any more).
    """
    record = held(gate, submission_id)
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, record.dataset_id)
    require(person, Action.END_SUBMISSION, known.publisher if known else None)
    now = gate.now()
    with gate.registry.transaction() as unit:
        work.update_submission(unit, submission_id, State.WITHDRAWN, decided_at=now)
        event = {
            "kind": "submission-refused",
            "submission": submission_id,
            "dataset": record.dataset_id,
            "by": person.name,
        }
        gate.append_leaf(unit, event, now)


def withdraw(gate: Gate, person: Person, dataset_id: str, reason: str) -> int:
    """Take a dataset's release back at once: one transaction with the policy epoch and the leaf; the new epoch.

    Raises NotFound when nothing of it is open, BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput(
            Text("撤回需要理由", "A withdrawal needs a reason"),
            Text("请用 --reason 说明", "Say it with --reason"),
        )
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, dataset_id)
    require(person, Action.WITHDRAW, known.publisher if known else None)
    now = gate.now()
    with gate.registry.transaction() as unit:
        current = queries.current_release(unit, dataset_id)
        if current is None:
            raise NotFound(
                Text(f"数据集 {dataset_id} 没有开放中的发布", f"Nothing of dataset {dataset_id} is open"),
                Text("用 kaizha counts 查看已开放的数据集", "See kaizha counts for what is open"),
            )
        work.end_release(unit, dataset_id, ReleaseStatus.WITHDRAWN, now)
        epoch = work.tighten(unit)
        event = {
            "kind": "withdrawal",
            "dataset": dataset_id,
            "release": current.id,
            "reason": reason,
            "by": person.name,
            "at": now.isoformat(),
        }
        gate.append_leaf(unit, event, now)
    return epoch


def report_by_id(gate: Gate, submission_id: str) -> Report:
    """The latest report of a submission. Raises NotFound."""
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, submission_id)
    if record is None or not record.report:
        raise NotFound(
            Text(f"没有提交 {submission_id} 的报告", f"There is no report of submission {submission_id}"),
            Text("用 kaizha review list 查看", "See kaizha review list"),
        )
    return load(Report, record.report)
