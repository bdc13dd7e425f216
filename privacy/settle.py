"""Findings judged by their neighbours: an age beside a name is a person's, an age beside a head count is a statistic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from catalog.dataset import Schema
from catalog.finding import Confidence, FieldRole, Finding
from catalog.text import Text
from privacy.headers import counts_things, hinted
from privacy.recognisers import BY_ENTITY

__all__ = ["identifies_persons", "settle"]

_ATTRIBUTES = frozenset({"AGE", "SEX", "ETHNICITY", "HEALTH", "RELIGION", "INCOME", "BIRTH_YEAR"})
_DEPENDENT = frozenset({"LANDLINE", "ADDRESS", "IP", "COORDINATES"})
_ASKED_ALONE = frozenset({"HEALTH", "RELIGION"})
_OF_A_PERSON = Text("同表含个人标识，属个人信息", "the table identifies persons, so this is theirs")
_OF_NOBODY = Text("表中没有个人，不属个人信息", "the table is about no person, so this is nobody's")
_OF_SOMEBODY = Text("与其他个人属性同表", "beside other attributes of persons")
_UNSURE = Text("表中每行是否为一人不明，需人工判断", "whether a row is a person is unclear: a person decides")


def identifies_persons(findings: Iterable[Finding]) -> bool:
    """Whether some column holds something that by itself belongs to one person, as what the column is for."""
    return any(
        finding.personal
        and finding.whole_cell
        and finding.hit_ratio >= 0.05
        and not BY_ENTITY[finding.entity].context
        for finding in findings
    )


def settle(schema: Schema, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings with `personal` and `confidence` as the table as a whole has it. Idempotent."""
    persons = identifies_persons(f for f in findings if f.entity not in _DEPENDENT)
    attributes = {finding.entity for finding in findings if finding.entity in _ATTRIBUTES}
    counting = counts_things(schema)
    announced = {(column.name, entity) for column in schema for entity in hinted(column)}
    return tuple(
        _address(finding, persons)
        if finding.entity == "ADDRESS" and (finding.column, "ADDRESS") not in announced
        else _settled(finding, persons, attributes, counting)
        for finding in findings
    )


def _address(finding: Finding, persons: bool) -> Finding:
    """A door under no header of a home: somebody's where the table identifies persons, else perhaps an office."""
    return (
        _as(finding, True, Confidence.HIGH, _OF_A_PERSON)
        if persons
        else _as(finding, True, Confidence.LOW, _UNSURE)
    )


def _settled(finding: Finding, persons: bool, attributes: set[str], counting: bool) -> Finding:
    entity = finding.entity
    row = BY_ENTITY[entity]
    if entity in {"LANDLINE", "COORDINATES"}:
        if entity == "LANDLINE" and not finding.whole_cell:
            return finding
        return (
            _as(finding, True, finding.confidence, _OF_A_PERSON)
            if persons
            else _as(finding, False, Confidence.HIGH, None)
        )
    if not row.context or row.role is FieldRole.NONE or not row.personal:
        return finding
    if persons:
        return _as(finding, True, Confidence.HIGH, _OF_A_PERSON)
    if counting:
        return _as(finding, False, Confidence.HIGH, _OF_NOBODY)
    if len(attributes) >= 2 and row.role is FieldRole.QUASI_IDENTIFIER:
        return _as(finding, True, Confidence.HIGH, _OF_SOMEBODY)  # L2: an officer sees it in any case
    if len(attributes) >= 2 or entity in _ASKED_ALONE:
        return _as(finding, True, Confidence.LOW, _UNSURE)
    return _as(finding, False, Confidence.HIGH, _OF_NOBODY)


def _as(finding: Finding, personal: bool, confidence: Confidence, why: Text | None) -> Finding:
    rest = tuple(
        text for text in finding.evidence if text not in (_OF_A_PERSON, _OF_NOBODY, _OF_SOMEBODY, _UNSURE)
    )
    return replace(finding, personal=personal, confidence=confidence, evidence=(*rest, why) if why else rest)
