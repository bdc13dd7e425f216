"""Moments and days as people write them, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["day_of", "moment_given", "moment_of", "utc_now"]


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
    return _utc(moment)


def moment_given(text: str, parameter: str) -> datetime | None:
    """A time, UTC where it names no zone; None when empty. Raises BadInput naming the parameter."""
    if not text:
        return None
    try:
        return _utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise BadInput(
            Text("时间应为 ISO 8601 格式", "A time is written as in ISO 8601"),
            Text("例如 2026-12-31T08:00+08:00", "For example 2026-12-31T08:00+08:00"),
            Where(parameter=parameter),
        ) from None


def day_of(text: str, parameter: str) -> date:
    """A day. Raises BadInput naming the parameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            Text("日期应为 YYYY-MM-DD", "A day is written YYYY-MM-DD"),
            Text("例如 2026-12-31", "For example 2026-12-31"),
            Where(parameter=parameter),
        ) from None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
