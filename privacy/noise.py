"""Noise: numbers moved by a bounded discrete Laplace draw that is the same whenever the same row leaves again.

The draw is keyed (HMAC's nesting over SHA-256) by data set, column and all cells of the row as received, with a key that only
the gate's key ring has. So another release of the same row has the same noise, and many of them average to nothing more; a
row of which a cell has changed is drawn anew. Not differential privacy: the noise is bounded and its scale is set by the data.
"""

from __future__ import annotations

import hmac
from itertools import accumulate
from math import exp as power_of_e

from sqlglot import exp

from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.render import column as column_term
from catalog.engine.render import literal
from privacy.ends import Ends, decimals_of, number_in_range, round_step
from privacy.terms import call, when

__all__ = ["GRID_PARTS", "MOST_STEPS", "SCALE_STEPS", "noisy"]

GRID_PARTS = 20
"""Steps of the grid in the spread of the column, at least: a step is 1, 2 or 5 of a power of ten."""
SCALE_STEPS = 2.0
"""Scale of the Laplace draw, in steps of the grid."""
MOST_STEPS = 6
"""Steps that a draw moves a value at most."""
DRAW_BITS = 32


def noisy(column: Column, schema: Schema, key: bytes, ends: Ends | None) -> exp.Expr:
    """The noisy number of a cell as a term over the rows of a table of `schema`, with the `key` of the data set.

    What is beyond the `ends` is moved to them first, so that nothing is told of who stands out; then the number is rounded to
    the grid and moved. Null without ends.
    """
    if ends is None:
        return exp.cast(exp.Null(), "DOUBLE")
    step = round_step(ends.spread, GRID_PARTS, column)
    number = number_in_range(column)
    inner = call("least", call("greatest", number, literal(ends.bottom)), literal(ends.top))
    places = exp.Add(
        this=call("round", exp.Div(this=inner, expression=literal(step))),
        expression=_draw(column, schema, key),
    )
    moved = call(
        "round", exp.Mul(this=exp.paren(places), expression=literal(step)), literal(decimals_of(step))
    )
    # greatest and least pass nulls over
    return when((exp.not_(exp.Is(this=number.copy(), expression=exp.Null())), moved))


def _draw(column: Column, schema: Schema, key: bytes) -> exp.Expr:
    """A whole number of steps, from -`MOST_STEPS` to `MOST_STEPS`, by the keyed hash of the row."""
    mine = hmac.digest(key, column.name.encode(), "sha256")
    inner, outer = (hmac.digest(mine, side, "sha256").hex() for side in (b"inner", b"outer"))
    cells = [
        exp.Coalesce(
            this=exp.cast(column_term(one.name), "VARCHAR"),
            expressions=[literal("\x1e")],
        )
        for one in schema
        if one.type is not ColumnType.GEOMETRY
    ]
    row = call("concat_ws", literal("\x1f"), literal(inner), *cells)
    hashed = call("sha256", call("concat", literal(outer), call("sha256", row)))
    uniform = exp.cast(call("concat", literal("0x"), call("left", hashed, literal(DRAW_BITS // 4))), "BIGINT")
    return exp.Case(
        ifs=[
            exp.If(this=exp.LT(this=uniform.copy(), expression=literal(below)), true=literal(steps))
            for steps, below in zip(range(-MOST_STEPS, MOST_STEPS), _thresholds(), strict=True)
        ],
        default=literal(MOST_STEPS),
    )


def _thresholds() -> list[int]:
    """Below which of 2^`DRAW_BITS` equal draws each number of steps but the last comes up: the discrete Laplace
    (two-sided geometric) distribution, probability ∝ exp(-|steps| / scale), without what is beyond the most steps."""
    weights = [power_of_e(-abs(steps) / SCALE_STEPS) for steps in range(-MOST_STEPS, MOST_STEPS + 1)]
    total = sum(weights)
    return [round(below / total * 2**DRAW_BITS) for below in accumulate(weights[:-1])]
