"""The class of every field: what it contributes to identifying somebody, its grade, and the operator proposed for it."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.dataset import Column, ColumnType, Schema
from catalog.decision import MaskOperator
from catalog.errors import BadInput, Where
from catalog.finding import Classification, Confidence, FieldRole, Finding, Grade
from catalog.text import Text
from privacy.evidence import MOSTLY
from privacy.mask import resolve
from privacy.recognisers import BY_ENTITY
from privacy.settle import settle

__all__ = ["basis_of", "classify"]

_WEIGHT = (FieldRole.NONE, FieldRole.QUASI_IDENTIFIER, FieldRole.SENSITIVE, FieldRole.IDENTIFIER)
_COORDINATES_OF_PERSONS = (FieldRole.SENSITIVE, Grade.L3, MaskOperator.SNAP_GRID)


def classify(schema: Schema, findings: Sequence[Finding]) -> dict[str, Classification]:
    """A classification for every column of `schema`, in its order.

    Raises BadInput: a finding in a column the schema does not have, which would stay unclassified.
    """
    known = {column.name for column in schema}
    strangers = sorted({finding.column for finding in findings} - known)
    if strangers:
        raise BadInput(
            Text(
                f"识别结果中的列“{strangers[0]}”不在数据结构中",
                f'The findings name a column "{strangers[0]}" the schema does not have',
            ),
            Text("请对同一版本重新扫描", "Scan the same version again"),
            Where(column=strangers[0]),
        )
    settled = settle(schema, findings)
    return {
        column.name: _classified(column, [f for f in settled if f.column == column.name]) for column in schema
    }


def _classified(column: Column, findings: Sequence[Finding]) -> Classification:
    """The strictest of what was found decides role, grade and confidence; the operators are joined."""
    personal = [finding for finding in findings if finding.personal]
    if not personal:
        return _harmless(column, findings)
    leading = max(
        personal, key=lambda finding: (finding.whole_cell, _WEIGHT.index(_terms(finding)[0]), finding.cells)
    )
    operators = frozenset(_operator(column, finding) for finding in personal)
    grade = max(_terms(finding)[1] for finding in personal)
    low = any(finding.confidence is Confidence.LOW for finding in personal)
    return Classification(
        column=column.name,
        role=max((_terms(finding)[0] for finding in personal), key=_WEIGHT.index),
        entity=leading.entity,
        grade=grade,
        operator=resolve(operators, column),
        confidence=Confidence.LOW if low else Confidence.HIGH,
        findings=tuple(findings),
        why=_why(personal),
        least=grade,
    )


def _harmless(column: Column, findings: Sequence[Finding]) -> Classification:
    """No personal finding. A coarse quasi-identifier (a year of birth, an age group) still says so, for k-anonymity."""
    leading = findings[0].entity if findings else None
    coarse = any(
        BY_ENTITY[finding.entity].role is FieldRole.QUASI_IDENTIFIER
        for finding in findings
        if finding.entity == "BIRTH_YEAR"
    )
    if column.type is ColumnType.GEOMETRY:
        leading = "COORDINATES"
    why = (
        "；".join(BY_ENTITY[f.entity].title.zh for f in findings),
        ", ".join(BY_ENTITY[f.entity].title.en for f in findings),
    )
    return Classification(
        column=column.name,
        role=FieldRole.QUASI_IDENTIFIER if coarse else FieldRole.NONE,
        entity=leading,
        grade=Grade.L1,
        operator=MaskOperator.KEEP,
        confidence=Confidence.HIGH,
        findings=tuple(findings),
        why=Text(f"{why[0]}，不属个人信息", f"{why[1]}: not personal here")
        if findings
        else Text("未发现个人信息", "no personal information found"),
    )


def _terms(finding: Finding) -> tuple[FieldRole, Grade, MaskOperator]:
    if finding.entity == "COORDINATES":
        return _COORDINATES_OF_PERSONS
    row = BY_ENTITY[finding.entity]
    return row.role, row.grade, row.operator


def _operator(column: Column, finding: Finding) -> MaskOperator:
    """The entity's operator where the entity is the column; where it is the exception in a text, only its spans go."""
    proposed = _terms(finding)[2]
    exceptional = not finding.whole_cell or finding.hit_ratio < MOSTLY
    if exceptional and column.type is ColumnType.TEXT and BY_ENTITY[finding.entity].in_text:
        return MaskOperator.REDACT_SPANS
    return proposed if resolve(frozenset({proposed}), column) is proposed else MaskOperator.DROP


def basis_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The laws and standards by which personal findings are graded, each once."""
    rows = [BY_ENTITY[finding.entity] for finding in findings if finding.personal]
    return tuple(dict.fromkeys(basis for row in rows for basis in row.basis))


def _why(personal: Sequence[Finding]) -> Text:
    """What was found and the legal basis, without a value."""
    texts = [text for finding in personal for text in finding.evidence]
    bases = "、".join(basis_of(personal))
    return Text(
        f"{'；'.join(text.zh for text in texts)}（依据：{bases}）",
        f"{'; '.join(text.en for text in texts)} (basis: {bases})",
    )
