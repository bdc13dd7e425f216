"""A bounded load generator: a few keep-alive connections on loopback, each sending its next request when answered.

One loop over bare sockets: what it costs itself is about 15 µs a request, a tenth of what streams of asyncio would.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Load", "run_load"]


@dataclass(frozen=True, slots=True)
class Load:
    """`requests` answered as expected in `seconds`; `bytes` of bodies and heads received."""

    requests: int
    seconds: float
    bytes: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


@dataclass(slots=True)
class _Connection:
    """One socket; what has come of the answer it waits for."""

    peer: socket.socket
    turn: int
    come: bytearray = field(default_factory=bytearray)
    whole: int = 0  # bytes of the answer, 0 = not known yet
    chunked: bool = False

    def answered(self, expected: bytes) -> bool:
        """Read what is there; whether the answer is complete. Raises SystemExit when it is not of the status `expected`."""
        more = self.peer.recv(1 << 20)
        if not more:
            raise SystemExit("the server closed the connection")
        self.come += more
        if not self.whole and not self.chunked:
            end = self.come.find(b"\r\n\r\n")
            if end < 0:
                return False
            if not self.come.startswith(expected):
                raise SystemExit(bytes(self.come[: end + 400]).decode(errors="replace"))
            head = bytes(self.come[: end + 2]).lower()
            at = head.find(b"\r\ncontent-length:")
            self.chunked = at < 0 and b"\r\ntransfer-encoding:" in head
            size = 0 if at < 0 else int(head[at + 17 : head.index(b"\r\n", at + 2)])
            self.whole = end + 4 + size
        if self.chunked:
            return self.come.endswith(b"\r\n0\r\n\r\n")
        return len(self.come) >= self.whole


def run_load(
    port: int,
    paths: Sequence[str],
    seconds: float = 6.0,
    connections: int = 4,
    headers: str = "",
    status: int = 200,
    most: int | None = None,
) -> Load:
    """Ask for `paths` in turn for `seconds`, or until `most` requests are answered. `headers` are lines ending in CRLF.

    Raises SystemExit when another status than `status` comes back.
    """
    heads = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode() for path in paths]
    expected = f"HTTP/1.1 {status}".encode()
    done = received = 0
    with selectors.DefaultSelector() as ready:
        for place in range(connections):
            peer = socket.create_connection(("127.0.0.1", port), timeout=120)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one = _Connection(peer, place * 97)
            ready.register(peer, selectors.EVENT_READ, one)
        begun = time.perf_counter()
        ends = begun + seconds
        for key in list(ready.get_map().values()):
            key.data.peer.sendall(heads[key.data.turn % len(heads)])
        running = True
        while running:
            for key, _ in ready.select(120):
                one = key.data
                if not one.answered(expected):
                    continue
                done += 1
                received += len(one.come)
                one.come.clear()
                one.whole, one.chunked, one.turn = 0, False, one.turn + 1
                if time.perf_counter() >= ends or (most is not None and done >= most):
                    running = False
                    break
                one.peer.sendall(heads[one.turn % len(heads)])
        took = time.perf_counter() - begun
        for key in list(ready.get_map().values()):
            key.data.peer.close()
    return Load(done, took, received)
