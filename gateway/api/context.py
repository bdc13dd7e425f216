"""What routes and pages work with: one value made at start, found in `app.state.context`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from fastapi import Request

from catalog.counts import Counts, count
from catalog.errors import BadInput, Where
from catalog.registry import Registry, queries
from catalog.text import Text
from gateway.serve.shelf import RegistryShelf

__all__ = ["Context", "context_of", "counts_as_of", "moment_of", "utc_now"]


@dataclass(frozen=True, slots=True)
class Context:
    """Read-only registry, the shelf, the gate's socket; `base_url` "" = as the request came; `now` gives UTC."""

    registry: Registry
    shelf: RegistryShelf
    gate_socket: Path
    base_url: str
    now: Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def context_of(request: Request) -> Context:
    """FastAPI dependency."""
    context: Context = request.app.state.context
    return context


def counts_as_of(context: Context, moment: datetime) -> Counts:
    """The counts at a moment, from the registry as it is now."""
    with context.registry.reading() as snapshot:
        return count(queries.opened(snapshot, moment), queries.holdings(snapshot), moment)


def moment_of(text: str, now: datetime) -> datetime:
    """A date (its end, UTC) or time as an aware UTC time; now when empty. Raises BadInput."""
    if not text:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            Text("as_of 应为日期或时间，如 2026-11-24", "as_of is a date or time such as 2026-11-24"),
            Text("请使用 ISO 8601 格式", "Write it in ISO 8601"),
            Where(parameter="as_of"),
        ) from None
    if len(text) == 10:
        moment = datetime.combine(moment.date(), time.max)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
