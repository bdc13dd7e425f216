"""Timeliness and accessibility of what was let out: how old the newest event is against the promised cadence, and how many
of the received fields anybody can reach. Shown beside the measured dimensions, never weighed: neither says the rows are right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from catalog.dataset import ColumnType, Schema
from catalog.text import Text
from quality.measurement import DimensionScore
from quality.profile import Profile
from quality.rules import Dimension

__all__ = ["CADENCE_DAYS", "EventTime", "accessibility", "event_time", "freshness", "with_beside"]

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
_CHOSEN = Text("由合同的 event_time 指定", "named by the contract's event_time")
_AHEAD = Text(
    "由合同的 event_time 指定；其最新日期晚于今天，不能用来度量",
    "named by the contract's event_time; its newest day is after today and measures nothing",
)
_DETECTED = Text(
    "由网关识别：日期列中最新且不晚于今天的一列（不计出生、有效期、计划一类）",
    "detected: of the dates not after today the newest (births, expiries and plans aside)",
)
# Names of times at which nothing of the record has happened yet, or somebody was born.
_NO_EVENT_NAME = re.compile(
    r"出生|生日|有效|截止|到期|期满|终止|计划|预计|预约|失效|birth|expir|valid|until|due|plan|deadline|next",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EventTime:
    """The column that tells when things happened and the days of the newest and the oldest, None where that cannot be told;
    whether the contract names it, and why it is this one."""

    column: str
    newest: date | None
    by_contract: bool
    evidence: Text
    oldest: date | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "column": self.column,
            "newest": self.newest.isoformat() if self.newest else None,
            "oldest": self.oldest.isoformat() if self.oldest and self.newest else None,
            "by_contract": self.by_contract,
            "evidence": self.evidence.to_json(),
        }


def event_time(schema: Schema, profile: Profile, on: date, chosen: str | None = None) -> EventTime | None:
    """The column chosen by the contract; else, of the dates and times not after `on`, the one with the newest."""
    if chosen is not None:
        if all(column.name != chosen for column in schema):
            return None  # not among what is measured here: nothing of it is told
        newest = _day(profile.column(chosen).high)
        ahead = newest is not None and newest > on
        return EventTime(
            chosen,
            None if ahead else newest,
            True,
            _AHEAD if ahead else _CHOSEN,
            _day(profile.column(chosen).low),
        )
    found = []
    for column in schema:
        if column.type not in (ColumnType.DATE, ColumnType.TIMESTAMP) or _NO_EVENT_NAME.search(column.name):
            continue
        day = _day(profile.column(column.name).high)
        if day is not None and day <= on:
            found.append((day, column.name))
    if not found:
        return None
    newest, name = max(found)
    return EventTime(name, newest, False, _DETECTED, _day(profile.column(name).low))


def _day(extreme: object) -> date | None:
    if isinstance(extreme, datetime):
        return extreme.date()
    return extreme if isinstance(extreme, date) else None


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


def with_beside(
    measured: Iterable[DimensionScore], beside: Iterable[DimensionScore]
) -> tuple[DimensionScore, ...]:
    """The measured dimensions, each that no rule could measure replaced by what is told of it beside the rules."""
    told = {one.dimension: one for one in beside}
    scores = tuple(measured)
    rest = [one for one in scores if one.dimension not in told or one.score is not None]
    missing = told.keys() - {one.dimension for one in rest}
    return (*rest, *(one for one in told.values() if one.dimension in missing))
