"""Risk of re-identification: k-anonymity over quasi-identifiers (GB/T 37964-2019; Samarati and Sweeney 1998), as one plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from catalog.engine.render import column, literal
from catalog.finding import Classification, FieldRole
from privacy.settle import identifies_persons

__all__ = [
    "AT_RISK_BELOW",
    "SIZE_CLASSES",
    "Risk",
    "about_persons",
    "group_sizes",
    "k_anonymity",
    "quasi_identifiers",
    "risk_of",
]

AT_RISK_BELOW = 5
"""Groups smaller than this are at risk (the starter list's k)."""
SIZE_CLASSES: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 4), (5, 9), (10, 49), (50, None))
"""Classes of group sizes, least and most; None = no most."""


@dataclass(frozen=True, slots=True)
class Risk:
    """`k` is the size of the smallest group of equal quasi-identifiers (0 for an empty table), `unique_rows` how many
    rows stand alone, `at_risk_share` the share of rows in groups below `AT_RISK_BELOW` (0..1); `spread` the rows in
    groups of each of `SIZE_CLASSES`."""

    k: int
    groups: int
    rows: int
    unique_rows: int
    at_risk_share: float
    spread: tuple[int, ...] = ()


def about_persons(classifications: Mapping[str, Classification]) -> bool:
    """Whether the table's rows are about persons: k-anonymity means nothing of stations and districts."""
    findings = [finding for one in classifications.values() for finding in one.findings if finding.personal]
    attributes = {finding.column for finding in findings if finding.whole_cell}
    return identifies_persons(findings) or len(attributes) >= 2


def quasi_identifiers(classifications: Iterable[Classification]) -> tuple[str, ...]:
    """The columns that were classified as quasi-identifiers, in order (`privacy.quasi` proposes others beside them)."""
    return tuple(one.column for one in classifications if one.role is FieldRole.QUASI_IDENTIFIER)


def group_sizes(quasi: Sequence[str], table: str) -> exp.Select:
    """A plan with one row per group of equal `quasi`: its ``size``. Nulls are values of their own."""
    return (
        exp.select(exp.Count(this=exp.Star()).as_("size"))
        .from_(exp.to_identifier(table, quoted=True))
        .group_by(*(column(name) for name in quasi))
    )


def k_anonymity(quasi: Sequence[str], table: str = "planned") -> exp.Select:
    """A plan with one row: ``k, groups, rows, unique_rows, at_risk_share`` of `table` grouped by the columns `quasi`,
    and the rows of each size class as ``in_0`` ….

    Nulls are values of their own. Raises ValueError: no columns (then every row is in one group and k says nothing).
    """
    if not quasi:
        raise ValueError("k-anonymity needs at least one quasi-identifier")
    size = exp.column("size")
    rows = exp.Sum(this=size)
    small = _rows_where(exp.LT(this=size, expression=literal(AT_RISK_BELOW)))
    share = exp.Div(this=exp.cast(small, "DOUBLE"), expression=exp.Nullif(this=rows, expression=literal(0)))
    return exp.select(
        _count(exp.Min(this=size)).as_("k"),
        exp.Count(this=exp.Star()).as_("groups"),
        _count(rows).as_("rows"),
        _count(exp.CountIf(this=exp.EQ(this=size, expression=literal(1)))).as_("unique_rows"),
        exp.Coalesce(this=share, expressions=[literal(0)]).as_("at_risk_share"),
        *(
            _count(_rows_where(_within(least, most))).as_(f"in_{place}")
            for place, (least, most) in enumerate(SIZE_CLASSES)
        ),
    ).from_(group_sizes(quasi, table).subquery("sizes"))


def risk_of(row: Mapping[str, int | float]) -> Risk:
    """The answer row of a `k_anonymity` plan."""
    return Risk(
        int(row["k"]),
        int(row["groups"]),
        int(row["rows"]),
        int(row["unique_rows"]),
        float(row["at_risk_share"]),
        tuple(int(row[f"in_{place}"]) for place in range(len(SIZE_CLASSES))),
    )


def _count(term: exp.Expr) -> exp.Expr:
    return exp.cast(exp.Coalesce(this=term, expressions=[literal(0)]), "BIGINT")


def _rows_where(test: exp.Expr) -> exp.Expr:
    return exp.Sum(
        this=exp.Case(ifs=[exp.If(this=test, true=exp.column("size"))], default=literal(0)),
    )


def _within(least: int, most: int | None) -> exp.Expr:
    size = exp.column("size")
    enough = exp.GTE(this=size, expression=literal(least))
    return enough if most is None else exp.and_(enough, exp.LTE(this=size.copy(), expression=literal(most)))
