"""Streams of an answer's chunks, each made in a thread and held to the release's being open before it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from catalog.errors import KaizhaError, Unavailable
from catalog.text import Text
from gateway.api.problem import Problem, internal, problem
from gateway.serve.cors import CORS

__all__ = ["Cut", "Streams"]

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
StillOpen = Callable[[], None]
"""Raises NotFound or Unavailable once the answer may not go on."""


class Cut(Exception):
    """A stream ends here, incomplete: its release may not be seen any more, or reading failed."""


class Streams:
    """At most `most` at one time. Belongs to one event loop."""

    def __init__(self, most: int) -> None:
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="export")
        self.free = most

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(
        self,
        head: dict[str, Any],
        chunks: Iterator[bytes],
        still_open: StillOpen,
        receive: Receive,
        send: Send,
    ) -> None:
        """Send `chunks`, each made in a thread. The first is made before the head, so a failure is still a problem."""
        loop = asyncio.get_running_loop()
        if self.free < 1:
            await _send_all(send, problem(_busy()), head)
            return
        self.free -= 1
        gone = loop.create_task(_disconnected(receive))
        try:
            try:
                chunk = await loop.run_in_executor(self._threads, next, chunks, b"")
                still_open()
            except KaizhaError as error:
                await _send_all(send, problem(error), head)
                return
            except Exception as error:
                await _send_all(send, internal(error), head)
                return
            await send(head)
            await self._send_chunks(chunk, chunks, still_open, gone, send)
        finally:
            self.free += 1
            gone.cancel()
            close = getattr(chunks, "close", None)
            if close:
                await loop.run_in_executor(self._threads, close)

    async def _send_chunks(
        self,
        chunk: bytes,
        chunks: Iterator[bytes],
        still_open: StillOpen,
        gone: asyncio.Task[None],
        send: Send,
    ) -> None:
        """Raises Cut: what was sent stays incomplete, which is how a client of HTTP learns of a failure."""
        loop = asyncio.get_running_loop()
        try:
            while chunk and not gone.done():
                still_open()
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await loop.run_in_executor(self._threads, next, chunks, b"")
            still_open()
        except KaizhaError as error:
            raise Cut(error.code) from None
        except Exception as error:
            internal(error)
            raise Cut("internal") from None
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})


async def _send_all(send: Send, given: Problem, head: dict[str, Any]) -> None:
    """A problem in place of a stream that did not begin; keeps the headers every answer has."""
    status, headers, body = given
    always = [one for one in head["headers"] if one[0] in (b"x-request-id", b"server-timing", *dict(CORS))]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *always]})
    await send({"type": "http.response.body", "body": body})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _busy() -> Unavailable:
    return Unavailable(
        Text("同时进行的导出过多", "Too many exports at one time"),
        Text("请按 Retry-After 稍后重试", "Try again after Retry-After"),
    )
