"""The life of a list version: draft → proposed → approved (scheduled) → active → superseded; or rejected on the way.

Two persons, always: whoever wrote or proposed a version may not approve it. Pure: a record and a person in, the next
record out; what may not be done is a Conflict or NotAllowed that says what to do instead.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from catalog.errors import Conflict, NotAllowed
from catalog.text import Text
from negative_list.entry import Entry, NegativeList, Status

__all__ = [
    "ListRecord",
    "ListState",
    "activated",
    "approve",
    "as_draft",
    "as_if_approved",
    "changed_entries",
    "due_entries",
    "edit",
    "propose",
    "reject",
    "same_person",
    "same_rule",
    "stamped",
    "superseded",
]


class ListState(StrEnum):
    """Where a version stands. APPROVED is scheduled: it takes effect at `ListRecord.effective_at`."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ListRecord:
    """One version of the list and who did what with it. `base` is the version it was drafted from, `digest` the
    sha256 (hex) of its text; `authors` everybody who wrote in it. Times are aware UTC."""

    version: str
    base: str | None
    state: ListState
    digest: str
    authors: tuple[str, ...]
    drafted_at: datetime
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    effective_at: datetime | None = None
    activated_at: datetime | None = None
    ended_at: datetime | None = None


def edit(record: ListRecord, by: str, digest: str) -> ListRecord:
    """A draft written again by somebody. Raises Conflict: it is no draft any more."""
    _in(record, ListState.DRAFT)
    authors = record.authors if _known(by, record.authors) else (*record.authors, by)
    return replace(record, authors=authors, digest=digest)


def propose(record: ListRecord, by: str, at: datetime) -> ListRecord:
    """A draft put forward for approval. Raises Conflict: it is no draft."""
    _in(record, ListState.DRAFT)
    return replace(record, state=ListState.PROPOSED, proposed_by=by, proposed_at=at)


def approve(record: ListRecord, by: str, at: datetime, effective_at: datetime | None = None) -> ListRecord:
    """Approved by a second person, to take effect at a moment (None: as soon as it has been screened).

    Raises Conflict: not proposed; NotAllowed: the person has written in it or proposed it.
    """
    _in(record, ListState.PROPOSED)
    if _known(by, (*record.authors, record.proposed_by or "")):
        raise NotAllowed(
            Text(
                "起草或提请的人不能批准同一版本",
                "Whoever wrote or proposed a version cannot approve it",
            ),
            Text("请由另一位合规人员批准", "Another compliance officer has to approve it"),
        )
    return replace(
        record, state=ListState.APPROVED, decided_by=by, decided_at=at, effective_at=effective_at or at
    )


def reject(record: ListRecord, by: str, at: datetime) -> ListRecord:
    """Ended before it took effect: by anybody who may decide, its authors included. Raises Conflict: too late."""
    _in(record, ListState.DRAFT, ListState.PROPOSED, ListState.APPROVED)
    return replace(record, state=ListState.REJECTED, decided_by=by, decided_at=at, ended_at=at)


def activated(record: ListRecord, at: datetime) -> ListRecord:
    """In effect. Raises Conflict: not approved, or not due yet."""
    _in(record, ListState.APPROVED)
    if record.effective_at is None or at < record.effective_at:
        due = record.effective_at.isoformat() if record.effective_at else "?"
        raise Conflict(
            Text(
                f"版本 {record.version} 到 {due} 才生效",
                f"Version {record.version} takes effect at {due} only",
            ),
            Text("请等到生效时间，或重新提请批准", "Wait until then, or propose and approve it anew"),
        )
    return replace(record, state=ListState.ACTIVE, activated_at=at)


def superseded(record: ListRecord, at: datetime) -> ListRecord:
    """Replaced by another version. Raises Conflict: it is not the one in effect."""
    _in(record, ListState.ACTIVE)
    return replace(record, state=ListState.SUPERSEDED, ended_at=at)


def as_draft(base: NegativeList, new: NegativeList, by: str) -> NegativeList:
    """The content of a draft: entries as in `base` keep whose word they stand on; every other is a draft by `by`,
    whatever the file says of its approval."""
    known = {entry.entry_id: entry for entry in base.entries}
    return replace(
        new,
        entries=tuple(_drafted(known.get(entry.entry_id), entry, new.version, by) for entry in new.entries),
    )


def _drafted(base: Entry | None, entry: Entry, version: str, by: str) -> Entry:
    identity = replace(entry.identity, list_version=version)
    if base is not None and same_rule(base, entry):
        return replace(entry, identity=identity, governance=base.governance)
    ended = entry.governance.status in (Status.WITHDRAWN, Status.SUPERSEDED)
    governance = replace(
        entry.governance,
        status=entry.governance.status if ended else Status.DRAFT,
        drafted_by=by,
        approved_by=None,
    )
    return replace(entry, identity=identity, governance=governance)


def same_rule(base: Entry, entry: Entry) -> bool:
    """The same rule on the same authority, whichever version of the list carries it."""
    return (
        replace(base.identity, list_version="") == replace(entry.identity, list_version="")
        and base.clauses == entry.clauses
        and base.governance == entry.governance
    )


def changed_entries(before: NegativeList, after: NegativeList) -> tuple[Entry, ...]:
    """The entries of either list that the other has not as they are: whom they do not concern, nothing changes for."""
    old = {entry.entry_id: entry for entry in before.entries}
    new = {entry.entry_id: entry for entry in after.entries}
    kept = {name for name, entry in new.items() if name in old and same_rule(old[name], entry)}
    return tuple(entry for entry in (*before.entries, *after.entries) if entry.entry_id not in kept)


def stamped(entries: NegativeList, record: ListRecord) -> NegativeList:
    """The list as approved: its drafts stand on the authors' and the approver's word. Raises Conflict: not approved."""
    _in(record, ListState.APPROVED)
    return replace(entries, entries=tuple(_stamped(entry, record.decided_by) for entry in entries.entries))


def as_if_approved(entries: NegativeList) -> NegativeList:
    """A draft as it would be once somebody has approved it: what a simulation screens. It is never stored."""
    return replace(entries, entries=tuple(_stamped(entry, "(simulated)") for entry in entries.entries))


def _stamped(entry: Entry, approved_by: str | None) -> Entry:
    if entry.governance.status is not Status.DRAFT:
        return entry
    governance = replace(entry.governance, status=Status.APPROVED, approved_by=approved_by)
    return replace(entry, governance=governance)


def due_entries(entries: NegativeList, on: date, within_days: int) -> tuple[tuple[str, str, date], ...]:
    """Entries in force whose ``review`` or ``expiry`` lies within so many days of `on`, or is past: (entry, what, day),
    the earliest first."""
    found = []
    for entry in entries.entries:
        rule = entry.governance
        if not entry.in_force(on):
            continue
        for what, day in (("review", rule.review_on), ("expiry", rule.valid_to)):
            if day is not None and (day - on).days <= within_days:
                found.append((entry.entry_id, what, day))
    return tuple(sorted(found, key=lambda one: (one[2], one[0])))


def same_person(one: str, other: str) -> bool:
    """Names that differ in width, case or outer blanks only are one person."""
    return _folded(one) == _folded(other)


def _known(name: str, names: tuple[str, ...]) -> bool:
    return any(same_person(name, other) for other in names)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _in(record: ListRecord, *states: ListState) -> None:
    if record.state not in states:
        zh, en = "、".join(states), " or ".join(states)
        raise Conflict(
            Text(
                f"版本 {record.version} 的状态是 {record.state}，此操作需要 {zh}",
                f"Version {record.version} is {record.state}; this takes one that is {en}",
            ),
            Text("用 kaizha negative-list history 查看", "See kaizha negative-list history"),
        )
