"""Risk of re-identification: k-anonymity over quasi-identifiers (GB/T 37964-2019; Samarati and Sweeney 1998), as one plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from catalog.engine.render import column, literal
from catalog.finding import Classification, FieldRole
from privacy.settle import identifies_persons

__all__ = ["AT_RISK_BELOW", "Risk", "about_persons", "k_anonymity", "quasi_identifiers", "risk_of"]

AT_RISK_BELOW = 5
"""Groups smaller than this are at risk (the starter list's k)."""


@dataclass(frozen=True, slots=True)
class Risk:
    """`k` is the size of the smallest group of equal quasi-identifiers (0 for an empty table), `unique_rows` how many
    rows stand alone, `at_risk_share` the share of rows in groups below `AT_RISK_BELOW` (0..1)."""

    k: int
    groups: int
    rows: int
    unique_rows: int
    at_risk_share: float


def about_persons(classifications: Mapping[str, Classification]) -> bool:
    """Whether the table's rows are about persons: k-anonymity means nothing of stations and districts."""
    findings = [finding for one in classifications.values() for finding in one.findings if finding.personal]
    attributes = {finding.column for finding in findings if finding.whole_cell}
    return identifies_persons(findings) or len(attributes) >= 2


def quasi_identifiers(classifications: Iterable[Classification]) -> tuple[str, ...]:
    """The columns proposed as quasi-identifiers, in order."""
    return tuple(one.column for one in classifications if one.role is FieldRole.QUASI_IDENTIFIER)


def k_anonymity(quasi: Sequence[str], table: str = "planned") -> exp.Select:
    """A plan with one row: ``k, groups, rows, unique_rows, at_risk_share`` of `table` grouped by the columns `quasi`.

    Nulls are values of their own. Raises ValueError: no columns (then every row is in one group and k says nothing).
    """
    if not quasi:
        raise ValueError("k-anonymity needs at least one quasi-identifier")
    keys = [column(name) for name in quasi]
    sizes = (
        exp.select(exp.Count(this=exp.Star()).as_("size"))
        .from_(exp.to_identifier(table, quoted=True))
        .group_by(*keys)
    )
    size = exp.column("size")
    rows = exp.Sum(this=size)
    small = exp.Sum(
        this=exp.Case(
            ifs=[exp.If(this=exp.LT(this=size, expression=literal(AT_RISK_BELOW)), true=size)],
            default=literal(0),
        )
    )
    share = exp.Div(this=exp.cast(small, "DOUBLE"), expression=exp.Nullif(this=rows, expression=literal(0)))
    return exp.select(
        exp.cast(exp.Coalesce(this=exp.Min(this=size), expressions=[literal(0)]), "BIGINT").as_("k"),
        exp.Count(this=exp.Star()).as_("groups"),
        exp.cast(exp.Coalesce(this=rows, expressions=[literal(0)]), "BIGINT").as_("rows"),
        exp.cast(
            exp.Coalesce(
                this=exp.CountIf(this=exp.EQ(this=size, expression=literal(1))), expressions=[literal(0)]
            ),
            "BIGINT",
        ).as_("unique_rows"),
        exp.Coalesce(this=share, expressions=[literal(0)]).as_("at_risk_share"),
    ).from_(sizes.subquery("sizes"))


def risk_of(row: Mapping[str, int | float]) -> Risk:
    """The answer row of a `k_anonymity` plan."""
    return Risk(
        int(row["k"]),
        int(row["groups"]),
        int(row["rows"]),
        int(row["unique_rows"]),
        float(row["at_risk_share"]),
    )
