"""The one scheduler: what is due becomes a job of the registry, once, whichever gate looks first.

A schedule is paused, resumed and run by hand; its last result stands beside it. Nothing but the registry is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from catalog.errors import BadInput, NotFound, Where
from catalog.registry import queries, work
from catalog.text import Text
from gateway.exchange.tables import schedules

__all__ = [
    "DAILY",
    "Schedule",
    "due",
    "duration",
    "enqueue_due",
    "ensure",
    "known_schedule",
    "noted",
    "remove",
    "schedule_list",
    "set_paused",
]

DAILY = "P1D"
LEAST = timedelta(minutes=5)
_DURATION = re.compile(r"P(?:(\d{1,3})W|(?:(\d{1,3})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?)?)")


@dataclass(frozen=True, slots=True)
class Schedule:
    """`about` is a source of a harvest, 0 where there is only one of its kind; `result` what the last run said."""

    id: int
    kind: str
    about: int
    every: str
    paused: bool
    next_at: datetime
    last_at: datetime | None
    result: Mapping[str, Any] | None
    by: str


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours and minutes. Raises BadInput: none, or under five minutes."""
    found = _DURATION.fullmatch(text.strip().upper())
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    if length < LEAST:
        raise BadInput(
            Text(
                "间隔应为 ISO 8601 时长，至少五分钟",
                "The interval is an ISO 8601 duration of at least five minutes",
            ),
            Text(
                "例如 P1D（每天）、PT6H（每六小时）、P1W", "Such as P1D (daily), PT6H (every six hours), P1W"
            ),
            Where(parameter="every"),
        )
    return length


def ensure(unit: Connection, kind: str, about: int, every: str, by: str, next_at: datetime) -> int:
    """A schedule of this kind about this, made or brought to this interval; its id."""
    s = schedules.c
    known = unit.execute(select(s.id).where(s.kind == kind, s.about == about)).scalar()
    if known is not None:
        unit.execute(
            update(schedules).where(s.id == known).values(every=every, paused=False, next_at=next_at, by=by)
        )
        return int(known)
    values = {"kind": kind, "about": about, "every": every, "paused": False, "next_at": next_at, "by": by}
    return int(unit.execute(insert(schedules).values(**values).returning(s.id)).scalar_one())


def schedule_list(snapshot: Connection) -> tuple[Schedule, ...]:
    return tuple(_schedule(row) for row in snapshot.execute(select(schedules).order_by(schedules.c.id)))


def known_schedule(snapshot: Connection, schedule_id: int) -> Schedule:
    """Raises NotFound."""
    row = snapshot.execute(select(schedules).where(schedules.c.id == schedule_id)).first()
    if row is None:
        raise NotFound(
            Text(f"没有计划 {schedule_id}", f"There is no schedule {schedule_id}"),
            Text("用 kaizha schedule list 查看", "See kaizha schedule list"),
        )
    return _schedule(row)


def set_paused(unit: Connection, schedule_id: int, paused: bool) -> None:
    unit.execute(update(schedules).where(schedules.c.id == schedule_id).values(paused=paused))


def remove(unit: Connection, schedule_id: int) -> None:
    unit.execute(delete(schedules).where(schedules.c.id == schedule_id))


def due(unit: Connection, schedule_id: int, at: datetime) -> None:
    """It is due now."""
    unit.execute(update(schedules).where(schedules.c.id == schedule_id).values(next_at=at))


def noted(unit: Connection, kind: str, about: int, result: Mapping[str, Any], at: datetime) -> None:
    """What came of the last run; nothing where it is not scheduled."""
    mine = (schedules.c.kind == kind) & (schedules.c.about == about)
    unit.execute(update(schedules).where(mine).values(last_at=at, result=dict(result)))


def enqueue_due(unit: Connection, at: datetime, stale_before: datetime) -> int:
    """A job for every schedule that is due and has none open; the next time is from now, so that nothing is caught up.
    How many. Two gates take turns (a unit of work), so that the second finds nothing due."""
    found = select(schedules).where(schedules.c.paused.is_(False), schedules.c.next_at <= at)
    queued = 0
    for row in unit.execute(found.order_by(schedules.c.next_at)).all():
        argument = {"about": row.about, "by": row.by}
        if not any(one["about"] == row.about for one in queries.open_arguments(unit, row.kind, stale_before)):
            work.enqueue(unit, row.kind, argument, at)
            queued += 1
        following = at + duration(row.every)
        unit.execute(update(schedules).where(schedules.c.id == row.id).values(next_at=following))
    return queued


def _schedule(row: Row[*tuple[Any, ...]]) -> Schedule:
    return Schedule(
        row.id, row.kind, row.about, row.every, row.paused, row.next_at, row.last_at, row.result, row.by
    )
