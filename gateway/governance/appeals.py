"""Appeals: a publisher objects to what an entry did to a dataset, and is answered in writing, never by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from catalog.errors import BadInput, Conflict, NotAllowed, NotFound, Where
from catalog.registry import dump, load, queries
from catalog.registry.tables import datasets
from catalog.text import Text
from gateway.access import Action, Person, may, require
from gateway.gate import Gate, new_submission_id
from gateway.governance import notices
from gateway.governance.exemptions import no_dataset
from negative_list.lifecycle import same_person
from negative_list.tables import appeals

__all__ = ["Appeal", "answer_appeal", "appeal", "listed"]


@dataclass(frozen=True, slots=True)
class Appeal:
    """A publisher's objection to what an entry did to a dataset, and the officer's answer in writing. `verdict`:
    ``upheld`` = the publisher is right (the list or the grading is then to be changed, or an exemption drafted)."""

    id: str
    dataset_id: str
    entry_id: str
    text: str
    by: str
    at: datetime
    verdict: Literal["open", "upheld", "dismissed"] = "open"
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None


def appeal(gate: Gate, person: Person, dataset_id: str, entry_id: str, text: str) -> Appeal:
    """Object to a decision on a dataset of one's own publisher. Raises NotFound, NotAllowed, BadInput without a text."""
    with gate.registry.reading() as snapshot:
        known = queries.dataset(snapshot, dataset_id)
    require(person, Action.APPEAL, known.publisher if known else None)
    if known is None:
        raise no_dataset(dataset_id)
    _said(text, "text")
    now = gate.now()
    one = Appeal(new_submission_id(now), dataset_id, entry_id, text, person.name, now)
    with gate.registry.transaction() as unit:
        unit.execute(
            insert(appeals).values(id=one.id, dataset_id=dataset_id, state=one.verdict, document=dump(one))
        )
        _write_appeal(gate, unit, "appeal-filed", one, person, now)
    return one


def answer_appeal(
    gate: Gate, person: Person, appeal_id: str, verdict: Literal["upheld", "dismissed"], text: str
) -> Appeal:
    """Answer an appeal in writing; never one's own. Raises NotFound, Conflict: answered already, NotAllowed."""
    require(person, Action.ANSWER_APPEAL)
    _said(text, "answer")
    now = gate.now()
    with gate.registry.transaction() as unit:
        found = unit.execute(select(appeals.c.document).where(appeals.c.id == appeal_id)).scalar()
        if found is None:
            raise NotFound(
                Text(f"没有申诉 {appeal_id}", f"There is no appeal {appeal_id}"),
                Text("用 kaizha negative-list appeal list 查看", "See kaizha negative-list appeal list"),
            )
        one = load(Appeal, found)
        if one.verdict != "open":
            raise Conflict(
                Text("该申诉已经答复", "This appeal has been answered"),
                Text("如有新的理由，请另行申诉", "File another one if there are new grounds"),
            )
        if same_person(one.by, person.name):
            raise NotAllowed(
                Text("不能答复自己的申诉", "Nobody answers an appeal of their own"),
                Text("请由另一位合规人员答复", "Another compliance officer has to answer it"),
            )
        one = replace(one, verdict=verdict, answer=text, answered_by=person.name, answered_at=now)
        row = update(appeals).where(appeals.c.id == appeal_id)
        unit.execute(row.values(state=verdict, document=dump(one)))
        _write_appeal(gate, unit, f"appeal-{verdict}", one, person, now)
        notices.tell_datasets(
            unit, "appeal-answered", [one.dataset_id], {"appeal": one.id, "verdict": verdict}, now
        )
    return one


def listed(gate: Gate, person: Person, open_only: bool = False) -> tuple[Appeal, ...]:
    """Appeals that the person may see, newest first: as a steward their own publisher's. Raises NotAllowed."""
    require(person, Action.SEE_APPEALS)
    query = select(appeals.c.document, datasets.c.publisher)
    query = query.join(datasets, datasets.c.id == appeals.c.dataset_id).order_by(appeals.c.id.desc())
    if open_only:
        query = query.where(appeals.c.state == "open")
    with gate.registry.reading() as snapshot:
        rows = snapshot.execute(query).all()
    return tuple(load(Appeal, row.document) for row in rows if may(person, Action.SEE_APPEALS, row.publisher))


def _write_appeal(gate: Gate, unit: Connection, kind: str, one: Appeal, person: Person, at: datetime) -> None:
    event = {
        "kind": kind,
        "appeal": one.id,
        "dataset": one.dataset_id,
        "entry": one.entry_id,
        "by": person.name,
        "at": at.isoformat(),
    }
    gate.append_leaf(unit, event, at)


def _said(text: str, parameter: str) -> None:
    if not text.strip() or len(text) > 5_000:
        raise BadInput(
            Text("需要文字说明（不超过 5000 字）", "It takes a text (at most 5,000 characters)"),
            Text("请写明理由", "State the grounds"),
            Where(parameter=parameter),
        )
