"""The data path: a raw ASGI callable that answers records, aggregates and exports of current releases.

Row files answer in the event loop (microseconds), everything else goes to the worker processes or, for exports, to
threads. Whether a release may still be seen is asked again after every wait and before every chunk.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson
import structlog

from catalog.errors import KaizhaError, NotFound, TooLarge, Unavailable
from catalog.text import Text
from gateway.api.problem import Problem, internal, method_not_allowed, problem, range_not_satisfiable
from gateway.serve.answers import Answers, check_names, records_body
from gateway.serve.byte_range import byte_range, read_range
from gateway.serve.cors import CORS
from gateway.serve.declared import count_of
from gateway.serve.formats import export, format_of, read_options
from gateway.serve.page import Page
from gateway.serve.query import EVERYTHING, Count, RecordsQuery, parse_aggregate, parse_records
from gateway.serve.released_parquet import check_released
from gateway.serve.representation import (
    Headers,
    etag_of,
    last_modified,
    next_link,
    not_modified,
    read_params,
    representation_headers,
)
from gateway.serve.row_file import RowFile
from gateway.serve.served import Served
from gateway.serve.shelf import while_held
from gateway.serve.sql import ESTIMATE_STEP, aggregate_sql, count_sql, counted, records_sql
from gateway.serve.turns import CALLER
from gateway.serve.workers import Workers

__all__ = ["DataPath", "Shelf"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_QUERY_BYTES = 16_384
OPEN_ROW_FILES = 512
REMEMBERED_QUERIES = 4_096
METHODS = "GET, HEAD, OPTIONS"

_ROUTE = re.compile(r"/api/v1/datasets/([a-z0-9-]{1,100})/(records|aggregate|export\.([a-z]{1,12}))")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_log = structlog.get_logger(__name__)


class Shelf(Protocol):
    """What is current now. The gateway's implementation holds the epoch lease: each raises Unavailable without it."""

    def number(self, dataset_id: str) -> int | None:
        """The number of the current release, from memory; None when nothing is open."""
        ...

    def at_hand(self, dataset_id: str) -> bool:
        """Whether `current` answers from memory."""
        ...

    def current(self, dataset_id: str) -> Served | None:
        """The current release."""
        ...

    def epoch(self) -> int:
        """The policy epoch the shelf stands at."""
        ...


@dataclass(frozen=True, slots=True)
class _Reply:
    """A whole answer, or with `chunks` a stream."""

    status: int
    headers: Headers
    body: bytes = b""
    chunks: Iterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request, read."""

    served: Served
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    started: float
    caller: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a release was when an answer began, to be compared with what it is before bytes leave."""

    dataset_id: str
    number: int
    epoch: int


class _Cut(Exception):
    """A stream ends here, incomplete: its release may not be seen any more, or reading failed."""


class DataPath:
    """`cache_bytes` bounds the answers kept, `exports` the streams at one time. Belongs to one event loop."""

    def __init__(self, shelf: Shelf, workers: Workers, cache_bytes: int = 32 << 20, exports: int = 8) -> None:
        self._shelf = shelf
        self._workers = workers
        self._row_files: OrderedDict[str, RowFile] = OrderedDict()
        self._refused_row_files: set[Path] = set()
        self._queries: OrderedDict[tuple[str, bytes], tuple[RecordsQuery, str]] = OrderedDict()
        self._answers = Answers(cache_bytes)
        self._threads = ThreadPoolExecutor(exports, thread_name_prefix="export")
        self._exports = exports
        self._checked: OrderedDict[str, None] = OrderedDict()

    @staticmethod
    def matches(path: str) -> bool:
        """Whether this decoded path is answered here."""
        return _ROUTE.fullmatch(path) is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8).encode()
        seen: _Seen | None = None
        try:
            reply, seen = await self._reply(scope, headers, started)
        except KaizhaError as error:
            reply = _of(problem(error))
        except Exception as error:
            reply = _of(internal(error))
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
                await self._stream(head, reply.chunks, seen, receive, send)
        except _Cut as cut:
            _log.warning("export stopped", reason=str(cut), request_id=request_id.decode())

    async def _reply(
        self, scope: Scope, headers: dict[bytes, bytes], started: float
    ) -> tuple[_Reply, _Seen | None]:
        method: str = scope["method"]
        if method == "OPTIONS":
            return _options(), None
        if method not in ("GET", "HEAD"):
            return _of(method_not_allowed(METHODS)), None
        route = _ROUTE.fullmatch(scope["path"])
        number = self._shelf.number(route[1]) if route else None
        if route is None or number is None:
            raise _not_found()
        seen = _Seen(route[1], number, self._shelf.epoch())
        served = await self._current(route[1])
        if served is None:
            raise _not_found()
        query: bytes = scope.get("query_string", b"")
        ask = _Ask(served, scope["path"], query, headers, started, scope.get(CALLER, ""))
        if len(ask.query) > MAX_QUERY_BYTES:
            raise TooLarge(
                Text("查询字符串过长", "The query string is too long"),
                Text(f"最多 {MAX_QUERY_BYTES} 字节", f"Use at most {MAX_QUERY_BYTES} bytes"),
            )
        if route[2] == "records":
            reply = await self._records(ask)
        elif route[2] == "aggregate":
            reply = await self._aggregate(ask)
        else:
            reply = await self._export(ask, route[3], method)
        self._still_open(seen)
        return reply, seen

    async def _current(self, dataset_id: str) -> Served | None:
        """From memory, or looked up in a thread for as long as the lease is held."""
        if self._shelf.at_hand(dataset_id):
            return self._shelf.current(dataset_id)
        loop = asyncio.get_running_loop()
        looking = loop.run_in_executor(None, self._shelf.current, dataset_id)
        return await while_held(looking, self._shelf.epoch)

    def _still_open(self, seen: _Seen) -> None:
        """Raises NotFound or Unavailable: since the answer began the release was withdrawn, or the rules changed and
        it is another one now. (A newer release under the same rules does not end an answer from the older one.)"""
        now = self._shelf.number(seen.dataset_id)
        if now is None:
            raise _not_found()
        if now != seen.number and self._shelf.epoch() != seen.epoch:
            raise _changed()

    # records ----------------------------------------------------------------------------------------------------

    async def _records(self, ask: _Ask) -> _Reply:
        query, etag = self._read_records(ask)
        fixed = representation_headers(etag, b"application/json")
        if not_modified(ask.headers, etag):
            return _Reply(304, fixed)
        release = ask.served.release
        known = self._answers.get(etag)
        if known is None:
            page = await self._page(ask.served, query, ask.caller)
            check_names(page.records[:1], [one.column.name for one in release.columns])
            known = records_body(page, query, release)
            self._answers.put(etag, known)
        body, cursor = known
        if cursor:
            fixed.append((b"link", next_link(ask.path, ask.query, cursor)))
        return _Reply(200, [*fixed, (b"content-length", b"%d" % len(body))], body)

    def _read_records(self, ask: _Ask) -> tuple[RecordsQuery, str]:
        key = (ask.served.release.id, ask.query)
        if key in self._queries:
            self._queries.move_to_end(key)
            return self._queries[key]
        query = parse_records(read_params(ask.query), ask.served.release)
        read = (query, etag_of(ask.served.release, "records", query))
        self._queries[key] = read
        if len(self._queries) > REMEMBERED_QUERIES:
            self._queries.popitem(last=False)
        return read

    async def _page(self, served: Served, query: RecordsQuery, caller: str) -> Page:
        row_file = self._row_file(served)
        run = row_file.run(query) if row_file else None
        if row_file and run:
            return row_file.page(run, query)
        release = served.release
        kind = counted(count_of(query, release), release)
        everything = query.where == EVERYTHING and not query.q
        count = None if everything or kind is Count.NONE else count_sql(query, release, kind)
        sql = records_sql(query, release, with_json=row_file is None)
        answer = await self._workers.ask(served, sql, ("json", "row"), count, caller)
        numbers = answer.numbers[: query.limit]
        records = row_file.records(numbers) if row_file else answer.texts[: query.limit]
        total = answer.count
        if everything and kind is not Count.NONE:
            total, kind = release.rows, Count.EXACT
        elif total is not None and kind is Count.ESTIMATE:
            total *= ESTIMATE_STEP
        return Page(records, numbers[-1] if numbers else 0, total, kind, len(answer.numbers) > query.limit)

    def _row_file(self, served: Served) -> RowFile | None:
        if served.row_file is None or served.row_file in self._refused_row_files:
            return None
        name = served.release.id
        if name in self._row_files:
            self._row_files.move_to_end(name)
            return self._row_files[name]
        try:
            opened = RowFile(served.row_file, served.release)
        except (Unavailable, OSError, ValueError) as error:
            _log.error("row file cannot be used", release=name, kind=type(error).__name__)
            self._refused_row_files.add(served.row_file)
            return None
        self._row_files[name] = opened
        if len(self._row_files) > OPEN_ROW_FILES:
            self._row_files.popitem(last=False)
        return opened

    # aggregate --------------------------------------------------------------------------------------------------

    async def _aggregate(self, ask: _Ask) -> _Reply:
        release = ask.served.release
        query = parse_aggregate(read_params(ask.query), release)
        etag = etag_of(release, "aggregate", query)
        fixed = representation_headers(etag, b"application/json")
        if not_modified(ask.headers, etag):
            return _Reply(304, fixed)
        known = self._answers.get(etag)
        if known is None:
            answer = await self._workers.ask(
                ask.served, aggregate_sql(query, release), ("json", "total"), None, ask.caller
            )
            check_names(answer.texts[:1], [*query.group_by, *(metric.name for metric in query.metrics)])
            tail = {
                "total": answer.numbers[0] if answer.numbers else 0,
                "total_kind": Count.EXACT,
                "next": None,
                "release": release.id,
            }
            known = (b'{"records":[' + b",".join(answer.texts) + b"]," + orjson.dumps(tail)[1:], None)
            self._answers.put(etag, known)
        return _Reply(200, [*fixed, (b"content-length", b"%d" % len(known[0]))], known[0])

    # exports ----------------------------------------------------------------------------------------------------

    async def _export(self, ask: _Ask, suffix: str, method: str) -> _Reply:
        format_ = format_of(suffix)
        options = read_options(read_params(ask.query), format_)
        served, release = ask.served, ask.served.release
        etag = f'"{release.id}"' if suffix == "parquet" else etag_of(release, suffix, options)
        name = f'attachment; filename="{release.dataset.id}.{suffix}"'.encode()
        fixed = [*representation_headers(etag, format_.media_type.encode()), (b"content-disposition", name)]
        if not_modified(ask.headers, etag):
            return _Reply(304, fixed)
        self._check(served)
        if suffix == "parquet":
            return _file(ask, etag, fixed, method)
        chunks = export(suffix, served, options, self._row_file(served))
        return _Reply(200, fixed) if method == "HEAD" else _Reply(200, fixed, chunks=chunks)

    def _check(self, served: Served) -> None:
        """The file holds what the release says: looked at once per release, a footer read of about a millisecond."""
        if served.release.id in self._checked:
            return
        check_released(served.parquet, served.release)
        self._checked[served.release.id] = None
        if len(self._checked) > REMEMBERED_QUERIES:
            self._checked.popitem(last=False)

    async def _stream(
        self, head: dict[str, Any], chunks: Iterator[bytes], seen: _Seen, receive: Receive, send: Send
    ) -> None:
        """Send `chunks`, each made in a thread. The first is made before the head, so a failure is still a problem."""
        loop = asyncio.get_running_loop()
        if self._exports < 1:
            await _send_all(send, problem(_busy()), head)
            return
        self._exports -= 1
        gone = loop.create_task(_disconnected(receive))
        try:
            try:
                chunk = await loop.run_in_executor(self._threads, next, chunks, b"")
                self._still_open(seen)
            except KaizhaError as error:
                await _send_all(send, problem(error), head)
                return
            except Exception as error:
                await _send_all(send, internal(error), head)
                return
            await send(head)
            await self._send_chunks(chunk, chunks, seen, gone, send)
        finally:
            self._exports += 1
            gone.cancel()
            close = getattr(chunks, "close", None)
            if close:
                await loop.run_in_executor(self._threads, close)

    async def _send_chunks(
        self, chunk: bytes, chunks: Iterator[bytes], seen: _Seen, gone: asyncio.Task[None], send: Send
    ) -> None:
        """Raises _Cut: what was sent stays incomplete, which is how a client of HTTP learns of a failure."""
        loop = asyncio.get_running_loop()
        try:
            while chunk and not gone.done():
                self._still_open(seen)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await loop.run_in_executor(self._threads, next, chunks, b"")
            self._still_open(seen)
        except KaizhaError as error:
            raise _Cut(error.code) from None
        except Exception as error:
            internal(error)
            raise _Cut("internal") from None
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})


def _file(ask: _Ask, etag: str, fixed: Headers, method: str) -> _Reply:
    """The Parquet itself, or one range of it (RFC 9110, section 14)."""
    path = ask.served.parquet
    size = path.stat().st_size
    fixed = [*fixed, (b"accept-ranges", b"bytes"), (b"last-modified", last_modified(ask.served.release))]
    asked = ask.headers.get(b"range", b"").decode("latin-1")
    if ask.headers.get(b"if-range", etag.encode()) != etag.encode():
        asked = ""
    span = byte_range(asked, size)
    if span == "unsatisfiable":
        return _of(range_not_satisfiable(size))
    status, first, last = (206, span[0], span[1]) if span else (200, 0, size - 1)
    if span:
        fixed.append((b"content-range", f"bytes {first}-{last}/{size}".encode()))
    fixed.append((b"content-length", b"%d" % (last - first + 1)))
    return (
        _Reply(status, fixed)
        if method == "HEAD"
        else _Reply(status, fixed, chunks=read_range(path, first, last))
    )


def _options() -> _Reply:
    allowed = METHODS.encode()
    return _Reply(
        204,
        [
            (b"allow", allowed),
            (b"access-control-allow-methods", allowed),
            (b"access-control-allow-headers", b"Authorization, If-None-Match, If-Range, Range, X-Request-Id"),
            (b"access-control-max-age", b"86400"),
        ],
    )


def _of(given: Problem) -> _Reply:
    return _Reply(*given)


async def _send_all(send: Send, given: Problem, head: dict[str, Any]) -> None:
    """A problem in place of a stream that did not begin; keeps the headers every answer has."""
    status, headers, body = given
    always = [one for one in head["headers"] if one[0] in (b"x-request-id", b"server-timing", *dict(CORS))]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *always]})
    await send({"type": "http.response.body", "body": body})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _not_found() -> NotFound:
    return NotFound(
        Text("没有这个数据集，或它没有开放", "There is no such dataset, or it is not open"),
        Text("请在 /api/v1/datasets 查找数据集", "Find datasets at /api/v1/datasets"),
    )


def _changed() -> Unavailable:
    return Unavailable(
        Text("数据集刚刚按新规则重新发布", "The dataset was just released again under new rules"),
        Text("请重新请求", "Ask again"),
    )


def _busy() -> Unavailable:
    return Unavailable(
        Text("同时进行的导出过多", "Too many exports at one time"),
        Text("请按 Retry-After 稍后重试", "Try again after Retry-After"),
    )
