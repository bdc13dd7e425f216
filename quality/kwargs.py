"""The kwargs of one Great Expectations expectation, read by kind; every mistake names the expectation and the kwarg."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from catalog.errors import BadInput, Where
from catalog.text import Text
from quality.date_format import UnreadableFormat, parse_format
from quality.rules import Bound, Bounds, Value

__all__ = ["Kwargs", "moment"]


@dataclass(frozen=True, slots=True)
class Kwargs:
    """`place` is where the expectation stands in the suite. Every reader raises BadInput."""

    place: str
    values: Mapping[str, Any]

    def wrong(self, name: str, zh: str, en: str) -> BadInput:
        raise BadInput(
            Text(
                f"规则集中 {self.place} 的参数“{name}”{zh}", f'{self.place} in the suite: kwarg "{name}" {en}'
            ),
            Text(
                "请按 Great Expectations 的写法改正该参数",
                "Correct the kwarg as Great Expectations spells it",
            ),
            Where(parameter=f"{self.place}.{name}"),
        )

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if isinstance(value, str) and value:
            return value
        raise self.wrong(name, "必须是非空文本", "must be a text that is not empty")

    def texts(self, name: str, least: int = 1) -> tuple[str, ...]:
        value = self.values.get(name)
        if (
            isinstance(value, list | tuple)
            and len(value) >= least
            and all(isinstance(one, str) and one for one in value)
        ):
            return tuple(value)
        raise self.wrong(
            name, f"必须是至少 {least} 项的文本列表", f"must be a list of at least {least} texts"
        )

    def flag(self, name: str, default: bool) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise self.wrong(name, "必须是 true 或 false", "must be true or false")

    def whole(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self.wrong(name, "必须是整数", "must be a whole number")

    def number(self, name: str) -> int | float:
        value = _number(self.values.get(name))
        if value is None:
            raise self.wrong(name, "必须是有限的数", "must be a finite number")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> Any:
        value = self.values.get(name, choices[0])
        if value in choices:
            return value
        raise self.wrong(name, f"必须是 {'、'.join(choices)} 之一", f"must be one of {', '.join(choices)}")

    def values_of(self, name: str, least: int = 0) -> tuple[Value, ...]:
        """The values without null: GX never considers a missing cell here. `least` many must be given."""
        value = self.values.get(name)
        if isinstance(value, list | tuple) and len(value) >= least and all(map(_is_value, value)):
            return tuple(one for one in value if one is not None)
        if least and value in ([], ()):
            raise self.wrong(name, "不能为空", "must not be empty")
        raise self.wrong(name, "必须是文本或数的列表", "must be a list of texts or numbers")

    def pairs(self, name: str) -> tuple[tuple[Value | None, Value | None], ...]:
        """A list of pairs of values; null stands for a missing cell."""
        value = self.values.get(name)
        if (
            isinstance(value, list | tuple)
            and value
            and all(
                isinstance(pair, list | tuple) and len(pair) == 2 and all(map(_is_value, pair))
                for pair in value
            )
        ):
            return tuple((first, second) for first, second in value)
        raise self.wrong(
            name, "必须是由两项组成的列表的非空列表", "must be a list, not empty, of lists of two values"
        )

    def quantile_ranges(self, name: str) -> tuple[tuple[float, Bounds], ...]:
        """`{"quantiles": [0.5, …], "value_ranges": [[low, high], …]}`, as long as each other; null = no bound."""
        given = self.values.get(name)
        shares, ranges = (
            (given.get("quantiles"), given.get("value_ranges"))
            if isinstance(given, Mapping)
            else (None, None)
        )
        if not isinstance(shares, list | tuple) or not isinstance(ranges, list | tuple) or not shares:
            raise self.wrong(
                name,
                "必须有 quantiles 与 value_ranges 两个列表",
                "must hold the lists quantiles and value_ranges",
            )
        if len(shares) != len(ranges):
            raise self.wrong(
                name,
                "的 quantiles 与 value_ranges 长度不同",
                "has quantiles and value_ranges of unlike length",
            )
        return tuple(
            (self._share(name, share), self._range(name, ends))
            for share, ends in zip(shares, ranges, strict=True)
        )

    def _share(self, name: str, value: object) -> float:
        share = _number(value)
        if share is None or not 0 <= share <= 1:
            raise self.wrong(
                f"{name}.quantiles", "必须是 0 与 1 之间的数", "must hold numbers between 0 and 1"
            )
        return float(share)

    def _range(self, name: str, value: object) -> Bounds:
        if isinstance(value, list | tuple) and len(value) == 2:
            low, high = (_number(end) for end in value)
            known = all(end is None or _number(end) is not None for end in value)
            if known and (low is None or high is None or low <= high):
                return Bounds(low, high)
        raise self.wrong(
            f"{name}.value_ranges", "必须是 [下限, 上限]", "must hold pairs [low, high], low not above high"
        )

    def date_format(self, name: str) -> str:
        """A `strptime` format of the directives we read."""
        form = self.text(name)
        try:
            parse_format(form)
        except UnreadableFormat as unread:
            raise self.wrong(name, unread.why.zh, unread.why.en) from None
        return form

    def bounds(self, least: int = 0, numbers: bool = True) -> Bounds:
        """`min_value` … `strict_max`; `least` ends must be given; `numbers` = dates are not accepted."""
        low, high = self._bound("min_value", numbers), self._bound("max_value", numbers)
        if (low is not None) + (high is not None) < least:
            raise self.wrong("min_value", "与 max_value 不能都缺", "and max_value cannot both be missing")
        if low is not None and high is not None:
            if isinstance(low, date) != isinstance(high, date):
                raise self.wrong(
                    "max_value", "与 min_value 不是同一类", "is not of the same kind as min_value"
                )
            if _order(low) > _order(high):
                raise self.wrong("min_value", "大于 max_value", "is greater than max_value")
        return Bounds(low, high, self.flag("strict_min", False), self.flag("strict_max", False))

    def _bound(self, name: str, numbers: bool) -> Bound | None:
        value = self.values.get(name)
        if value is None:
            return None
        bound: Bound | None = _number(value, from_text=True)
        if bound is None and not numbers:
            bound = moment(value)
        if bound is None:
            raise self.wrong(
                name,
                "必须是数" if numbers else "必须是数或日期",
                f"must be a number{'' if numbers else ' or a date'}",
            )
        return bound


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _number(value: object, from_text: bool = False) -> int | float | None:
    if from_text and isinstance(value, str):
        try:
            value = float(value)  # as GX: "5" given as a bound is the number 5
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def moment(value: object) -> date | None:
    """A date, or a time in UTC without zone, from ISO 8601 text; None for anything else."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            found = read(value)
        except ValueError:
            continue
        return moment(found)
    return None


def _order(bound: Bound) -> Any:
    return datetime(bound.year, bound.month, bound.day) if type(bound) is date else bound  # noqa: DTZ001 - zone-free column
