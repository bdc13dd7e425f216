"""Timeliness and accessibility of what was let out: how old the newest event is against the promised cadence, and how many
of the received fields anybody can reach. Shown beside the measured dimensions, never weighed: neither says the rows are right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from catalog.dataset import ColumnType, Schema
from catalog.text import Text
from quality.measurement import DimensionScore
from quality.profile import Profile
from quality.rules import Dimension

__all__ = ["CADENCE_DAYS", "accessibility", "event_column", "freshness"]

# The longest time that may pass between two updates of each promised cycle, in days. "irregular" promises nothing.
CADENCE_DAYS: Mapping[str, int] = MappingProxyType(
    {
        "realtime": 1,
        "daily": 1,
        "weekly": 7,
        "monthly": 31,
        "quarterly": 92,
        "half-yearly": 184,
        "yearly": 366,
    }
)
_FRESH = Text(
    "承诺周期（天）÷ max(最新事件距发布的天数, 承诺周期)；GB/T 36344 时效性",
    "promised cycle in days ÷ max(days from the newest event to the release, promised cycle); GB/T 36344 timeliness",
)
_NO_PROMISE = Text("未测量：没有承诺更新周期", "not measured: no update cycle is promised")
_NO_EVENT = Text("未测量：没有可用的事件时间列", "not measured: no column tells when things happened")
_REACHED = Text(
    "已开放（原样或脱敏）的字段 ÷ 收到的字段；GB/T 36344 可访问性",
    "fields open as they are or masked ÷ fields received; GB/T 36344 accessibility",
)
# Names of times at which nothing of the record has happened yet, or somebody was born.
_NO_EVENT_NAME = re.compile(
    r"出生|生日|有效|截止|到期|期满|终止|计划|预计|预约|失效|birth|expir|valid|until|due|plan|deadline|next",
    re.IGNORECASE,
)


def event_column(schema: Schema, profile: Profile, on: date) -> tuple[str, date] | None:
    """The column that tells when the newest thing happened, and that day: of dates and times not after `on`, the newest."""
    found = []
    for column in schema:
        if column.type not in (ColumnType.DATE, ColumnType.TIMESTAMP) or _NO_EVENT_NAME.search(column.name):
            continue
        high = profile.column(column.name).high
        if isinstance(high, date):
            day = high.date() if isinstance(high, datetime) else high
            if day <= on:
                found.append((day, column.name))
    return (max(found)[1], max(found)[0]) if found else None


def freshness(newest: date | None, on: date, update_cycle: str) -> DimensionScore:
    """Timeliness in 0..1 on the day of the release; None without a promise or an event."""
    promised = CADENCE_DAYS.get(update_cycle)
    if promised is None:
        return DimensionScore(Dimension.TIMELINESS, None, 0.0, 0.0, 0.0, _NO_PROMISE)
    if newest is None:
        return DimensionScore(Dimension.TIMELINESS, None, 0.0, 0.0, 0.0, _NO_EVENT)
    waited = max((on - newest).days, promised)
    return DimensionScore(
        Dimension.TIMELINESS, promised / waited, float(promised), float(waited), 0.0, _FRESH
    )


def accessibility(open_fields: int, received_fields: int) -> DimensionScore:
    """Accessibility in 0..1; None where no field was received."""
    score = open_fields / received_fields if received_fields else None
    return DimensionScore(
        Dimension.ACCESSIBILITY, score, float(open_fields), float(received_fields), 0.0, _REACHED
    )
