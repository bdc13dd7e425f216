"""One worker process as the event loop sees it: what is sent to it, and the answers as they come in.

It is told what to do next in the same turn of the loop in which its answer is read: with streams and tasks between them, a
worker was seen to stand idle for a third of its time beside a crowd of requests.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import orjson

from gateway.serve.worker_main import FRAME

__all__ = ["Told", "WorkerProcess", "framed"]

_SCRIPT = Path(__file__).with_name("worker_main.py")
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
}
Told = tuple[dict[str, Any], bytes]
"""Head and body of an answer."""


def framed(request: dict[str, Any], body: bytes) -> bytes:
    """A request as it is sent."""
    head = orjson.dumps(request)
    return FRAME.pack(len(head), len(body)) + head + body


class WorkerProcess(asyncio.SubprocessProtocol):
    """`answered` is called with each answer, `ended` once when the process has."""

    def __init__(self, answered: Callable[[Told], None], ended: Callable[[], None]) -> None:
        self._answered = answered
        self._ended = ended
        self._received = bytearray()
        self._transport: asyncio.SubprocessTransport | None = None
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.exited: asyncio.Future[int | None] = loop.create_future()

    async def start(self, memory_mb: int, engine_memory_mb: int) -> None:
        """Begin the process; `ready` is done when it takes requests. Raises OSError."""
        sizes = (str(memory_mb), str(engine_memory_mb))
        await asyncio.get_running_loop().subprocess_exec(
            lambda: self, sys.executable, "-I", str(_SCRIPT), *sizes, stderr=None, env=_ENVIRONMENT, cwd="/"
        )

    @property
    def pid(self) -> int:
        assert self._transport is not None
        return self._transport.get_pid()

    @property
    def alive(self) -> bool:
        return self._transport is not None and not self.exited.done()

    def send(self, request: bytes) -> None:
        """One request, as `framed`. To one that has ended nothing is sent: `ended` is told of it."""
        assert self._transport is not None
        cast("asyncio.WriteTransport", self._transport.get_pipe_transport(0)).write(request)

    async def kill(self) -> None:
        """End it, and wait until it has."""
        self.stop()
        if self._transport is not None:
            await self.exited

    def stop(self) -> None:
        """End it."""
        if self.alive and self._transport is not None:
            self._transport.kill()

    # what the loop tells ------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)  # uvloop's is one by what it does

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._received += data
        while (told := self._whole()) is not None:
            if self.ready.done():
                self._answered(told)
            else:
                self.ready.set_result(None)

    def _whole(self) -> Told | None:
        """The answer that stands first in what was received, taken out; None where it has not come in whole."""
        if len(self._received) < FRAME.size:
            return None
        head, body = FRAME.unpack_from(self._received)
        begin, end = FRAME.size + head, FRAME.size + head + body
        if len(self._received) < end:
            return None
        told = orjson.loads(self._received[FRAME.size : begin]), bytes(self._received[begin:end])
        del self._received[:end]
        return told

    def process_exited(self) -> None:
        assert self._transport is not None
        self.exited.set_result(self._transport.get_returncode())
        if not self.ready.done():
            self.ready.set_exception(EOFError())
        self._transport.close()
        self._ended()
