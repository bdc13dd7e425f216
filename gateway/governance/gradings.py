"""An officer grades fields anew: their word is kept, what it raises is closed at once, and everything is examined again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from catalog.errors import BadInput, Conflict, NotAllowed, Where
from catalog.finding import Classification, Grade
from catalog.registry import queries
from catalog.release import State
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.governance import store
from gateway.governance.activation import enqueue_reevaluation, withdraw_datasets
from gateway.governance.exemptions import no_dataset
from gateway.governance.store import Cached
from negative_list import Grading, seen_field

__all__ = ["Regraded", "regrade"]

CAUSE = "grade"
MOST_CHARS = 5_000


@dataclass(frozen=True, slots=True)
class Regraded:
    """What was said, and whether an open release was closed by it. (What becomes of the dataset is for its
    re-examination to say.)"""

    gradings: tuple[Grading, ...]
    withdrawn: bool


def regrade(
    gate: Gate, person: Person, dataset_id: str, grades: Mapping[str, Grade], reason: str
) -> Regraded:
    """Grade fields of a dataset. A grade higher than what is open withdraws it, in the same transaction; in every case
    the dataset is examined again, and findings and list decide as ever.

    Raises NotAllowed: not an officer, or a finding demands a higher grade. NotFound: no such dataset. Conflict: it has
    never been examined. BadInput: no field, an unknown one, or no reason.
    """
    require(person, Action.REGRADE)
    _said(reason)
    if not grades:
        raise BadInput(
            Text("没有给出任何列的定级", "No field is graded"),
            Text("例如 住址=L3", "For example address=L3"),
            Where(parameter="field"),
        )
    now = gate.now()
    with gate.registry.transaction() as unit:
        if queries.dataset(unit, dataset_id) is None:
            raise no_dataset(dataset_id)
        examined = store.subjects_of(unit, dataset_id)
        if not examined:
            raise Conflict(
                Text(
                    f"数据集 {dataset_id} 还没有审查结果", f"Dataset {dataset_id} has not been examined yet"
                ),
                Text("请先提交并审查该数据集", "Submit it first"),
            )
        newest = examined[-1]
        fields = {column.name: column for column in newest.source.schema}
        given = []
        for name, grade in grades.items():
            known = newest.source.classifications.get(name)
            if name not in fields or known is None:
                raise _no_field(name)
            _allowed(_as_seen(newest, name), grade)
            seen = seen_field(fields[name], known)
            given.append(Grading(dataset_id, name, grade, seen, reason, person.name, now))
        for one in given:
            store.add_grading(unit, one)
        event = {
            "kind": "fields-graded",
            "dataset": dataset_id,
            "fields": {one.column: str(one.grade) for one in given},
            "proposed": {one.column: str(one.seen.proposed) for one in given},
            "reason": reason,
            "by": person.name,
            "at": now.isoformat(),
        }
        gate.append_leaf(unit, event, now)
        again = _to_examine(unit, dataset_id)
        raised = _raises_what_is_open(unit, dataset_id, examined, grades)
        if raised:
            withdraw_datasets(gate, unit, [dataset_id], CAUSE, now)
        enqueue_reevaluation(unit, again, CAUSE, now)
    return Regraded(tuple(given), raised)


def _raises_what_is_open(
    unit: Connection, dataset_id: str, examined: tuple[Cached, ...], grades: Mapping[str, Grade]
) -> bool:
    """Whether something is open, and one of the grades is higher than that by which it was opened (a field that was
    kept back counts as graded as it was received)."""
    serving = queries.current_submission(unit, dataset_id)
    if serving is None:
        return False
    for one in examined:
        if one.submission_id == serving:
            return any(_is_above(_as_seen(one, name), grade) for name, grade in grades.items())
    return True  # nothing says how it was graded when it was opened


def _is_above(known: Classification | None, grade: Grade) -> bool:
    return known is None or grade > known.grade


def _as_seen(one: Cached, name: str) -> Classification | None:
    """The class of a field in the form in which it would leave, or as received where it would not."""
    planned = one.planned.classifications.get(name) if one.planned else None
    return planned or one.source.classifications.get(name)


def _to_examine(unit: Connection, dataset_id: str) -> set[str]:
    """Submissions to be examined again: what is open, or else was refused, and the newest where it waits for an
    answer. What a person has withdrawn stays as it is."""
    again = {one for one in (queries.current_submission(unit, dataset_id),) if one}
    again = again or {one for one in (store.reopenable(unit, dataset_id),) if one}
    newest = queries.newest_submission(unit, dataset_id)
    if newest is not None and newest.state is State.HELD:
        again.add(newest.id)
    return again


def _allowed(known: Classification | None, grade: Grade) -> None:
    if known is None or grade >= known.least:
        return
    raise NotAllowed(
        Text(
            f"列“{known.column}”的识别结果要求不低于 {known.least}：{known.why.zh}",
            f'What was found in column "{known.column}" demands {known.least} at least: {known.why.en}',
        ),
        Text(
            "请先处理该识别结果：脱敏或隐去该列，或以 kaizha review answer 确认其不是个人信息",
            "Settle the finding first: mask or drop the column, or confirm with kaizha review answer that it is not "
            "personal",
        ),
    )


def _no_field(name: str) -> BadInput:
    return BadInput(
        Text(f"数据集没有列“{name}”", f'The dataset has no column "{name}"'),
        Text("kaizha review show 列出各列", "kaizha review show lists the columns"),
        Where(column=name),
    )


def _said(reason: str) -> None:
    if not reason.strip() or len(reason) > MOST_CHARS:
        raise BadInput(
            Text("重新定级需要理由（不超过 5000 字）", "Grading takes a reason (at most 5,000 characters)"),
            Text("请用 --reason 写明依据", "State the basis with --reason"),
            Where(parameter="reason"),
        )
