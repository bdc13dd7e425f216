"""A typed query → sqlglot terms over one table, `rows`: the release's columns and a row number, nothing else.

Identifiers come from the release's columns, values from `catalog.engine.render.literal`; a caller's text is never
parsed as SQL. Orders are total: sort columns with nulls last, then the row number in the direction of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Literal

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.render import column as column_term
from catalog.engine.render import condition, is_true, literal
from catalog.release import Release
from gateway.serve.encoding import json_row, json_value
from gateway.serve.query import AggregateQuery, Count, Measure, Metric, RecordsQuery, Sort

__all__ = [
    "ESTIMATE_ABOVE_ROWS",
    "ESTIMATE_STEP",
    "SOURCE",
    "TABLE",
    "aggregate_sql",
    "columns_of_release",
    "count_sql",
    "counted",
    "load_sql",
    "records_sql",
    "row_column",
]

TABLE = "rows"
PAGE = "page"
SOURCE = "released"
"""Name under which a release's Parquet is registered before `load_sql` numbers its rows."""

ESTIMATE_ABOVE_ROWS = 1_000_000
ESTIMATE_STEP = 16
"""An estimate counts every 16th row of a large release; a smaller one is counted exactly, which costs as little."""


def columns_of_release(release: Release) -> tuple[Column, ...]:
    """The visible columns, in the file's order."""
    return tuple(one.column for one in release.columns)


def row_column(columns: Sequence[Column]) -> str:
    """A name for the row number that no column has (DuckDB compares names without case)."""
    taken = {one.name.casefold() for one in columns}
    name = "_row"
    while name in taken:
        name = f"_{name}"
    return name


def load_sql(columns: Sequence[Column], kind: Literal["TABLE", "VIEW"]) -> str:
    """The statement that makes `rows` from `released`: exactly the release's columns, rows numbered from 1."""
    number = exp.Window(this=exp.Anonymous(this="row_number"))
    select = exp.select(number.as_(row_column(columns), quoted=True), *_terms(columns)).from_(SOURCE)
    create = exp.Create(this=exp.to_identifier(TABLE, quoted=True), kind=kind, expression=select)
    return create.sql("duckdb")


def records_sql(query: RecordsQuery, release: Release, with_json: bool = True) -> str:
    """One page and one row more (to know whether there is a next): columns ``json`` (all visible columns of a row,
    or null without `with_json`) and ``row``."""
    columns = columns_of_release(release)
    row = row_column(columns)
    inner = exp.select(column_term(row), *(_terms(columns) if with_json else _sort_terms(query.sort)))
    inner = inner.from_(exp.to_table(TABLE)).where(_condition(query, columns))
    if query.cursor:
        inner = inner.where(_after(query.sort, columns, query.cursor.row))
        if query.sort:
            inner = inner.join(_last(query.sort, columns, query.cursor.row), join_type="CROSS")
    inner = inner.order_by(*_order(query.sort, row)).limit(query.limit + 1)
    if query.offset:
        inner = inner.offset(query.offset)
    # Encoded outside the limit: inside, every matching row would be encoded before the sort.
    json = json_row(columns) if with_json else exp.cast(exp.null(), "VARCHAR")
    page = exp.select(exp.alias_(json, "json"), exp.alias_(column_term(row), "row", quoted=True))
    # Qualified, because a column may be called "json" or "row" like the two of the answer.
    return page.from_(inner.subquery(PAGE)).order_by(*_order(query.sort, row, PAGE)).sql("duckdb")


def counted(kind: Count, release: Release) -> Count:
    """How a count is really made: an estimate of a release that is counted exactly as cheaply is exact."""
    return Count.EXACT if kind is Count.ESTIMATE and release.rows <= ESTIMATE_ABOVE_ROWS else kind


def count_sql(query: RecordsQuery, release: Release, kind: Count) -> str:
    """One number: the rows that match, or of every 16th row those that match."""
    columns = columns_of_release(release)
    select = (
        exp.select(exp.Count(this=exp.Star())).from_(exp.to_table(TABLE)).where(_condition(query, columns))
    )
    if kind is Count.ESTIMATE:
        sampled = exp.Mod(this=column_term(row_column(columns)), expression=literal(ESTIMATE_STEP))
        select = select.where(exp.EQ(this=sampled, expression=literal(1)))
    return select.sql("duckdb")


def aggregate_sql(query: AggregateQuery, release: Release) -> str:
    """Groups: columns ``json`` (group columns, then metrics, named as asked) and ``total`` (number of groups)."""
    columns = columns_of_release(release)
    types = {one.name: one.type for one in columns}
    alias = {name: f"g{i}" for i, name in enumerate(query.group_by)}
    alias |= {metric.name: f"m{i}" for i, metric in enumerate(query.metrics)}
    groups = [column_term(name).as_(alias[name], quoted=True) for name in query.group_by]
    metrics = [exp.alias_(_metric(one, types), alias[one.name], quoted=True) for one in query.metrics]
    inner = exp.select(*groups, *metrics).from_(exp.to_table(TABLE)).where(_condition(query, columns))
    if groups:
        inner = inner.group_by(*(exp.Literal.number(i + 1) for i in range(len(groups))))
    result_types = {name: types[name] for name in query.group_by}
    result_types |= {one.name: _metric_type(one, types) for one in query.metrics}
    json = exp.Anonymous(this="concat", expressions=_object(result_types, alias))
    total = exp.Window(this=exp.Count(this=exp.Star()))
    sorts = (*query.sort, *(Sort(name) for name in query.group_by))
    order = [_ordered(column_term(alias[sort.column]), sort.descending) for sort in sorts]
    outer = exp.select(exp.alias_(json, "json"), exp.alias_(total, "total")).from_(inner.subquery("groups"))
    return (outer.order_by(*order) if order else outer).limit(query.limit).sql("duckdb")


def _terms(columns: Sequence[Column]) -> list[exp.Expr]:
    return [column_term(one.name) for one in columns]


def _sort_terms(sorts: Sequence[Sort]) -> list[exp.Expr]:
    return [column_term(sort.column) for sort in sorts]


def _condition(query: RecordsQuery | AggregateQuery, columns: Sequence[Column]) -> exp.Expr:
    where = condition(query.where, {one.name: one.type for one in columns})
    texts = [column_term(one.name) for one in columns if one.type is ColumnType.TEXT]
    for word in query.q:
        found = (
            exp.Anonymous(this="contains", expressions=[exp.Lower(this=text.copy()), literal(word)])
            for text in texts
        )
        where = exp.and_(where, is_true(exp.or_(exp.false(), *(is_true(one) for one in found))))
    return where


def _ordered(term: exp.Expr, descending: bool) -> exp.Ordered:
    return exp.Ordered(this=term, desc=descending, nulls_first=False)


def _order(sorts: Sequence[Sort], row: str, table: str | None = None) -> list[exp.Ordered]:
    keys = (*sorts, Sort(row, bool(sorts) and sorts[0].descending))
    return [
        _ordered(exp.column(exp.to_identifier(key.column, quoted=True), table), key.descending)
        for key in keys
    ]


def _last(sorts: Sequence[Sort], columns: Sequence[Column], number: int) -> exp.Subquery:
    """The sort values of row `number`: read from the table, not from the cursor."""
    row = exp.EQ(this=column_term(row_column(columns)), expression=literal(number))
    names = _last_names(sorts, columns)
    terms = [column_term(sort.column).as_(name, quoted=True) for sort, name in zip(sorts, names, strict=True)]
    return exp.select(*terms).from_(exp.to_table(TABLE)).where(row).subquery("last")


def _last_names(sorts: Sequence[Sort], columns: Sequence[Column]) -> list[str]:
    stem = "_last"
    while any(one.name.casefold().startswith(stem) for one in columns):
        stem = f"_{stem}"
    return [f"{stem}{i}" for i in range(len(sorts))]


def _after(sorts: Sequence[Sort], columns: Sequence[Column], number: int) -> exp.Expr:
    """Rows behind row `number` in this order, whose values `_last` gives."""
    rank = exp.LT if sorts and sorts[0].descending else exp.GT
    behind: exp.Expr = rank(this=column_term(row_column(columns)), expression=literal(number))
    for sort, name in reversed(list(zip(sorts, _last_names(sorts, columns), strict=True))):
        here, there = column_term(sort.column), column_term(name)
        step = exp.LT if sort.descending else exp.GT
        here_null = exp.Is(this=here.copy(), expression=exp.null())
        there_null = exp.Is(this=there.copy(), expression=exp.null())
        further = exp.or_(step(this=here, expression=there), exp.and_(here_null, exp.not_(there_null)))
        same = exp.NullSafeEQ(this=here.copy(), expression=there.copy())
        behind = exp.or_(is_true(further), exp.and_(same, exp.paren(behind)))
    return behind


def _object(types: dict[str, ColumnType], alias: dict[str, str]) -> list[exp.Expr]:
    parts: list[exp.Expr] = []
    for name, kind in types.items():
        opening = "," if parts else "{"
        parts.append(exp.Literal.string(f"{opening}{dumps(name, ensure_ascii=False)}:"))
        parts.append(json_value(column_term(alias[name]), kind))
    return [*parts, exp.Literal.string("}")]


def _metric(one: Metric, types: dict[str, ColumnType]) -> exp.Expr:
    if one.column is None:
        return exp.Count(this=exp.Star())
    term: exp.Expr = column_term(one.column)
    if one.measure in (Measure.AVG, Measure.MEDIAN) or types[one.column] is ColumnType.DOUBLE:
        term = exp.cast(term, "DOUBLE")
    if one.measure is Measure.COUNT_DISTINCT:
        return exp.Count(this=exp.Distinct(expressions=[term]))
    return exp.Anonymous(this=one.measure.value, expressions=[term])


def _metric_type(one: Metric, types: dict[str, ColumnType]) -> ColumnType:
    if one.column is None or one.measure in (Measure.COUNT, Measure.COUNT_DISTINCT):
        return ColumnType.INTEGER
    if one.measure in (Measure.AVG, Measure.MEDIAN):
        return ColumnType.DOUBLE
    return types[one.column]
