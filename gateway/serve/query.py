"""The typed queries over one release: what the rest of the serving side is asked. Made by `gateway.serve.parse` from a
request's parameters; nothing after it sees what the caller wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalog.dataset import ColumnType
from catalog.predicate import All, Near, Predicate
from gateway.serve.cursor import Cursor, question_digest

__all__ = [
    "DEFAULT_LIMIT",
    "EVERYTHING",
    "FACET_VALUES",
    "MAX_LIMIT",
    "AggregateQuery",
    "Bucket",
    "Count",
    "Group",
    "Measure",
    "Metric",
    "RecordsQuery",
    "Sort",
]

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
FACET_VALUES = 20
"""The most frequent values that a facet lists."""

EVERYTHING: Predicate = All(())


class Count(StrEnum):
    """How the total is counted: exactly, from a sample, or not at all."""

    EXACT = "exact"
    ESTIMATE = "estimate"
    NONE = "none"


class Measure(StrEnum):
    """Functions of an aggregate. COUNT takes a column or none."""

    AVG = "avg"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    MAX = "max"
    MEDIAN = "median"
    MIN = "min"
    SUM = "sum"


class Bucket(StrEnum):
    """Spans that times are grouped by; a group is named by its first day or hour. Weeks begin on Monday (ISO 8601)."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Sort:
    """`column` is a column's name, in an aggregate a group's or metric's. Nulls come last in either direction, or first
    in either."""

    column: str
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class RecordsQuery:
    """Rows of one release. `select` None = all columns; `q` words that must all be found in some searched column;
    `near` is among the conditions of `where` already, and orders the rows where no `sort` does; `facets` columns whose
    most frequent values are counted among all rows that match.

    Equal rows keep the order of the file (the reverse order where the first sort column descends), so the order is
    total and a page never repeats a row.
    """

    select: tuple[str, ...] | None = None
    where: Predicate = EVERYTHING
    q: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    cursor: Cursor | None = None
    count: Count | None = None
    near: Near | None = None
    facets: tuple[str, ...] = ()

    @property
    def by_distance(self) -> Near | None:
        """The position whose distance orders the rows."""
        return None if self.sort else self.near

    def digest(self) -> str:
        """Names the question without its page: what a cursor is bound to."""
        return question_digest(repr((self.where, self.q, self.sort, self.near)))


@dataclass(frozen=True, slots=True)
class Group:
    """A column, or the spans of a time column. `name` is how the request wrote it and how the answer names it;
    `type` that of its values."""

    name: str
    column: str
    type: ColumnType
    bucket: Bucket | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` is how the request wrote it and how the answer names it: ``count``, ``avg(price)``; `type` that of its
    values, `of` that of the column."""

    measure: Measure
    column: str | None
    name: str
    type: ColumnType = ColumnType.INTEGER
    of: ColumnType | None = None


@dataclass(frozen=True, slots=True)
class AggregateQuery:
    """Groups of one release, by default in the order of their keys. `having` is over the names of groups and metrics."""

    group_by: tuple[Group, ...] = ()
    metrics: tuple[Metric, ...] = (Metric(Measure.COUNT, None, "count"),)
    where: Predicate = EVERYTHING
    q: tuple[str, ...] = ()
    having: Predicate = EVERYTHING
    sort: tuple[Sort, ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0

    @property
    def outputs(self) -> tuple[Group | Metric, ...]:
        """What a record of the answer holds, in order."""
        return (*self.group_by, *self.metrics)
