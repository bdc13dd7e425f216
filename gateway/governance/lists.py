"""Versions of the list, from draft to approval: each step checked, recorded and written into the ledger in one unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from catalog.errors import BadInput, Conflict, Where
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.governance import store
from negative_list import NegativeList, parse_list, render_list
from negative_list.lifecycle import ListRecord, ListState, approve, as_draft, edit, propose, reject, stamped

__all__ = ["approve_list", "draft_list", "history", "propose_list", "readable", "reject_list"]

# It stands in addresses and names of files: no slash, no dot in front, and in one spelling only.
_VERSION = re.compile(r"\w[\w.+-]{0,59}")


def readable(gate: Gate, person: Person, version: str) -> NegativeList:
    """A version that the person may read: anybody what is or was in force or scheduled, who governs also the others.

    Raises NotSignedIn, NotAllowed, and NotFound for who may see drafts.
    """
    with gate.registry.reading() as snapshot:
        public = store.public_list(snapshot, version)
        if public is not None:
            return public
        require(person, Action.SEE_DRAFTS)
        return store.list_of(snapshot, version)


def history(gate: Gate, person: Person) -> tuple[ListRecord, ...]:
    """Every version, drafts too, newest first."""
    require(person, Action.SEE_DRAFTS)
    with gate.registry.reading() as snapshot:
        return store.list_records(snapshot)


def draft_list(gate: Gate, person: Person, new: NegativeList, base: str | None = None) -> ListRecord:
    """Take in a list as a draft: a new version, or the text of a draft written again. Nothing takes effect.

    `base` is the version it was written from (default: the one in force). Raises Conflict: the base is not in force
    any more, or the version is no draft; BadInput: its version is empty.
    """
    require(person, Action.DRAFT_LIST)
    if not _VERSION.fullmatch(new.version) or unicodedata.normalize("NFKC", new.version) != new.version:
        raise BadInput(
            Text("这不能用作清单的版本号", "This cannot be the version of a list"),
            Text(
                "用 1 到 60 个半角字母、数字、汉字或 . _ + -，例如 2026.2",
                "Use 1 to 60 letters, digits or . _ + -, for example 2026.2",
            ),
            Where(parameter="version"),
        )
    now = gate.now()
    with gate.registry.transaction() as unit:
        current = store.active_version(unit)
        base = base or current
        if base is None or base != current:
            raise Conflict(
                Text(
                    f"文件以版本 {base} 为底稿，而生效的是 {current}",
                    f"The file was written from version {base}, and {current} is in force",
                ),
                Text("请导出生效的版本，在其上重新修改", "Export the version in force and change that one"),
            )
        draft = as_draft(store.list_of(unit, base), replace(new, official=False), person.name)
        parse_list(render_list(draft), f"{new.version}.toml")  # what cannot be read back is not taken in
        digest = store.digest_of(draft)
        known = {record.version: record for record in store.list_records(unit)}.get(new.version)
        if known is not None and known.state is ListState.DRAFT:
            record = edit(known, person.name, digest)
            store.save_record(unit, record, draft)
        else:
            record = ListRecord(new.version, base, ListState.DRAFT, digest, (person.name,), now)
            store.add_list(unit, record, draft)
        _write(gate, unit, "list-drafted", record, person, now)
    return record


def propose_list(gate: Gate, person: Person, version: str) -> ListRecord:
    """Put a draft forward for approval by somebody else. Raises NotFound, Conflict."""
    require(person, Action.PROPOSE_LIST)
    now = gate.now()
    with gate.registry.transaction() as unit:
        record = propose(store.record_of(unit, version), person.name, now)
        store.save_record(unit, record)
        _write(gate, unit, "list-proposed", record, person, now)
    return record


def approve_list(
    gate: Gate, person: Person, version: str, effective_at: datetime | None = None
) -> ListRecord:
    """Approve a proposed version as a second person: it is scheduled, and screened against everything published.

    Raises NotAllowed: the person wrote or proposed it; BadInput: it would take effect in the past; NotFound, Conflict.
    """
    require(person, Action.APPROVE_LIST)
    now = gate.now()
    if effective_at is not None and effective_at < now:
        raise BadInput(
            Text("生效时间已经过去", "The moment it would take effect has passed"),
            Text("请给出以后的时间，或不给", "Give a later one, or none"),
            Where(parameter="effective"),
        )
    with gate.registry.transaction() as unit:
        record = approve(store.record_of(unit, version), person.name, now, effective_at)
        if record.base != store.active_version(unit):
            raise Conflict(
                Text(
                    f"该版本以 {record.base} 为底稿，此后生效的清单已更换",
                    f"It was written from {record.base}, and another list has come into force since",
                ),
                Text("请在生效的版本上重新起草", "Draft it anew from the version in force"),
            )
        entries = stamped(store.list_of(unit, version), record)
        record = replace(record, digest=store.digest_of(entries))
        store.save_record(unit, record, entries)
        _write(gate, unit, "list-approved", record, person, now, effective_at=_time(record.effective_at))
    return record


def reject_list(gate: Gate, person: Person, version: str, reason: str) -> ListRecord:
    """End a version before it takes effect. Raises NotFound, Conflict; BadInput without a reason."""
    require(person, Action.APPROVE_LIST)
    if not reason.strip():
        raise BadInput(
            Text("退回需要理由", "A rejection needs a reason"),
            Text("请用 --reason 说明", "Say it with --reason"),
            Where(parameter="reason"),
        )
    now = gate.now()
    with gate.registry.transaction() as unit:
        record = reject(store.record_of(unit, version), person.name, now)
        store.save_record(unit, record)
        _write(gate, unit, "list-rejected", record, person, now, reason=reason)
    return record


def _write(
    gate: Gate, unit: Connection, kind: str, record: ListRecord, person: Person, at: datetime, **more: object
) -> None:
    event: Mapping[str, object] = {
        "kind": kind,
        "version": record.version,
        "base": record.base,
        "digest": record.digest,
        "by": person.name,
        "at": at.isoformat(),
        **more,
    }
    gate.append_leaf(unit, event, at)


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
