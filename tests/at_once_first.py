"""The serving application as uvicorn's protocol asks it: what can be answered at once first, the application for the rest."""

from __future__ import annotations

from typing import Any

from gateway.front import Front

__all__ = ["AtOnceFirst", "parted"]

Header = tuple[bytes, bytes]


class AtOnceFirst:
    """An ASGI application; `answered` counts what did not have to wait."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.answered = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        whole = None
        if scope["type"] == "http" and scope["method"] == "GET":
            url = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
            whole = self.front.at_once(url, scope["headers"], scope["client"][0], b"")
        if whole is None:
            await self.front(scope, receive, send)
            return
        self.answered += 1
        status, headers, body = parted(whole)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def parted(whole: bytes) -> tuple[int, list[Header], bytes]:
    """Status, headers and body of an answer as it goes over the wire."""
    head, _, body = whole.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
    return int(first.split(b" ")[1]), headers, body
