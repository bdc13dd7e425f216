"""The data path: a raw ASGI callable that answers records, aggregates and exports of current releases.

Row files answer in the event loop (microseconds), everything else goes to the worker processes or, for exports, to
threads. Whether a release may still be seen is asked again after every wait and before every chunk.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog

from catalog.errors import KaizhaError, NotFound, TooLarge
from catalog.release import Release
from catalog.text import Text
from gateway.api.problem import internal, method_not_allowed, problem
from gateway.serve.answers import Answers, groups_body, next_cursor, records_body, selected
from gateway.serve.compression_arrow import LEAST_BYTES, compressed, compressed_stream
from gateway.serve.cors import CORS
from gateway.serve.earlier import Asked, asked_of
from gateway.serve.engines import Engines
from gateway.serve.formats import EXPORT_FORMATS, FORMATS, export, format_of, read_options
from gateway.serve.negotiation import best_coding
from gateway.serve.page import Page
from gateway.serve.page_formats import (
    AGGREGATE_FORMATS,
    RECORDS_FORMATS,
    csv_page,
    geojson_page,
    ndjson_page,
)
from gateway.serve.parse import RELEASE_PARAMETERS, parse_aggregate, parse_records
from gateway.serve.query import AggregateQuery, RecordsQuery
from gateway.serve.released_parquet import check_released
from gateway.serve.reply import METHODS, Ask, Reply, file_reply, form_of, options_reply, reply_of
from gateway.serve.representation import (
    coded,
    dataset_links,
    etag_of,
    http_date,
    not_modified,
    not_modified_since,
    page_links,
    read_params,
    representation_headers,
)
from gateway.serve.request_id import request_id_of
from gateway.serve.seen import Seen, Stands, not_found, still_open
from gateway.serve.served import Served, ServedService
from gateway.serve.service_path import SERVICE_ROUTE, ServicePath
from gateway.serve.shelf import while_held
from gateway.serve.sql import columns_of_release
from gateway.serve.streams import Cut, Streams
from gateway.serve.turns import CALLER
from gateway.serve.workers import Workers

__all__ = ["DataPath", "Shelf"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_QUERY_BYTES = 16_384
REMEMBERED_QUERIES = 4_096
VARY, VARY_CODING = b"Accept, Accept-Encoding", b"Accept-Encoding"
MEDIA_TYPES = {suffix: format_.media_type.encode() for suffix, format_ in FORMATS.items()}
Q = TypeVar("Q", RecordsQuery, AggregateQuery)
_Read = OrderedDict[tuple[str, bytes], tuple[Q, str]]
Made = tuple[bytes, str | None]
"""A body and the cursor of the next page."""


_ROUTE = re.compile(r"/api/v1/datasets/([a-z0-9-]{1,100})/(records|aggregate|export)(?:\.([a-z]{1,12}))?")
_log = structlog.get_logger(__name__)


class Shelf(Stands, Protocol):
    """What is current now. The gateway's implementation holds the epoch lease: each raises Unavailable without it."""

    def at_hand(self, dataset_id: str) -> bool:
        """Whether `current` answers from memory."""
        ...

    def current(self, dataset_id: str) -> Served | None:
        """The current release."""
        ...

    def earlier(self, dataset_id: str, asked: Asked) -> Served:
        """A release before the current one, where it may be seen. Raises NotFound. May wait for the registry."""
        ...

    def prepared(self, number: int) -> ServedService | None:
        """A version of an operation with what it answers from, where that is in memory."""
        ...

    def prepare(self, number: int) -> ServedService:
        """The same, looked up."""
        ...


class DataPath:
    """`cache_bytes` bounds the answers kept, `exports` the streams at one time. Belongs to one event loop."""

    def __init__(self, shelf: Shelf, workers: Workers, cache_bytes: int = 32 << 20, exports: int = 8) -> None:
        self._shelf = shelf
        self._engines = Engines(workers)
        self._queries: _Read[RecordsQuery] = OrderedDict()
        self._groups: _Read[AggregateQuery] = OrderedDict()
        self.answers = Answers(cache_bytes)
        self._streams = Streams(exports)
        self._checked: OrderedDict[str, None] = OrderedDict()
        self._services = ServicePath(shelf, self._engines, self._current, self, self._in_earlier)

    @staticmethod
    def matches(path: str) -> bool:
        """Whether this decoded path is answered here."""
        return _ROUTE.fullmatch(path) is not None or SERVICE_ROUTE.fullmatch(path) is not None

    @property
    def engines(self) -> Engines:
        """What answers here; others of this process ask by the same."""
        return self._engines

    def close(self) -> None:
        self._streams.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = request_id_of(scope)
        seen: Seen | None = None
        try:
            if SERVICE_ROUTE.fullmatch(scope["path"]):
                reply, seen = await self._services.reply(scope, receive, headers, started)
            else:
                reply, seen = await self._reply(scope, headers, started)
        except KaizhaError as error:
            reply = reply_of(problem(error))
        except Exception as error:
            reply = reply_of(internal(error))
        taken = (time.perf_counter() - started) * 1000
        always = [*CORS, (b"x-request-id", request_id), (b"server-timing", b"answer;dur=%.3f" % taken)]
        try:
            head = {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [*reply.headers, *always],
            }
            if reply.chunks is None or seen is None:
                await send(head)
                await send(
                    {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body}
                )
            else:
                await self._streams.send(
                    head, reply.chunks, partial(still_open, seen, self._shelf), receive, send
                )
        except Cut as cut:
            _log.warning("export stopped", reason=str(cut), request_id=request_id.decode())

    async def _reply(
        self, scope: Scope, headers: dict[bytes, bytes], started: float
    ) -> tuple[Reply, Seen | None]:
        method: str = scope["method"]
        if method == "OPTIONS":
            return options_reply(), None
        if method not in ("GET", "HEAD"):
            return reply_of(method_not_allowed(METHODS)), None
        route = _ROUTE.fullmatch(scope["path"])
        number = self._shelf.number(route[1]) if route else None
        if route is None or number is None:
            raise not_found()
        seen = Seen(((route[1], number),), self._shelf.epoch())
        served = await self._current(route[1])
        if served is None:
            raise not_found()
        about = dataset_links(route[1], served.release.dataset.licence)
        query: bytes = scope.get("query_string", b"")
        ask = Ask(served, scope["path"], query, headers, started, scope.get(CALLER, ""), about)
        if len(ask.query) > MAX_QUERY_BYTES:
            raise TooLarge(
                Text("查询字符串过长", "The query string is too long"),
                Text(f"最多 {MAX_QUERY_BYTES} 字节", f"Use at most {MAX_QUERY_BYTES} bytes"),
            )
        if (asked := asked_of(ask.query, served.release)) is not None:
            ask, seen = await self._in_earlier(ask, asked, seen)
        if route[2] == "records":
            reply = await self._records(ask, route[3])
        elif route[2] == "aggregate":
            reply = await self._aggregate(ask, route[3])
        else:
            reply = await self._export(ask, route[3], method)
        still_open(seen, self._shelf)
        return reply, seen

    async def _in_earlier(self, ask: Ask, asked: Asked, seen: Seen) -> tuple[Ask, Seen]:
        """The same of an earlier release. A cursor whose release may not be seen any more is left to the parser, which
        refuses it by its own words. Raises NotFound."""
        loop = asyncio.get_running_loop()
        looking = loop.run_in_executor(None, self._shelf.earlier, seen.rests[0][0], asked)
        try:
            served = await while_held(looking, self._shelf.epoch)
        except NotFound:
            if asked.cursor:
                return ask, seen
            raise
        return replace(ask, served=served), replace(seen, earlier=True)

    async def _current(self, dataset_id: str) -> Served | None:
        """From memory, or looked up in a thread for as long as the lease is held."""
        if self._shelf.at_hand(dataset_id):
            return self._shelf.current(dataset_id)
        loop = asyncio.get_running_loop()
        looking = loop.run_in_executor(None, self._shelf.current, dataset_id)
        return await while_held(looking, self._shelf.epoch)

    # records and aggregates -------------------------------------------------------------------------------------

    def at_once(self, path: str, query: bytes, headers: dict[bytes, bytes], caller: str) -> Reply | None:
        """The answer to a GET of records, of groups, or of a purpose-built API, for which nothing has to be waited for; None
        where something has to be, or where there is no such thing. Raises Busy where the workers would have to be waited
        for too long, KaizhaError where the question is wrong."""
        route = _ROUTE.fullmatch(path)
        if route is None:
            return self._services.at_once(path, query, headers, caller)
        if route[2] == "export" or len(query) > MAX_QUERY_BYTES:
            return None
        served = self._shelf.current(route[1]) if self._shelf.at_hand(route[1]) else None
        if served is None or asked_of(query, served.release) is not None:
            return None
        about = dataset_links(route[1], served.release.dataset.licence)
        ask = Ask(served, path, query, headers, 0.0, caller, about)
        at_hand = self._records_at_hand if route[2] == "records" else self._groups_at_hand
        reply = at_hand(ask, route[3])
        if reply is None:
            self._engines.workers.expect(caller)
        return reply

    def _groups_at_hand(self, ask: Ask, suffix: str | None) -> Reply | None:
        """Groups that were asked for before; what was not is not even read."""
        if (known := self._groups.get((ask.served.release.id, ask.query))) is None:
            return None
        query, etag = known
        return self.at_hand(
            ask, suffix, form_of(ask, suffix, AGGREGATE_FORMATS), etag, (query.limit, query.offset)
        )

    def _records_at_hand(self, ask: Ask, suffix: str | None) -> Reply | None:
        form = form_of(ask, suffix, RECORDS_FORMATS)
        query, etag = self._read_records(ask)
        span = query.limit, query.offset
        reply = self.at_hand(ask, suffix, form, etag, span)
        if reply is None and not query.facets:
            page = self._engines.page_at_hand(ask.served, query)
            if page is not None:
                reply = self.told(
                    ask, suffix, form, etag, span, _written(page, query, ask.served.release, form)
                )
        return reply

    async def _records(self, ask: Ask, suffix: str | None) -> Reply:
        if (reply := self._records_at_hand(ask, suffix)) is not None:
            return reply
        form = form_of(ask, suffix, RECORDS_FORMATS)
        query, etag = self._read_records(ask)
        page = await self._engines.page(ask.served, query, ask.caller)
        written = _written(page, query, ask.served.release, form)
        return self.told(ask, suffix, form, etag, (query.limit, query.offset), written)

    async def _aggregate(self, ask: Ask, suffix: str | None) -> Reply:
        form = form_of(ask, suffix, AGGREGATE_FORMATS)
        release = ask.served.release
        query, etag = self._read_groups(ask)
        span = query.limit, query.offset
        reply = self.at_hand(ask, suffix, form, etag, span)
        if reply is not None:
            return reply
        records, total = await self._engines.groups(ask.served, query, ask.caller)
        if form == "json":
            body = groups_body(records, total, release)
        else:
            types = {one.name: one.type for one in query.outputs}
            body = csv_page(records, types) if form == "csv" else ndjson_page(records)
        return self.told(ask, suffix, form, etag, span, (body, None))

    def at_hand(
        self, ask: Ask, suffix: str | None, form: str, etag: str, span: tuple[int, int]
    ) -> Reply | None:
        """The answer, where the caller holds it already or it is in memory. `span` is the limit and the offset that were
        asked for."""
        etag = _of_form(etag, form)
        known = _held(ask, etag, best_coding(ask.headers.get(b"accept-encoding", b"")))
        if known is not None:
            vary = (b"vary", VARY if suffix is None else VARY_CODING)
            return Reply(304, [*representation_headers(known, MEDIA_TYPES[form]), vary])
        whole = self.answers.get(etag)
        return None if whole is None else self._coded(ask, suffix, form, etag, span, whole)

    def told(
        self, ask: Ask, suffix: str | None, form: str, etag: str, span: tuple[int, int], whole: Made
    ) -> Reply:
        """What was just made, kept for whoever asks next."""
        etag = _of_form(etag, form)
        self.answers.put(etag, whole)
        return self._coded(ask, suffix, form, etag, span, whole)

    def _coded(
        self, ask: Ask, suffix: str | None, form: str, etag: str, span: tuple[int, int], whole: Made
    ) -> Reply:
        coding = best_coding(ask.headers.get(b"accept-encoding", b""))
        fixed = [(b"vary", VARY if suffix is None else VARY_CODING)]
        body, cursor = whole
        if coding and len(body) >= LEAST_BYTES:
            etag = coded(etag, coding)
            packed = self.answers.get(etag)
            if packed is None:
                packed = (compressed(body, coding), cursor)
                self.answers.put(etag, packed)
            body = packed[0]
            fixed.append((b"content-encoding", coding.encode()))
        pages = page_links(ask.path, ask.query, cursor, *span)
        fixed.append((b"link", b", ".join((pages, ask.about)) if pages else ask.about))
        fixed.append((b"last-modified", http_date(ask.modified)))
        fixed.append((b"content-length", b"%d" % len(body)))
        return Reply(200, [*representation_headers(etag, MEDIA_TYPES[form]), *fixed], body)

    def _read_records(self, ask: Ask) -> tuple[RecordsQuery, str]:
        return _read(self._queries, ask, parse_records, "records")

    def _read_groups(self, ask: Ask) -> tuple[AggregateQuery, str]:
        return _read(self._groups, ask, parse_aggregate, "aggregate")

    # exports ----------------------------------------------------------------------------------------------------

    async def _export(self, ask: Ask, suffix: str | None, method: str) -> Reply:
        form = form_of(ask, suffix, EXPORT_FORMATS)
        format_ = format_of(form)
        given = [one for one in read_params(ask.query) if one[0] not in RELEASE_PARAMETERS]
        options = read_options(given, format_)
        served, release = ask.served, ask.served.release
        etag = f'"{release.id}"' if form == "parquet" else etag_of(release, form, options)
        coding = best_coding(ask.headers.get(b"accept-encoding", b"")) if format_.plain else None
        if coding:
            etag = coded(etag, coding)
        name = f'attachment; filename="{release.dataset.id}.{form}"'.encode()
        fixed = [*representation_headers(etag, format_.media_type.encode()), (b"content-disposition", name)]
        fixed.append((b"vary", VARY if suffix is None else VARY_CODING))
        if _held(ask, etag) is not None:
            return Reply(304, fixed)
        self._check(served)
        fixed += [(b"link", ask.about), (b"last-modified", http_date(ask.modified))]
        if form == "parquet":
            return file_reply(ask, etag, fixed, method)
        if coding:
            fixed.append((b"content-encoding", coding.encode()))
        chunks = export(form, served, options, self._engines.row_file(served))
        if method == "HEAD":
            return Reply(200, fixed)
        return Reply(200, fixed, chunks=compressed_stream(chunks, coding) if coding else chunks)

    def _check(self, served: Served) -> None:
        """The file holds what the release says: looked at once per release, a footer read of about a millisecond."""
        if served.release.id in self._checked:
            return
        check_released(served.parquet, served.release)
        self._checked[served.release.id] = None
        if len(self._checked) > REMEMBERED_QUERIES:
            self._checked.popitem(last=False)


def _read(
    read: _Read[Q], ask: Ask, parse: Callable[[list[tuple[str, str]], Release], Q], kind: str
) -> tuple[Q, str]:
    """A question and the validator of its answer; read once. Raises BadInput."""
    key = (ask.served.release.id, ask.query)
    if (known := read.get(key)) is not None:
        read.move_to_end(key)
        return known
    release = ask.served.release
    query = parse(read_params(ask.query), release)
    read[key] = made = (query, etag_of(release, kind, query))
    if len(read) > REMEMBERED_QUERIES:
        read.popitem(last=False)
    return made


def _of_form(etag: str, form: str) -> str:
    return etag if form == "json" else f'{etag[:-1]}-{form}"'


def _written(page: Page, query: RecordsQuery, release: Release, form: str) -> Made:
    cursor = next_cursor(page, query, release)
    if form == "json":
        return records_body(page, query, release, cursor), cursor
    records = selected(page, query)
    if form == "csv":
        types = {one.name: one.type for one in columns_of_release(release)}
        return csv_page(records, {name: types[name] for name in query.select or types}), cursor
    if form == "geojson":
        return geojson_page(records, columns_of_release(release), page.total), cursor
    return ndjson_page(records), cursor


def _held(ask: Ask, etag: str, coding: str | None = None) -> str | None:
    """The validator of what the caller holds already, by If-None-Match or If-Modified-Since."""
    if (known := not_modified(ask.headers, etag, coding)) is not None:
        return known
    return etag if not_modified_since(ask.headers, ask.modified) else None
