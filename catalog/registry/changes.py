"""What followers of the catalogue ask: when something changed, what is newest, since when something is open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from catalog.registry.queries import numbered_release
from catalog.registry.tables import releases
from catalog.release import Release, ReleaseStatus

__all__ = ["first_published_of", "last_change", "newest_releases", "open_since"]


def last_change(snapshot: Connection) -> datetime | None:
    """When a release was last opened or ended; None where nothing was ever opened. Moves with every withdrawal."""
    row = snapshot.execute(select(func.max(releases.c.published_at), func.max(releases.c.ended_at))).one()
    return max((one for one in row if one is not None), default=None)


def first_published_of(snapshot: Connection, dataset_ids: Collection[str]) -> dict[str, datetime]:
    """When each dataset was opened for the first time, whatever became of that release."""
    query = (
        select(releases.c.dataset_id, func.min(releases.c.published_at).label("at"))
        .where(releases.c.dataset_id.in_(dataset_ids))
        .group_by(releases.c.dataset_id)
    )
    return {row.dataset_id: row.at for row in snapshot.execute(query)}


def open_since(snapshot: Connection) -> tuple[tuple[str, datetime], ...]:
    """Every open dataset with the time of its current release, by id."""
    query = (
        select(releases.c.dataset_id, releases.c.published_at)
        .where(releases.c.status == ReleaseStatus.CURRENT.value)
        .order_by(releases.c.dataset_id)
    )
    return tuple((row.dataset_id, row.published_at) for row in snapshot.execute(query))


def newest_releases(snapshot: Connection, before: int | None, limit: int) -> tuple[tuple[int, Release], ...]:
    """Current releases with their numbers, the newest first; `before` is the number to go on from, excluded."""
    query = select(releases.c.seq).where(releases.c.status == ReleaseStatus.CURRENT.value)
    if before is not None:
        query = query.where(releases.c.seq < before)
    numbers = snapshot.execute(query.order_by(releases.c.seq.desc()).limit(limit)).scalars().all()
    return tuple((number, numbered_release(snapshot, number)) for number in numbers)
