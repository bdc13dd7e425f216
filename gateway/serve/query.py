"""A request's parameters → a typed query over one release. Nothing after this module sees what the caller wrote.

Names come from the release's columns only, values are read by the column's type, sizes are bounded; so every query
that exists can be answered, and everything else is a refusal that says what would work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Protocol

from catalog.dataset import Column, ColumnType
from catalog.errors import BadInput, TooLarge, Where
from catalog.predicate import All, Comparison, Operator, Predicate
from catalog.release import Release
from catalog.text import Text
from gateway.serve.cql2_text import parse_filter
from gateway.serve.cursor import Cursor, question_digest, read_cursor
from gateway.serve.value import value_of

__all__ = [
    "AGGREGATE_PARAMETERS",
    "COLUMN_PREFIX",
    "DEFAULT_LIMIT",
    "EVERYTHING",
    "MAX_LIMIT",
    "OPERATORS",
    "RECORDS_PARAMETERS",
    "AggregateQuery",
    "Count",
    "Measure",
    "Metric",
    "RecordsQuery",
    "Sort",
    "operators_of",
    "parse_aggregate",
    "parse_records",
]

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_PARAMETERS = 64
MAX_IN_VALUES = 200
MAX_SORT_COLUMNS = 5
MAX_GROUP_COLUMNS = 5
MAX_METRICS = 10
MAX_Q_CHARACTERS = 200
MAX_VALUE_CHARACTERS = 4_000
MAX_OFFSET = 2**53

COLUMN_PREFIX = "column."
"""`column.limit=5` always means the column, so a dataset may name a column like a parameter."""

RECORDS_PARAMETERS = frozenset({"select", "filter", "q", "sort", "limit", "offset", "cursor", "count"})
AGGREGATE_PARAMETERS = frozenset({"group_by", "metrics", "filter", "q", "sort", "limit"})

OPERATORS: dict[str, Operator] = {
    "ne": Operator.NE,
    "gt": Operator.GT,
    "gte": Operator.GTE,
    "lt": Operator.LT,
    "lte": Operator.LTE,
    "in": Operator.IN,
    "contains": Operator.CONTAINS,
    "startswith": Operator.STARTSWITH,
    "isnull": Operator.ISNULL,
}
_ITEM = re.compile(r'(?:(?P<minus>-?)(?P<quoted>"(?:[^"]|"")*")|(?P<plain>[^",][^,]*|))(?=,|\Z)')
_TEXT_ONLY = frozenset({Operator.CONTAINS, Operator.STARTSWITH})


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


_NUMERIC_MEASURES = frozenset({Measure.AVG, Measure.MEDIAN, Measure.SUM})
_NUMERIC_TYPES = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE})


@dataclass(frozen=True, slots=True)
class Sort:
    """`column` is a column's name, in an aggregate also a metric's. Nulls come last in either direction."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RecordsQuery:
    """Rows of one release. `select` None = all columns; `q` words that must all be found in some text column.

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

    def digest(self) -> str:
        """Names the question without its page: what a cursor is bound to."""
        return question_digest(repr((self.where, self.q, self.sort)))


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` is how the request wrote it and how the answer names it: ``count``, ``avg(price)``."""

    measure: Measure
    column: str | None
    name: str


@dataclass(frozen=True, slots=True)
class AggregateQuery:
    """Groups of one release, by default in the order of their keys."""

    group_by: tuple[str, ...] = ()
    metrics: tuple[Metric, ...] = (Metric(Measure.COUNT, None, "count"),)
    where: Predicate = EVERYTHING
    q: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = DEFAULT_LIMIT


class _Query(Protocol):
    @property
    def limit(self) -> int: ...


def parse_records(params: Sequence[tuple[str, str]], release: Release) -> RecordsQuery:
    """The rows that decoded `params` ask for.

    Raises BadInput naming parameter, column and remedy; Conflict: a cursor of another release.
    """
    reader = _Reader(params, release, RECORDS_PARAMETERS)
    query = RecordsQuery(
        select=tuple(dict.fromkeys(reader.column(name, "select").name for name in reader.names("select")))
        or None,
        where=reader.where(),
        q=reader.words(),
        sort=_distinct(
            reader.sort_of(name, reader.sortable) for name in reader.names("sort", MAX_SORT_COLUMNS)
        ),
        limit=reader.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        offset=reader.number("offset", 0, 0, MAX_OFFSET),
        count=reader.count(),
    )
    cursor = reader.single("cursor")
    if not cursor:
        return query
    if query.offset:
        raise _bad(
            Text("cursor 与 offset 不能同时使用", "cursor and offset cannot be used together"),
            Text("翻页只用 cursor", "Follow next with cursor alone"),
            Where(parameter="cursor"),
        )
    return replace(query, cursor=read_cursor(cursor, release.id, query.digest(), release.rows))


def parse_aggregate(params: Sequence[tuple[str, str]], release: Release) -> AggregateQuery:
    """The groups that decoded `params` ask for.

    Raises BadInput naming parameter, column and remedy.
    """
    reader = _Reader(params, release, AGGREGATE_PARAMETERS)
    group_by = tuple(
        dict.fromkeys(
            reader.sortable(name, "group_by") for name in reader.names("group_by", MAX_GROUP_COLUMNS)
        )
    )
    written = tuple(dict.fromkeys(reader.names("metrics", MAX_METRICS))) or ("count",)
    metrics = tuple(reader.metric(name) for name in written)
    for metric in metrics:
        if metric.name in group_by:
            raise _bad(
                Text(
                    f"指标“{metric.name}”与分组列同名",
                    f'Metric "{metric.name}" has the name of a group column',
                ),
                Text("计数可写作 count(*)", "A count may be written count(*)"),
                Where(parameter="metrics", column=metric.name),
            )
    outputs = (*group_by, *(metric.name for metric in metrics))

    def output(name: str, parameter: str) -> str:
        if name in outputs:
            return name
        raise _unknown(name, parameter, outputs, Text("分组列或指标", "a group column or metric"))

    return AggregateQuery(
        group_by=group_by,
        metrics=metrics,
        where=reader.where(),
        q=reader.words(),
        sort=_distinct(reader.sort_of(name, output) for name in reader.names("sort", MAX_SORT_COLUMNS)),
        limit=reader.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
    )


def operators_of(column: Column) -> tuple[str, ...]:
    """Suffixes that can be used on a column; the bare name (equality) is spelt "" and comes first."""
    if column.type is ColumnType.GEOMETRY:
        return ("isnull",)
    names = tuple(
        name for name, op in OPERATORS.items() if op not in _TEXT_ONLY or column.type is ColumnType.TEXT
    )
    return ("", *names)


class _Reader:
    """Reads the parameters of one request against one release."""

    def __init__(self, params: Sequence[tuple[str, str]], release: Release, known: frozenset[str]) -> None:
        if len(params) > MAX_PARAMETERS:
            raise TooLarge(
                Text(f"参数超过 {MAX_PARAMETERS} 个", f"More than {MAX_PARAMETERS} parameters"),
                Text("请合并条件，例如 列名__in=a,b", "Join conditions, for example COLUMN__in=a,b"),
            )
        self._columns: Mapping[str, Column] = {one.column.name: one.column for one in release.columns}
        self._known = known
        self._single: dict[str, str] = {}
        self._comparisons: list[Comparison] = []
        for name, value in params:
            if "\0" in value or len(value) > MAX_VALUE_CHARACTERS:
                raise _bad(
                    Text(
                        "参数的值过长或含有空字符（NUL）", "A parameter's value is too long or contains a NUL"
                    ),
                    Text(
                        f"每个值最多 {MAX_VALUE_CHARACTERS} 个字符",
                        f"Give at most {MAX_VALUE_CHARACTERS} characters",
                    ),
                    Where(parameter=_short(name)),
                )
            self._take(name, value)

    def _take(self, name: str, value: str) -> None:
        if name in self._known:
            if name in self._single:
                raise _bad(
                    Text(f"参数 {name} 出现了两次", f"Parameter {name} is given twice"),
                    Text("只保留一个", "Give it once"),
                    Where(parameter=name),
                )
            self._single[name] = value
            return
        bare = name.removeprefix(COLUMN_PREFIX)
        for candidate in dict.fromkeys((bare, name)):
            column, operator = self._column_and_operator(candidate)
            if column:
                self._comparisons.append(_comparison(column, operator, value, name))
                return
        raise self._unknown_parameter(name)

    def _column_and_operator(self, name: str) -> tuple[Column | None, Operator]:
        if name in self._columns:
            return self._columns[name], Operator.EQ
        head, _, suffix = name.rpartition("__")
        if suffix in OPERATORS and head in self._columns:
            return self._columns[head], OPERATORS[suffix]
        return None, Operator.EQ

    def _unknown_parameter(self, name: str) -> BadInput:
        head, _, suffix = name.removeprefix(COLUMN_PREFIX).rpartition("__")
        if head in self._columns:
            return _unknown(suffix, name, tuple(OPERATORS), Text("运算符", "an operator"), column=head)
        names = (*self._columns, *sorted(self._known))
        return _unknown(
            head if suffix in OPERATORS else name, name, names, Text("列或参数", "a column or parameter")
        )

    def column(self, name: str, parameter: str) -> Column:
        if name in self._columns:
            return self._columns[name]
        raise _unknown(name, parameter, tuple(self._columns), Text("列", "a column"), column=name)

    def sortable(self, name: str, parameter: str) -> str:
        column = self.column(name, parameter)
        if column.type is not ColumnType.GEOMETRY:
            return name
        raise _bad(
            Text(f"几何列“{name}”不能排序或分组", f'Geometry column "{name}" cannot be sorted or grouped'),
            Text("请换一个列", "Use another column"),
            Where(parameter=parameter, column=name),
        )

    def single(self, name: str) -> str:
        return self._single.get(name, "")

    def names(self, parameter: str, most: int = MAX_PARAMETERS * 4) -> list[str]:
        """Comma-separated names; a name with a comma is quoted as in CSV."""
        names = _split(self.single(parameter), parameter)
        if len(names) > most:
            raise _bad(
                Text(f"{parameter} 最多 {most} 项", f"{parameter} takes at most {most} names"),
                Text("请减少", "Give fewer"),
                Where(parameter=parameter),
            )
        return names

    def where(self) -> Predicate:
        terms: tuple[Predicate, ...] = tuple(self._comparisons)
        if text := self.single("filter"):
            terms = (*terms, parse_filter(text, lambda name: self.column(name, "filter")))
        return terms[0] if len(terms) == 1 else All(terms)

    def words(self) -> tuple[str, ...]:
        q = self.single("q")
        if len(q) <= MAX_Q_CHARACTERS:
            return tuple(dict.fromkeys(q.lower().split()))
        raise _bad(
            Text(f"q 超过 {MAX_Q_CHARACTERS} 个字符", f"q is longer than {MAX_Q_CHARACTERS} characters"),
            Text("请缩短搜索词", "Search for less text"),
            Where(parameter="q"),
        )

    def sort_of(self, name: str, find: Callable[[str, str], str]) -> Sort:
        if name.startswith("-") and name not in self._columns:
            return Sort(find(name[1:], "sort"), descending=True)
        return Sort(find(name, "sort"))

    def number(self, parameter: str, default: int, least: int, most: int) -> int:
        text = self.single(parameter)
        if not text:
            return default
        if text.isascii() and text.isdigit() and len(text) < 18 and least <= int(text) <= most:
            return int(text)
        raise _bad(
            Text(
                f"{parameter} 应为 {least} 到 {most} 的整数",
                f"{parameter} is an integer from {least} to {most}",
            ),
            Text("大量数据请用 export", "For much data use export"),
            Where(parameter=parameter),
        )

    def count(self) -> Count | None:
        text = self.single("count")
        if not text:
            return None
        if text in set(Count):
            return Count(text)
        raise _unknown(text, "count", tuple(Count), Text("计数方式", "a way of counting"))

    def metric(self, written: str) -> Metric:
        head, bracket, rest = written.partition("(")
        if head not in set(Measure) or (bracket and not rest.endswith(")")):
            raise _unknown(head, "metrics", tuple(Measure), Text("聚合函数", "an aggregate function"))
        measure, inner = Measure(head), rest[:-1]
        if measure is Measure.COUNT and inner in ("", "*"):
            return Metric(measure, None, written)
        column = self.column(inner, "metrics")
        numeric = column.type in _NUMERIC_TYPES or measure not in _NUMERIC_MEASURES
        if not numeric or column.type is ColumnType.GEOMETRY:
            raise _bad(
                Text(f"{measure} 不能用于列“{inner}”", f'{measure} does not apply to column "{inner}"'),
                Text("请换成数值列，或用 count、min、max", "Use a numeric column, or count, min, max"),
                Where(parameter="metrics", column=inner),
            )
        return Metric(measure, inner, written)


def _comparison(column: Column, operator: Operator, text: str, parameter: str) -> Comparison:
    where = Where(parameter=_short(parameter), column=column.name)
    if operator is Operator.ISNULL:
        if text.lower() not in ("true", "false"):
            raise _bad(
                Text("__isnull 应为 true 或 false", "__isnull is true or false"),
                Text(f"例如 {column.name}__isnull=true", f"For example {column.name}__isnull=true"),
                where,
            )
        return Comparison(column.name, operator, text.lower() == "true")
    if operator in _TEXT_ONLY and column.type is not ColumnType.TEXT:
        raise _bad(
            Text(f"__{operator} 只用于文字列", f"__{operator} applies to text columns only"),
            Text("请用 __gte、__lte 或 __in", "Use __gte, __lte or __in"),
            where,
        )
    if operator is Operator.IN:
        values = _split(text, parameter)
        if len(values) > MAX_IN_VALUES:
            raise _bad(
                Text(f"__in 最多 {MAX_IN_VALUES} 个值", f"__in takes at most {MAX_IN_VALUES} values"),
                Text("请分几次查询", "Ask in several requests"),
                where,
            )
        return Comparison(
            column.name, operator, tuple(value_of(column, value, parameter) for value in values)
        )
    return Comparison(column.name, operator, value_of(column, text, _short(parameter)))


def _split(text: str, parameter: str) -> list[str]:
    """Items of a comma-separated list; one with a comma, or beginning with a quote, is quoted as in CSV. A sort's
    minus stands before the quotes."""
    items: list[str] = []
    position = 0
    while text and position <= len(text):
        item = _ITEM.match(text, position)
        if not item or (item["minus"] and parameter != "sort"):
            raise _bad(
                Text(
                    f"{parameter} 的逗号列表写法有误",
                    f"{_short(parameter)}: the comma-separated list is malformed",
                ),
                Text('含逗号或引号的项请加双引号，如 "a,b",c', 'Quote items with commas, as in "a,b",c'),
                Where(parameter=_short(parameter)),
            )
        quoted = item["quoted"]
        items.append(item["plain"] if quoted is None else item["minus"] + quoted[1:-1].replace('""', '"'))
        position = item.end() + 1
    return items


def _distinct(sorts: object) -> tuple[Sort, ...]:
    first: dict[str, Sort] = {}
    for sort in sorts:  # type: ignore[attr-defined]
        first.setdefault(sort.column, sort)
    return tuple(first.values())


def _short(name: str) -> str:
    return name if len(name) <= 80 else name[:79] + "…"


def _bad(message: Text, remedy: Text, where: Where) -> BadInput:
    return BadInput(message, remedy, where)


def _unknown(
    name: str, parameter: str, names: Sequence[str], what: Text, column: str | None = None
) -> BadInput:
    close = get_close_matches(name[:80], names, n=1, cutoff=0.6)
    shown = ", ".join(names[:50]) + ("…" if len(names) > 50 else "")
    zh, en = (f"是否指“{close[0]}”？", f'Did you mean "{close[0]}"? ') if close else ("", "")
    return BadInput(
        Text(f"“{_short(name)}”不是可用的{what.zh}", f'"{_short(name)}" is not {what.en} here'),
        Text(f"{zh}可用：{shown}", f"{en}Use one of: {shown}"),
        Where(parameter=_short(parameter), column=_short(column) if column else None),
    )
