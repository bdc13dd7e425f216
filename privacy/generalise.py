"""Generalising a table until its smallest group of persons is large enough, with the least loss of information.

Each quasi-identifier climbs the ladder of masking operators of its kind, with leaving it out at the top; `privacy.lattice`
searches, the engine counts on a table of the distinct combinations. Loss is the normalised certainty penalty (NCP, Xu et al.
2006) by values: a cell that stands for n of the D values its column had has lost (n - 1) / (D - 1); a column or a row that is
left out has lost everything; the loss of a table is the mean over its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from catalog.dataset import Column
from catalog.decision import MaskOperator
from catalog.engine.engine import Engine
from catalog.engine.render import column as reference
from catalog.engine.render import literal
from privacy.lattice import Node, least_loss
from privacy.mask import expression, resolve
from privacy.quasi import Kind

__all__ = ["LADDERS", "Climber", "Generalisation", "generalise"]

LADDERS: Mapping[Kind, tuple[MaskOperator, ...]] = MappingProxyType({
    Kind.DATE: (MaskOperator.GENERALISE_YEAR, MaskOperator.GENERALISE_DECADE),
    Kind.NUMBER: (
        MaskOperator.GENERALISE_BAND_5, MaskOperator.GENERALISE_BAND, MaskOperator.GENERALISE_BAND_20, MaskOperator.GENERALISE_BAND_100,
    ),
    Kind.PLACE: (MaskOperator.GENERALISE_DISTRICT, MaskOperator.GENERALISE_CITY, MaskOperator.GENERALISE_PROVINCE),
    Kind.CODE: (MaskOperator.GENERALISE_CODE_4, MaskOperator.GENERALISE_CODE_2),
    Kind.CATEGORY: (),
})  # fmt: skip
COMBINATIONS, CODED = "risk_combinations", "risk_coded"


@dataclass(frozen=True, slots=True)
class Climber:
    """A quasi-identifier: the column of the source, the operator it is planned under, the column that results."""

    source: Column
    operator: MaskOperator
    planned: Column
    kind: Kind

    def ladder(self) -> tuple[MaskOperator, ...]:
        """The operators above the planned one that fit source and result, coarsest last; then leaving it out."""
        steps = LADDERS[self.kind]
        if self.operator is not MaskOperator.KEEP:
            held = next((ladder for ladder in LADDERS.values() if self.operator in ladder), ())
            steps = held[held.index(self.operator) + 1 :] if held else ()
        fitting = [
            step
            for step in steps
            if resolve(frozenset({self.operator, step}), self.source) is step
            and resolve(frozenset({step}), self.planned) is step
        ]
        return (*fitting, MaskOperator.DROP)


@dataclass(frozen=True, slots=True)
class Generalisation:
    """What to do with which source columns (only those to be changed), the rows to leave out besides (in groups still
    below `k`), the loss in 0..1, the k before, and how the search went."""

    operators: Mapping[str, MaskOperator]
    suppressed: int
    k: int
    loss: float
    k_before: int
    asked: int
    proven: bool


def generalise(
    engine: Engine, table: str, climbers: Sequence[Climber], k: int, most_suppressed_share: float
) -> Generalisation | None:
    """The generalisation of `table` (whose columns are the planned ones) to groups of at least `k`; None where there is
    none: it has fewer rows than that. Makes tables of its own in the engine's session.

    Raises ValueError: no columns to climb.
    """
    if not climbers:
        raise ValueError("generalising needs at least one quasi-identifier")
    measured = _Combinations(engine, table, climbers, k)
    rows, k_before = measured.size
    if rows < k:
        return None
    found = least_loss(measured.losses, measured.small_rows, rows, int(rows * most_suppressed_share))
    if found is None:
        return None
    chosen = {
        one.source.name: measured.steps[place][step]
        for place, (one, step) in enumerate(zip(climbers, found.node, strict=True))
        if step
    }
    return Generalisation(
        MappingProxyType({name: operator for name, operator in chosen.items() if operator is not None}),
        found.suppressed,
        k,
        found.loss,
        k_before,
        found.asked,
        found.proven,
    )


class _Combinations:
    """The distinct combinations with their rows, every step of every ladder coded as numbers, once."""

    def __init__(self, engine: Engine, table: str, climbers: Sequence[Climber], k: int) -> None:
        self.engine, self.k = engine, k
        names = [f"c{place}" for place in range(len(climbers))]
        keys = [reference(one.planned.name) for one in climbers]
        engine.create_table(
            COMBINATIONS,
            exp.select(
                *(key.as_(name) for key, name in zip(keys, names, strict=True)),
                exp.Count(this=exp.Star()).as_("n"),
            )
            .from_(exp.to_identifier(table, quoted=True))
            .group_by(*(key.copy() for key in keys)),
        )
        self.steps: list[tuple[MaskOperator | None, ...]] = []
        self.losses: list[tuple[float, ...]] = []
        joined = exp.select(exp.column("n", COMBINATIONS)).from_(COMBINATIONS)
        for place, climber in enumerate(climbers):
            levels = f"risk_levels_{place}"
            used = self._levels(climber, f"c{place}", levels)
            self.steps.append(tuple(operator for operator, _ in used))
            self.losses.append(tuple(loss for _, loss in used))
            for step in range(len(used) - 1):
                joined = joined.select(exp.column(f"s{step}", levels).as_(f"s{place}_{step}"))
            joined = joined.join(
                levels,
                on=exp.NullSafeEQ(
                    this=exp.column(f"c{place}", COMBINATIONS), expression=exp.column("v", levels)
                ),
            )
        engine.create_table(CODED, joined)

    def _levels(self, climber: Climber, name: str, levels: str) -> list[tuple[MaskOperator | None, float]]:
        """Make the table of the column's values with the code of each on each step; the steps that merge something,
        with their losses: the first changes nothing, the last leaves the column out."""
        value = Column("v", climber.planned.type)
        ladder = climber.ladder()[:-1]
        terms = [exp.column("v"), *(expression(step, value) or exp.Null() for step in ladder)]
        values = (
            exp.select(exp.column(name).as_("v"), exp.Sum(this=exp.column("n")).as_("n"))
            .from_(COMBINATIONS)
            .group_by(exp.column(name))
        )
        self.engine.create_table(
            levels,
            exp.select(
                exp.column("v"),
                exp.column("n"),
                *(_code(term).as_(f"s{step}") for step, term in enumerate(terms)),
            ).from_(values.subquery("values_of_column")),
        )
        used: list[tuple[MaskOperator | None, float]] = [(None, 0.0)]
        kept = [0]
        for step, operator in enumerate(ladder, start=1):
            loss, groups = self._loss(levels, f"s{step}")
            if groups > 1 and loss > used[-1][1]:  # else it merges nothing more, or says nothing any more
                used.append((operator, loss))
                kept.append(step)
        if kept != list(range(len(terms))):
            renumbered = [exp.column(f"s{step}").as_(f"s{place}") for place, step in enumerate(kept)]
            self.engine.create_table(f"{levels}_used", exp.select(exp.column("v"), *renumbered).from_(levels))
            self.engine.create_table(levels, exp.select("*").from_(f"{levels}_used"))
        return [*used, (MaskOperator.DROP, 1.0)]

    def _loss(self, levels: str, step: str) -> tuple[float, int]:
        """The normalised certainty penalty of a step, and the values it leaves."""
        groups = (
            exp.select(exp.Count(this=exp.Star()).as_("leaves"), exp.Sum(this=exp.column("n")).as_("n"))
            .from_(levels)
            .group_by(exp.column(step))
        )
        lost = exp.Mul(
            this=exp.column("n"),
            expression=exp.paren(exp.Sub(this=exp.column("leaves"), expression=literal(1))),
        )
        (row,) = self.engine.fetch(
            exp.select(
                exp.cast(exp.Sum(this=lost), "DOUBLE").as_("lost"),
                exp.cast(exp.Sum(this=exp.column("n")), "BIGINT").as_("n"),
                exp.cast(exp.Sum(this=exp.column("leaves")), "BIGINT").as_("leaves"),
                exp.Count(this=exp.Star()).as_("groups"),
            ).from_(groups.subquery("groups"))
        ).to_pylist()
        most = row["n"] * (row["leaves"] - 1)
        return (row["lost"] / most if most else 0.0), row["groups"]

    @cached_property
    def size(self) -> tuple[int, int]:
        """Rows, and the smallest combination's."""
        size = exp.column("n")
        row = self._one(
            exp.select(
                exp.cast(exp.Coalesce(this=exp.Sum(this=size), expressions=[literal(0)]), "BIGINT").as_(
                    "rows"
                ),
                exp.cast(exp.Coalesce(this=exp.Min(this=size), expressions=[literal(0)]), "BIGINT").as_("k"),
            ).from_(COMBINATIONS)
        )
        return row["rows"], row["k"]

    def small_rows(self, node: Node) -> int:
        """The rows in groups below `k` at a node of the lattice."""
        keys = [
            exp.column(f"s{place}_{step}")
            for place, step in enumerate(node)
            if step < len(self.steps[place]) - 1
        ]
        groups = exp.select(exp.Sum(this=exp.column("n")).as_("size")).from_(CODED)
        groups = groups.group_by(*keys) if keys else groups
        size = exp.column("size")
        small = exp.Sum(this=size)
        row = self._one(
            exp.select(exp.cast(exp.Coalesce(this=small, expressions=[literal(0)]), "BIGINT").as_("small"))
            .from_(groups.subquery("groups"))
            .where(exp.LT(this=size.copy(), expression=literal(self.k)))
        )
        return int(row["small"])

    def _one(self, select: exp.Select) -> dict[str, Any]:
        (row,) = self.engine.fetch(select).to_pylist()
        answer: dict[str, Any] = row
        return answer


def _code(term: exp.Expr) -> exp.Expr:
    """A number for each value, nulls with one of their own."""
    order = exp.Order(expressions=[exp.Ordered(this=term.copy(), desc=False, nulls_first=True)])
    return exp.Window(this=exp.Anonymous(this="dense_rank"), order=order)
