"""`/mcp`: begins the server of the tools when the first agent calls, and hands it each request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["Agents"]


class Agents:
    """Belongs to one event loop. `front` gives what answers HTTP: the tools ask nothing else."""

    def __init__(self, front: Callable[[], ASGIApp]) -> None:
        self._front = front
        self._begun: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[ASGIApp] | None = None
        self._ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises BadInput where the body is said to be no JSON: the library's own answer to that has no media type."""
        said = dict(scope["headers"]).get(b"content-type", b"").partition(b";")[0].strip().lower()
        if said != b"application/json":
            raise BadInput(
                Text("正文不是 JSON", "The body is not said to be JSON"),
                Text(
                    "请以 Content-Type: application/json 发送", "Send it with Content-Type: application/json"
                ),
                Where(parameter="Content-Type"),
            )
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
            self._begun = asyncio.create_task(self._run(self._ready))
        answer = await asyncio.shield(self._ready)
        await answer(scope, receive, send)

    async def close(self) -> None:
        """End it, where it was begun."""
        self._ended.set()
        if self._begun is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._begun

    async def _run(self, ready: asyncio.Future[ASGIApp]) -> None:
        """The server's whole life, in one task: what was opened in it is closed in it."""
        try:
            manager = await asyncio.to_thread(_made, self._front)
            async with manager.run():
                ready.set_result(manager.handle_request)
                await self._ended.wait()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)
            self._ready = None  # the next call tries again


def _made(front: Callable[[], ASGIApp]) -> Any:
    from gateway.agents.server_mcp import manager

    return manager(front)
