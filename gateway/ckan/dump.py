"""``/datastore/dump/ID``: a whole table, in pieces that follow each other by the row number, so that the last costs no more
than the first. As CSV, TSV, JSON or XML; `bom` puts the mark before it that spreadsheets want."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import orjson

from gateway.ckan.call import Call
from gateway.ckan.datastore import PARAMETERS, Asked, delimited, read_asked, rows_of
from gateway.ckan.desk import Desk
from gateway.ckan.errors import invalid
from gateway.ckan.filters import ID
from gateway.ckan.table_reads import table_of
from gateway.ckan.values import boolean, natural, text
from gateway.serve.page import Page
from gateway.serve.query import Count
from gateway.serve.served import Served

__all__ = ["FORMATS", "Dump", "prepared"]

PIECE = 10_000
BOM = "\ufeff"
FORMATS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dump:
    """A table about to be written: `limit` rows at most, None = all."""

    desk: Desk
    call: Call
    asked: Asked
    served: Served
    form: str
    bom: bool
    limit: int | None

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        name = quote(f"{self.asked.resource_id}.{self.form}", safe="")
        return [
            (b"content-type", FORMATS[self.form].encode()),
            (b"content-disposition", f'attachment; filename="{name}"'.encode()),
            (b"cache-control", b"no-cache"),
        ]

    async def parts(self) -> AsyncIterator[bytes]:
        opening, closing = _frame(self)
        yield (BOM + opening if self.bom else opening).encode()
        first = True
        async for page in self._pages():
            yield await asyncio.to_thread(self._written, page, first)  # the event loop goes on meanwhile
            first = False
        yield closing.encode()

    def _written(self, page: Page, first: bool) -> bytes:
        rows = list(rows_of(self.asked, page.records, page.numbers))
        return _PIECES[self.form](self, rows, first).encode()

    async def _pages(self) -> AsyncIterator[Page]:
        offset, left = self.asked.query.offset, self.limit
        while left is None or left > 0:
            size = PIECE if left is None else min(PIECE, left)
            query = replace(self.asked.query, offset=offset, limit=size)
            page = await self.desk.engines.page(self.served, query, self.call.caller)
            if page.records:
                yield page
            offset += len(page.records)
            left = None if left is None else left - len(page.records)
            if not page.more or len(page.records) < size:
                return


async def prepared(desk: Desk, call: Call, resource_id: str) -> Dump:
    """The dump that is asked for. Raises CkanError."""
    own, served = await table_of(desk, resource_id)
    form = text(call.given, "format", "csv").lower()
    if form not in FORMATS:
        raise invalid("format", f"Value must be one of {list(FORMATS)}")
    given = {name: value for name, value in call.given.items() if name in PARAMETERS}
    limit = natural(given, "limit", 0) if given.get("limit") not in (None, "") else None
    given |= {"limit": PIECE, "include_total": False}
    asked = read_asked(given, served.release, own)
    if asked.by_id and limit is None and asked.query.limit < PIECE:
        limit = asked.query.limit  # conditions on the row number ended there
    query = replace(asked.query, count=Count.NONE)
    bom = boolean(call.given, "bom")
    return Dump(desk, call, replace(asked, query=query), served, form, bom, limit)


def _frame(dump: Dump) -> tuple[str, str]:
    names = [name for name, _ in dump.asked.fields]
    if dump.form in ("csv", "tsv"):
        return delimited(iter([names]), "," if dump.form == "csv" else "\t"), ""
    if dump.form == "json":
        fields = orjson.dumps([{"id": name, "type": kind} for name, kind in dump.asked.fields]).decode()
        return '{\n  "fields": ' + fields + ',\n  "records": [', "\n]}\n"
    return "<data>\n", "</data>\n"


def _delimited(dump: Dump, rows: list[Row], _first: bool) -> str:
    return delimited((list(row.values()) for row in rows), "," if dump.form == "csv" else "\t")


def _json(_dump: Dump, rows: list[Row], first: bool) -> str:
    written = ",\n    ".join(orjson.dumps(list(row.values())).decode() for row in rows)
    return f"{'' if first else ','}\n    {written}"


def _xml(_dump: Dump, rows: list[Row], _first: bool) -> str:
    return "".join(_xml_row(row) for row in rows)


def _xml_row(row: Row) -> str:
    number = f" {ID}={quoteattr(str(row[ID]))}" if ID in row else ""
    return f"<row{number}>{''.join(_xml_cells(row))}</row>\n"


def _xml_cells(row: Row) -> Iterator[str]:
    """A column's name stands in an attribute where it cannot be an element's."""
    for name, value in row.items():
        if name == ID:
            continue
        written = "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
        cell = escape("".join(c for c in written if c >= " " or c in "\t\n\r"))
        plain = name.isidentifier() and not name.startswith("xml")
        opening, closing = (name, name) if plain else (f"value name={quoteattr(name)}", "value")
        yield f"<{opening}/>" if value is None else f"<{opening}>{cell}</{closing}>"


_PIECES = {"csv": _delimited, "tsv": _delimited, "json": _json, "xml": _xml}
