"""How far a column's cells reach: what decides which tests it needs. Whoever has measured the table knows it already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.engine import Engine
from catalog.engine.render import column as column_term

__all__ = ["Extent", "extents_of"]

_NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


@dataclass(frozen=True, slots=True)
class Extent:
    """`filled` cells (what is no number, NaN, fills none); of texts the `distinct` ones (within a few per cent) and the
    least and greatest length in characters; of numbers the `largest`, its sign aside."""

    filled: int
    distinct: int | None = None
    shortest: int | None = None
    longest: int | None = None
    largest: float | None = None


def extents_of(engine: Engine, table: str, columns: Sequence[Column]) -> Mapping[str, Extent]:
    """The extent of each column, by its name: one pass over the table."""
    terms: list[exp.Expr] = []
    for place, column in enumerate(columns):
        cell: exp.Expr = column_term(column.name)
        if column.type is ColumnType.DOUBLE:  # one NaN would be the largest of all, and hide what is
            cell = exp.Nullif(this=cell, expression=exp.cast(exp.Literal.string("NaN"), "DOUBLE"))
        terms.append(exp.Count(this=cell).as_(f"n{place}"))
        if column.type in _NUMERIC:
            largest = exp.Max(this=exp.Abs(this=cell.copy()))
            terms.append(exp.cast(largest, "DOUBLE").as_(f"m{place}"))
        elif column.type is ColumnType.TEXT:
            length = exp.Length(this=cell.copy())
            terms.append(exp.ApproxDistinct(this=cell.copy()).as_(f"d{place}"))
            terms.append(exp.Min(this=length).as_(f"a{place}"))
            terms.append(exp.Max(this=length.copy()).as_(f"b{place}"))
    if not terms:
        return {}
    (row,) = engine.fetch(exp.select(*terms).from_(exp.to_identifier(table, quoted=True))).to_pylist()
    return {
        column.name: Extent(
            int(row[f"n{place}"]),
            row.get(f"d{place}"),
            row.get(f"a{place}"),
            row.get(f"b{place}"),
            row.get(f"m{place}"),
        )
        for place, column in enumerate(columns)
    }
