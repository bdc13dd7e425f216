"""What open interfaces carry beside their content, whichever route made it: a validator, what caches may do, HEAD, and the
methods there are. Stands before the application; the data path does this for itself.

A validator is a digest of the answer: these answers are small (the catalogue's pages are bounded), and an answer that
has not changed need not be sent again.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from hashlib import blake2b
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.access.surface import is_shared, methods_of
from gateway.api.problem import method_not_allowed
from gateway.serve.representation import not_modified

__all__ = ["Validated"]

Message = MutableMapping[str, Any]
# RFC 9110, section 15.4.5: what a 304 carries of what it stands for
KEPT = (
    b"cache-control",
    b"content-location",
    b"date",
    b"etag",
    b"expires",
    b"vary",
    b"link",
    b"last-modified",
)


class Validated:
    """An application whose open answers can be kept and asked for again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = scope["method"] == "HEAD"
        asked = {**scope, "method": "GET"} if head else scope
        if scope["method"] not in ("GET", "HEAD") or not is_shared(scope["path"]):
            await self._app(asked, receive, _Answer(scope, send, head, digested=False).pass_on)
            return
        await self._app(asked, receive, _Answer(scope, send, head, digested=True).pass_on)


class _Answer:
    """One answer on its way. What is `digested` is held back until it is whole."""

    def __init__(self, scope: Scope, send: Send, head: bool, digested: bool) -> None:
        self._scope = scope
        self._send = send
        self._head = head
        self._digested = digested
        self._begun: Message | None = None
        self._body = b""
        self._dropped = False

    async def pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self._begun is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._whole(self._begun)
        elif not self._dropped:
            await self._send({**message, "body": b""} if self._head else message)

    async def _start(self, message: Message) -> None:
        headers = dict(message["headers"])
        if message["status"] == 405:
            await self._refuse()
        elif self._digested and message["status"] == 200 and headers.get(b"cache-control") != b"no-store":
            self._begun = message
        else:
            await self._send(message)

    async def _refuse(self) -> None:
        """Routes of one path are several: `Allow` names the methods of all of them."""
        self._dropped = True
        allowed = ", ".join(methods_of(self._scope["path"]))
        status, headers, body = method_not_allowed(allowed)
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": b"" if self._head else body})

    async def _whole(self, begun: Message) -> None:
        headers = list(begun["headers"])
        known = dict(headers)
        etag = known.get(b"etag", b"").decode("latin-1")
        if not etag:
            etag = f'"{blake2b(self._body, digest_size=16).hexdigest()}"'
            headers.append((b"etag", etag.encode()))
        if b"cache-control" not in known:
            headers.append((b"cache-control", b"no-cache"))
        status, body = 200, self._body
        if not_modified(dict(self._scope["headers"]), etag) is not None:
            status, body = 304, b""
            headers = [header for header in headers if header[0] in KEPT]
        await self._send({**begun, "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": b"" if self._head else body})
