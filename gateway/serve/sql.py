"""A typed query → sqlglot terms over one table, `rows`: the release's columns and a row number, nothing else.

Identifiers come from the release's columns, values from `catalog.engine.render.literal`; a caller's text is never
parsed as SQL. Orders are total: the sort columns, or the distance, then the row number in the direction of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps
from typing import Literal

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.render import column as column_term
from catalog.engine.render import condition, is_true, literal
from catalog.engine.space import distance
from catalog.predicate import renamed
from catalog.release import Release
from gateway.serve.encoding import json_row, json_value
from gateway.serve.query import (
    FACET_VALUES,
    AggregateQuery,
    Bucket,
    Count,
    Group,
    Measure,
    Metric,
    RecordsQuery,
    Sort,
)

__all__ = [
    "ESTIMATE_STEP",
    "FOUND",
    "NUMBER",
    "SOURCE",
    "TABLE",
    "aggregate_sql",
    "columns_of_release",
    "count_sql",
    "facet_query",
    "load_sql",
    "records_sql",
    "row_column",
    "searched",
]

TABLE = "rows"
PAGE = "page"
FOUND, NUMBER = "found", "number"
"""Row numbers that a search has found already: a table of one column, beside `rows` for one question."""

SOURCE = "released"
"""Name under which a release's Parquet is registered before `load_sql` numbers its rows."""

ESTIMATE_STEP = 16
"""An estimate counts every 16th row."""


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


def searched(release: Release) -> tuple[Column, ...]:
    """The columns in which `q` is looked for: those the contract declares, else all texts."""
    texts = [one for one in columns_of_release(release) if one.type is ColumnType.TEXT]
    return tuple(one for one in texts if not release.search or one.name in release.search)


def records_sql(query: RecordsQuery, release: Release, with_json: bool = True, narrowed: bool = False) -> str:
    """One page and one row more (to know whether there is a next): columns ``json`` (all visible columns of a row,
    or null without `with_json`) and ``row``. `narrowed` = among the rows of `FOUND` only."""
    columns = columns_of_release(release)
    row = row_column(columns)
    keys = _keys(query, columns)
    # A sort column that is read with all others anyway needs no second name, and DuckDB fetches the rest of a row late.
    inner = exp.select(column_term(row), *(_terms(columns) if with_json else []))
    inner = inner.select(*(key.named() for key in keys if key.made or not with_json))
    inner = inner.from_(exp.to_table(TABLE)).where(_condition(query, release, narrowed))
    if query.cursor:
        inner = inner.where(_after(keys, columns, query.cursor.row))
        if keys:
            inner = inner.join(_last(keys, columns, query.cursor.row), join_type="CROSS")
    order = [_ordered(key.term, key.descending, key.nulls_first) for key in keys]
    behind = _from_behind(query, row)
    inner = inner.order_by(*order, _ordered(column_term(row), behind)).limit(query.limit + 1)
    if query.offset:
        inner = inner.offset(query.offset)
    # Encoded outside the limit: inside, every matching row would be encoded before the sort.
    json = json_row(columns) if with_json else exp.cast(exp.null(), "VARCHAR")
    page = exp.select(exp.alias_(json, "json"), exp.alias_(column_term(row), "row", quoted=True))
    # Qualified, because a column may be called "json" or "row" like the two of the answer.
    again = [_ordered(_of_page(key.name), key.descending, key.nulls_first) for key in keys]
    page = page.from_(inner.subquery(PAGE)).order_by(*again, _ordered(_of_page(row), behind))
    return page.sql("duckdb")


def count_sql(query: RecordsQuery, release: Release, kind: Count, narrowed: bool = False) -> str:
    """One number: the rows that match, or of every 16th row those that match."""
    columns = columns_of_release(release)
    select = exp.select(exp.Count(this=exp.Star())).from_(exp.to_table(TABLE))
    select = select.where(_condition(query, release, narrowed))
    if kind is Count.ESTIMATE:
        sampled = exp.Mod(this=column_term(row_column(columns)), expression=literal(ESTIMATE_STEP))
        select = select.where(exp.EQ(this=sampled, expression=literal(1)))
    return select.sql("duckdb")


def facet_query(query: RecordsQuery, release: Release, name: str) -> AggregateQuery:
    """The most frequent values of a column among the rows that match, and one more, to know whether there are others."""
    [kind] = [one.column.type for one in release.columns if one.column.name == name]
    count = Metric(Measure.COUNT, None, "count" if name != "count" else "count(*)")
    return AggregateQuery(
        group_by=(Group(name, name, kind),),
        metrics=(count,),
        where=query.where,
        q=query.q,
        sort=(Sort(count.name, descending=True),),
        limit=FACET_VALUES + 1,
    )


def aggregate_sql(query: AggregateQuery, release: Release, narrowed: bool = False) -> str:
    """Groups: columns ``json`` (groups, then metrics, named as asked) and ``total`` (number of groups)."""
    # Names of our own inside: the caller's may differ by case only, which DuckDB would take for one.
    alias = {group.name: f"g{i}" for i, group in enumerate(query.group_by)}
    alias |= {metric.name: f"m{i}" for i, metric in enumerate(query.metrics)}
    groups = [exp.alias_(_group(one), alias[one.name], quoted=True) for one in query.group_by]
    metrics = [exp.alias_(_metric(one), alias[one.name], quoted=True) for one in query.metrics]
    inner = exp.select(*groups, *metrics).from_(exp.to_table(TABLE))
    inner = inner.where(_condition(query, release, narrowed))
    if groups:
        inner = inner.group_by(*(exp.Literal.number(i + 1) for i in range(len(groups))))
    types = {one.name: one.type for one in query.outputs}
    json = exp.Anonymous(this="concat", expressions=_object(types, alias))
    total = exp.Window(this=exp.Count(this=exp.Star()))
    sorts = (*query.sort, *(Sort(group.name) for group in query.group_by))
    order = [_ordered(column_term(alias[sort.column]), sort.descending, sort.nulls_first) for sort in sorts]
    having = condition(renamed(query.having, alias), {alias[name]: kind for name, kind in types.items()})
    outer = exp.select(exp.alias_(json, "json"), exp.alias_(total, "total")).from_(inner.subquery("groups"))
    outer = (outer.order_by(*order) if order else outer).where(having).limit(query.limit)
    return (outer.offset(query.offset) if query.offset else outer).sql("duckdb")


def _terms(columns: Sequence[Column]) -> list[exp.Expr]:
    return [column_term(one.name) for one in columns]


@dataclass(frozen=True, slots=True)
class _Key:
    """One key of the order. `made` = computed, and given the name; else the column of that name."""

    term: exp.Expr
    name: str
    descending: bool = False
    nulls_first: bool = False
    made: bool = False

    def named(self) -> exp.Expr:
        return exp.alias_(self.term.copy(), self.name, quoted=True) if self.made else self.term.copy()


def _keys(query: RecordsQuery, columns: Sequence[Column]) -> list[_Key]:
    if query.by_distance is not None:
        return [_Key(distance(query.by_distance), f"{_stem(columns, '_key')}0", made=True)]
    row = row_column(columns)
    return [
        _Key(column_term(one.column), one.column, one.descending, one.nulls_first)
        for one in query.sort
        if one.column != row  # it ends every order anyway
    ]


def _from_behind(query: RecordsQuery, row: str) -> bool:
    """Whether equal rows stand from the last to the first: as said of the row number, else as the first column goes."""
    said = next((one for one in query.sort if one.column == row), None)
    return (said or (query.sort[0] if query.sort else Sort(""))).descending


def _condition(query: RecordsQuery | AggregateQuery, release: Release, narrowed: bool) -> exp.Expr:
    columns = columns_of_release(release)
    types = {one.name: one.type for one in columns} | {row_column(columns): ColumnType.INTEGER}
    where = condition(query.where, types)
    if narrowed:
        found = exp.select(column_term(NUMBER)).from_(exp.to_table(FOUND))
        where = exp.and_(exp.In(this=column_term(row_column(columns)), query=found.subquery()), where)
    texts = [column_term(one.name) for one in searched(release)]
    for word in query.q:
        found_in = (
            exp.Anonymous(this="contains", expressions=[exp.Lower(this=text.copy()), literal(word)])
            for text in texts
        )
        where = exp.and_(where, is_true(exp.or_(exp.false(), *(is_true(one) for one in found_in))))
    return where


def _ordered(term: exp.Expr, descending: bool, nulls_first: bool = False) -> exp.Ordered:
    return exp.Ordered(this=term.copy(), desc=descending, nulls_first=nulls_first)


def _of_page(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), PAGE)


def _last(keys: Sequence[_Key], columns: Sequence[Column], number: int) -> exp.Subquery:
    """The sort values of row `number`: read from the table, not from the cursor."""
    row = exp.EQ(this=column_term(row_column(columns)), expression=literal(number))
    stem = _stem(columns, "_last")
    terms = [exp.alias_(key.term.copy(), f"{stem}{i}", quoted=True) for i, key in enumerate(keys)]
    return exp.select(*terms).from_(exp.to_table(TABLE)).where(row).subquery("last")


def _stem(columns: Sequence[Column], stem: str) -> str:
    """A beginning that no column's name has."""
    while any(one.name.casefold().startswith(stem) for one in columns):
        stem = f"_{stem}"
    return stem


def _after(keys: Sequence[_Key], columns: Sequence[Column], number: int) -> exp.Expr:
    """Rows behind row `number` in this order, whose values `_last` gives."""
    rank = exp.LT if keys and keys[0].descending else exp.GT
    stem = _stem(columns, "_last")
    behind: exp.Expr = rank(this=column_term(row_column(columns)), expression=literal(number))
    for i, key in reversed(list(enumerate(keys))):
        here, there = key.term, column_term(f"{stem}{i}")
        step = exp.LT if key.descending else exp.GT
        here_null = exp.Is(this=here.copy(), expression=exp.null())
        there_null = exp.Is(this=there.copy(), expression=exp.null())
        of_nulls = (
            exp.and_(exp.not_(here_null), there_null)
            if key.nulls_first
            else exp.and_(here_null, exp.not_(there_null))
        )
        further = exp.or_(step(this=here.copy(), expression=there), of_nulls)
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


def _group(one: Group) -> exp.Expr:
    if one.bucket is None:
        return column_term(one.column)
    span = exp.Anonymous(
        this="date_trunc", expressions=[exp.Literal.string(one.bucket.value), column_term(one.column)]
    )
    return exp.cast(span, "TIMESTAMP" if one.bucket is Bucket.HOUR else "DATE")


def _metric(one: Metric) -> exp.Expr:
    if one.column is None:
        return exp.Count(this=exp.Star())
    term: exp.Expr = column_term(one.column)
    if one.measure in (Measure.AVG, Measure.MEDIAN) or one.of is ColumnType.DOUBLE:
        term = exp.cast(term, "DOUBLE")
    if one.measure is Measure.COUNT_DISTINCT:
        return exp.Count(this=exp.Distinct(expressions=[term]))
    return exp.Anonymous(this=one.measure.value, expressions=[term])
