"""Moments as people write them: a date or a time, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["moment_of", "utc_now"]


def utc_now() -> datetime:
    """Now, aware. Read at the edges only."""
    return datetime.now(UTC)


def moment_of(text: str, now: datetime) -> datetime:
    """A date (its end, UTC) or time as an aware UTC time; `now` when empty. Raises BadInput."""
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
    if len(text) == len("2026-11-24"):
        moment = datetime.combine(moment.date(), time.max)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
