"""l-diversity of a sensitive attribute (Machanavajjhala et al. 2007): how many values a person in a group could have.

Distinct l is the least number of values in a group; entropy l the least exp(entropy) of a group, in values as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from catalog.engine.render import column, literal

__all__ = ["Diversity", "cells", "diversity_of", "l_diversity"]


@dataclass(frozen=True, slots=True)
class Diversity:
    """`distinct` and `entropy` are values a group (0 for an empty table)."""

    distinct: int
    entropy: float


def cells(quasi: Sequence[str], sensitive: str, table: str) -> exp.Select:
    """A plan with one row per group and value of `sensitive`: the group as ``q0`` …, ``value`` and ``cell`` (its rows).
    Nulls are values of their own, of groups and of the attribute alike.

    Raises ValueError: no quasi-identifiers.
    """
    if not quasi:
        raise ValueError("a group needs at least one quasi-identifier")
    keys = [column(name) for name in quasi]
    return (
        exp.select(
            *(key.as_(f"q{place}") for place, key in enumerate(keys)),
            column(sensitive).as_("value"),
            exp.Count(this=exp.Star()).as_("cell"),
        )
        .from_(exp.to_identifier(table, quoted=True))
        .group_by(*(key.copy() for key in keys), column(sensitive))
    )


def l_diversity(quasi: Sequence[str], sensitive: str, table: str = "planned") -> exp.Select:
    """A plan with one row, ``distinct_l`` and ``entropy_l``. Raises ValueError: no quasi-identifiers."""
    cell = exp.column("cell")
    size = exp.cast(exp.Sum(this=cell), "DOUBLE")
    # −Σ p ln p of a group is ln n − Σ c ln c / n, from its n rows and the c rows of each value
    weighed = exp.Sum(this=exp.Mul(this=cell.copy(), expression=exp.Ln(this=cell.copy())))
    entropy = exp.Sub(this=exp.Ln(this=size), expression=exp.Div(this=weighed, expression=size.copy()))
    groups = (
        exp.select(
            exp.Count(this=exp.Star()).as_("distinct_values"),
            entropy.as_("entropy"),
        )
        .from_(cells(quasi, sensitive, table).subquery("cells"))
        .group_by(*(exp.column(f"q{place}") for place in range(len(quasi))))
    )
    return exp.select(
        exp.Coalesce(this=exp.Min(this=exp.column("distinct_values")), expressions=[literal(0)]).as_(
            "distinct_l"
        ),
        exp.Coalesce(this=exp.Exp(this=exp.Min(this=exp.column("entropy"))), expressions=[literal(0.0)]).as_(
            "entropy_l"
        ),
    ).from_(groups.subquery("groups"))


def diversity_of(row: Mapping[str, int | float]) -> Diversity:
    """The answer row of an `l_diversity` plan."""
    return Diversity(int(row["distinct_l"]), float(row["entropy_l"]))
