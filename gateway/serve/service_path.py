"""Purpose-built APIs on the data path: `/api/v1/services/{id}`, by GET with parameters or by POST with a JSON object of
them. One dictionary and one expression of a path, however many there are; the same engines, limits and checks as the
datasets' own interfaces.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import orjson

from catalog.errors import BadInput, Gone, NotFound, TooLarge, Unavailable
from catalog.registry.services import Standing
from catalog.service import ANSWERING, ServiceState, version_key
from catalog.text import Text
from gateway.api.problem import method_not_allowed
from gateway.serve.answers import next_cursor
from gateway.serve.earlier import Asked, asked_of
from gateway.serve.engines import Engines
from gateway.serve.operation import Operation, compile_operation
from gateway.serve.page import Page
from gateway.serve.page_formats import AGGREGATE_FORMATS, csv_page, ndjson_page
from gateway.serve.query import AggregateQuery, Count, RecordsQuery
from gateway.serve.reply import Ask, Reply, form_of, options_reply, reply_of
from gateway.serve.representation import Headers, etag_of, read_params, service_links
from gateway.serve.seen import Seen, Stands, not_open, still_open
from gateway.serve.served import Served, ServedService
from gateway.serve.shelf import while_held
from gateway.serve.turns import CALLER

__all__ = [
    "SERVICE_ROUTE",
    "Answered",
    "ServicePath",
    "answer_operation",
    "being_made",
    "broken",
    "chosen",
    "no_such_service",
]

SERVICE_ROUTE = re.compile(r"/api/v1/services/([a-z0-9-]{1,100})(?:\.([a-z]{1,12}))?")
METHODS = "GET, HEAD, POST, OPTIONS"
MAX_QUERY_BYTES = 16_384
MAX_BODY_BYTES = 65_536
MAX_MEMBERS = 64
CONDITIONS = (b"if-none-match", b"if-modified-since")
REMEMBERED = 4_096

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Made = tuple[bytes, str | None]


class _Shelf(Stands, Protocol):
    def at_hand(self, dataset_id: str) -> bool: ...

    def current(self, dataset_id: str) -> Served | None: ...

    def prepared(self, number: int) -> ServedService | None: ...

    def prepare(self, number: int) -> ServedService: ...


@dataclass(frozen=True, slots=True)
class Answered:
    """The records of an answer as JSON texts, the total as far as it was counted, and the cursor of the next page."""

    records: Sequence[bytes]
    total: int | None
    total_kind: Count
    cursor: str | None = None


async def answer_operation(
    engines: Engines,
    served: Served,
    operation: Operation,
    query: RecordsQuery | AggregateQuery,
    caller: str,
) -> Answered:
    """What an operation answers to a query made by `Operation.asked`, when it is the turn of `caller`: what a probe asks is
    what a caller gets."""
    if isinstance(query, AggregateQuery):
        records, total = await engines.groups(served, query, caller)
        return Answered(records, total, Count.EXACT)
    return _named(await engines.page(served, query, caller), served, operation, query)


def _named(page: Page, served: Served, operation: Operation, query: RecordsQuery) -> Answered:
    """A page with the names that the operation gives its columns."""
    cursor = next_cursor(page, query, served.release)
    if operation.sources is None:
        return Answered(page.records, page.total, page.total_kind, cursor)
    named = tuple(zip(operation.shown, operation.sources, strict=True))
    rows = map(orjson.loads, page.records)
    records = [orjson.dumps({name: row[source] for name, source in named}) for row in rows]
    return Answered(records, page.total, page.total_kind, cursor)


class Replies(Protocol):
    """The data path: answers in the form and coding that were negotiated, from memory or of what was made."""

    def at_hand(
        self, ask: Ask, suffix: str | None, form: str, etag: str, span: tuple[int, int]
    ) -> Reply | None: ...

    def told(
        self, ask: Ask, suffix: str | None, form: str, etag: str, span: tuple[int, int], whole: Made
    ) -> Reply: ...


class ServicePath:
    """`current` gives the release of a dataset, `in_earlier` the one in which a cursor began: the data path's."""

    def __init__(
        self,
        shelf: _Shelf,
        engines: Engines,
        current: Callable[[str], Awaitable[Served | None]],
        replies: Replies,
        in_earlier: Callable[[Ask, Asked, Seen], Awaitable[tuple[Ask, Seen]]],
    ) -> None:
        self._shelf = shelf
        self._engines = engines
        self._current = current
        self._replies = replies
        self._in_earlier = in_earlier
        self._operations: OrderedDict[tuple[int, str], Operation] = OrderedDict()
        self._queries: OrderedDict[tuple[int, str, bytes], tuple[RecordsQuery | AggregateQuery, str]] = (
            OrderedDict()
        )

    async def reply(
        self, scope: Scope, receive: Receive, headers: dict[bytes, bytes], started: float
    ) -> tuple[Reply, Seen | None]:
        method: str = scope["method"]
        if method == "OPTIONS":
            return options_reply(METHODS), None
        if method not in ("GET", "HEAD", "POST"):
            return reply_of(method_not_allowed(METHODS)), None
        route = SERVICE_ROUTE.fullmatch(scope["path"])
        known = self._shelf.services(route[1]) if route else ()
        if route is None or not known:
            raise no_such_service()
        query: bytes = scope.get("query_string", b"")
        if method == "POST":
            query = await _posted(query, receive)
            headers = {name: value for name, value in headers.items() if name not in CONDITIONS}
        if len(query) > (MAX_BODY_BYTES if method == "POST" else MAX_QUERY_BYTES):
            raise _too_long()
        standing = chosen(known, _one(query, "version"))
        prepared = await self._prepared(standing.number)
        served, seen = await self._served(standing, prepared)
        about = service_links(standing.id, served.release.dataset.licence)
        caller = scope.get(CALLER, "")
        ask = Ask(served, scope["path"], query, headers, started, caller, about, standing.since)
        if b"cursor=" in query and not prepared.service.joins:
            begun = asked_of(b"cursor=" + _one(query, "cursor").encode(), served.release)
            if begun is not None:
                ask, seen = await self._in_earlier(ask, begun, seen)
                served = ask.served
        operation = self._operation(standing.number, prepared, served)
        form = form_of(ask, route[2], AGGREGATE_FORMATS)
        asked, etag = self._asked(standing.number, operation, query)
        span = asked.limit, asked.offset
        reply = self._replies.at_hand(ask, route[2], form, etag, span)
        if reply is None:
            answered = await answer_operation(self._engines, served, operation, asked, ask.caller)
            reply = self._replies.told(
                ask, route[2], form, etag, span, _written_as(form, answered, operation)
            )
        still_open(seen, self._shelf)
        return replace(reply, headers=_headers(reply.headers, standing, prepared)), seen

    def at_once(self, path: str, query: bytes, headers: dict[bytes, bytes], caller: str) -> Reply | None:
        """The answer to a GET for which nothing has to be waited for; None where something has to be. Raises Busy where the
        workers would have to be waited for too long, KaizhaError where the question is wrong, or what it rests on is not
        open."""
        route = SERVICE_ROUTE.fullmatch(path)
        known = self._shelf.services(route[1]) if route else ()
        if route is None or not known or len(query) > MAX_QUERY_BYTES or b"cursor=" in query:
            return None
        standing = chosen(known, _one(query, "version"))
        prepared = self._shelf.prepared(standing.number)
        if prepared is None:
            return None
        served, _ = self._resting(standing, prepared)
        if served is None:
            dataset_id = standing.datasets[0]
            served = self._shelf.current(dataset_id) if self._shelf.at_hand(dataset_id) else None
            if served is None:
                return None
        about = service_links(standing.id, served.release.dataset.licence)
        ask = Ask(served, path, query, headers, 0.0, caller, about, standing.since)
        operation = self._operation(standing.number, prepared, served)
        form = form_of(ask, route[2], AGGREGATE_FORMATS)
        asked, etag = self._asked(standing.number, operation, query)
        span = asked.limit, asked.offset
        reply = self._replies.at_hand(ask, route[2], form, etag, span)
        if reply is None and isinstance(asked, RecordsQuery):
            page = self._engines.page_at_hand(served, asked)
            if page is not None:
                answered = _named(page, served, operation, asked)
                reply = self._replies.told(
                    ask, route[2], form, etag, span, _written_as(form, answered, operation)
                )
        if reply is None:
            self._engines.workers.expect(caller)
            return None
        return replace(reply, headers=_headers(reply.headers, standing, prepared))

    async def _prepared(self, number: int) -> ServedService:
        known = self._shelf.prepared(number)
        if known is not None:
            return known
        looking = asyncio.get_running_loop().run_in_executor(None, self._shelf.prepare, number)
        return await while_held(looking, self._shelf.epoch)

    async def _served(self, standing: Standing, prepared: ServedService) -> tuple[Served, Seen]:
        """What the operation answers from, with what that rests on. Raises Gone, Unavailable."""
        served, seen = self._resting(standing, prepared)
        served = served or await self._current(standing.datasets[0])
        if served is None:
            raise not_open(standing.datasets[0])
        return served, seen

    def _resting(self, standing: Standing, prepared: ServedService) -> tuple[Served | None, Seen]:
        """What the operation rests on, and the join it answers from; None: it has none and answers from its dataset. Raises
        Gone, Unavailable."""
        numbers: dict[str, int] = {}
        for dataset_id in standing.datasets:
            number = self._shelf.number(dataset_id)
            if number is None:
                raise not_open(dataset_id)
            numbers[dataset_id] = number
        seen = Seen(tuple(numbers.items()), self._shelf.epoch(), service=(standing.id, standing.number))
        if prepared.service.joins:
            if prepared.view is None or prepared.resting != numbers:
                raise being_made()
            # Judged for these releases under these rules: with either moved it is judged anew.
            return prepared.view, replace(seen, earlier=True)
        return None, seen

    def _operation(self, number: int, prepared: ServedService, served: Served) -> Operation:
        key = (number, served.release.id)
        if (known := self._operations.get(key)) is not None:
            self._operations.move_to_end(key)
            return known
        try:
            made = compile_operation(prepared.service, served.release)
        except BadInput as misfit:
            raise broken(misfit) from None
        self._operations[key] = made
        if len(self._operations) > REMEMBERED:
            self._operations.popitem(last=False)
        return made

    def _asked(
        self, number: int, operation: Operation, query: bytes
    ) -> tuple[RecordsQuery | AggregateQuery, str]:
        key = (number, operation.release.id, query)
        if (known := self._queries.get(key)) is not None:
            self._queries.move_to_end(key)
            return known
        asked = operation.asked(read_params(query))
        read = (asked, etag_of(operation.release, f"service {number}", asked))
        self._queries[key] = read
        if len(self._queries) > REMEMBERED:
            self._queries.popitem(last=False)
        return read


def chosen(known: Sequence[Standing], version: str = "") -> Standing:
    """The version that is asked for; without one the active one, else the newest that still answers.

    Raises NotFound: no such version, or it is not active (yet); Gone: it is retired.
    """
    if version:
        known = [one for one in known if one.version == version]
        if not known:
            raise no_such_service("version")
    for state in ANSWERING:
        found = [one for one in known if one.state is state]
        if found:
            return max(found, key=lambda one: version_key(one.version))
    if any(one.state is ServiceState.RETIRED for one in known):
        raise Gone(
            Text("这个服务（版本）已停用", "This service, or this version of it, is retired"),
            Text("请在 /api/v1/services 查找其他服务", "Find others at /api/v1/services"),
        )
    raise NotFound(
        Text("这个服务尚未启用", "This service is not active yet"),
        Text("请在 /api/v1/services 查找服务", "Find services at /api/v1/services"),
    )


def no_such_service(what: str = "") -> NotFound:
    return NotFound(
        Text(
            f"没有这个服务{'版本' if what else ''}",
            f"There is no such {what + ' of the ' if what else ''}service",
        ),
        Text("请在 /api/v1/services 查找服务", "Find services at /api/v1/services"),
    )


def broken(misfit: BadInput) -> Gone:
    """The operation asks something that the release open now has not."""
    return Gone(
        Text(
            f"数据集的现行发布不再支持这个服务：{misfit.message.zh}",
            f"The release that is open now does not fit this service any more: {misfit.message.en}",
        ),
        Text(
            "请使用数据集自带的接口，或等待提供单位发布服务的新版本",
            "Use the dataset's own interfaces, or wait for the publisher's next version of the service",
        ),
    )


def _written_as(form: str, answered: Answered, operation: Operation) -> Made:
    if form == "csv":
        return csv_page(answered.records, operation.shown), answered.cursor
    if form == "ndjson":
        return ndjson_page(answered.records), answered.cursor
    return _body(answered, operation), answered.cursor


def _body(answered: Answered, operation: Operation) -> bytes:
    tail = {
        "total": answered.total,
        "total_kind": answered.total_kind,
        "next": answered.cursor,
        "release": operation.release.id,
        "service": operation.service.id,
        "version": operation.service.version,
    }
    return b'{"records":[' + b",".join(answered.records) + b"]," + orjson.dumps(tail)[1:]


def _headers(given: Headers, standing: Standing, prepared: ServedService) -> Headers:
    """With what becomes of the version (RFC 9745, RFC 8594), and how long a caller's own cache may keep the answer.

    Shared caches may not: a withdrawal has to reach everybody who has not got the answer yet.
    """
    headers = list(given)
    if prepared.service.cache_s:
        own = f"private, max-age={prepared.service.cache_s}".encode()
        headers = [
            (b"cache-control", own) if name == b"cache-control" else (name, value) for name, value in headers
        ]
    if standing.state is ServiceState.DEPRECATED:
        headers.append((b"deprecation", f"@{int(standing.since.timestamp())}".encode()))
        if standing.sunset is not None:
            last = datetime.combine(standing.sunset, time(23, 59, 59), UTC)
            headers.append((b"sunset", format_datetime(last, usegmt=True).encode()))
        if standing.successor is not None:
            link = f'</api/v1/services/{standing.id}?version={standing.successor}>; rel="successor-version"'
            headers.append((b"link", link.encode()))
    return headers


def _one(query: bytes, name: str) -> str:
    return dict(read_params(query)).get(name, "") if name.encode() in query else ""


async def _posted(query: bytes, receive: Receive) -> bytes:
    """The parameters of a JSON body, as a query string would write them, behind those of the address. Raises BadInput."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise _too_long()
        if not message.get("more_body"):
            break
    try:
        given = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict) or len(given) > MAX_MEMBERS:
        raise BadInput(
            Text(
                "请求正文应为一个 JSON 对象，每个成员是一个参数",
                "The body is one JSON object, each member a parameter",
            ),
            Text('例如 {"district": "浦东新区"}', 'For example {"district": "浦东新区"}'),
        )
    pairs = [(name, _written(name, value)) for name, value in given.items() if value is not None]
    return b"&".join(part for part in (query, urlencode(pairs).encode()) if part)


def _written(name: str, value: object) -> str:
    """A JSON value as a query string writes it; a list as `in` takes it."""
    if isinstance(value, list) and value:
        parts = [_written(name, one) for one in value if not isinstance(one, list)]
        return ",".join('"' + part.replace('"', '""') + '"' for part in parts)
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    raise BadInput(
        Text(
            f"参数 {name[:80]} 应为文字、数字、true、false 或它们的列表",
            f"{name[:80]} is a text, a number, true, false or a list of them",
        ),
        Text("日期写作文字，例如 2026-01-31", "Write dates as texts such as 2026-01-31"),
    )


def _too_long() -> TooLarge:
    return TooLarge(
        Text("请求过长", "The request is too long"),
        Text(
            f"查询字符串最多 {MAX_QUERY_BYTES} 字节，正文最多 {MAX_BODY_BYTES} 字节",
            f"A query string has at most {MAX_QUERY_BYTES} bytes, a body {MAX_BODY_BYTES}",
        ),
    )


def being_made() -> Unavailable:
    return Unavailable(
        Text(
            "所依据的数据刚刚更新，服务正在随之重建并复查",
            "What it rests on has just changed; the service is being made and judged anew",
        ),
        Text("请稍后重试", "Try again shortly"),
    )
