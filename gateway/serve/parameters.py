"""Reads the parameters of one request against one release: names by the release's columns, values by the columns' types,
lists with quoted items, all of bounded size. What it cannot read it refuses with what would work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from catalog.dataset import Column, ColumnType
from catalog.errors import BadInput, TooLarge, Where
from catalog.predicate import All, Comparison, Intersects, Location, Near, Operator, Predicate
from catalog.release import Release
from catalog.text import Text
from gateway.serve.cql2_text import parse_filter
from gateway.serve.location import LATITUDE, LONGITUDE, location_of
from gateway.serve.query import Count, Sort
from gateway.serve.refusal import bad, short, unknown
from gateway.serve.shape import read_bbox, read_near
from gateway.serve.value import value_of

__all__ = [
    "COLUMN_PREFIX",
    "GEOMETRY",
    "NULLS",
    "OPERATORS",
    "Reader",
    "comparison_of",
    "distinct_sorts",
    "operators_of",
    "split_list",
]

MAX_PARAMETERS = 64
MAX_IN_VALUES = 200
MAX_Q_CHARACTERS = 200
MAX_VALUE_CHARACTERS = 4_000

COLUMN_PREFIX = "column."
"""`column.limit=5` always means the column, so a dataset may name a column like a parameter."""

GEOMETRY = "geometry"
"""What a filter calls the place of a row whose longitude and latitude are two columns."""

NULLS = {"__nullsfirst": True, "__nullslast": False}
"""Endings of a sort column."""

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


def operators_of(column: Column) -> tuple[str, ...]:
    """Suffixes that can be used on a column; the bare name (equality) is spelt "" and comes first."""
    if column.type is ColumnType.GEOMETRY:
        return ("isnull",)
    names = tuple(
        name for name, op in OPERATORS.items() if op not in _TEXT_ONLY or column.type is ColumnType.TEXT
    )
    return ("", *names)


class Reader:
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
                raise bad(
                    Text(
                        "参数的值过长或含有空字符（NUL）", "A parameter's value is too long or contains a NUL"
                    ),
                    Text(
                        f"每个值最多 {MAX_VALUE_CHARACTERS} 个字符",
                        f"Give at most {MAX_VALUE_CHARACTERS} characters",
                    ),
                    Where(parameter=short(name)),
                )
            self._take(name, value)

    def _take(self, name: str, value: str) -> None:
        if name in self._known:
            if name in self._single:
                raise bad(
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
                self._comparisons.append(comparison_of(column, operator, value, name))
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
            return unknown(suffix, name, tuple(OPERATORS), Text("运算符", "an operator"), column=head)
        names = (*self._columns, *sorted(self._known))
        return unknown(
            head if suffix in OPERATORS else name, name, names, Text("列或参数", "a column or parameter")
        )

    def has(self, name: str) -> bool:
        """Whether a column is named so."""
        return name in self._columns

    def column(self, name: str, parameter: str) -> Column:
        if name in self._columns:
            return self._columns[name]
        raise unknown(name, parameter, tuple(self._columns), Text("列", "a column"), column=name)

    def sortable(self, name: str, parameter: str) -> str:
        column = self.column(name, parameter)
        if column.type is not ColumnType.GEOMETRY:
            return name
        raise bad(
            Text(f"几何列“{name}”不能排序或分组", f'Geometry column "{name}" cannot be sorted or grouped'),
            Text("请换一个列", "Use another column"),
            Where(parameter=parameter, column=name),
        )

    def single(self, name: str) -> str:
        return self._single.get(name, "")

    def names(self, parameter: str, most: int = MAX_PARAMETERS * 4) -> list[str]:
        """Comma-separated names; a name with a comma is quoted as in CSV."""
        if parameter not in self._single:
            return []
        names = split_list(self.single(parameter), parameter)
        if len(names) > most:
            raise bad(
                Text(f"{parameter} 最多 {most} 项", f"{parameter} takes at most {most} names"),
                Text("请减少", "Give fewer"),
                Where(parameter=parameter),
            )
        return names

    def where(self) -> Predicate:
        terms: tuple[Predicate, ...] = tuple(self._comparisons)
        if text := self.single("filter"):
            terms = (*terms, parse_filter(text, self))
        if (box := self._box()) is not None:
            terms = (*terms, box)
        if (near := self.near()) is not None:
            terms = (*terms, near)
        return terms[0] if len(terms) == 1 else All(terms)

    def _box(self) -> Intersects | None:
        text = self.single("bbox")
        return read_bbox(text, self._placed("bbox")) if text else None

    def near(self) -> Near | None:
        text = self.single("near")
        return read_near(text, self._placed("near")) if text else None

    def place(self, name: str, parameter: str) -> Location:
        """What a spatial condition asks of: the geometry column, or ``geometry`` where two columns hold the place."""
        location = self._placed(parameter)
        here = location.geometry or GEOMETRY
        if name == here or (name in self._columns and self._columns[name].type is ColumnType.GEOMETRY):
            return Location(geometry=name) if location.geometry else location
        raise unknown(name, parameter, (here,), Text("几何", "a geometry"), column=name)

    def _placed(self, parameter: str) -> Location:
        if (location := location_of(tuple(self._columns.values()))) is not None:
            return location
        names = f"{LONGITUDE[0]}/{LATITUDE[0]}, {LONGITUDE[3]}/{LATITUDE[1]}, 经度/纬度"
        raise bad(
            Text("这个数据集没有坐标", "This dataset has no coordinates"),
            Text(
                f"空间条件用于有几何列或经纬度列（如 {names}）的数据集",
                f"Spatial conditions are for datasets with a geometry column or with numeric columns such as {names}",
            ),
            Where(parameter=parameter),
        )

    def words(self) -> tuple[str, ...]:
        q = self.single("q")
        if len(q) <= MAX_Q_CHARACTERS:
            return tuple(dict.fromkeys(q.lower().split()))
        raise bad(
            Text(f"q 超过 {MAX_Q_CHARACTERS} 个字符", f"q is longer than {MAX_Q_CHARACTERS} characters"),
            Text("请缩短搜索词", "Search for less text"),
            Where(parameter="q"),
        )

    def sort_of(self, written: str, find: Callable[[str, str], str]) -> Sort:
        """``-name__nullsfirst``; a column that is named so itself comes before the reading."""
        name, nulls_first = written, False
        ending = next((one for one in NULLS if name.endswith(one)), None)
        if ending and name.removeprefix("-") not in self._columns:
            name, nulls_first = name.removesuffix(ending), NULLS[ending]
        if name.startswith("-") and name not in self._columns:
            return Sort(find(name[1:], "sort"), True, nulls_first)
        return Sort(find(name, "sort"), False, nulls_first)

    def number(self, parameter: str, default: int, least: int, most: int) -> int:
        text = self.single(parameter)
        if not text:
            return default
        if text.isascii() and text.isdigit() and len(text) < 18 and least <= int(text) <= most:
            return int(text)
        raise bad(
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
        raise unknown(text, "count", tuple(Count), Text("计数方式", "a way of counting"))


def comparison_of(column: Column, operator: Operator, text: str, parameter: str) -> Comparison:
    """The condition that a parameter of this operator and value sets. Raises BadInput naming it."""
    where = Where(parameter=short(parameter), column=column.name)
    if operator is Operator.ISNULL:
        if text.lower() not in ("true", "false"):
            raise bad(
                Text("__isnull 应为 true 或 false", "__isnull is true or false"),
                Text(f"例如 {column.name}__isnull=true", f"For example {column.name}__isnull=true"),
                where,
            )
        return Comparison(column.name, operator, text.lower() == "true")
    if operator in _TEXT_ONLY and column.type is not ColumnType.TEXT:
        raise bad(
            Text(f"__{operator} 只用于文字列", f"__{operator} applies to text columns only"),
            Text("请用 __gte、__lte 或 __in", "Use __gte, __lte or __in"),
            where,
        )
    if operator is Operator.IN:
        values = split_list(text, parameter)
        if len(values) > MAX_IN_VALUES:
            raise bad(
                Text(f"__in 最多 {MAX_IN_VALUES} 个值", f"__in takes at most {MAX_IN_VALUES} values"),
                Text("请分几次查询", "Ask in several requests"),
                where,
            )
        return Comparison(
            column.name, operator, tuple(value_of(column, value, parameter) for value in values)
        )
    return Comparison(column.name, operator, value_of(column, text, short(parameter)))


def split_list(text: str, parameter: str) -> list[str]:
    """Items of a comma-separated list; one with a comma, or beginning with a quote, is quoted as in CSV. A sort's
    minus stands before the quotes."""
    items: list[str] = []
    position = 0
    while text and position <= len(text):
        item = _ITEM.match(text, position)
        if not item or (item["minus"] and parameter != "sort"):
            raise bad(
                Text(
                    f"{parameter} 的逗号列表写法有误",
                    f"{short(parameter)}: the comma-separated list is malformed",
                ),
                Text('含逗号或引号的项请加双引号，如 "a,b",c', 'Quote items with commas, as in "a,b",c'),
                Where(parameter=short(parameter)),
            )
        quoted = item["quoted"]
        items.append(item["plain"] if quoted is None else item["minus"] + quoted[1:-1].replace('""', '"'))
        position = item.end() + 1
    return items


def distinct_sorts(sorts: Iterable[Sort]) -> tuple[Sort, ...]:
    first: dict[str, Sort] = {}
    for sort in sorts:
        first.setdefault(sort.column, sort)
    return tuple(first.values())
