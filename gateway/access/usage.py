"""Usage: how many requests of whom for which dataset on which day ended how. Numbers only: no address, no query.

Servers count in memory and send batches. A batch has an id of its own and is counted once, however often it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.access.meter_tables import usage, usage_flushes

__all__ = ["Tally", "UsageRow", "record", "usage_rows"]

# A server sends a batch again within seconds or not at all; ids are kept for long beyond that.
FLUSHES_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What is counted apart: `key` "" = without one, `dataset` "" = not open, `status` 2 = 2xx and so on."""

    day: date
    key: str
    dataset: str
    status: int


@dataclass(frozen=True, slots=True)
class Tally:
    """`requests`, and `bytes` of bodies sent."""

    requests: int
    bytes: int


def record(unit: Connection, flush: str, counted: Mapping[UsageRow, Tally], at: datetime) -> bool:
    """Add a batch; False when it was counted before."""
    dialect = sqlite if unit.dialect.name == "sqlite" else postgresql
    mark = dialect.insert(usage_flushes).values(id=flush, counted_at=at, rows=len(counted))
    if unit.execute(mark.on_conflict_do_nothing().returning(usage_flushes.c.id)).first() is None:
        return False
    added = dialect.insert(usage)
    sums = {
        "requests": usage.c.requests + added.excluded.requests,
        "bytes": usage.c.bytes + added.excluded.bytes,
    }
    keys = [usage.c.day, usage.c.key, usage.c.dataset, usage.c.status]
    rows = [
        {
            "day": row.day,
            "key": row.key,
            "dataset": row.dataset,
            "status": row.status,
            "requests": tally.requests,
            "bytes": tally.bytes,
        }
        # in one order everywhere, so that two servers never wait for each other's rows
        for row, tally in sorted(
            counted.items(), key=lambda one: (one[0].day, one[0].key, one[0].dataset, one[0].status)
        )
    ]
    if rows:
        unit.execute(added.on_conflict_do_update(index_elements=keys, set_=sums), rows)
    unit.execute(delete(usage_flushes).where(usage_flushes.c.counted_at < at - FLUSHES_KEPT))
    return True


def usage_rows(
    snapshot: Connection,
    first: date,
    last: date,
    *,
    keys: Collection[str] | None = None,
    datasets: Collection[str] | None = None,
    by_key: bool = True,
    limit: int = 10_000,
) -> list[tuple[UsageRow, Tally]]:
    """What was counted from `first` to `last`, newest day first; of these keys or datasets only, where they are given.
    Without `by_key` the keys are added up (and `key` is "")."""
    parts = [usage.c.day, usage.c.dataset, usage.c.status, *([usage.c.key] if by_key else [])]
    asked = select(
        *parts, func.sum(usage.c.requests).label("requests"), func.sum(usage.c.bytes).label("bytes")
    )
    asked = asked.where(usage.c.day >= first, usage.c.day <= last).group_by(*parts)
    if keys is not None:
        asked = asked.where(usage.c.key.in_(keys))
    if datasets is not None:
        asked = asked.where(usage.c.dataset.in_(datasets))
    asked = asked.order_by(usage.c.day.desc(), *parts[1:]).limit(limit)
    return [
        (
            UsageRow(row.day, row.key if by_key else "", row.dataset, row.status),
            Tally(int(row.requests), int(row.bytes)),
        )
        for row in snapshot.execute(asked)
    ]
