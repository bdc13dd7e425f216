"""The front of the serving application: chooses between the data path and the rest, counts, adds the security headers,
and holds every answer to the lease: nothing of the catalogue leaves without it, or under rules that have just changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from catalog.errors import Unavailable
from catalog.text import Text
from gateway.access.surface import is_shared, methods_of
from gateway.api.problem import problem
from gateway.at_once import AtOnce
from gateway.ckan.door import Portal
from gateway.observe.route_table import TEMPLATES
from gateway.observe.spans import span, traced
from gateway.observe.watch import GONE, Watch
from gateway.processes.steps import MAX_LIST_BYTES
from gateway.security_headers import SECURITY_HEADERS
from gateway.serve.admission import Served
from gateway.serve.cors import CORS
from gateway.serve.line import LINE
from gateway.serve.reply import METHODS, options_reply
from gateway.serve.request_id import HEADER, request_id_of
from gateway.serve.shelf import RegistryShelf, while_held
from gateway.validated import Validated

__all__ = ["MAX_BODY_BYTES", "UNLEASED", "Front"]

MAX_BODY_BYTES = MAX_LIST_BYTES
# Answered without the lease: they hold nothing of the catalogue.
UNLEASED = ("/health/", "/metrics", "/static/", "/docs", "/openapi.json")

# A lease that ran out because this machine was busy is back in a moment; one that is not, is gone.
LEASE_WAIT_S = 0.2
LEASE_LOOK_S = 0.02
# A page made while the rules changed is made again; that they change under each attempt is another matter.
ATTEMPTS = 3


class _Changed(Unavailable):
    """An answer was made under rules that no longer hold when it would begin."""

    def __init__(self) -> None:
        super().__init__(
            Text("规则刚刚改变", "The rules have just changed"),
            Text("请重新请求", "Ask again"),
        )


class Front:
    """`watch` is told of every request when its last byte has gone. `at_once` answers what need not come here, for a
    server's protocol to ask first."""

    def __init__(
        self, app: ASGIApp, data_path: Served, shelf: RegistryShelf, watch: Watch, at_once: AtOnce
    ) -> None:
        self.app = app
        self.at_once = at_once
        self._answering = Validated(app)
        self.data_path = data_path
        self._shelf = shelf
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        line = scope.pop(LINE, None)
        if line is not None:
            line.begin(begun)
        path: str = scope["path"]
        route, subject = TEMPLATES.of(path)
        request_id = request_id_of(scope)
        shared = is_shared(path)
        shared = shared and not self.data_path.matches(path)  # which says so itself
        status, sent = 0, 0

        async def noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                given = list(message.get("headers", ()))
                names = {name for name, _ in given}
                always = [*SECURITY_HEADERS, (HEADER, request_id)]
                if b"server-timing" not in names:
                    taken = (time.perf_counter() - begun) * 1000
                    always.append((b"server-timing", b"total;dur=%.3f" % taken))
                always += CORS if shared else ()
                message["headers"] = given + [header for header in always if header[0] not in names]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        trace = ""
        answer: ASGIApp = self._answering if path.startswith(UNLEASED) else self._leased
        if shared and scope["method"] == "OPTIONS":
            answer = _told_before
        try:
            # what takes files bounds them itself
            taking = receive if Portal.matches(path) else _bounded(receive)
            if traced():
                trace = await _in_a_span(answer, scope, taking, noting, route, lambda: status)
            else:
                await answer(scope, taking, noting)
        except asyncio.CancelledError:
            status = status or GONE
            raise
        finally:
            seconds = time.perf_counter() - begun
            self._watch.answered(
                scope, route, subject, status or 500, seconds, sent, request_id.decode("latin-1"), trace
            )

    async def _leased(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            epoch = await self._epoch()
            if self.data_path.matches(scope["path"]):
                await self.data_path(scope, receive, send)  # asks again before every byte
                return
            for left in reversed(range(ATTEMPTS)):
                try:
                    await self._unchanged(epoch, scope, receive, send)
                    return
                except _Changed:
                    if not left:
                        raise
                    epoch = await self._epoch()
        except Unavailable as error:
            await _send_problem(send, error)

    async def _epoch(self) -> int:
        """The policy epoch; waits a moment for a lease that has just run out. Raises Unavailable."""
        for _ in range(int(LEASE_WAIT_S / LEASE_LOOK_S)):
            with contextlib.suppress(Unavailable):
                return self._shelf.epoch()
            await asyncio.sleep(LEASE_LOOK_S)
        return self._shelf.epoch()

    async def _unchanged(self, epoch: int, scope: Scope, receive: Receive, send: Send) -> None:
        """An answer of the rest of the house: given up when the lease is lost before it begins (Unavailable), and not
        begun when a reader's page was made under rules that have changed (_Changed: nothing was sent)."""
        begun = False
        refused: Unavailable | None = None

        async def checked(message: MutableMapping[str, Any]) -> None:
            """An answer that may not leave is dropped, not interrupted: the application would take that for its own
            failure."""
            nonlocal begun, refused
            if message["type"] == "http.response.start":
                try:
                    if self._shelf.epoch() != epoch and scope["method"] in ("GET", "HEAD"):
                        raise _Changed
                    begun = True
                except Unavailable as error:
                    refused = error
            if refused is None:
                await send(message)

        def held() -> None:
            if not begun:
                self._shelf.epoch()

        answering = asyncio.ensure_future(self._answering(dict(scope), receive, checked))
        await while_held(answering, held)
        if refused is not None:
            raise refused


async def _in_a_span(
    answer: ASGIApp, scope: Scope, receive: Receive, send: Send, route: str, status: Callable[[], int]
) -> str:
    """The answer within a span, a part of the caller's trace where the caller names one; the id of the trace."""
    parent = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
    about = {"http.request.method": scope["method"], "http.route": route}
    with span(f"{scope['method']} {route}", about, parent=parent, server=True) as one:
        await answer(scope, receive, send)
        one.note("http.response.status_code", status())
        if status() >= 500:
            one.fail(str(status()))
        return one.trace_id


def _bounded(receive: Receive) -> Receive:
    """Receives at most MAX_BODY_BYTES, counted as they come; raises HTTPException 413, which FastAPI passes on."""
    taken = 0

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise HTTPException(413)
        return message

    return bounded


async def _told_before(scope: Scope, _receive: Receive, send: Send) -> None:
    """What a browser asks before it calls an open interface from another site's page (CORS)."""
    reply = options_reply(", ".join(methods_of(scope["path"])), shared=METHODS)
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": b""})


async def _send_problem(send: Send, error: Unavailable) -> None:
    status, headers, body = problem(error)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
