"""Bands of numbers of a stated width, as SQL terms."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.render import column as column_term
from catalog.engine.render import literal
from privacy.terms import call, concat, double, folded, found, when

__all__ = ["LARGEST", "band", "band_limits", "number_of"]

LARGEST = 10**15
"""A number whose amount is larger is not told at all."""


def number_of(column: Column) -> exp.Expr:
    """The number of a cell; of a text also where it is one with 岁 or 元, and the lower end where it is a band."""
    if column.type is not ColumnType.TEXT:
        return column_term(column.name)
    text = call("trim", folded(column))
    digits = call("regexp_replace", text, literal("^([0-9.]+) *(?:周?岁|元)?$"), literal(r"\1"))
    return exp.Coalesce(this=double(digits), expressions=[_low(text)])


def band(halves: int) -> Callable[[Column], exp.Expr]:
    def term(column: Column) -> exp.Expr:
        """``low-high`` with width `halves` × 5 × 10^max(0, digits - 2), never over a power of ten; of a text also where
        it is such a band of a smaller width. With 2 halves 37 is 30-39, 345 is 300-399, 12 500 is 10000-19999."""
        number = number_of(column)
        low, high = band_limits(number, halves)
        sensible = exp.Between(this=number, low=literal(0), high=literal(LARGEST))
        return when((sensible, concat(exp.cast(low, "VARCHAR"), literal("-"), exp.cast(high, "VARCHAR"))))

    return term


def band_limits(number: exp.Expr, halves: int) -> tuple[exp.Expr, exp.Expr]:
    """The least and the largest whole number of the band that a number from 0 on is in."""
    whole = exp.cast(exp.Floor(this=number.copy()), "HUGEINT")
    digits_count = exp.Length(this=exp.cast(whole, "VARCHAR"))
    power = call("greatest", literal(0), exp.Sub(this=digits_count, expression=literal(2)))
    unit = exp.cast(exp.Pow(this=literal(10), expression=power), "HUGEINT")
    width = exp.Mul(this=exp.paren(unit), expression=literal(5 * halves))
    blocks = exp.Mul(this=call("divide", whole, width), expression=width)
    # 100-199 and not 0-199: a band begins no lower than its order of magnitude
    least = when((exp.GTE(this=whole, expression=literal(100)), exp.Mul(this=unit, expression=literal(10))))
    low = call("greatest", blocks, exp.Coalesce(this=least, expressions=[literal(0)]))
    return low, exp.Sub(this=exp.Add(this=blocks, expression=width), expression=literal(1))


def _low(text: exp.Expr) -> exp.Expr:
    """The lower end of a band as these operators write one: 5, 10, 20 … wide, on a multiple of its half."""
    low, high = (
        double(found(text, f"^{pattern}$")) for pattern in ("([0-9]{1,15})-[0-9]+", "[0-9]+-([0-9]{1,15})")
    )
    past = exp.Add(this=high, expression=literal(1))
    ends = [
        exp.EQ(this=exp.Mod(this=exp.paren(end), expression=literal(5)), expression=literal(0))
        for end in (low, past)
    ]
    return when((exp.and_(*ends, exp.LT(this=low.copy(), expression=high.copy())), low))
