"""Masking that looks at a whole column: its ends are measured over the rows that leave, and then it is one SQL term a cell."""

from __future__ import annotations

from sqlglot import exp

from catalog.dataset import Column, Schema
from catalog.decision import MaskOperator
from catalog.engine.engine import Engine
from catalog.engine.render import column as column_term
from privacy.ends import coded_ends, ends_found, ends_select
from privacy.noise import noisy

__all__ = ["over_column"]


def over_column(
    engine: Engine, kept: exp.Select, operator: MaskOperator, column: Column, schema: Schema, key: bytes
) -> exp.Expr:
    """The masked value as a term over the rows of a table of `schema`. `kept` is a query for the rows of it that leave,
    without its columns; `key` the data set's, for noise. Raises ValueError for any other operator."""
    cell = column_term(column.name).as_("v")
    (measured,) = engine.fetch(ends_select(column, kept.select(cell))).to_pylist()
    ends = ends_found(column, measured)
    match operator:
        case MaskOperator.TOP_BOTTOM:
            return coded_ends(column, ends, halves=None)
        case MaskOperator.GENERALISE_BAND_TOP_BOTTOM:
            return coded_ends(column, ends, halves=2)
        case MaskOperator.NOISE:
            return noisy(column, schema, key, ends)
    raise ValueError(f"{operator} looks at one cell only")
