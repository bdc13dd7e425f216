"""One request of ours to our own front: with the caller's address and key, so that what holds for HTTP holds here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.types import ASGIApp

from catalog.errors import TooLarge
from catalog.text import Text
from gateway.serve.request_id import HEADER, request_id_of

__all__ = ["ask_inside"]

# Who calls, and which trace this is a part of; nothing else of the request around it counts.
HANDED_ON = (b"authorization", b"host", b"traceparent")


async def ask_inside(
    front: ASGIApp, around: MutableMapping[str, Any], path: str, query: str, most_bytes: int
) -> tuple[int, Mapping[bytes, bytes], bytes]:
    """Status, headers and body of GET `path` for the caller of the request `around`. Raises TooLarge: the body has more
    than `most_bytes`, and was not read to its end."""
    sent = [(name, content) for name, content in around["headers"] if name in HANDED_ON]
    scope = {
        "type": "http",
        "asgi": around["asgi"],
        "http_version": "1.1",
        "method": "GET",
        "scheme": around.get("scheme", "http"),
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [*sent, (b"accept", b"application/json"), (HEADER, request_id_of(around))],
        "client": around.get("client"),
        "server": around.get("server"),
    }
    status, size, asked = 500, 0, False
    headers: Mapping[bytes, bytes] = {}
    pieces: list[bytes] = []

    async def receive() -> MutableMapping[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b""}
        await asyncio.Event().wait()  # nobody goes away here: the call around it is ended as a whole
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status, headers, size
        if message["type"] == "http.response.start":
            status, headers = message["status"], dict(message["headers"])
            return
        size += len(message.get("body", b""))
        if size > most_bytes:
            raise _too_large()
        pieces.append(message.get("body", b""))

    await front(scope, receive, send)
    return status, headers, b"".join(pieces)


def _too_large() -> TooLarge:
    return TooLarge(
        Text("应答过大", "The answer is too large"),
        Text(
            "请减少 limit 或用 select 只取需要的列；整表请用 export",
            "Ask for fewer rows (limit) or columns (select); whole tables are under /export",
        ),
    )
