"""What routes and pages work with: one value made at start, found in `app.state.context`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import Request

from catalog.counts import Counts, count
from catalog.ledger import VerifierKey
from catalog.registry import Registry, queries
from gateway.serve.shelf import RegistryShelf
from privacy import DETECTOR

__all__ = ["Context", "context_of", "counts_as_of"]


@dataclass(frozen=True, slots=True)
class Context:
    """Read-only registry, the shelf, the gate's socket; `base_url` "" = as the request came; `now` gives UTC;
    `witnesses` are the keys whose signatures on the ledger's heads are passed on to the gate."""

    registry: Registry
    shelf: RegistryShelf
    gate_socket: Path
    base_url: str
    now: Callable[[], datetime]
    witnesses: tuple[VerifierKey, ...] = ()


def context_of(request: Request) -> Context:
    """FastAPI dependency."""
    context: Context = request.app.state.context
    return context


def counts_as_of(context: Context, moment: datetime) -> Counts:
    """The counts at a moment, from the registry as it is now."""
    with context.registry.reading() as snapshot:
        return count(queries.opened(snapshot, moment, DETECTOR), queries.holdings(snapshot), moment)
