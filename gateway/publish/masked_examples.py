"""One masked cell of each masked column, as an example of what its operator leaves: read from the planned output, never from
what was received, and shared by so many rows that it is nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from catalog.decision import MaskOperator
from catalog.engine.engine import Engine
from catalog.engine.render import column as column_term
from catalog.engine.render import literal
from gateway.publish.plan import PlannedColumn, ReleasePlan

__all__ = ["masked_examples"]

MOST_CHARACTERS = 40
# What in a cell shows that it was masked, where other cells of the column are left as they came.
MARKED: Mapping[MaskOperator, str] = MappingProxyType({
    MaskOperator.REDACT_SPANS: r"\*\*\*",
    MaskOperator.TOP_BOTTOM: r"^≤|\+$",
})  # fmt: skip
NONE = (MaskOperator.KEEP, MaskOperator.NOISE)
"""Of which no cell shows what was done: a number with noise may be somebody's."""


def masked_examples(engine: Engine, table: str, plan: ReleasePlan, least: int) -> Mapping[str, str]:
    """By column of the source: the commonest masked cell, where at least `least` rows have it."""
    found = {}
    for planned in plan.columns:
        if planned.operator in NONE:
            continue
        rows = engine.fetch(_commonest(planned, table, least)).to_pylist()
        if rows:
            found[planned.source.name] = str(rows[0]["v"])
    return MappingProxyType(found)


def _commonest(planned: PlannedColumn, table: str, least: int) -> exp.Select:
    cell = exp.cast(column_term(planned.column.name), "VARCHAR")
    count = exp.Count(this=exp.Star())
    select = (
        exp.select(cell.as_("v"), count.as_("n"))
        .from_(exp.to_identifier(table, quoted=True))
        .where(exp.not_(exp.Is(this=cell.copy(), expression=exp.Null())))
        .where(exp.LTE(this=exp.Length(this=cell.copy()), expression=literal(MOST_CHARACTERS)))
        .group_by(exp.to_identifier("v"))
        .having(exp.GTE(this=count.copy(), expression=literal(least)))
        .order_by(exp.Ordered(this=exp.column("n"), desc=True), exp.column("v"))
        .limit(1)
    )
    marked = MARKED.get(planned.operator)
    if marked is None:
        return select
    pattern = exp.Anonymous(this="regexp_matches", expressions=[cell.copy(), literal(marked)])
    return select.where(pattern)
