"""Harvested records as our catalogue shows them: under addresses that can never be taken for those of our own datasets."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from sqlalchemy import Connection

from catalog.interchange.conform import dataset_uri
from catalog.record import CatalogueRecord
from catalog.registry import queries
from catalog.release import Release
from gateway.exchange import store

__all__ = ["harvested_cursor", "next_page"]

HARVESTED = "harvested:"  # no dataset's id holds a colon


def next_page(
    snapshot: Connection, cursor: str, limit: int, base: str
) -> tuple[tuple[Release, ...], tuple[CatalogueRecord, ...], str | None, int]:
    """A page of the catalogue after `cursor`: our own releases first, then what was harvested; the next cursor, and how
    many there are in all."""
    total = queries.current_releases(snapshot, limit=1).total + store.harvested_total(snapshot)
    number = harvested_cursor(cursor)
    if number is None:
        found = queries.current_releases(snapshot, after=cursor, limit=limit)
        more = f"{HARVESTED}0" if store.harvested(snapshot, 0, 1) else None
        return found.releases, (), found.next or more, total
    rows = store.harvested(snapshot, number, limit + 1)
    shown = tuple(_shown(one, place, base) for place, one in rows[:limit])
    following = f"{HARVESTED}{rows[limit - 1][0]}" if len(rows) > limit else None
    return (), shown, following, total


def harvested_cursor(cursor: str) -> int | None:
    """The number that a cursor goes on after; None for one that is a dataset's id."""
    text = cursor.removeprefix(HARVESTED)
    return int(text) if text != cursor and text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _shown(record: CatalogueRecord, number: int, base: str) -> CatalogueRecord:
    """The record under its own address where that is another's; one that claims to be ours, or has none, under its
    source's."""
    uri = dataset_uri(record, base)
    if not uri.startswith(f"{base}/"):
        return replace(record, uri=uri)
    source = record.provenance.source_url if record.provenance else ""
    if not source or f"{source}/".startswith(f"{base}/"):
        return replace(record, uri=f"{base}/harvested/{number}")
    return replace(record, uri=f"{source.partition('#')[0]}#{quote(record.identifier, safe='')}")
