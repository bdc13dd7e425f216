"""Files of harvested datasets, brought to the gate as any other publication: the same questions, and held is held."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Row, insert, select, update

from catalog.errors import KaizhaError
from catalog.ingest import Source as Bytes
from catalog.ingest import spool
from catalog.record import CatalogueRecord, RecordDistribution, best
from catalog.registry import load
from catalog.release import State
from gateway.access import Person
from gateway.exchange.fetch import Fetcher, Validators
from gateway.exchange.source import KEPT, Source, Trouble, trouble_of
from gateway.exchange.store import sha
from gateway.exchange.tables import harvested_files, harvested_records
from gateway.gate import Gate
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit

__all__ = ["Brought", "bring_files"]

READABLE = ("csv", "tsv", "parquet", "xlsx", "xls", "geojson", "json")
"""What the gate reads, the best first: of a dataset that is offered in several, only the best is fetched."""
MOST_FILES = 20  # of one dataset
PAGE = 50


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of one dataset's files: counts by name, and what went wrong."""

    counts: Mapping[str, int]
    troubles: tuple[Trouble, ...]


def bring_files(gate: Gate, source: Source, person: Person, fetcher: Fetcher) -> Iterator[Brought]:
    """Fetch and submit what is new or has changed, dataset by dataset; what was done before is not done again."""
    after = 0
    while rows := _records(gate, source.id, after):
        for row in rows:
            after = row.number
            record = load(CatalogueRecord, row.document)
            yield _bring(gate, source, person, fetcher, row, record)


def _records(gate: Gate, source_id: int, after: int) -> Sequence[Row[*tuple[Any, ...]]]:
    r = harvested_records.c
    query = select(r.number, r.hash, r.document, r.key)
    mine = (
        query.where(r.source == source_id, r.state == KEPT, r.number > after).order_by(r.number).limit(PAGE)
    )
    with gate.registry.reading() as snapshot:
        return snapshot.execute(mine).all()


def _bring(
    gate: Gate,
    source: Source,
    person: Person,
    fetcher: Fetcher,
    row: Row[*tuple[Any, ...]],
    record: CatalogueRecord,
) -> Brought:
    counts = {"files": 0, "released": 0, "held": 0}
    troubles: list[Trouble] = []
    for place, one in enumerate(_chosen(record)):
        url = one.download_url or one.access_url or ""
        dataset_id = f"h{source.id}-{row.key[:12]}" + (f"-{place + 1}" if place else "")
        with gate.registry.reading() as snapshot:
            before = _known(snapshot, row.number, sha(url))
        try:
            state = _one(gate, source, person, fetcher, (row, record, one, url, dataset_id), before)
        except KaizhaError as error:
            troubles.append(trouble_of(error, url))
            continue
        if state is not None:
            counts["files"] += 1
            counts["released"] += state is State.RELEASED
            counts["held"] += state is State.HELD
    return Brought(counts, tuple(troubles))


def _one(
    gate: Gate,
    source: Source,
    person: Person,
    fetcher: Fetcher,
    what: tuple[Row[*tuple[Any, ...]], CatalogueRecord, RecordDistribution, str, str],
    before: Row[*tuple[Any, ...]] | None,
) -> State | None:
    """The state of the submission; None where the file is the one that was submitted before."""
    row, record, one, url, dataset_id = what
    known = Validators(before.etag, before.last_modified) if before else Validators()
    gate.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=gate.spool) as folder:
        with fetcher.get(url, known=known) as answer:
            if answer.unchanged and before is not None:
                return None
            name = unquote(urlsplit(url).path) or "download"
            found = spool(answer.body, name, Path(folder), fetcher.max_bytes)
            told = answer.validators
        same = before is not None and before.sha256 == found.sha256
        submitted = (
            None
            if same
            else submit(gate, person, found, _request(source, record, one, found, dataset_id), Stages())
        )
    values = {
        "etag": told.etag,
        "last_modified": told.last_modified,
        "sha256": found.sha256,
        "dataset_id": dataset_id,
        "fetched_at": gate.now(),
        **({"submission_id": submitted.submission_id} if submitted else {}),
    }
    f = harvested_files.c
    with gate.registry.transaction() as unit:
        mine = (f.record == row.number) & (f.key == sha(url))
        if not unit.execute(update(harvested_files).where(mine).values(**values)).rowcount:
            unit.execute(insert(harvested_files).values(record=row.number, key=sha(url), **values))
    return submitted.state if submitted else None


def _request(
    source: Source, record: CatalogueRecord, one: RecordDistribution, found: Bytes, dataset_id: str
) -> Request:
    """As a steward would ask: what the source says is said, the rest is proposed and asked."""
    several = len(_chosen(record)) > 1
    title = best(record.titles, "zh", "en") or record.identifier
    part = best(one.titles, "zh", "en")
    publisher = source.publisher or (best(record.publisher.names, "zh", "en") if record.publisher else "")
    metadata = Metadata(
        dataset_id=dataset_id,
        title=f"{title} {part}"[:200] if several and part else title[:200],
        publisher=publisher or None,
        description=best(record.descriptions, "zh", "en"),
        keywords=tuple(keyword.word for keyword in record.keywords),
        source=record.landing_page or source.url,
    )
    return Request(found.name, found.sha256, metadata)


def _chosen(record: CatalogueRecord) -> list[RecordDistribution]:
    """The files in the best format there is."""
    by_form: dict[str, list[RecordDistribution]] = {}
    for one in record.distributions:
        if form := _form(one):
            by_form.setdefault(form, []).append(one)
    best_form = next((form for form in READABLE if form in by_form), None)
    return by_form[best_form][:MOST_FILES] if best_form else []


def _form(one: RecordDistribution) -> str:
    """Which of `READABLE` it is; "" for none, and for what has no address of a file."""
    url = one.download_url or one.access_url or ""
    if not url.startswith(("http://", "https://")):
        return ""
    said = ((one.format or "").rsplit("/", 1)[-1].lower(), urlsplit(url).path.rsplit(".", 1)[-1].lower())
    return next((form for form in said if form in READABLE), "")


def _known(snapshot: Connection, record: int, key: str) -> Row[*tuple[Any, ...]] | None:
    f = harvested_files.c
    return snapshot.execute(select(harvested_files).where(f.record == record, f.key == key)).first()
