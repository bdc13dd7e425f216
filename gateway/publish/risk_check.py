"""The risk of re-identification of a planned output, and the generalisation proposed where its groups are too small.

What is proposed are masking operators (and a few rows to leave out), joined into the plan like any other, so that what a
person accepts has been built, scanned and measured. Where nothing reaches the group size, the question of k stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.decision import Decision, MaskOperator, Reason, Scope, Terms
from catalog.engine.engine import Engine
from catalog.engine.render import column as reference
from catalog.finding import Classification, Confidence
from catalog.release import Question, QuestionKind
from catalog.text import Text
from gateway.publish.plan import ReleasePlan, Suppression
from gateway.publish.request import GENERALISE, SMALL_GROUPS, SUPPRESS
from privacy import (
    Climber,
    Diversity,
    Generalisation,
    LevelFound,
    QuasiIdentifier,
    Risk,
    about_persons,
    counted,
    deidentification_level,
    describes_persons,
    diversity_of,
    generalise,
    k_anonymity,
    l_diversity,
    may_describe_persons,
    propose_quasi,
    risk_of,
    sensitive_columns,
    t_closeness,
)

__all__ = [
    "RISK_RULE",
    "Attribute",
    "Climb",
    "Weighed",
    "climb",
    "explained",
    "least_group",
    "suppression_question",
    "weigh",
]

RISK_RULE = "k-anonymity"
LEAST_GROUP = 5
"""k below which an output about persons is generalised, or put to an officer (the starter list's k)."""
MOST_SUPPRESSED = 0.05
"""Share of the rows that may be left out to spare the others a coarser telling."""
ORDERED = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.DATE, ColumnType.TIMESTAMP)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A sensitive column of the output: l as values a group, t in 0..1 by the earth mover's distance, `ordered` or not."""

    column: str
    l: Diversity  # noqa: E741 - the measure's own name
    t: float
    ordered: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """The risk of a planned output. `persons` = it is about persons; `risk` None: it is not, or shows no
    quasi-identifier; `asked` is the group size it is held to. `may_be_persons` = joined with something else it could be,
    by `joinable`, the quasi-identifiers that it would then have; `distinct` counts each column's values,
    those of a column with very many within a few per cent."""

    persons: bool
    quasi: tuple[QuasiIdentifier, ...]
    risk: Risk | None
    attributes: tuple[Attribute, ...]
    level: LevelFound | None
    asked: int
    may_be_persons: bool = False
    joinable: tuple[str, ...] = ()
    distinct: Mapping[str, int] = field(default_factory=dict)

    @property
    def k(self) -> int | None:
        return None if self.risk is None else self.risk.k

    @property
    def is_small(self) -> bool:
        return self.risk is not None and self.risk.k < self.asked


@dataclass(frozen=True, slots=True)
class Climb:
    """A generalisation as the plan takes it: what its operators ask for with the reasons, and the rows to leave out."""

    found: Generalisation
    decision: Decision
    suppression: Suppression | None


def least_group(decision: Decision) -> int:
    """The group size that an output about persons is held to."""
    return max(LEAST_GROUP, decision.dataset.k)


def weigh(
    engine: Engine,
    table: str,
    plan: ReleasePlan,
    source: Mapping[str, Classification],
    classes: Mapping[str, Classification],
    rows: int,
    asked: int,
    known: Mapping[str, int] = MappingProxyType({}),
) -> Weighed:
    """The risk of the planned output `table`; `source` and `classes` are those of the received columns and of its own,
    `known` the distinct values of columns that have been counted."""
    received = tuple(planned.source for planned in plan.columns)
    persons = about_persons(source)
    distinct = {**known, **_distinct(engine, table, [one for one in plan.schema if one.name not in known])}
    each = describes_persons(source, received, distinct, rows)
    quasi = propose_quasi(received, classes, distinct, rows, each) if persons or each else ()
    may_be = persons or may_describe_persons(source, received, distinct, rows)
    joinable = (
        propose_quasi(received, classes, distinct, rows, of_persons=each or not persons) if may_be else ()
    )
    names = counted(quasi)
    risk = risk_of(_one(engine, k_anonymity(names, table))) if names else None
    attributes = []
    for column in sensitive_columns(plan.schema, classes) if names else ():
        ordered = column.type in ORDERED
        diversity = diversity_of(_one(engine, l_diversity(names, column.name, table)))
        t = _one(engine, t_closeness(names, column.name, table, ordered=ordered))["t"]
        attributes.append(Attribute(column.name, diversity, float(t), ordered))
    about = persons or each
    level = deidentification_level(plan.schema, classes, about, risk, asked)
    return Weighed(about, quasi, risk, tuple(attributes), level, asked, may_be, counted(joinable), distinct)


def climb(
    engine: Engine,
    table: str,
    plan: ReleasePlan,
    weighed: Weighed,
    answers: Mapping[str, str],
    list_version: str,
) -> Climb | None:
    """The generalisation that brings an output with small groups to the size asked for, with the least loss; None where
    its groups are large enough, or nothing does."""
    if not weighed.is_small:
        return None
    kinds = {one.column: one.kind for one in weighed.quasi if one.counted}
    climbers = [
        Climber(planned.source, planned.operator, planned.column, kinds[planned.column.name])
        for planned in plan.columns
        if planned.column.name in kinds
    ]
    share = 0.0 if answers.get(SMALL_GROUPS) == GENERALISE else MOST_SUPPRESSED
    found = generalise(engine, table, climbers, weighed.asked, share)
    if found is None:
        return None
    left = tuple(name for name in kinds if found.operators.get(name) is not MaskOperator.DROP)
    reasons = frozenset(
        _reason(name, operator, found, list_version) for name, operator in found.operators.items()
    )
    columns = {name: Terms(operators=frozenset({operator})) for name, operator in found.operators.items()}
    return Climb(
        found,
        Decision(columns=MappingProxyType(columns), reasons=reasons),
        Suppression(left, weighed.asked) if found.suppressed and left else None,
    )


def explained(
    classes: Mapping[str, Classification], climbs: tuple[Climb, ...]
) -> Mapping[str, Classification]:
    """The classes with what generalising asks of them, so that a person is asked about it in its words."""
    told = dict(classes)
    for one in climbs:
        for name, operator in one.found.operators.items():
            known = told[name]
            if known.confidence is Confidence.HIGH:
                told[name] = replace(known, operator=operator, why=_why(one.found))
    return MappingProxyType(told)


def suppression_question(climbs: tuple[Climb, ...]) -> tuple[Question, ...]:
    """Whether rows of groups that stay too small may be left out; nothing where none are."""
    rows = sum(one.found.suppressed for one in climbs if one.suppression is not None)
    if not rows:
        return ()
    k = max(one.found.k for one in climbs)
    return (
        Question(
            QuestionKind.MASKING,
            SMALL_GROUPS,
            Text(
                f"{rows} 行所在群体小于 {k} 行，拟不开放这些行",
                f"{rows} rows stand in groups below {k}; they are to be left out",
            ),
            Text(
                f"接受，或 --set {SMALL_GROUPS}={GENERALISE}：不删行，改为进一步泛化",
                f"Accept it, or --set {SMALL_GROUPS}={GENERALISE}: no row is left out, all are told more coarsely",
            ),
            "steward",
            SUPPRESS,
        ),
    )


def _why(found: Generalisation) -> Text:
    return Text(
        f"为使每个群体不少于 {found.k} 行（现最小 {found.k_before} 行），整体信息损失 {found.loss:.1%}",
        f"so that every group has at least {found.k} rows (the smallest has {found.k_before}); {found.loss:.1%} of the "
        "information is lost in all",
    )


def _reason(name: str, operator: MaskOperator, found: Generalisation, list_version: str) -> Reason:
    return Reason(
        entry_id=RISK_RULE,
        list_version=list_version,
        scope=Scope.COLUMN,
        effect=f"mask({operator})",
        column=name,
        text=Text(
            f"与其他列组合可把个人缩小到不足 {found.k} 行的群体",
            f"Together with other columns it narrows persons down to groups of fewer than {found.k} rows",
        ),
        remedy=Text(
            "如需保留该列，可先隐去其他准标识列（--set column:列名=drop）再提交",
            "To keep it, drop another quasi-identifier first (--set column:NAME=drop)",
        ),
        legal_basis=("GB/T 37964-2019", "GB/T 42460-2023"),
        threshold=f"k ≥ {found.k}",
        actual=f"k = {found.k_before}",
    )


def _distinct(engine: Engine, table: str, columns: Sequence[Column]) -> dict[str, int]:
    """The distinct values of each column of the output, nulls aside."""
    schema = [column for column in columns if column.type is not ColumnType.GEOMETRY]
    if not schema:
        return {}
    terms = [
        exp.Count(this=exp.Distinct(expressions=[reference(column.name)])).as_(f"n{place}")
        for place, column in enumerate(schema)
    ]
    row = _one(engine, exp.select(*terms).from_(exp.to_identifier(table, quoted=True)))
    return {column.name: int(row[f"n{place}"]) for place, column in enumerate(schema)}


def _one(engine: Engine, select: exp.Select) -> dict[str, Any]:
    (row,) = engine.fetch(select).to_pylist()
    answer: dict[str, Any] = row
    return answer
