"""The serve process: one uvicorn server on a socket it was given, behind its walls before the first request."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import sys
import time
from pathlib import Path
from typing import Literal

import uvicorn

from gateway.app import create_app
from gateway.front import Front
from gateway.observe.lines_structlog import AccessLog
from gateway.observe.start import begin
from gateway.processes.confine import ProcessRole, confine
from gateway.security_headers import SECURITY_HEADERS
from gateway.serve.admission import Admission
from gateway.serve.line import Line
from gateway.settings import ServeSettings

__all__ = ["main"]


def main() -> None:
    """``python -m gateway.processes serve FD [GATE]``: serve on the listening socket FD, inherited from the supervisor, once
    the gate listens at the path GATE (without: at once): the registry is then up to date."""
    settings = ServeSettings()
    render = begin(settings, ProcessRole.SERVE)
    confine(ProcessRole.SERVE, settings.home.resolve())
    listening = socket.socket(fileno=int(sys.argv[1]))
    parent = os.getppid()
    for gate in map(Path, sys.argv[2:]):
        while not gate.exists() and os.getppid() == parent:
            time.sleep(0.02)
    front = create_app(settings, AccessLog(render) if settings.log_level in ("debug", "info") else None)
    config = uvicorn.Config(
        front,
        http=_protocol(front),
        log_config=None,  # the root's handler takes its lines (gateway.observe)
        log_level="warning",
        access_log=False,
        server_header=False,
        # whose word on the caller's address and scheme is taken: nobody's, where none is named
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies.split(),
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 * 1024,
    )
    run(uvicorn.Server(config), listening)


def run(server: uvicorn.Server, listening: socket.socket) -> None:
    """Until it is told to end. uvicorn chooses the loop only where it starts the loop itself: uvloop, where there is one."""
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(_run(server, listening))


def _protocol(front: Front) -> type[asyncio.Protocol] | Literal["auto"]:
    """With a line, where there is httptools; without it all that comes in is taken."""
    try:
        from gateway.serve.httptools_line import protocol_with_line
    except ImportError:
        return "auto"
    admission = front.data_path
    assert isinstance(admission, Admission)

    def refused() -> None:
        admission.refused["busy"] += 1

    status, headers, body = admission.shed
    shed = status, [*headers, *SECURITY_HEADERS], body
    return protocol_with_line(Line(), admission.matches, shed, refused, front.at_once)


async def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    follow = asyncio.create_task(_follow_parent(server))
    await server.serve(sockets=[listening])
    follow.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await follow


async def _follow_parent(server: uvicorn.Server) -> None:
    parent, settled = os.getppid(), False
    while os.getppid() == parent:
        await asyncio.sleep(1)
        if server.started and not settled:
            # What the application consists of stays for good: to look through it for garbage took 16 ms each time.
            gc.collect()
            gc.freeze()
            settled = True
    server.should_exit = True
