"""Quality rules as typed values: what a Great Expectations expectation claims about a table, and in which dimension
of GB/T 36344. `quality.suite` reads them from suite JSON, `quality.plan` compiles them; neither looks at a cell.

Semantics are Great Expectations' own on pandas, with three stated differences. (1) Patterns run on RE2 and match
anywhere in the cell (GX searches as well, on pandas and on SQL): `\\d` is ASCII, `$` is the very end, lookaround is
refused. (2) Comparing columns or bounds of kinds that have no order (text with numbers) is an error, as in GX on SQL.
(3) Dates in a `value_set` are compared as dates, as in GX on SQL. A kwarg outside what we evaluate is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from catalog.predicate import Predicate
from catalog.text import Text

__all__ = [
    "DIMENSIONS",
    "Between",
    "Bound",
    "Bounds",
    "Check",
    "ColumnCount",
    "ColumnExists",
    "ColumnSet",
    "CompoundUnique",
    "CreditCode",
    "DateText",
    "Dimension",
    "DistinctSet",
    "DivisionCode",
    "InChina",
    "InSet",
    "IsNull",
    "Lengths",
    "Matches",
    "MostCommon",
    "NotNull",
    "OfType",
    "PairEqual",
    "PairGreater",
    "PairInSet",
    "Quantiles",
    "RowCount",
    "Rule",
    "Statistic",
    "SumEquals",
    "Unique",
    "UniqueWithinRecord",
    "Unknown",
    "Value",
    "columns_read",
]


class Dimension(StrEnum):
    """The six dimensions of GB/T 36344-2018, 信息技术 数据质量评价指标."""

    CONFORMITY = "conformity"
    COMPLETENESS = "completeness"
    ACCURACY = "accuracy"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"
    ACCESSIBILITY = "accessibility"


DIMENSIONS: Mapping[Dimension, Text] = MappingProxyType(
    {
        Dimension.CONFORMITY: Text("规范性", "Conformity"),
        Dimension.COMPLETENESS: Text("完整性", "Completeness"),
        Dimension.ACCURACY: Text("准确性", "Accuracy"),
        Dimension.CONSISTENCY: Text("一致性", "Consistency"),
        Dimension.TIMELINESS: Text("时效性", "Timeliness"),
        Dimension.ACCESSIBILITY: Text("可访问性", "Accessibility"),
    }
)

Bound: TypeAlias = int | float | date | datetime
Value: TypeAlias = str | int | float | bool
IgnorePair: TypeAlias = Literal["both_values_are_missing", "either_value_is_missing", "neither"]
IgnoreMany: TypeAlias = Literal["all_values_are_missing", "any_value_is_missing", "never"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """An interval; a missing end is open, a strict one excludes its bound."""

    low: Bound | None = None
    high: Bound | None = None
    strict_low: bool = False
    strict_high: bool = False

    def hold(self, number: int | float) -> bool:
        """Whether a number lies inside. Only for intervals of numbers."""
        above = self.low is None or (number > self.low if self.strict_low else number >= self.low)  # type: ignore[operator]
        below = self.high is None or (number < self.high if self.strict_high else number <= self.high)  # type: ignore[operator]
        return above and below


@dataclass(frozen=True, slots=True)
class ColumnExists:
    """`index` is 0-based; GX takes 0 for "not given", and so do we."""

    column: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """The table's columns: exactly these, at least these, or (`ordered`) these in this order."""

    columns: tuple[str, ...]
    exact: bool = True
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class ColumnCount:
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class RowCount:
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class OfType:
    """Names of types; which names mean which column type is `quality.plan.TYPE_NAMES`."""

    column: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotNull:
    column: str


@dataclass(frozen=True, slots=True)
class IsNull:
    column: str


@dataclass(frozen=True, slots=True)
class Unique:
    column: str


@dataclass(frozen=True, slots=True)
class CompoundUnique:
    columns: tuple[str, ...]
    ignore: IgnoreMany = "all_values_are_missing"


@dataclass(frozen=True, slots=True)
class Between:
    column: str
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class InSet:
    """`values` as JSON has them: a value of another kind than the column's never matches."""

    column: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """At least one of the patterns is found, or (`every`) each of them, or (`negated`) none."""

    column: str
    regexes: tuple[str, ...]
    every: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class DateText:
    """Text that names a day (and time) that exists, in one of these formats of Python's `strptime`."""

    column: str
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreditCode:
    """Unified social credit code: 18 characters of GB 32100-2015 with the check character of its section 5.5."""

    column: str


@dataclass(frozen=True, slots=True)
class DivisionCode:
    """A code of the form of GB/T 2260 (6 digits) or GB/T 10114 (9 or 12): a known province, no county without a city.
    The form alone: whether the code is in force is for the code table of its year."""

    column: str


@dataclass(frozen=True, slots=True)
class Lengths:
    """Length of the text of a cell, in characters (code points)."""

    column: str
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class PairGreater:
    a: str
    b: str
    or_equal: bool = False
    ignore: IgnorePair = "both_values_are_missing"


@dataclass(frozen=True, slots=True)
class PairEqual:
    a: str
    b: str
    ignore: IgnorePair = "both_values_are_missing"


@dataclass(frozen=True, slots=True)
class PairInSet:
    """The two cells are one of `pairs`; None stands for a missing cell."""

    a: str
    b: str
    pairs: tuple[tuple[Value | None, Value | None], ...]
    ignore: IgnorePair = "both_values_are_missing"


@dataclass(frozen=True, slots=True)
class InChina:
    """Degrees within the extremes of China's territory: 73.4..135.1 E, 3.4..53.6 N."""

    longitude: str
    latitude: str
    ignore: IgnorePair = "both_values_are_missing"


@dataclass(frozen=True, slots=True)
class UniqueWithinRecord:
    """No two of the columns agree in one row; missing agrees with missing."""

    columns: tuple[str, ...]
    ignore: IgnoreMany = "all_values_are_missing"


@dataclass(frozen=True, slots=True)
class SumEquals:
    """The sum of the columns in one row."""

    columns: tuple[str, ...]
    total: int | float
    ignore: IgnoreMany = "all_values_are_missing"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number about a whole column. `distinct`, `proportion` (distinct / non-null) and `present` (non-null / rows)
    are counts and may be shown; the others are made of values and are judged inside the engine, never fetched."""

    column: str
    name: Literal["min", "max", "mean", "median", "stdev", "sum", "distinct", "proportion", "present"]
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Of each share the value nearest to it in rank lies in its interval, or within 1e-4 of an end of it, as in GX."""

    column: str
    wanted: tuple[tuple[float, Bounds], ...]


@dataclass(frozen=True, slots=True)
class DistinctSet:
    """The values that occur, as a set against `values`: none but these (`within`), all of these (`covering`)."""

    column: str
    values: tuple[Value, ...]
    within: bool
    covering: bool


@dataclass(frozen=True, slots=True)
class MostCommon:
    """The most frequent value is one of `values`; with `ties`, one of the most frequent is enough."""

    column: str
    values: tuple[Value, ...]
    ties: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expectation of a type we do not evaluate: always an error verdict, never skipped."""

    type: str


Check: TypeAlias = (
    Between
    | ColumnCount
    | ColumnExists
    | ColumnSet
    | CompoundUnique
    | CreditCode
    | DateText
    | DistinctSet
    | DivisionCode
    | InChina
    | InSet
    | IsNull
    | Lengths
    | Matches
    | MostCommon
    | NotNull
    | OfType
    | PairEqual
    | PairGreater
    | PairInSet
    | Quantiles
    | RowCount
    | Statistic
    | SumEquals
    | Unique
    | UniqueWithinRecord
    | Unknown
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a suite.

    `id` is unique in the suite; `type` and `kwargs` are the expectation as given (GX 1.x). `mostly` in 0..1 is the
    share of considered rows that must satisfy the check. `condition` narrows the rows. `proposed` = a machine drew
    the rule from the same data; `scored` = it is a claim about quality and counts in the score (a bound read off the
    data it is tested on always holds, and proves nothing).
    """

    id: str
    type: str
    check: Check
    dimension: Dimension
    kwargs: Mapping[str, Any]
    mostly: float = 1.0
    condition: Predicate | None = None
    proposed: bool = False
    scored: bool = True


def columns_read(check: Check) -> tuple[str, ...]:
    """The columns a check must find in the table. Checks about the columns themselves need none."""
    match check:
        case Unknown() | RowCount() | ColumnCount() | ColumnExists() | ColumnSet():
            return ()
        case PairEqual() | PairGreater() | PairInSet():
            return (check.a, check.b)
        case InChina():
            return (check.longitude, check.latitude)
        case CompoundUnique() | SumEquals() | UniqueWithinRecord():
            return check.columns
        case _:
            return (check.column,)
