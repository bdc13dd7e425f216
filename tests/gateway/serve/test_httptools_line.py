"""The protocol with a line, on a real server: a crowd is refused as it comes in, on connections that stay open."""

from __future__ import annotations

import asyncio
import json
import time
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
        protocol = protocol_with_line(Line(), lambda _path: False, problem(_busy()), lambda: None)
        config = uvicorn.Config(_slow, port=0, log_level="critical", http=protocol, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.servers[0].sockets[0].getsockname()[1]
        )
        writer.write(sent)
        head, _, body = (await asyncio.wait_for(reader.read(), 10)).partition(b"\r\n\r\n")
        writer.close()
        server.should_exit = True
        await serving
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
            Line(), lambda path: path == DATA, problem(_busy()), lambda: refused.append(None)
        )
        config = uvicorn.Config(_slow, port=0, log_level="warning", http=protocol, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        alone = await _asked(port, DATA + "?limit=1", 5)
        crowd = asyncio.gather(*(_asked(port, DATA, 6) for _ in range(40)))
        await asyncio.sleep(0.02)
        others = await _asked(port, "/health/live", 3), await _asked(port, DATA, 3, "POST", b"x" * 50)
        everybody = await crowd
        after = await _asked(port, DATA, 5)
        server.should_exit = True
        await serving
        assert alone == after == [200] * 5
        return everybody, *others

    crowd, live, posted = asyncio.run(run())
    statuses = [status for one in crowd for status in one]
    assert set(statuses) == {200, 503}
    assert statuses.count(503) == len(refused)
    assert live == [200] * 3, "only what is data waits in the line"
    assert posted == [200] * 3, "what has a body is read first"
