"""What is told once: reviews that are due, what is about to expire, and matchers that fail. Written with their cause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Connection, insert, select

from catalog.decision import Reason
from catalog.registry import queries
from gateway.access import Action
from gateway.governance import store
from gateway.governance.notices import tell, tell_datasets
from gateway.governance.tables import reminders
from negative_list import UNEVALUABLE, NegativeList
from negative_list.exemption import ExemptionState
from negative_list.lifecycle import due_entries
from quality import CADENCE_DAYS

__all__ = [
    "ENTRIES_DUE",
    "EXEMPTION_EXPIRING",
    "MATCHER_FAILED",
    "UPDATE_DUE",
    "alert",
    "remind",
    "remind_of_cycles",
]

ENTRIES_DUE, EXEMPTION_EXPIRING, MATCHER_FAILED = "entries-due", "exemption-expiring", "matcher-failed"
UPDATE_DUE = "update-due"
log = structlog.get_logger()


def remind(unit: Connection, entries: NegativeList, on: date, at: datetime, within_days: int) -> int:
    """Tell of entries whose review is due or overdue, and of entries and exemptions whose last day is at most so many
    days away; each once for each such day. How many."""
    due = [
        {"entry": entry, "what": what, "on": day.isoformat()}
        for entry, what, day in due_entries(entries, on, within_days)
        if (what == "expiry" or day <= on) and _is_new(unit, f"{ENTRIES_DUE}:{what}", entry, day)
    ]
    if due:
        tell(unit, ENTRIES_DUE, {"version": entries.version, "entries": due}, at)
    expiring = [
        one
        for one in store.exemptions_of(unit, (ExemptionState.GRANTED,))
        if 0 <= (one.expires_on - on).days <= within_days
        and _is_new(unit, EXEMPTION_EXPIRING, one.id, one.expires_on)
    ]
    for one in expiring:  # that there is an exemption is not for everybody, nor is the entry behind it
        told = {"exemption": one.id, "entry": one.entry_id, "expires_on": one.expires_on.isoformat()}
        tell_datasets(unit, EXEMPTION_EXPIRING, [one.dataset_id], told, at, hears=Action.SEE_EXEMPTIONS)
    return len(due) + len(expiring)


def remind_of_cycles(unit: Connection, on: date, at: datetime) -> int:
    """Tell of open datasets that are older than the cycle they promise, each once for each day its update was due; how
    many."""
    told = 0
    for release in queries.all_current(unit):
        days = CADENCE_DAYS.get(release.dataset.update_cycle)
        if days is None:
            continue
        due_on = release.published_at.date() + timedelta(days=days)
        if due_on < on and _is_new(unit, UPDATE_DUE, release.dataset.id, due_on):
            said = {"due_on": due_on.isoformat(), "update_cycle": release.dataset.update_cycle}
            tell_datasets(unit, UPDATE_DUE, [release.dataset.id], said, at, hears=Action.SEE_SUBMISSIONS)
            told += 1
    return told


def alert(unit: Connection, dataset_id: str, reasons: Iterable[Reason], at: datetime) -> int:
    """Raise an alarm for every entry that could not be evaluated, and so has shut the dataset; how many entries. It is
    logged each time, and told once a day to those who can mend the list."""
    failed = sorted(
        {(one.entry_id, one.list_version, one.actual or "") for one in reasons if one.clause == UNEVALUABLE}
    )
    for entry_id, version, failure in failed:
        log.error("matcher failed", entry=entry_id, version=version, dataset=dataset_id, kind=failure)
        if _is_new(unit, MATCHER_FAILED, f"{entry_id}@{version} {dataset_id}", at.date()):
            told = {"entry": entry_id, "version": version, "failure": failure}
            tell_datasets(unit, MATCHER_FAILED, [dataset_id], told, at, hears=Action.SIMULATE_LIST)
    return len(failed)


def _is_new(unit: Connection, kind: str, about: str, due_on: date) -> bool:
    """Whether this has not been told yet; it has been from now on."""
    known = select(reminders.c.kind).where(
        reminders.c.kind == kind, reminders.c.about == about, reminders.c.due_on == due_on
    )
    if unit.execute(known).first() is not None:
        return False
    unit.execute(insert(reminders).values(kind=kind, about=about, due_on=due_on))
    return True
