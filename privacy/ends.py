"""Top and bottom coding: the values at both ends of a column of numbers are told together, as ``≤18`` and ``90+``.

The ends are measured over the rows that leave, so that each holds a stated share of them; the bounds are round numbers, which
are nobody's own value and move little from version to version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.render import literal
from privacy.bands import LARGEST, band, band_limits, number_of
from privacy.terms import call, concat, when

__all__ = [
    "TAILS",
    "Ends",
    "coded_ends",
    "decimals_of",
    "ends_found",
    "ends_select",
    "number_in_range",
    "round_step",
]

TAILS: tuple[tuple[int, float], ...] = ((100, 0.05), (50, 0.10), (20, 0.25))
"""From so many values on, the share of them that each end holds: at least five in any case. Fewer have no ends to code."""
STEPS_OF_BOUNDS = 10
"""A bound is a multiple of a round step of at most this part of the spread between the ends."""


@dataclass(frozen=True, slots=True)
class Ends:
    """From `bottom` down and from `top` up values are told together; `spread` lies between the quantiles that they were
    rounded inwards from; `least` is the column's least value."""

    bottom: float
    top: float
    spread: float
    least: float


def ends_select(column: Column, rows: exp.Select) -> exp.Select:
    """A plan of one row over `rows`, a query with the column ``v``: how many numbers there are, and their quantiles."""
    number = number_in_range(Column("v", column.type))
    shares = [0.0, *(share for _, tail in TAILS for share in (tail, 1 - tail))]
    return exp.select(
        exp.Count(this=number).as_("n"),
        call("quantile_disc", number, exp.Array(expressions=[literal(one) for one in shares])).as_("q"),
    ).from_(rows.subquery("kept"))


def ends_found(column: Column, measured: Mapping[str, Any]) -> Ends | None:
    """The ends of the measured column; None where it has none: too few values, or nothing between them."""
    place = next((place for place, (least, _) in enumerate(TAILS) if measured["n"] >= least), None)
    if place is None:
        return None
    quantiles = measured["q"]
    low, high = quantiles[1 + 2 * place], quantiles[2 + 2 * place]
    if low >= high:
        return None
    step = round_step(high - low, STEPS_OF_BOUNDS, column)
    decimals = decimals_of(step)
    bottom, top = (
        round(rounding(end / step) * step, decimals) for rounding, end in ((ceil, low), (floor, high))
    )
    return Ends(bottom, top, high - low, quantiles[0]) if bottom < top else None


def round_step(spread: float, parts: int, column: Column) -> float:
    """The largest 1, 2 or 5 of a power of ten that is no more than 1/`parts` of the spread; of whole numbers at least 1."""
    share = spread / parts
    power = floor(log10(share))
    lead = next((one for one in (5, 2) if one <= share / 10.0**power), 1)
    step = float(f"{lead}e{power}")
    return max(1.0, step) if column.type is ColumnType.INTEGER else step


def decimals_of(step: float) -> int:
    """The decimals that a multiple of the step has."""
    return max(0, -floor(log10(step)))


def number_in_range(column: Column) -> exp.Expr:
    """The number of a cell as a double; null where there is none, or one larger than is told."""
    value = exp.cast(number_of(column), "DOUBLE")
    return when((exp.Between(this=value, low=exp.Neg(this=literal(LARGEST)), high=literal(LARGEST)), value))


def coded_ends(column: Column, ends: Ends | None, halves: int | None) -> exp.Expr:
    """The cell as a term: the bound at the ends, between them the number, or its band of `halves` × 5; null without ends.

    Bands and ends agree: an end begins where a band does, so that what either operator tells alike is told alike. Numbers
    below 0 have no band, so of a column that holds one no band is told.
    """
    if ends is None or (halves is not None and ends.least < 0):
        return _nothing()
    number = number_in_range(column)
    if halves is None:
        bottom, top, between = literal(ends.bottom), literal(ends.top), _plainly(number)
        below: exp.Expr = exp.LTE(this=number.copy(), expression=bottom.copy())
        apart: exp.Expr = exp.true()
    else:
        top, bottom = band_limits(literal(ends.top), halves)[0], band_limits(literal(ends.bottom), halves)[1]
        between = band(halves)(column)
        # 19.5 is in the band 10-19
        past = exp.Add(this=bottom.copy(), expression=literal(1))
        below = exp.LT(this=number.copy(), expression=past)
        apart = exp.LT(this=bottom.copy(), expression=top.copy())
    known = exp.not_(exp.Is(this=number.copy(), expression=exp.Null()))
    above = exp.GTE(this=number.copy(), expression=top.copy())
    return when(
        (exp.not_(apart), _nothing()),
        (above, concat(_plainly(top), literal("+"))),
        (below, concat(literal("≤"), _plainly(bottom))),
        (known, between),
    )


def _nothing() -> exp.Expr:
    return exp.cast(exp.Null(), "VARCHAR")


def _plainly(number: exp.Expr) -> exp.Expr:
    """A number as text, whole ones without a point."""
    whole = exp.cast(exp.cast(number.copy(), "HUGEINT"), "VARCHAR")
    is_whole = exp.EQ(this=number.copy(), expression=call("floor", number))
    written = exp.cast(exp.cast(number.copy(), "DOUBLE"), "VARCHAR")
    return exp.Case(ifs=[exp.If(this=is_whole, true=whole)], default=written)
