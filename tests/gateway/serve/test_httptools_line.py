"""The protocol with a line, on a real server: a crowd is refused as it comes in, on connections that stay open."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from gateway.api.problem import problem
from gateway.serve.admission import _busy
from gateway.serve.httptools_line import protocol_with_line
from gateway.serve.line import LINE, Line

DATA = "/api/v1/datasets/stops/records"


async def _slow(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    line = scope.pop(LINE, None)
    if line is not None:
        line.begin(time.perf_counter())
        time.sleep(0.01)  # as a row file is read: in the event loop
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def _served(protocol: type[asyncio.Protocol], **settings: Any) -> AsyncIterator[int]:
    """The port of a server of `_slow` with this protocol, until the block ends."""
    config = uvicorn.Config(_slow, port=0, log_level="critical", http=protocol, lifespan="off", **settings)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


def _never(
    _url: bytes, _headers: list[tuple[bytes, bytes]], _host: str | None, _first: bytes
) -> bytes | None:
    """Everything is waited for."""
    return None


async def _asked(port: int, path: str, times: int, method: str = "GET", body: bytes = b"") -> list[int]:
    """The statuses of requests one after the other on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = f"content-length: {len(body)}\r\n" if body else ""
    statuses = []
    for _ in range(times):
        writer.write(f"{method} {path} HTTP/1.1\r\nhost: x\r\n{length}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(size)
        statuses.append(int(head[9:12]))
        assert statuses[-1] == 200 or b"retry-after" in head
    writer.close()
    return statuses


def test_what_is_no_http_or_too_long_an_address_is_refused_as_a_problem() -> None:
    async def run(sent: bytes) -> tuple[bytes, bytes]:
        protocol = protocol_with_line(Line(), lambda _path: False, problem(_busy()), lambda: None, _never)
        async with _served(protocol) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            head, _, body = (await asyncio.wait_for(reader.read(), 10)).partition(b"\r\n\r\n")
            writer.close()
        return head.lower(), body

    for sent in (b"no http\r\n\r\n", b"GET /%s HTTP/1.1\r\nhost: x\r\n\r\n" % (b"x" * 70_000)):
        head, body = asyncio.run(run(sent))
        assert head.startswith(b"http/1.1 400 ")
        assert b"content-type: application/problem+json" in head
        assert b"x-request-id: " in head
        assert json.loads(body)["status"] == 400


def test_a_crowd_is_refused_with_retry_after_and_what_is_admitted_is_answered_in_time() -> None:
    refused: list[None] = []

    async def run() -> tuple[list[list[int]], list[int], list[int]]:
        protocol = protocol_with_line(
            Line(), lambda path: path == DATA, problem(_busy()), lambda: refused.append(None), _never
        )
        async with _served(protocol) as port:
            alone = await _asked(port, DATA + "?limit=1", 5)
            crowd = asyncio.gather(*(_asked(port, DATA, 6) for _ in range(40)))
            await asyncio.sleep(0.02)
            others = await _asked(port, "/health/live", 3), await _asked(port, DATA, 3, "POST", b"x" * 50)
            everybody = await crowd
            after = await _asked(port, DATA, 5)
        assert alone == after == [200] * 5
        return everybody, *others

    crowd, live, posted = asyncio.run(run())
    statuses = [status for one in crowd for status in one]
    assert set(statuses) == {200, 503}
    assert statuses.count(503) == len(refused)
    assert live == [200] * 3, "only what is data waits in the line"
    assert posted == [200] * 3, "what has a body is read first"


class _Answers:
    """Answers at once, after `takes_s`, whatever has `now` in its address; `asked` are the addresses of all."""

    def __init__(self, size: int = 3, takes_s: float = 0.0) -> None:
        self.asked: list[tuple[bytes, str | None]] = []
        self.size = size
        self.takes_s = takes_s

    def __call__(
        self, url: bytes, _headers: list[tuple[bytes, bytes]], host: str | None, first: bytes
    ) -> bytes | None:
        self.asked.append((url, host))
        if b"now" not in url:
            return None
        time.sleep(self.takes_s)
        return b"HTTP/1.1 200 OK\r\n%scontent-length: %d\r\n\r\n%s" % (
            first,
            self.size,
            b"now" * (self.size // 3),
        )


async def _told(answers: _Answers, sent: bytes, wait_s: float = 0.0, **settings: Any) -> bytes:
    """What comes back on one connection that sends all at once, reads after `wait_s` and is closed by the server or after
    half a second of silence."""
    protocol = protocol_with_line(Line(), lambda _path: True, problem(_busy()), lambda: None, answers)
    async with _served(protocol, **settings) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await asyncio.sleep(wait_s)
        came = b""
        while True:
            try:
                more = await asyncio.wait_for(reader.read(1 << 20), 0.5)
            except TimeoutError:
                break
            if not more:
                break
            came += more
        writer.close()
    return came


def _asks(path: str, more: str = "", method: str = "GET", version: str = "1.1", body: str = "") -> bytes:
    return f"{method} {DATA}?{path} HTTP/{version}\r\nhost: x\r\n{more}\r\n{body}".encode()


def test_requests_on_one_connection_are_answered_in_their_order_whoever_answers() -> None:
    answers = _Answers()
    sent = b"".join(_asks(one) for one in ("now=1", "now=2", "later=3", "now=4", "later=5", "now=6"))
    came = asyncio.run(_told(answers, sent))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in came.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    # behind one that is waited for all others of the connection wait: uvicorn keeps their order
    assert bodies == [b"now", b"now", b"ok", b"ok", b"ok", b"ok"]
    assert [url.partition(b"?")[2] for url, _ in answers.asked] == [b"now=1", b"now=2", b"later=3"]
    assert came.count(b"date: ") == 6


def test_only_a_plain_get_on_a_connection_that_stays_open_is_answered_at_once() -> None:
    for sent in (
        _asks("now=1", "connection: close\r\n"),
        _asks("now=1", version="1.0"),
        _asks("now=1", method="HEAD"),
        _asks("now=1", "content-length: 2\r\n", body="{}"),
        _asks("now=1", "transfer-encoding: chunked\r\n", body="0\r\n\r\n"),
        _asks("now=1", "expect: 100-continue\r\n"),
        _asks("now=1", "connection: upgrade\r\nupgrade: h2c\r\n"),
    ):
        answers = _Answers()
        asyncio.run(_told(answers, sent))
        assert answers.asked == [], sent


def test_who_calls_is_not_guessed_behind_a_proxy() -> None:
    for trusted, expected in ((True, None), (False, "127.0.0.1")):
        answers = _Answers()
        asyncio.run(_told(answers, _asks("now=1"), proxy_headers=trusted))
        assert [host for _, host in answers.asked] == [expected]


def test_a_reader_that_does_not_read_is_waited_for() -> None:
    """Answers of a caller who only sends would fill the memory: from the second on they wait until the first was read."""
    answers = _Answers(size=30_000_000)
    came = asyncio.run(_told(answers, _asks("now=1") * 20, wait_s=0.5))
    assert len(answers.asked) == 1
    assert came.count(b"\r\n\r\nok") == 19


def test_of_a_crowd_that_could_be_answered_at_once_those_that_waited_too_long_are_refused() -> None:
    refused: list[None] = []

    async def run() -> tuple[list[int], list[int], list[int]]:
        answers = _Answers(takes_s=0.004)
        protocol = protocol_with_line(
            Line(), lambda path: path == DATA, problem(_busy()), lambda: refused.append(None), answers
        )
        async with _served(protocol) as port:
            alone = await _asked(port, DATA + "?now=1", 10)
            crowd = await asyncio.gather(*(_asked(port, DATA + "?now=1", 6) for _ in range(40)))
            after = await _asked(port, DATA + "?now=1", 10)
        return alone, [status for one in crowd for status in one], after

    alone, crowd, after = asyncio.run(run())
    assert alone == after == [200] * 10
    assert set(crowd) == {200, 503}
    assert crowd.count(503) == len(refused) > 0
