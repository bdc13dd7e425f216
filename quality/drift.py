"""What differs between two versions of a table: rows, missing cells, categories, and how far distributions have moved.

PSI = Σ (q − p)·ln(q / p) over the tenths of the earlier version or its categories (N. Siddiqi, Credit Risk Scorecards,
2006), shares below 1e-4 taken as 1e-4. KS = max |F₁(x) − F₂(x)| over all values (two-sample Kolmogorov–Smirnov, exact).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from sqlglot import exp

from catalog.dataset import ColumnType, Schema
from quality.statistic import filtered
from quality.terms import cell, is_missing, number

__all__ = ["ColumnDrift", "Drift", "edge_terms", "furthest_apart", "psi", "share_terms"]

LEAST_SHARE = 1e-4
TENTHS = tuple(place / 10 for place in range(1, 10))
MAX_CATEGORIES = 50
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column of both versions. Shares of missing cells in 0..1; `gained` and `lost` count categories; None = does not
    apply to the column's type, or it has too many values."""

    name: str
    missing_before: float
    missing_now: float
    gained: int | None = None
    lost: int | None = None
    psi: float | None = None
    ks: float | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """`earlier` names the release compared with; columns in one version only are `added` or `removed`."""

    earlier: str
    rows_before: int
    rows_now: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    columns: tuple[ColumnDrift, ...]


def psi(before: Mapping[Any, int], now: Mapping[Any, int]) -> float | None:
    """The population stability index of two counts by class; None where one side is empty.

    >>> psi({"a": 50, "b": 50}, {"a": 50, "b": 50})
    0.0
    >>> round(psi({"a": 50, "b": 50}, {"a": 75, "b": 25}), 4)
    0.2747
    """
    total_before, total_now = sum(before.values()), sum(now.values())
    if not total_before or not total_now:
        return None
    index = 0.0
    for key in sorted({*before, *now}, key=str):
        p = max(before.get(key, 0) / total_before, LEAST_SHARE)
        q = max(now.get(key, 0) / total_now, LEAST_SHARE)
        index += (q - p) * log(q / p)
    return index


def edge_terms(schema: Schema) -> Mapping[str, exp.Expr]:
    """Of the earlier version: the tenths of every number, as lists; whether text has few values."""
    types = {column.name: column.type for column in schema}
    terms: dict[str, exp.Expr] = {}
    for column in schema:
        value = cell(column.name, types)
        if column.type in _NUMBERS:
            shares = exp.Array(expressions=[exp.Literal.number(share) for share in TENTHS])
            terms[column.name] = exp.Anonymous(
                this="quantile_disc", expressions=[exp.cast(value, "DOUBLE"), shares]
            )
        elif column.type is ColumnType.TEXT:
            terms[column.name] = exp.ApproxDistinct(this=value)
    return terms


def share_terms(schema: Schema, edges: Mapping[str, Any]) -> Mapping[tuple[str, str], exp.Expr]:
    """Of either version: rows, missing cells, and cells by tenth or by category."""
    types = {column.name: column.type for column in schema}
    terms: dict[tuple[str, str], exp.Expr] = {("", "rows"): exp.Count(this=exp.Star())}
    for column in schema:
        value = cell(column.name, types)
        present = exp.not_(is_missing(value))
        terms[column.name, "present"] = exp.Count(this=value)
        found = edges.get(column.name)
        if column.type in _NUMBERS and found:
            tenth = _tenth(exp.cast(value, "DOUBLE"), sorted({float(edge) for edge in found}))
            terms[column.name, "classes"] = filtered(_histogram(tenth), present)
        elif column.type is ColumnType.TEXT and found is not None and found <= MAX_CATEGORIES:
            few = exp.LTE(
                this=exp.Count(this=exp.Distinct(expressions=[value.copy()])),
                expression=exp.Literal.number(4 * MAX_CATEGORIES),
            )
            counted = filtered(_histogram(value), present)
            terms[column.name, "classes"] = exp.Case(ifs=[exp.If(this=few, true=counted)])
    return terms


def furthest_apart(before: str, now: str, name: str, types: Mapping[str, ColumnType]) -> exp.Select:
    """The KS distance of one column of two tables, as `t0`; null where one of them has no value."""
    value = exp.cast(cell(name, types), "DOUBLE")

    def side(table: str, first: int) -> exp.Select:
        ones = (exp.Literal.number(first), exp.Literal.number(1 - first))
        return (
            exp.select(
                exp.alias_(value.copy(), "x"),
                *(exp.alias_(one, key) for one, key in zip(ones, "ab", strict=True)),
            )
            .from_(exp.to_identifier(table, quoted=True))
            .where(exp.not_(is_missing(cell(name, types))))
        )

    both = exp.union(side(before, 1), side(now, 0), distinct=False)
    counted = (
        exp.select("x", *(exp.alias_(exp.Sum(this=exp.column(key)), key) for key in "ab"))
        .from_(both.subquery("both_sides"))
        .group_by("x")
    )
    running = [
        exp.Div(
            this=exp.cast(
                exp.Window(
                    this=exp.Sum(this=exp.column(key)),
                    order=exp.Order(expressions=[exp.Ordered(this=exp.column("x"))]),
                ),
                "DOUBLE",
            ),
            expression=exp.Window(this=exp.Sum(this=exp.column(key))),
        )
        for key in "ab"
    ]
    apart = exp.Abs(this=exp.paren(exp.Sub(this=running[0], expression=running[1])))
    steps = exp.select(exp.alias_(apart, "apart")).from_(counted.subquery("counted"))
    return exp.select(exp.alias_(exp.Max(this=exp.column("apart")), "t0")).from_(steps.subquery("steps"))


def _tenth(value: exp.Expr, edges: Sequence[float]) -> exp.Expr:
    above = [
        exp.cast(exp.paren(exp.GT(this=value.copy(), expression=exp.cast(number(edge), "DOUBLE"))), "INTEGER")
        for edge in edges
    ]
    total: exp.Expr = above[0]
    for one in above[1:]:
        total = exp.Add(this=total, expression=one)
    return total


def _histogram(value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="histogram", expressions=[value])
