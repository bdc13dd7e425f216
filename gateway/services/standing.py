"""Joins that may not be shown any more: closed in the unit of work that changes the law, and made and judged anew by a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from catalog.registry.services import close_views, enqueue_probe, views
from gateway.publish.law import Law
from negative_list.outcome import may_leave

__all__ = ["close_joins", "tightened_joins"]


def tightened_joins(snapshot: Connection, law: Law, on: date) -> tuple[int, ...]:
    """Numbers of joined operations of which the law of a day shuts something."""
    shut = []
    for one in views(snapshot):
        decision = law.screen(one.subject, on)
        if not all(may_leave(decision.column(column.name)) for column in one.subject.schema):
            shut.append(one.service)
    return tuple(shut)


def close_joins(unit: Connection, at: datetime, only: Sequence[int] | None = None) -> None:
    """Close joins: all of them where the list itself is another (none is what it was judged to be), else `only` some.
    Everything declared is judged again."""
    numbers = [one.service for one in views(unit)] if only is None else only
    close_views(unit, numbers, at)
    enqueue_probe(unit, "", at)
