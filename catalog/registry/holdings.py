"""Rows of the holdings inventory: what was said of a holding is never changed or deleted, the newest of it holds.

A dataset that nobody registered as a holding is one all the same: it is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from catalog.holding import Holding, HoldingState, Retired, Stands, where_it_stands
from catalog.registry.documents import dump, load
from catalog.registry.tables import datasets, holdings, releases, state, submissions
from catalog.release import State

__all__ = ["holdings_as_they_stand", "register_holdings", "retire_holding"]


def holdings_as_they_stand(snapshot: Connection, as_of: datetime) -> tuple[Stands, ...]:
    """Everything publishers held at a moment, by publisher and name, where each stood, and what had been retired."""
    opened, latest = _opened(snapshot, as_of), _latest(snapshot, as_of)
    newest = select(func.max(holdings.c.seq)).where(holdings.c.registered_at <= as_of)
    rows = snapshot.execute(
        select(holdings).where(holdings.c.seq.in_(newest.group_by(holdings.c.publisher, holdings.c.name)))
    )
    known = [(load(Holding, row.document), _retired(row)) for row in rows]
    linked = {one.dataset_id for one, retired in known if retired is None}
    registered = select(datasets.c.id, datasets.c.publisher, datasets.c.title).where(
        datasets.c.registered_at <= as_of
    )
    implied = [
        (Holding(row.publisher, row.id, row.title, dataset_id=row.id, source="submitted"), None)
        for row in snapshot.execute(registered)
        if row.id not in linked
    ]
    everything = sorted(
        [*known, *implied], key=lambda one: (one[0].publisher, one[0].name, one[1] is not None)
    )
    return tuple(
        Stands(
            one, where_it_stands(latest.get(one.dataset_id or ""), is_open=one.dataset_id in opened), retired
        )
        if retired is None
        else Stands(one, HoldingState.HELD, retired)
        for one, retired in everything
    )


def _opened(snapshot: Connection, as_of: datetime) -> frozenset[str | None]:
    """Datasets of which a release was served at a moment."""
    served = select(releases.c.dataset_id).where(
        releases.c.published_at <= as_of, or_(releases.c.ended_at.is_(None), releases.c.ended_at > as_of)
    )
    return frozenset(snapshot.execute(served).scalars())


def _latest(snapshot: Connection, as_of: datetime) -> dict[str, State]:
    """Where the latest submission of each dataset stood: before it was decided it waited, whatever came of it."""
    newest = (
        select(func.max(submissions.c.id))
        .where(submissions.c.submitted_at <= as_of)
        .group_by(submissions.c.dataset_id)
    )
    rows = snapshot.execute(
        select(submissions.c.dataset_id, submissions.c.state, submissions.c.decided_at).where(
            submissions.c.id.in_(newest)
        )
    )
    return {
        row.dataset_id: State.RECEIVED if row.decided_at and row.decided_at > as_of else State(row.state)
        for row in rows
    }


def _retired(row: Row[*tuple[Any, ...]]) -> Retired | None:
    return None if row.retired is None else Retired(row.retired, row.registered_by, row.registered_at)


def register_holdings(work: Connection, given: Iterable[Holding], by: str, at: datetime) -> tuple[int, int]:
    """Insert holdings, or the next word on those of the same publisher and name; how many of each.

    What is registered again without a dataset or without words keeps those it had; what was retired is held again.
    """
    added = changed = 0
    for one in given:
        known = _newest(work, one.publisher, one.name)
        if known is None:
            _insert(work, one, by, at)
            added += 1
            continue
        old = load(Holding, known.document)
        new = replace(
            one,
            title=one.title or old.title,
            description=one.description or old.description,
            fields=one.fields or old.fields,
            dataset_id=one.dataset_id or old.dataset_id,
        )
        if new != old or known.retired is not None:
            _insert(work, new, by, at)
            changed += 1
    if added or changed:
        work.execute(update(state).values(revision=state.c.revision + 1))
    return added, changed


def retire_holding(
    work: Connection, publisher: str, name: str, reason: str, by: str, at: datetime
) -> Holding | None:
    """Write down that something is held no longer, and why; None where it is not registered, or retired already."""
    known = _newest(work, publisher, name)
    if known is None or known.retired is not None:
        return None
    one = load(Holding, known.document)
    _insert(work, one, by, at, reason)
    work.execute(update(state).values(revision=state.c.revision + 1))
    return one


def _newest(work: Connection, publisher: str, name: str) -> Row[*tuple[Any, ...]] | None:
    query = select(holdings).where(holdings.c.publisher == publisher, holdings.c.name == name)
    return work.execute(query.order_by(holdings.c.seq.desc()).limit(1)).first()


def _insert(work: Connection, one: Holding, by: str, at: datetime, retired: str | None = None) -> None:
    work.execute(
        insert(holdings).values(
            publisher=one.publisher,
            name=one.name,
            document=dump(one),
            retired=retired,
            registered_by=by,
            registered_at=at,
        )
    )
