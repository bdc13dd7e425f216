"""Rows of harvests: sources, their runs, what was found. Reads take a snapshot, writes a unit of work."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, select, update

from catalog.record import CatalogueRecord
from catalog.registry import dump, load
from catalog.registry.tables import state
from gateway.exchange.fetch import Validators
from gateway.exchange.source import (
    COUNTED,
    DELETED,
    KEPT,
    Found,
    Kind,
    Run,
    RunState,
    Source,
    Trouble,
)
from gateway.exchange.tables import harvest_pages, harvest_runs, harvest_sources, harvested_records

__all__ = [
    "add_source",
    "add_to_run",
    "begin_run",
    "content_hash",
    "document_of",
    "finish_run",
    "follow",
    "harvested",
    "harvested_since",
    "harvested_total",
    "kept_count",
    "known_records",
    "mark_gone",
    "mark_page",
    "mark_seen",
    "moved",
    "open_run",
    "page_known",
    "runs",
    "save_page",
    "save_record",
    "save_run",
    "seen_count",
    "sha",
    "source",
    "source_by_url",
    "sources",
]

MOST_PROBLEMS = 200  # of a run that are kept; the counts say how many there were
NUMBERS = 500  # values in one statement


def sha(text: str) -> str:
    """What rows are found by: SHA-256, hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ---- sources


def add_source(unit: Connection, wanted: Source, at: datetime) -> Source:
    """The source of an address, made or brought up to date with what is asked of it now."""
    values = {"kind": wanted.kind.value, "with_data": wanted.with_data, "publisher": wanted.publisher}
    known = source_by_url(unit, wanted.url)
    if known is None:
        made = insert(harvest_sources).values(
            url=wanted.url, since="", added_by=wanted.added_by, added_at=at, **values
        )
        return replace(wanted, id=int(unit.execute(made.returning(harvest_sources.c.id)).scalar_one()))
    if known.kind is not wanted.kind or (wanted.with_data and not known.with_data):
        values["since"] = ""  # everything is looked at once more
    unit.execute(update(harvest_sources).where(harvest_sources.c.id == known.id).values(**values))
    return replace(wanted, id=known.id, since=str(values.get("since", known.since)))


def source(snapshot: Connection, source_id: int) -> Source | None:
    row = snapshot.execute(select(harvest_sources).where(harvest_sources.c.id == source_id)).first()
    return _source(row) if row else None


def source_by_url(snapshot: Connection, url: str) -> Source | None:
    row = snapshot.execute(select(harvest_sources).where(harvest_sources.c.url == url)).first()
    return _source(row) if row else None


def sources(snapshot: Connection) -> tuple[Source, ...]:
    rows = snapshot.execute(select(harvest_sources).order_by(harvest_sources.c.id))
    return tuple(_source(row) for row in rows)


def follow(unit: Connection, source_id: int, since: str) -> None:
    """The source has been followed as far as `since`."""
    unit.execute(update(harvest_sources).where(harvest_sources.c.id == source_id).values(since=since))


def _source(row: Row[*tuple[Any, ...]]) -> Source:
    return Source(row.id, row.url, Kind(row.kind), row.with_data, row.publisher, row.since, row.added_by)


# ---- runs


def open_run(snapshot: Connection, source_id: int) -> Run | None:
    """The run that was begun and has not ended: what goes on after a kill."""
    mine = (harvest_runs.c.source == source_id) & (harvest_runs.c.state == RunState.RUNNING.value)
    row = snapshot.execute(select(harvest_runs).where(mine).order_by(harvest_runs.c.id.desc())).first()
    return _run(row) if row else None


def begin_run(unit: Connection, source_id: int, by: str, at: datetime) -> Run:
    counts = dict.fromkeys(COUNTED, 0)
    values = {"source": source_id, "state": RunState.RUNNING.value, "cursor": {}, "counts": counts}
    made = insert(harvest_runs).values(**values, problems=[], by=by, started_at=at)
    run_id = int(unit.execute(made.returning(harvest_runs.c.id)).scalar_one())
    return Run(run_id, source_id, RunState.RUNNING, {}, counts, (), None, by, at, None)


def save_run(
    unit: Connection, run: Run, found: Found, counted: Mapping[str, int], troubles: Sequence[Trouble]
) -> Run:
    """The run with one page more."""
    counts = {name: number + counted.get(name, 0) for name, number in run.counts.items()}
    problems = (*run.problems, *(one.to_json() for one in troubles))[:MOST_PROBLEMS]
    cursor = {**found.cursor, "whole": run.cursor.get("whole", True) and found.whole}
    expected = run.expected if found.total is None else found.total
    saved = replace(run, counts=counts, problems=problems, cursor=cursor, expected=expected)
    unit.execute(
        update(harvest_runs)
        .where(harvest_runs.c.id == run.id)
        .values(counts=counts, problems=list(problems), cursor=cursor, expected=expected)
    )
    return saved


def add_to_run(unit: Connection, run: Run, counted: Mapping[str, int], troubles: Sequence[Trouble]) -> Run:
    """The run with more counted and told; its place in the listing stays."""
    counts = {name: number + counted.get(name, 0) for name, number in run.counts.items()}
    problems = (*run.problems, *(one.to_json() for one in troubles))[-MOST_PROBLEMS:]
    mine = update(harvest_runs).where(harvest_runs.c.id == run.id)
    unit.execute(mine.values(counts=counts, problems=list(problems)))
    return replace(run, counts=counts, problems=problems)


def finish_run(unit: Connection, run: Run, new: RunState, troubles: Sequence[Trouble], at: datetime) -> Run:
    problems = (*run.problems, *(one.to_json() for one in troubles))[-MOST_PROBLEMS:]
    values = {"state": new.value, "problems": list(problems), "counts": dict(run.counts), "finished_at": at}
    unit.execute(update(harvest_runs).where(harvest_runs.c.id == run.id).values(**values))
    return replace(run, state=new, problems=problems, finished_at=at)


def runs(snapshot: Connection, source_id: int | None = None, limit: int = 50) -> tuple[Run, ...]:
    """Runs, the newest first."""
    query = select(harvest_runs).order_by(harvest_runs.c.id.desc()).limit(limit)
    if source_id is not None:
        query = query.where(harvest_runs.c.source == source_id)
    return tuple(_run(row) for row in snapshot.execute(query))


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(
        row.id,
        row.source,
        RunState(row.state),
        row.cursor,
        row.counts,
        tuple(row.problems),
        row.expected,
        row.by,
        row.started_at,
        row.finished_at,
    )


# ---- records


def known_records(
    snapshot: Connection, source_id: int, keys: Collection[str]
) -> dict[str, Row[*tuple[Any, ...]]]:
    """What is known under these keys: number, state, hash and the run that saw it last."""
    r = harvested_records.c
    query = select(r.key, r.number, r.state, r.hash, r.seen_run)
    rows = snapshot.execute(query.where(r.source == source_id, r.key.in_(keys)))
    return {str(row.key): row for row in rows}


def save_record(
    unit: Connection, source_id: int, key: str, known: bool, values: Mapping[str, Any], at: datetime
) -> None:
    """What a source says of a dataset now; `values` are state, hash, page, document and seen_run."""
    row = {**values, "fetched_at": at, "changed_at": at}
    if known:
        mine = (harvested_records.c.source == source_id) & (harvested_records.c.key == key)
        unit.execute(update(harvested_records).where(mine).values(**row))
    else:
        unit.execute(insert(harvested_records).values(source=source_id, key=key, **row))


def mark_seen(unit: Connection, source_id: int, keys: Sequence[str], run_id: int) -> int:
    """These are still there, nothing else of them is touched; how many of them are known."""
    r, marked = harvested_records.c, 0
    for start in range(0, len(keys), NUMBERS):
        mine = (r.source == source_id) & r.key.in_(keys[start : start + NUMBERS]) & (r.state != DELETED)
        marked += unit.execute(update(harvested_records).where(mine).values(seen_run=run_id)).rowcount
    return marked


def mark_page(unit: Connection, source_id: int, page: str, run_id: int) -> int:
    """Everything that was found on a page is still there."""
    r = harvested_records.c
    mine = (r.source == source_id) & (r.page == page) & (r.state != DELETED)
    return unit.execute(update(harvested_records).where(mine).values(seen_run=run_id)).rowcount


def mark_gone(unit: Connection, source_id: int, run_id: int) -> int:
    """Everything that a complete listing did not name is gone; how many. Raises nothing: who calls knows it complete."""
    r = harvested_records.c
    mine = (r.source == source_id) & (r.seen_run != run_id) & (r.state != DELETED)
    return unit.execute(update(harvested_records).where(mine).values(state=DELETED)).rowcount


def seen_count(snapshot: Connection, source_id: int, run_id: int) -> int:
    r = harvested_records.c
    query = select(func.count()).where(r.source == source_id, r.seen_run == run_id)
    return int(snapshot.execute(query).scalar_one())


def kept_count(snapshot: Connection, source_id: int) -> int:
    r = harvested_records.c
    return int(
        snapshot.execute(select(func.count()).where(r.source == source_id, r.state == KEPT)).scalar_one()
    )


def moved(unit: Connection) -> None:
    """Readers of the catalogue look again."""
    unit.execute(update(state).values(revision=state.c.revision + 1))


def page_known(snapshot: Connection, source_id: int, key: str) -> tuple[Validators, str] | None:
    """What a page's server said to know it again by, and the address after it."""
    p = harvest_pages.c
    row = snapshot.execute(select(harvest_pages).where(p.source == source_id, p.key == key)).first()
    return (Validators(row.etag, row.last_modified), row.next_url) if row else None


def save_page(unit: Connection, source_id: int, found: Found) -> None:
    p = harvest_pages.c
    values = {
        "etag": found.validators.etag,
        "last_modified": found.validators.last_modified,
        "next_url": found.next_url,
    }
    mine = (p.source == source_id) & (p.key == found.key)
    if not unit.execute(update(harvest_pages).where(mine).values(**values)).rowcount:
        unit.execute(insert(harvest_pages).values(source=source_id, key=found.key, **values))


# ---- for readers


def harvested(snapshot: Connection, after: int, limit: int) -> tuple[tuple[int, CatalogueRecord], ...]:
    """Records of other catalogues with their numbers, by number; `after` excluded."""
    r = harvested_records.c
    query = select(r.number, r.document).where(r.state == KEPT, r.number > after).order_by(r.number)
    rows = snapshot.execute(query.limit(limit))
    return tuple((row.number, load(CatalogueRecord, row.document)) for row in rows)


def harvested_total(snapshot: Connection) -> int:
    query = select(func.count()).where(harvested_records.c.state == KEPT)
    return int(snapshot.execute(query).scalar_one())


def harvested_since(snapshot: Connection) -> datetime | None:
    """When a harvest last changed what is shown."""
    found = snapshot.execute(select(func.max(harvested_records.c.changed_at))).scalar()
    gone = snapshot.execute(
        select(func.max(harvest_runs.c.finished_at)).where(harvest_runs.c.state == RunState.COMPLETE.value)
    ).scalar()
    return max((one for one in (found, gone) if one is not None), default=None)


def content_hash(record: CatalogueRecord) -> tuple[str, Any]:
    """The hash of what a record says, wherever and whenever it was found, and the record as a document."""
    said = dump(replace(record, provenance=None))
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest(), said


def document_of(record: CatalogueRecord) -> Any:
    return dump(record)
