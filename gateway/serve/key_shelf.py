"""Who calls, as serving processes know it: keys verified and plans, in memory for as long as nothing of either changes.

Holds to the same look at the registry as the shelf: what is known belongs to one revision of keys, and is forgotten as
a whole when that moves. So a revoked key is refused everywhere as soon as a withdrawn dataset is.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from catalog.errors import Unavailable
from catalog.registry import Registry
from catalog.text import Text
from gateway.access.keys import client_row, prefix_of
from gateway.access.people import is_institution
from gateway.access.plans import plans_in_force
from gateway.serve.account import Share, share_of
from gateway.serve.shelf import while_held

__all__ = ["Client", "KeyShelf", "Standing"]

MOST_KEYS = 20_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Client:
    """A key in force. `datasets`: what it is for, empty = all that is open; `ends_at`: seconds of Unix time."""

    key: str
    share: Share
    datasets: frozenset[str]
    ends_at: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known at one revision. `clients` by `KeyShelf.place` of the key, None for what is no key in force; it fills with use."""

    revision: int
    shares: Mapping[str, Share]
    institution: bool
    clients: OrderedDict[bytes, Client | None] = field(default_factory=OrderedDict)


class KeyShelf:
    """Belongs to one event loop. `revision` raises Unavailable without the lease; `processes` share the plans' limits by
    the second; without a `verifying_key` no key is taken."""

    def __init__(
        self,
        registry: Registry,
        verifying_key: bytes | None,
        revision: Callable[[], int],
        now: Callable[[], datetime],
        processes: int = 1,
    ) -> None:
        self._registry = registry
        self._verifying_key = verifying_key
        self._revision = revision
        self._now = now
        self._processes = processes
        self._salt = secrets.token_bytes(32)
        self._standing: Standing | None = None

    def at_hand(self) -> Standing | None:
        """What is known, where it still holds. Raises Unavailable without the lease."""
        standing = self._standing
        return standing if standing is not None and standing.revision == self._revision() else None

    async def standing(self) -> Standing:
        """The same, looked up where something has changed. Raises Unavailable."""
        known = self.at_hand()
        if known is None:
            revision = self._revision()  # before the look: what changes during it is looked up again
            known = await self._in_thread(lambda: self._look(revision))
            if self._standing is not None and self._standing.revision == revision:
                return self._standing  # another was faster; who has it at hand keeps it
            self._standing = known
        return known

    def place(self, key: str) -> bytes:
        """Where a key stands among `clients`: a keyed digest, so that no key is kept and how long a look takes says
        nothing of one. Of this process only, and five times faster than what is verified. Raises Unavailable where keys
        cannot be verified."""
        if self._verifying_key is None:
            raise Unavailable(
                Text("此副本无法核验密钥", "This replica cannot verify keys"),
                Text(
                    "不带密钥可读取开放数据；管理员请设置 KAIZHA_VERIFYING_KEY",
                    "Open data can be read without one; its administrator sets KAIZHA_VERIFYING_KEY",
                ),
            )
        return hashlib.blake2b(key.encode(), key=self._salt, digest_size=32).digest()

    async def find(self, standing: Standing, key: str) -> Client | None:
        """The client of a key that is not at hand; None when it is not in force. Raises Unavailable."""
        place = self.place(key)
        client = await self._in_thread(lambda: self._client(standing, key))
        standing.clients[place] = client
        if len(standing.clients) > MOST_KEYS:
            standing.clients.popitem(last=False)
        return client

    async def _in_thread(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await while_held(loop.run_in_executor(None, work), self._revision)

    def _look(self, revision: int) -> Standing:
        with self._registry.reading() as snapshot:
            plans = plans_in_force(snapshot)
            institution = is_institution(snapshot)
        shares = {name: share_of(plan, self._processes) for name, plan in plans.items()}
        return Standing(revision, shares, institution)

    def _client(self, standing: Standing, key: str) -> Client | None:
        assert self._verifying_key is not None
        digest = hmac.digest(self._verifying_key, key.encode(), "sha256")
        with self._registry.reading() as snapshot:
            found = client_row(snapshot, prefix_of(key), digest, self._now())
        if found is None or found.terms.plan not in standing.shares:
            return None
        ends = found.terms.ends_at
        return Client(
            found.prefix,
            standing.shares[found.terms.plan],
            frozenset(found.terms.datasets),
            ends.timestamp() if ends else math.inf,
        )
