"""Harvests and schedules as people ask for them, and the round of the gate that does what is due.

Long work runs beside the gate's own round (`run_exchange`), so that no list waits for another portal to answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog

from catalog.errors import BadInput, Conflict, KaizhaError, Where
from catalog.registry import queries, work
from catalog.text import Text
from gateway.access import GATE, OWNER, Action, Person, is_institution, person_of, require
from gateway.exchange import kinds, schedule, store
from gateway.exchange.harvest import Held, fetcher_of, harvest, kept_alive
from gateway.exchange.kinds import EXCHANGE_JOBS, FRESHNESS, HARVEST, PUSH
from gateway.exchange.push import Push, push_one, waiting_pushes
from gateway.exchange.source import Kind, Run, RunState, Source
from gateway.gate import Gate
from gateway.governance.outbound import vet
from gateway.governance.reminders import remind_of_cycles

__all__ = [
    "enqueue_exchange",
    "harvest_now",
    "harvest_report",
    "harvests",
    "kind_of",
    "push_now",
    "register_source",
    "run_exchange",
    "run_json",
    "schedule_json",
    "take_schedule",
]

log = structlog.get_logger()


def register_source(gate: Gate, person: Person, wanted: Source, every: str = "") -> Source:
    """Take a source up, and with `every` its schedule, of which the gate runs the first at once.

    Raises NotAllowed, BadInput: no address that may be called, an interval that is none.
    """
    require(person, Action.HARVEST, wanted.publisher or "")
    vet(wanted.url, gate.settings.private_sources, "KAIZHA_PRIVATE_SOURCES")
    now = gate.now()
    if every:
        schedule.duration(every)
    with gate.registry.transaction() as unit:
        known = store.source_by_url(unit, wanted.url)
        if known is not None:
            require(person, Action.HARVEST, known.publisher or "")
        found = store.add_source(unit, wanted, now)
        if every:
            schedule.ensure(unit, HARVEST, found.id, every.strip().upper(), person.name, now)
    return found


def harvest_now(
    gate: Gate, person: Person, source: Source, on_page: Callable[[Run], None] = lambda run: None
) -> Run:
    """Harvest in this process. Raises Conflict while another one does."""
    require(person, Action.HARVEST, source.publisher or "")
    now = gate.now()
    stale = now - timedelta(seconds=gate.settings.exchange_lease_s)
    with gate.registry.transaction() as unit:
        if any(one["about"] == source.id for one in queries.open_arguments(unit, HARVEST, stale)):
            job = work.claim_job(unit, now, stale, only=[HARVEST], about={"about": source.id})
        else:
            argument = {"about": source.id, "by": person.name}
            job = (work.begin_job(unit, HARVEST, argument, now), HARVEST, argument)
        if job is None:
            raise Conflict(
                Text("这个来源正在被采集", "This source is being harvested now"),
                Text(
                    f"请稍后再试；中断的会在 {gate.settings.exchange_lease_s:.0f} 秒后由他人接手",
                    f"Try again shortly; one that was cut off is free after {gate.settings.exchange_lease_s:.0f} seconds",
                ),
            )
        held = Held(job[0], work.job_attempt(unit, job[0]))
    with kept_alive(gate, held):
        run = harvest(gate, source, held, person, fetcher_of(gate), on_page)
    _done(gate, held, HARVEST, source.id, harvest_report(run))
    return run


def push_now(gate: Gate, one: Push) -> None:
    """Push one dataset in this process; where another process does, it is left to it."""
    now = gate.now()
    stale = now - timedelta(seconds=gate.settings.exchange_lease_s)
    argument = {"about": one.id}
    with gate.registry.transaction() as unit:
        if any(waits["about"] == one.id for waits in queries.open_arguments(unit, PUSH, stale)):
            return
        held = Held(work.begin_job(unit, PUSH, argument, now), 1)
    with kept_alive(gate, held):
        push_one(gate, one.id, fetcher_of(gate))
    _done(gate, held, PUSH, one.id, {})


def enqueue_exchange(gate: Gate) -> int:
    """Put what is due into the jobs, the daily look at update cycles among it; how many."""
    now = gate.now()
    stale = now - timedelta(seconds=gate.settings.exchange_lease_s)
    with gate.registry.reading() as snapshot:
        listed = schedule.schedule_list(snapshot)
        waiting = waiting_pushes(snapshot, now)
    begun = any(one.kind == FRESHNESS for one in listed)
    if begun and not waiting and not any(not one.paused and one.next_at <= now for one in listed):
        return 0
    with gate.registry.transaction() as unit:
        if not any(one.kind == FRESHNESS for one in schedule.schedule_list(unit)):
            schedule.ensure(unit, FRESHNESS, 0, schedule.DAILY, GATE.name, now)
        known = {one["about"] for one in queries.open_arguments(unit, PUSH, stale)}
        fresh = [one for one in waiting if one not in known]
        for push_id in fresh:
            work.enqueue(unit, PUSH, {"about": push_id}, now)
        return len(fresh) + schedule.enqueue_due(unit, now, stale)


def run_exchange(gate: Gate) -> int:
    """Run what waits, one after the other, and go on with what a killed gate has left; how many ran."""
    ran = 0
    while True:
        now = gate.now()
        stale = now - timedelta(seconds=gate.settings.exchange_lease_s)
        with gate.registry.transaction() as unit:
            job = work.claim_job(unit, now, stale, only=EXCHANGE_JOBS)
            if job is None:
                return ran
            held = Held(job[0], work.job_attempt(unit, job[0]))
        with kept_alive(gate, held):
            _run(gate, held, job[1], job[2])
        ran += 1


def _run(gate: Gate, held: Held, kind: str, argument: dict[str, Any]) -> None:
    about = int(argument["about"])
    try:
        match kind:
            case kinds.HARVEST:
                result = _harvested(gate, held, about, str(argument["by"]))
            case kinds.PUSH:
                result = push_one(gate, about, fetcher_of(gate))
            case _:
                result = _freshness(gate)
    except KaizhaError as error:
        log.error("exchange failed", job=kind, kind=type(error).__name__)
        result = {"state": "failed", "message": error.message.to_json(), "remedy": error.remedy.to_json()}
    _done(gate, held, kind, about, result)


def _harvested(gate: Gate, held: Held, source_id: int, by: str) -> dict[str, Any]:
    with gate.registry.reading() as snapshot:
        source = store.source(snapshot, source_id)
        person = OWNER if not is_institution(snapshot) else person_of(snapshot, by)
    if source is None or person is None:
        raise BadInput(
            Text(f"登记者 {by} 已不再任职", f"{by}, who registered it, holds no role any more"),
            Text(
                "请在任人员重新登记：kaizha harvest", "Somebody in office registers it again: kaizha harvest"
            ),
        )
    require(person, Action.HARVEST, source.publisher or "")
    return harvest_report(harvest(gate, source, held, person, fetcher_of(gate)))


def _freshness(gate: Gate) -> dict[str, Any]:
    now = gate.now()
    with gate.registry.transaction() as unit:
        told = remind_of_cycles(unit, now.date(), now)
    return {"state": "complete", "reminded": told}


def _done(gate: Gate, held: Held, kind: str, about: int, result: dict[str, Any]) -> None:
    now = gate.now()
    with gate.registry.transaction() as unit:
        if work.renew_job(unit, held.job, held.attempt, now):
            work.finish_job(unit, held.job, now)
            schedule.noted(unit, kind, about, result, now)


# ---- what people see


def harvests(gate: Gate, person: Person, limit: int = 50) -> list[dict[str, Any]]:
    """Runs, the newest first, with their sources. Raises NotAllowed."""
    require(person, Action.SEE_HARVESTS)
    with gate.registry.reading() as snapshot:
        by_id = {one.id: one for one in store.sources(snapshot)}
        found = store.runs(snapshot, None, limit)
    return [run_json(one, by_id[one.source]) for one in found]


def run_json(run: Run, source: Source) -> dict[str, Any]:
    """A run as it is shown."""
    return {
        "id": run.id,
        "url": source.url,
        "kind": source.kind.value,
        "state": run.state.value,
        "counts": dict(run.counts),
        "expected": run.expected,
        "problems": [dict(one) for one in run.problems],
        "by": run.by,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def harvest_report(run: Run) -> dict[str, Any]:
    """A run in short, as it stands beside its schedule."""
    return {
        "state": run.state.value,
        "run": run.id,
        "counts": dict(run.counts),
        "problems": len(run.problems),
    }


def take_schedule(gate: Gate, person: Person, schedule_id: int, what: str) -> schedule.Schedule:
    """Pause, resume, end a schedule, or make it due now (`what`: pause, resume, remove, run). Raises NotFound, NotAllowed."""
    require(person, Action.HARVEST)  # before it is told whether there is one
    with gate.registry.transaction() as unit:
        found = schedule.known_schedule(unit, schedule_id)
        source = store.source(unit, found.about) if found.kind == HARVEST else None
        require(person, Action.HARVEST, (source and source.publisher) or "")
        match what:
            case "pause" | "resume":
                schedule.set_paused(unit, schedule_id, what == "pause")
            case "run":
                schedule.due(unit, schedule_id, gate.now())
            case "remove" if found.kind != FRESHNESS:
                schedule.remove(unit, schedule_id)
                return found
            case _:
                raise BadInput(
                    Text("这项计划不能删除，只能暂停", "This schedule cannot be ended, only paused"),
                    Text(f"kaizha schedule pause {schedule_id}", f"kaizha schedule pause {schedule_id}"),
                    Where(parameter="schedule"),
                )
        return schedule.known_schedule(unit, schedule_id)


def schedule_json(gate: Gate, person: Person) -> list[dict[str, Any]]:
    """Every schedule with its next and last run. Raises NotAllowed."""
    require(person, Action.SEE_HARVESTS)
    with gate.registry.reading() as snapshot:
        by_id = {one.id: one for one in store.sources(snapshot)}
        found = schedule.schedule_list(snapshot)
        running = {one.source for one in store.runs(snapshot) if one.state is RunState.RUNNING}
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "url": by_id[one.about].url if one.kind == HARVEST else "",
            "every": one.every,
            "paused": one.paused,
            "running": one.kind == HARVEST and one.about in running,
            "next_at": one.next_at.isoformat(),
            "last_at": one.last_at.isoformat() if one.last_at else None,
            "result": dict(one.result) if one.result else None,
            "by": one.by,
        }
        for one in found
    ]


def kind_of(text: str) -> Kind:
    """Raises BadInput."""
    try:
        return Kind(text)
    except ValueError:
        raise BadInput(
            Text(f"未知的来源种类：{text}", f"Unknown kind of source: {text}"),
            Text(f"可用：{'、'.join(Kind)}", f"Use one of: {', '.join(Kind)}"),
            Where(parameter="kind"),
        ) from None
