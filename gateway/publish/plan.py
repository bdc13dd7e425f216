"""The release plan: a pure value that says of every column whether it leaves, under which operator, or why not.

Each pass over the planned output can only tighten: `plan_release` joins what it is given and never relaxes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlglot import exp

from catalog.dataset import Column, Schema
from catalog.decision import OPEN, Audience, Decision, MaskOperator, Reason, RowExclusion, Scope, Visibility
from catalog.engine.render import column as column_reference
from catalog.engine.render import condition, is_true, literal
from catalog.finding import Classification, Confidence, FieldRole
from catalog.ingest.identifiers import says_code, says_number
from catalog.release import WithheldColumn
from catalog.text import Text
from gateway.publish.request import ACCEPT, NOT_PERSONAL
from privacy import OVER_THE_COLUMN, expression, masked_column, resolve
from privacy.headers import numbers_a_thing

__all__ = [
    "MASKING_RULE",
    "NOT_PERSONAL",
    "PlannedColumn",
    "ReleasePlan",
    "Suppression",
    "kept_rows",
    "operators_wanted",
    "plan_release",
    "projection",
    "redacted_name",
]

MASKING_RULE = "masking"
GROUP_SIZE = "_group_size"


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """One column of the planned output: the source column, its operator, and the column that results."""

    source: Column
    operator: MaskOperator
    column: Column


@dataclass(frozen=True, slots=True)
class Suppression:
    """Rows that stay because fewer than `k` share their values of the output's columns `quasi`."""

    quasi: tuple[str, ...]
    k: int


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What would leave. `columns` keep the order of the source; `exclusions` are rows that stay, and so are those of
    groups that `suppression` finds too small."""

    columns: tuple[PlannedColumn, ...]
    withheld: tuple[WithheldColumn, ...]
    exclusions: tuple[RowExclusion, ...]
    suppression: Suppression | None = None

    @property
    def schema(self) -> Schema:
        return tuple(planned.column for planned in self.columns)

    @property
    def redacted(self) -> Schema:
        """Source columns whose personal spans are to be cut out before the projection, in order."""
        return tuple(one.source for one in self.columns if one.operator is MaskOperator.REDACT_SPANS)

    @property
    def measured(self) -> tuple[PlannedColumn, ...]:
        """Columns whose masking looks at all rows that leave."""
        return tuple(one for one in self.columns if one.operator in OVER_THE_COLUMN)

    def operators(self) -> Mapping[str, MaskOperator]:
        return {planned.source.name: planned.operator for planned in self.columns}


def plan_release(
    schema: Schema,
    classifications: Mapping[str, Classification],
    decision: Decision,
    answers: Mapping[str, str],
    list_version: str,
) -> ReleasePlan:
    """The plan for one subject. A column without a classification stays behind the gate.

    `answers` may tighten an operator (``column:NAME`` = operator) and may say that a low-confidence finding is
    not personal; they never relax what the list asks for.
    """
    planned: list[PlannedColumn] = []
    withheld: list[WithheldColumn] = []
    for column in schema:
        known = classifications.get(column.name)
        why = tuple(sorted(_reasons(decision, column.name), key=lambda reason: reason.entry_id))
        if known is None:
            withheld.append(WithheldColumn(column.name, why or (_unclassified(column.name, list_version),)))
            continue
        terms = decision.columns.get(column.name, OPEN)
        if terms.visibility > Visibility.MASKED or terms.audience is not Audience.PUBLIC:
            withheld.append(WithheldColumn(column.name, why))
            continue
        proposed = _proposed(known, answers.get(f"column:{column.name}"))
        asked = terms.operators | decision.dataset.operators
        operator = resolve(proposed | asked | _no_noise(proposed | asked, column, known), column)
        if operator is MaskOperator.DROP:
            withheld.append(WithheldColumn(column.name, why or (_dropped(known, list_version),)))
        else:
            planned.append(PlannedColumn(column, operator, masked_column(operator, column)))
    exclusions = tuple(sorted(decision.rows, key=lambda row: (row.entry_id, repr(row.predicate))))
    return ReleasePlan(tuple(planned), tuple(withheld), exclusions)


def redacted_name(place: int) -> str:
    """The column that holds the redacted text of the plan's `place`-th redacted column (0-based)."""
    return f"_redacted_{place}"


def projection(
    plan: ReleasePlan, schema: Schema, table: str, over_columns: Mapping[str, exp.Expr] = MappingProxyType({})
) -> exp.Select:
    """The planned output as one query: only planned columns, only kept rows, in the order of `table`.

    Where the plan redacts spans, `table` has the redacted texts beside the columns of the source; `over_columns` are the
    terms of the plan's `measured` columns, by the name of the source.
    """
    places = {column.name: place for place, column in enumerate(plan.redacted)}
    terms = []
    for planned in plan.columns:
        name = planned.source.name
        term: exp.Expr | None
        if name in places:
            term = column_reference(redacted_name(places[name]))
        elif planned.operator in OVER_THE_COLUMN:
            term = over_columns[name]
        else:
            term = expression(planned.operator, planned.source)
        if term is None:
            raise ValueError(f"{planned.operator} has no output")  # a plan never holds DROP
        terms.append(exp.alias_(term, planned.column.name, quoted=True))
    kept = kept_rows(plan, schema, exp.select(*terms).from_(exp.to_identifier(table, quoted=True)))
    return kept if plan.suppression is None else _large_groups(kept, plan, plan.suppression)


def _large_groups(kept: exp.Select, plan: ReleasePlan, suppression: Suppression) -> exp.Select:
    """`kept` without the groups that are too small, in the order of the table, which a window does not keep."""
    names = [column_reference(planned.column.name) for planned in plan.columns]
    groups = [column_reference(name) for name in suppression.quasi]
    size = exp.Window(this=exp.Count(this=exp.Star()), partition_by=groups)
    numbered = kept.select(exp.column("_row"))
    sized = exp.select("*", size.as_(GROUP_SIZE)).from_(numbered.subquery("kept"))
    large = exp.GTE(this=exp.column(GROUP_SIZE), expression=literal(suppression.k))
    return exp.select(*names).from_(sized.subquery("sized")).where(large).order_by("_row")


def operators_wanted(
    plan: ReleasePlan, classes: Mapping[str, Classification]
) -> Mapping[str, frozenset[MaskOperator]]:
    """What a second look at the output asks for beyond the plan: source column → operators. A doubt (low confidence)
    is a question to a person, not an operator, unless the column has been masked already: then masking has failed,
    and the column is dropped."""
    wanted: dict[str, frozenset[MaskOperator]] = {}
    for planned in plan.columns:
        found = classes[planned.column.name]
        if found.operator is MaskOperator.KEEP:
            continue
        if planned.operator is not MaskOperator.KEEP:
            wanted[planned.source.name] = frozenset({MaskOperator.DROP})
        elif found.confidence is Confidence.HIGH:
            wanted[planned.source.name] = frozenset({found.operator})
    return wanted


def kept_rows(plan: ReleasePlan, schema: Schema, select: exp.Select) -> exp.Select:
    """`select` without excluded rows. A row whose exclusion cannot be evaluated (null) is excluded: fails closed."""
    types = {column.name: column.type for column in schema}
    for exclusion in plan.exclusions:
        select = select.where(is_true(exp.not_(exp.paren(condition(exclusion.predicate, types)))))
    return select


def _proposed(known: Classification, answer: str | None) -> frozenset[MaskOperator]:
    if answer == NOT_PERSONAL:
        return frozenset() if known.confidence is Confidence.LOW else frozenset({known.operator})
    if answer and answer != ACCEPT:
        return frozenset({known.operator, MaskOperator(answer)})
    return frozenset({known.operator})


def _no_noise(
    asked: frozenset[MaskOperator], column: Column, known: Classification
) -> frozenset[MaskOperator]:
    """DROP where noise is asked for on what identifies: another number in its place would be somebody else's."""
    names_something = says_code(column.name) or says_number(column.name) or numbers_a_thing(column)
    if MaskOperator.NOISE in asked and (known.role is FieldRole.IDENTIFIER or names_something):
        return frozenset({MaskOperator.DROP})
    return frozenset()


def _reasons(decision: Decision, name: str) -> list[Reason]:
    return [one for one in decision.reasons if one.scope is Scope.COLUMN and one.column == name]


def _unclassified(name: str, list_version: str) -> Reason:
    return Reason(
        entry_id=MASKING_RULE,
        list_version=list_version,
        scope=Scope.COLUMN,
        effect="deny",
        column=name,
        text=Text("该列未能分类", "This column could not be classified"),
        remedy=Text("请由合规人员确认其类别", "A compliance officer has to classify it"),
    )


def _dropped(known: Classification, list_version: str) -> Reason:
    personal = known.role in (FieldRole.IDENTIFIER, FieldRole.SENSITIVE)
    return Reason(
        entry_id=MASKING_RULE,
        list_version=list_version,
        scope=Scope.COLUMN,
        effect="mask(drop)",
        column=known.column,
        clause=known.entity or "",
        text=known.why,
        remedy=Text("如确需开放，请先去标识或汇总", "To open it, de-identify or aggregate it first")
        if personal
        else Text(
            "可改用其他脱敏方式（column:列名=方式）", "Another operator can be set (column:NAME=operator)"
        ),
        evidence_count=sum(finding.cells for finding in known.findings) or None,
    )
