"""The profile of a table: per column its nulls, distinct values, extremes and shapes, as two aggregate selects (the
second asks only what the first made interesting). A profile holds values and stays in the domain zone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlglot import exp

from catalog.dataset import Column, ColumnType, Schema
from catalog.text import Text
from quality.terms import cell, count

__all__ = ["SHAPES", "ColumnProfile", "Profile", "Shape", "closer_terms", "first_terms", "read_profile"]

EXACT_ROWS = 50_000  # up to here every distinct count is exact; beyond, only where it matters
MAX_VALUES = 50
MAX_SHAPED_CHARACTERS = 32
MIN_SHAPED_SHARE = 0.5
ID_NAME = re.compile(
    r"编号|编码|代码|证号|序号|单号|主键|(?:^|_)(?:id|code|no|key|uuid)(?:$|_)", re.IGNORECASE
)

Terms: TypeAlias = Mapping[tuple[str, str], exp.Expr]  # (column, what) → term; column "" = the table


@dataclass(frozen=True, slots=True)
class Shape:
    """A form text may have. `name` matches the columns that claim it by their name; None = any column may."""

    slug: str
    regex: str
    title: Text
    name: re.Pattern[str] | None = None


def _named(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


SHAPES: tuple[Shape, ...] = (
    Shape(
        "credit-code",
        "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$",
        Text("统一社会信用代码（GB 32100-2015）", "unified social credit code (GB 32100-2015)"),
        _named(r"信用代码|credit_?code|uscc"),
    ),
    Shape(
        "resident-id",
        "^[0-9]{17}[0-9X]$",
        Text("公民身份号码（GB 11643-1999）", "resident identity number (GB 11643-1999)"),
        _named(r"身份证|身份号码|id_?card"),
    ),
    Shape("mobile", "^1[3-9][0-9]{9}$", Text("手机号码", "mobile number"), _named(r"手机|mobile")),
    Shape(
        "postcode",
        "^[0-9]{6}$",
        Text("邮政编码", "postcode"),
        _named(r"邮编|邮政编码|postcode|postal_?code|zip"),
    ),
    Shape(
        "division",
        "^[0-9]{6}(?:[0-9]{3}|[0-9]{6})?$",
        Text("行政区划代码（GB/T 2260、GB/T 10114）", "administrative division code (GB/T 2260, GB/T 10114)"),
        _named(r"区划代码|区划编码|adcode|division_?code"),
    ),
    Shape(
        "email", "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", Text("电子邮箱", "e-mail address"), _named(r"邮箱|e_?mail")
    ),
    Shape("digits", "^[0-9]+$", Text("数字串", "digits")),
)


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column. `distinct` counts non-null values, exactly if `distinct_exact`, else within a few per cent
    (HyperLogLog). `low` and `high` are extremes of numbers and dates (never of text), lengths are of text in
    characters; `values` all values of a text column that has at most 50, else empty; `shapes` slug → matching cells."""

    name: str
    type: ColumnType
    nulls: int
    distinct: int
    distinct_exact: bool
    low: int | float | Decimal | date | None = None
    high: int | float | Decimal | date | None = None
    min_length: int | None = None
    max_length: int | None = None
    values: tuple[str, ...] = ()
    shapes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Profile:
    rows: int
    columns: tuple[ColumnProfile, ...]

    def column(self, name: str) -> ColumnProfile:
        """The profile of one column. Raises KeyError: none of that name."""
        for one in self.columns:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)

    def of(self, names: Sequence[str]) -> Profile:
        """The profile of these columns alone. Raises KeyError: none of that name."""
        return Profile(self.rows, tuple(self.column(name) for name in names))


def first_terms(schema: Schema) -> Terms:
    """What the first select asks of every column."""
    types = {column.name: column.type for column in schema}
    terms: dict[tuple[str, str], exp.Expr] = {("", "rows"): count(None)}
    for column in schema:
        value = cell(column.name, types)
        terms[column.name, "present"] = exp.Count(this=value)
        terms[column.name, "distinct"] = exp.ApproxDistinct(this=value.copy())
        if column.type is ColumnType.TEXT:
            terms[column.name, "min_length"] = exp.Min(this=exp.Length(this=value.copy()))
            terms[column.name, "max_length"] = exp.Max(this=exp.Length(this=value.copy()))
            terms[column.name, "any"] = exp.AnyValue(this=value.copy())
        elif column.type not in (ColumnType.GEOMETRY, ColumnType.BOOLEAN):
            terms[column.name, "low"] = exp.Min(this=value.copy())
            terms[column.name, "high"] = exp.Max(this=value.copy())
    return terms


def closer_terms(schema: Schema, first: Mapping[tuple[str, str], Any]) -> Terms:
    """What the second select asks, given the answers of the first: exact distinct counts where they decide something,
    the values of short lists, the shapes of short text."""
    types = {column.name: column.type for column in schema}
    terms: dict[tuple[str, str], exp.Expr] = {}
    for column in schema:
        value = cell(column.name, types)
        if _wants_exact(column, first):
            terms[column.name, "exact"] = exp.Count(this=exp.Distinct(expressions=[value.copy()]))
        if column.type is not ColumnType.TEXT or not first[column.name, "present"]:
            continue
        if first[column.name, "distinct"] <= MAX_VALUES + 10:  # the estimate's error
            terms[column.name, "values"] = exp.ArrayAgg(this=exp.Distinct(expressions=[value.copy()]))
        elif first[column.name, "max_length"] <= MAX_SHAPED_CHARACTERS:
            for shape in _shapes_for(column, first):
                pattern = exp.Literal.string(shape.regex)
                terms[column.name, shape.slug] = count(exp.RegexpLike(this=value.copy(), expression=pattern))
    return terms


def _wants_exact(column: Column, first: Mapping[tuple[str, str], Any]) -> bool:
    if first["", "rows"] <= EXACT_ROWS:
        return True
    near_unique = first[column.name, "distinct"] >= 0.9 * first[column.name, "present"] > 0
    keyable = column.type in (ColumnType.TEXT, ColumnType.INTEGER)
    return near_unique and keyable and ID_NAME.search(column.name) is not None


def _shapes_for(column: Column, first: Mapping[tuple[str, str], Any]) -> tuple[Shape, ...]:
    by_name = tuple(shape for shape in SHAPES if shape.name and shape.name.search(column.name))
    if by_name:
        return by_name
    if first[column.name, "min_length"] != first[column.name, "max_length"]:
        return ()
    # A shape without a name must fit every cell, so one cell that does not fit spares the scan.
    return tuple(
        shape for shape in SHAPES if not shape.name and re.search(shape.regex, first[column.name, "any"])
    )


def read_profile(
    schema: Schema, first: Mapping[tuple[str, str], Any], closer: Mapping[tuple[str, str], Any]
) -> Profile:
    """The profile, from the answers of the two selects."""
    rows = int(first["", "rows"])
    return Profile(rows, tuple(_column(column, rows, first, closer) for column in schema))


def _column(
    column: Column, rows: int, first: Mapping[tuple[str, str], Any], closer: Mapping[tuple[str, str], Any]
) -> ColumnProfile:
    name, present = column.name, int(first[column.name, "present"])
    values = sorted(one for one in closer.get((name, "values")) or () if one is not None)
    exact = closer.get((name, "exact"), len(values) if (name, "values") in closer else None)
    return ColumnProfile(
        name=name,
        type=column.type,
        nulls=rows - present,
        distinct=int(exact if exact is not None else min(first[name, "distinct"], present)),
        distinct_exact=exact is not None,
        low=first.get((name, "low")),
        high=first.get((name, "high")),
        min_length=first.get((name, "min_length")),
        max_length=first.get((name, "max_length")),
        values=tuple(values) if len(values) <= MAX_VALUES else (),
        shapes=MappingProxyType(
            {shape.slug: closer[name, shape.slug] for shape in SHAPES if (name, shape.slug) in closer}
        ),
    )
