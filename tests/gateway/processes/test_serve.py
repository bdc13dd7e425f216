"""The serve process runs on the loop that uvicorn would choose."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
import uvicorn

from gateway.processes.serve import run


def test_the_loop_is_uvloop_where_there_is_one() -> None:
    """A third more look-ups a second than on asyncio's own were seen; `Server.serve` leaves the choice to its caller."""
    uvloop = pytest.importorskip("uvloop")
    loops: list[asyncio.AbstractEventLoop] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "lifespan"
        await receive()
        loops.append(asyncio.get_running_loop())
        server.should_exit = True
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        run(server, listening)
    assert [isinstance(one, uvloop.Loop) for one in loops] == [True]
