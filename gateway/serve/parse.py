"""A request's parameters → a typed query over one release. Nothing after this module sees what the caller wrote.

Names come from the release's columns only, values are read by the column's type, sizes are bounded; so every query
that exists can be answered, and everything else is a refusal that says what would work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.dataset import Column, ColumnType
from catalog.errors import Where
from catalog.predicate import Location
from catalog.release import Release
from catalog.text import Text
from gateway.serve.cql2_text import parse_filter
from gateway.serve.cursor import read_cursor
from gateway.serve.parameters import Reader, distinct_sorts
from gateway.serve.query import (
    DEFAULT_LIMIT,
    EVERYTHING,
    MAX_LIMIT,
    AggregateQuery,
    Bucket,
    Group,
    Measure,
    Metric,
    RecordsQuery,
)
from gateway.serve.refusal import bad, unknown

__all__ = [
    "AGGREGATE_PARAMETERS",
    "RECORDS_PARAMETERS",
    "RELEASE_PARAMETERS",
    "Outputs",
    "parse_aggregate",
    "parse_records",
]

MAX_SORT_COLUMNS = 5
MAX_GROUP_COLUMNS = 5
MAX_METRICS = 10
MAX_FACETS = 5
MAX_OFFSET = 2**53

RELEASE_PARAMETERS = frozenset({"release", "as_of"})
"""Which release is asked: read before the rest (`gateway.serve.earlier`)."""

_BOTH = frozenset({"filter", "bbox", "near", "q", "sort", "limit", "offset", *RELEASE_PARAMETERS})
RECORDS_PARAMETERS = _BOTH | {"select", "cursor", "count", "facets"}
AGGREGATE_PARAMETERS = _BOTH | {"group_by", "metrics", "having"}

_NUMERIC_MEASURES = frozenset({Measure.AVG, Measure.MEDIAN, Measure.SUM})
_NUMERIC_TYPES = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE})


def parse_records(params: Sequence[tuple[str, str]], release: Release) -> RecordsQuery:
    """The rows that decoded `params` ask for.

    Raises BadInput naming parameter, column and remedy; Conflict: a cursor of another release.
    """
    reader = Reader(params, release, RECORDS_PARAMETERS)
    query = RecordsQuery(
        select=tuple(dict.fromkeys(reader.column(name, "select").name for name in reader.names("select")))
        or None,
        where=reader.where(),
        q=reader.words(),
        sort=distinct_sorts(
            reader.sort_of(name, reader.sortable) for name in reader.names("sort", MAX_SORT_COLUMNS)
        ),
        limit=reader.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        offset=reader.number("offset", 0, 0, MAX_OFFSET),
        count=reader.count(),
        near=reader.near(),
        facets=tuple(
            dict.fromkeys(reader.sortable(name, "facets") for name in reader.names("facets", MAX_FACETS))
        ),
    )
    cursor = reader.single("cursor")
    if not cursor:
        return query
    if query.offset:
        raise bad(
            Text("cursor 与 offset 不能同时使用", "cursor and offset cannot be used together"),
            Text("翻页只用 cursor", "Follow next with cursor alone"),
            Where(parameter="cursor"),
        )
    return replace(query, cursor=read_cursor(cursor, release.id, query.digest(), release.rows))


def parse_aggregate(params: Sequence[tuple[str, str]], release: Release) -> AggregateQuery:
    """The groups that decoded `params` ask for.

    Raises BadInput naming parameter, column and remedy.
    """
    reader = Reader(params, release, AGGREGATE_PARAMETERS)
    group_by = tuple(
        dict.fromkeys(_group(reader, name) for name in reader.names("group_by", MAX_GROUP_COLUMNS))
    )
    written = tuple(dict.fromkeys(reader.names("metrics", MAX_METRICS))) or ("count",)
    metrics = tuple(_metric(reader, name) for name in written)
    names = [group.name for group in group_by]
    for metric in metrics:
        if metric.name in names:
            raise bad(
                Text(
                    f"指标“{metric.name}”与分组列同名",
                    f'Metric "{metric.name}" has the name of a group column',
                ),
                Text("计数可写作 count(*)", "A count may be written count(*)"),
                Where(parameter="metrics", column=metric.name),
            )
    outputs = Outputs((*group_by, *metrics))
    having = reader.single("having")
    return AggregateQuery(
        group_by=group_by,
        metrics=metrics,
        where=reader.where(),
        q=reader.words(),
        having=parse_filter(having, outputs, "having") if having else EVERYTHING,
        sort=distinct_sorts(
            reader.sort_of(name, outputs.name) for name in reader.names("sort", MAX_SORT_COLUMNS)
        ),
        limit=reader.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        offset=reader.number("offset", 0, 0, MAX_OFFSET),
    )


class Outputs:
    """The groups and metrics of an aggregate by their names: what `sort` and `having` may name."""

    def __init__(self, outputs: Sequence[Group | Metric]) -> None:
        self._types = {one.name: one.type for one in outputs}

    def name(self, name: str, parameter: str) -> str:
        for candidate in (
            name,
            "count" if name == "count()" else name,
            "count(*)" if name == "count" else name,
        ):
            if candidate in self._types:
                return candidate
        raise unknown(name, parameter, tuple(self._types), Text("分组列或指标", "a group column or metric"))

    def column(self, name: str, parameter: str) -> Column:
        known = self.name(name, parameter)
        return Column(known, self._types[known])

    def place(self, name: str, parameter: str) -> Location:
        raise bad(
            Text("分组之后没有坐标", "There are no coordinates after grouping"),
            Text("空间条件请写在 filter 或 bbox 中", "Put spatial conditions in filter or bbox"),
            Where(parameter=parameter),
        )


def _group(reader: Reader, written: str) -> Group:
    """A column, or ``month(COLUMN)``; a column that is named so itself comes before the reading."""
    head, bracket, rest = written.partition("(")
    if not bracket or not rest.endswith(")") or reader.has(written):
        column = reader.column(reader.sortable(written, "group_by"), "group_by")
        return Group(written, column.name, column.type)
    if head not in set(Bucket):
        raise unknown(head, "group_by", tuple(Bucket), Text("时间段", "a span of time"))
    bucket, column = Bucket(head), reader.column(rest[:-1], "group_by")
    by_hour = bucket is Bucket.HOUR
    if column.type is not ColumnType.TIMESTAMP and (by_hour or column.type is not ColumnType.DATE):
        raise bad(
            Text(f"{bucket} 不能用于列“{column.name}”", f'{bucket} does not apply to column "{column.name}"'),
            Text(
                "时间段用于日期或时间列，hour 只用于时间列",
                "Spans of time are of date or time columns, hour of time columns only",
            ),
            Where(parameter="group_by", column=column.name),
        )
    return Group(written, column.name, ColumnType.TIMESTAMP if by_hour else ColumnType.DATE, bucket)


def _metric(reader: Reader, written: str) -> Metric:
    head, bracket, rest = written.partition("(")
    if head not in set(Measure) or (bracket and not rest.endswith(")")):
        raise unknown(head, "metrics", tuple(Measure), Text("聚合函数", "an aggregate function"))
    measure, inner = Measure(head), rest[:-1]
    if measure is Measure.COUNT and inner in ("", "*"):
        return Metric(measure, None, written)
    column = reader.column(inner, "metrics")
    numeric = column.type in _NUMERIC_TYPES or measure not in _NUMERIC_MEASURES
    if not numeric or column.type is ColumnType.GEOMETRY:
        raise bad(
            Text(f"{measure} 不能用于列“{inner}”", f'{measure} does not apply to column "{inner}"'),
            Text("请换成数值列，或用 count、min、max", "Use a numeric column, or count, min, max"),
            Where(parameter="metrics", column=inner),
        )
    kind = column.type
    if measure in (Measure.COUNT, Measure.COUNT_DISTINCT):
        kind = ColumnType.INTEGER
    if measure in (Measure.AVG, Measure.MEDIAN):
        kind = ColumnType.DOUBLE
    return Metric(measure, inner, written, kind, column.type)
