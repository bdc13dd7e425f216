"""What routes and pages work with: one value made at start, found in `app.state.context`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from catalog.counts import Counts, count
from catalog.holding import tally
from catalog.ledger import VerifierKey
from catalog.registry import Registry, queries
from catalog.registry.holdings import holdings_as_they_stand
from catalog.registry.services import apis
from gateway.processes.asked import Message
from gateway.processes.local_socket import ask
from gateway.processes.messages import BeginOidc, FinishOidc, SignIn
from gateway.serve.shelf import RegistryShelf
from privacy import DETECTOR

__all__ = ["Context", "context_of", "counts_as_of"]


@dataclass(frozen=True, slots=True)
class Context:
    """Read-only registry, the shelf, the gate's socket; `base_url` "" = as the request came; `now` gives UTC;
    `witnesses` are the keys whose signatures on the ledger's heads are passed on to the gate; `operator`, `contact` and
    `place` are what catalogues say of the portal (settings of these names)."""

    registry: Registry
    shelf: RegistryShelf
    gate_socket: Path
    base_url: str
    now: Callable[[], datetime]
    witnesses: tuple[VerifierKey, ...] = ()
    operator: str = ""
    contact: str = ""
    place: str = ""
    # Who waits for the gate keeps a thread: neither sign-ins nor all of it take those that pages are read with.
    _asking: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(16))
    _signing_in: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(8))

    async def ask(self, request: Message) -> Any:
        """The gate's result. Raises the error of the tree that the gate raised; Unavailable without an answer."""
        signing_in = isinstance(request, SignIn | BeginOidc | FinishOidc)
        limiter = self._signing_in if signing_in else self._asking
        return await to_thread.run_sync(ask, self.gate_socket, request, limiter=limiter)


def context_of(request: Request) -> Context:
    """FastAPI dependency."""
    context: Context = request.app.state.context
    return context


def counts_as_of(context: Context, moment: datetime) -> Counts:
    """The counts at a moment, from the registry as it is now."""
    with context.registry.reading() as snapshot:
        return count(
            queries.opened(snapshot, moment, DETECTOR),
            tally(holdings_as_they_stand(snapshot, moment)),
            moment,
            apis(snapshot, moment),
        )
