"""Rows of the holdings inventory. A dataset that nobody registered as a holding is one all the same: it is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from catalog.holding import Holding, HoldingState, Stands, where_it_stands
from catalog.registry.documents import dump, load
from catalog.registry.tables import datasets, holdings, releases, state, submissions
from catalog.release import ReleaseStatus, State

__all__ = ["holdings_as_they_stand", "register_holdings"]


def holdings_as_they_stand(snapshot: Connection) -> tuple[Stands, ...]:
    """Everything publishers hold, by publisher and name, and where each stands now."""
    served = select(releases.c.dataset_id).where(releases.c.status == ReleaseStatus.CURRENT.value)
    opened = frozenset(snapshot.execute(served).scalars())
    newest = select(func.max(submissions.c.id)).group_by(submissions.c.dataset_id)
    latest = {
        row.dataset_id: State(row.state)
        for row in snapshot.execute(
            select(submissions.c.dataset_id, submissions.c.state).where(submissions.c.id.in_(newest))
        )
    }
    registered = [
        load(Holding, document) for document in snapshot.execute(select(holdings.c.document)).scalars()
    ]
    linked = {one.dataset_id for one in registered}
    implied = [
        Holding(row.publisher, row.id, row.title, dataset_id=row.id, source="submitted")
        for row in snapshot.execute(select(datasets.c.id, datasets.c.publisher, datasets.c.title))
        if row.id not in linked
    ]
    return tuple(
        Stands(one, _state(one.dataset_id, opened, latest))
        for one in sorted([*registered, *implied], key=lambda one: (one.publisher, one.name))
    )


def _state(dataset_id: str | None, opened: frozenset[str], latest: dict[str, State]) -> HoldingState:
    return where_it_stands(latest.get(dataset_id or ""), is_open=dataset_id in opened)


def register_holdings(work: Connection, given: Iterable[Holding], by: str, at: datetime) -> tuple[int, int]:
    """Insert holdings, or bring those of the same publisher and name up to date; how many of each.

    What is registered again without a dataset or without words keeps those it had.
    """
    added = changed = 0
    for one in given:
        place = (holdings.c.publisher == one.publisher) & (holdings.c.name == one.name)
        known = work.execute(select(holdings.c.document).where(place)).scalar()
        if known is None:
            work.execute(insert(holdings).values(publisher=one.publisher, name=one.name, **_row(one, by, at)))
            added += 1
            continue
        old = load(Holding, known)
        new = replace(
            one,
            title=one.title or old.title,
            description=one.description or old.description,
            fields=one.fields or old.fields,
            dataset_id=one.dataset_id or old.dataset_id,
        )
        if new != old:
            work.execute(update(holdings).where(place).values(**_row(new, by, at)))
            changed += 1
    if added or changed:
        work.execute(update(state).values(revision=state.c.revision + 1))
    return added, changed


def _row(one: Holding, by: str, at: datetime) -> dict[str, object]:
    return {"dataset_id": one.dataset_id, "document": dump(one), "registered_by": by, "registered_at": at}
