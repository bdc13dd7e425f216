"""A bounded load generator: a few keep-alive connections on loopback, each sending its next request when answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Load", "run_load"]


@dataclass(frozen=True, slots=True)
class Load:
    """`requests` answered with 200 in `seconds`."""

    requests: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


async def _connection(port: int, paths: Sequence[str], start: int, deadline: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heads = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in paths]
    done = 0
    while time.perf_counter() < deadline:
        writer.write(heads[(start + done) % len(heads)])
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(head.split(b"\r\n", 1)[0].decode())
        lower = head.lower()
        place = lower.find(b"content-length:")
        if place >= 0:
            await reader.readexactly(int(lower[place + 15 : lower.index(b"\r\n", place)]))
        else:
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        done += 1
    writer.close()
    return done


def run_load(port: int, paths: Sequence[str], seconds: float = 6.0, connections: int = 4) -> Load:
    """Ask for `paths` in turn for `seconds`. Raises SystemExit when anything but 200 comes back."""

    async def run() -> Load:
        begun = time.perf_counter()
        counts = await asyncio.gather(
            *(_connection(port, paths, place * 97, begun + seconds) for place in range(connections))
        )
        return Load(sum(counts), time.perf_counter() - begun)

    return asyncio.run(run())
