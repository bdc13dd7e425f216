"""A list takes effect: one transaction that moves the policy epoch and withdraws what it tightens; what may still be
open is released again by jobs. Until then it is not open: that costs availability, on purpose.

The same path brings decisions up to a new day (delays run out, entries expire) and follows a changed detector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog
from sqlalchemy import Connection

from catalog.decision import Reason
from catalog.errors import Conflict, KaizhaError
from catalog.registry import queries, work
from catalog.release import ReleaseStatus
from catalog.text import Text
from gateway.access import GATE, Action, Person, require
from gateway.gate import Gate
from gateway.governance import notices, store
from gateway.governance.reminders import alert, remind
from gateway.governance.screening import decided, prepare
from gateway.publish.law import Law
from gateway.services.standing import close_joins, tightened_joins
from negative_list.exemption import ExemptionState, end_exemption, exemption_event
from negative_list.impact import Shift, consequence
from negative_list.lifecycle import ListRecord, ListState, activated, superseded
from privacy import DETECTOR

__all__ = [
    "FOLLOW_LIST",
    "REEVALUATE",
    "activate",
    "activate_due",
    "enqueue_reevaluation",
    "follow_detector",
    "follow_list",
    "follow_the_day",
    "prepare_approved",
    "withdraw_datasets",
]

ATTEMPTS = 20
FOLLOW_LIST, REEVALUATE = "follow-list", "re-evaluate"
log = structlog.get_logger()


def activate(gate: Gate, person: Person, version: str) -> ListRecord:
    """Bring an approved version into effect now that it is due. Raises NotFound, Conflict: not approved, not due."""
    require(person, Action.ACTIVATE_LIST)
    return _activate(gate, person.name, version)


def activate_due(gate: Gate) -> int:
    """Bring into effect what is due, one after the other; how many. What cannot be is logged and waits."""
    with gate.registry.reading() as snapshot:
        due = store.due_lists(snapshot, gate.now())
    done = 0
    for record in due:
        try:
            _activate(gate, GATE.name, record.version)
            done += 1
        except KaizhaError as error:
            log.error("list not activated", version=record.version, kind=type(error).__name__)
    return done


def prepare_approved(gate: Gate) -> int:
    """Screen everything against the versions that are scheduled, so that nothing is left when they are due; how many
    subjects were screened."""
    with gate.registry.reading() as snapshot:
        waiting = [one for one in store.list_records(snapshot) if one.state is ListState.APPROVED]
    return sum(prepare(gate, one.version, gate.now().date()) for one in waiting)


def _activate(gate: Gate, by: str, version: str) -> ListRecord:
    # First what the day has changed under the old list: it is no difference between the lists.
    follow_the_day(gate)
    for _ in range(ATTEMPTS):
        now = gate.now()
        prepare(gate, version, now.date())
        with gate.registry.transaction() as unit:
            record = activated(store.record_of(unit, version), now)
            if store.unscreened(unit, version, now.date()):
                continue  # published meanwhile: it is screened first, outside the transaction
            return _switch(gate, unit, record, by, now)
    raise Conflict(
        Text(
            "发布过于频繁，清单暂时无法生效",
            "So much is being published that the list cannot take effect now",
        ),
        Text("请稍后重试", "Try again shortly"),
    )


def _switch(gate: Gate, unit: Connection, record: ListRecord, by: str, at: datetime) -> ListRecord:
    """The transaction itself: few statements, whatever the number of datasets."""
    before = store.active_version(unit)
    if record.base != before:
        raise Conflict(
            Text(
                f"该版本以 {record.base} 为底稿，而生效的是 {before}",
                f"It was written from {record.base}, and {before} is in force",
            ),
            Text("请在生效的版本上重新起草", "Draft it anew from the version in force"),
        )
    if before is not None:
        store.save_record(unit, superseded(store.record_of(unit, before), at))
    store.save_record(unit, record)
    withdrawn = store.withdraw_tightened(unit, record.version, at)
    epoch = work.tighten(unit)
    work.enqueue(unit, FOLLOW_LIST, {"version": record.version, "withdrawn": withdrawn}, at)
    close_joins(unit, at)
    event = {
        "kind": "list-activated",
        "version": record.version,
        "supersedes": before,
        "digest": record.digest,
        "policy_epoch": epoch,
        "datasets": sorted(withdrawn),
        "by": by,
        "at": at.isoformat(),
    }
    gate.append_leaf(unit, event, at)
    notices.tell(unit, "list-activated", {"version": record.version, "supersedes": before}, at)
    return record


def follow_list(gate: Gate, version: str, withdrawn: Mapping[str, str]) -> None:
    """After the switch, outside it: tell publishers what was withdrawn (dataset → submission), and have that and what
    was freed examined again."""
    now = gate.now()
    with gate.registry.transaction() as unit:
        told = {"why": "list", "version": version}
        notices.tell_datasets(unit, "withdrawn", sorted(withdrawn), told, now)
        enqueue_reevaluation(unit, (*withdrawn.values(), *store.freed(unit, version)), version, now)


def enqueue_reevaluation(unit: Connection, submission_ids: Iterable[str], why: str, at: datetime) -> None:
    """A job for each that has none waiting: examined again, and released again where it may be."""
    waiting = {argument["submission"] for argument in queries.waiting_arguments(unit, REEVALUATE)}
    for submission_id in sorted(set(submission_ids) - waiting):
        work.enqueue(unit, REEVALUATE, {"submission": submission_id, "why": why}, at)


def follow_the_day(gate: Gate) -> int:
    """On a new day: expired exemptions end, what the passing of time has tightened or freed is acted on, and what is due
    is reminded of. How many datasets it concerned; 0 while the day is the same."""
    now = gate.now()
    today = now.date()
    with gate.registry.reading() as snapshot:
        then = store.screened_on(snapshot)
        if then == today:
            return 0
        entries = store.list_in_force(snapshot)
        lifted_then, lifted_now = store.exempted(snapshot, then or today), store.exempted(snapshot, today)
        subjects = list(store.all_subjects(snapshot))
    if entries is None:
        return 0
    none: frozenset[str] = frozenset()
    law = Law.of(entries)
    with gate.registry.reading() as snapshot:
        shut = tightened_joins(snapshot, law, today)
    tightened, freed = [], []
    failed: dict[str, frozenset[Reason]] = {}
    for cached in subjects:
        old = decided(cached, law.lifting(lifted_then.get(cached.dataset_id, none)), then or today)
        new = decided(cached, law.lifting(lifted_now.get(cached.dataset_id, none)), today)
        shift = consequence(old, new, cached.source.schema).shift
        if shift in (Shift.WITHDRAWN, Shift.TIGHTENED) and cached.released:
            tightened.append(cached)
            failed[cached.dataset_id] = new.reasons
        elif shift is Shift.FREED and cached.reopenable:
            freed.append(cached)
    with gate.registry.transaction() as unit:
        if store.screened_on(unit) == today:
            return 0  # another process was faster
        for one in store.exemptions_of(unit, (ExemptionState.GRANTED,)):
            if not one.lifts(today):
                ended = end_exemption(one)
                store.save_exemption(unit, ended)
                gate.append_leaf(unit, exemption_event(ended, "ended", GATE.name, now), now)
        withdraw_datasets(gate, unit, [one.dataset_id for one in tightened], "date", now)
        enqueue_reevaluation(unit, [one.submission_id for one in (*tightened, *freed)], "date", now)
        close_joins(unit, now, shut)
        for dataset_id, reasons in failed.items():
            alert(unit, dataset_id, reasons, now)
        remind(unit, entries, today, now, gate.settings.remind_days)
        store.set_screened_on(unit, today)
    return len(tightened) + len(freed)


def follow_detector(gate: Gate) -> int:
    """After the recognisers have changed: open datasets that they classified otherwise are looked at again; those that
    are about persons, or hold anything masked, are withdrawn until then. How many are stale."""
    now = gate.now()
    with gate.registry.reading() as snapshot:
        stale = [one for one in store.all_subjects(snapshot) if one.released and one.detector != DETECTOR]
    if not stale:
        return 0
    critical = [one for one in stale if _is_critical(one)]
    with gate.registry.transaction() as unit:
        withdraw_datasets(gate, unit, [one.dataset_id for one in critical], "detector", now)
        enqueue_reevaluation(unit, [one.submission_id for one in stale], "detector", now)
    return len(stale)


def _is_critical(one: store.Cached) -> bool:
    return any(known.operator != "keep" or known.grade > 1 for known in one.source.classifications.values())


def withdraw_datasets(gate: Gate, unit: Connection, dataset_ids: list[str], why: str, at: datetime) -> None:
    """End the current releases of datasets, with the policy epoch, the leaf and the notices."""
    if not dataset_ids:
        return
    for dataset_id in dataset_ids:
        work.end_release(unit, dataset_id, ReleaseStatus.WITHDRAWN, at)
    work.tighten(unit)
    event = {
        "kind": "withdrawals",
        "datasets": sorted(dataset_ids),
        "reason": why,
        "by": GATE.name,
        "at": at.isoformat(),
    }
    gate.append_leaf(unit, event, at)
    notices.tell_datasets(unit, "withdrawn", dataset_ids, {"why": why}, at)
