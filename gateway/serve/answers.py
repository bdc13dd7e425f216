"""Answers of the data path as bytes: made from a page, checked against the release, kept in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import orjson
import structlog

from catalog.errors import Unavailable
from catalog.release import Release
from catalog.text import Text
from gateway.serve.cursor import Cursor, write_cursor
from gateway.serve.page import Facet, Page
from gateway.serve.query import Count, RecordsQuery

__all__ = ["Answers", "check_names", "groups_body", "next_cursor", "records_body", "selected"]

_log = structlog.get_logger(__name__)


class Answers:
    """Answers by ETag, the least recently used dropped first; never more than `most` bytes. `found` counts the looks that
    found one, `missed` the answers that had to be made."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._by_etag: OrderedDict[str, tuple[bytes, str | None]] = OrderedDict()
        self.found = 0
        self.missed = 0

    def get(self, etag: str) -> tuple[bytes, str | None] | None:
        if etag not in self._by_etag:
            return None
        self.found += 1
        self._by_etag.move_to_end(etag)
        return self._by_etag[etag]

    def put(self, etag: str, answer: tuple[bytes, str | None]) -> None:
        self.missed += 1
        size = len(answer[0]) + 512
        if size > self._most // 16 or etag in self._by_etag:
            return
        self._by_etag[etag] = answer
        self._held += size
        while self._held > self._most:
            _, (body, _) = self._by_etag.popitem(last=False)
            self._held -= len(body) + 512


def selected(page: Page, query: RecordsQuery) -> Sequence[bytes]:
    """The records with the columns that were asked for."""
    if not query.select:
        return page.records
    names = query.select
    return [orjson.dumps({name: row[name] for name in names}) for row in map(orjson.loads, page.records)]


def next_cursor(page: Page, query: RecordsQuery, release: Release) -> str | None:
    """The cursor of the next page; None at the end."""
    if not page.more:
        return None
    before = query.cursor.served if query.cursor else query.offset
    return write_cursor(Cursor(page.last_row, before + len(page.records)), release.id, query.digest())


def records_body(page: Page, query: RecordsQuery, release: Release, cursor: str | None) -> bytes:
    """The answer as JSON."""
    tail: dict[str, object] = {
        "total": page.total,
        "total_kind": page.total_kind,
        "next": cursor,
        "release": release.id,
    }
    if page.facets:
        tail["facets"] = {facet.name: _facet(facet) for facet in page.facets}
    return b'{"records":[' + b",".join(selected(page, query)) + b"]," + orjson.dumps(tail)[1:]


def _facet(facet: Facet) -> dict[str, object]:
    pairs = [tuple(orjson.loads(group).values()) for group in facet.groups]
    return {
        "values": [{"value": value, "count": count} for value, count in pairs],
        "distinct": facet.distinct,
    }


def groups_body(records: Sequence[bytes], total: int, release: Release) -> bytes:
    """Groups as JSON."""
    tail = {"total": total, "total_kind": Count.EXACT, "next": None, "release": release.id}
    return b'{"records":[' + b",".join(records) + b"]," + orjson.dumps(tail)[1:]


def check_names(first: Sequence[bytes], names: Sequence[str]) -> None:
    """The answer's columns are those of the release, or nothing leaves.

    Raises Unavailable: they are not.
    """
    for record in first:
        if list(orjson.loads(record)) != names:
            _log.error("answer with other columns than the release")
            raise Unavailable(
                Text("应答与发布记录不一致，已停止", "The answer does not match the release and was stopped"),
                Text("请联系数据管理部门", "Tell the data office"),
            )
