"""What becomes of datasets whose source lists them no more: they stay open, their stewards are told when it happens, and
every report says so until a person has decided. Nothing is withdrawn because somebody else's list is shorter."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from catalog.registry import queries
from catalog.registry.tables import datasets
from catalog.text import Text
from gateway.access import Action
from gateway.exchange.source import DELETED, Source, Trouble
from gateway.exchange.tables import harvested_files, harvested_records
from gateway.governance.notices import tell_datasets

__all__ = ["SOURCE_GONE", "gone_datasets", "still_open", "tell_gone"]

SOURCE_GONE = "source-gone"


def gone_datasets(snapshot: Connection, source_id: int) -> frozenset[str]:
    """Datasets of ours that came from records which the source lists no more, open or held."""
    r, f = harvested_records.c, harvested_files.c
    query = select(f.dataset_id).join_from(harvested_files, harvested_records, f.record == r.number)
    query = query.join(datasets, datasets.c.id == f.dataset_id)  # a refused file has made none
    found = snapshot.execute(query.where(r.source == source_id, r.state == DELETED))
    return frozenset(found.scalars())


def tell_gone(unit: Connection, source: Source, dataset_ids: Collection[str], at: datetime) -> None:
    """A notice for each, to those who see its submissions, in the unit of work that marks the record as gone."""
    standing = queries.standing(unit)
    for is_open in (True, False):
        some = sorted(one for one in dataset_ids if (one in standing) is is_open)
        said = {"source": source.url, "open": is_open}
        tell_datasets(unit, SOURCE_GONE, some, said, at, hears=Action.SEE_SUBMISSIONS)


def still_open(snapshot: Connection, source_id: int) -> tuple[Trouble, ...]:
    """Those that are open still, as lines of every report until they are withdrawn or listed again."""
    standing = queries.standing(snapshot)
    return tuple(
        Trouble(
            SOURCE_GONE,
            one,
            Text(
                "源目录已不再列出，其数据仍在此开放",
                "The source lists it no more; what came from it is still open here",
            ),
            Text(f"请决定去留：kaizha withdraw {one}", f"Decide whether it stays: kaizha withdraw {one}"),
        )
        for one in sorted(gone_datasets(snapshot, source_id))
        if one in standing
    )
