"""The vault: reads the domain zone, has no network, no keys, no registry. Today it shows previews of what is held."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import duckdb

from catalog.zones import Zone
from gateway.observe.lines_structlog import configure
from gateway.processes.confine import ProcessRole, confine
from gateway.processes.local_socket import answer, serve_socket
from gateway.processes.messages import vault_request
from gateway.settings import VaultSettings

__all__ = ["main"]

PARQUET = ".parquet"


def preview(path: Path, rows: int) -> list[dict[str, Any]]:
    """The first rows of a planned output, as JSON objects (typed values as text where JSON has no type)."""
    with duckdb.connect(":memory:") as connection:
        planned = connection.read_parquet(str(path)).limit(rows)
        connection.register("planned", planned)
        texts = connection.sql("SELECT to_json(planned)::VARCHAR AS row FROM planned").fetchall()
    return [json.loads(text) for (text,) in texts]


def main() -> None:
    """Run the vault: at its socket, or (``--stdio``) for one request on standard input."""
    settings = VaultSettings()
    configure(settings, ProcessRole.VAULT)  # no traces: it has no network
    confine(ProcessRole.VAULT, settings.home.resolve())
    zone = Zone(settings.domain_zone_url, settings.spool_folder)

    def handle(line: bytes) -> Any:
        request = vault_request(line)
        return preview(zone.path(request.planned, PARQUET), request.rows)

    if "--stdio" in sys.argv:
        sys.stdout.buffer.write(answer(sys.stdin.buffer.readline(), handle, "vault"))
        return
    asyncio.run(_run(settings.run_folder / "vault.sock", handle))


async def _run(path: Path, handle: Any) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = await serve_socket(path, handle, "vault")
    parent = asyncio.create_task(_follow_parent(stop))
    async with server:
        await stop.wait()
    parent.cancel()
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


async def _follow_parent(stop: asyncio.Event) -> None:
    """End when the supervisor is gone: no role outlives `kaizha serve`."""
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)
    stop.set()
