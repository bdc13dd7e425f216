"""Subjects for tests, written as a person would list a table: title, theme, and ``name:type`` per column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from catalog.dataset import Access, Column, ColumnType, Dataset
from catalog.decision import MaskOperator
from catalog.finding import Classification, Confidence, FieldRole, Finding, Grade
from catalog.subject import Facts, Stage, Subject
from negative_list import Entry
from negative_list.match import Match, match_clause
from negative_list.view import View

TODAY = date(2026, 11, 24)


def a_class(
    name: str,
    role: FieldRole = FieldRole.NONE,
    entity: str | None = None,
    grade: Grade = Grade.L1,
    operator: MaskOperator = MaskOperator.KEEP,
    confidence: Confidence = Confidence.HIGH,
    findings: tuple[Finding, ...] = (),
) -> Classification:
    return Classification(name, role, entity, grade, operator, confidence, findings)


def a_finding(
    column: str, entity: str, hit_ratio: float = 1.0, confidence: Confidence = Confidence.HIGH
) -> Finding:
    return Finding(
        column, entity, int(1000 * hit_ratio), hit_ratio, None, confidence, whole_cell=True, personal=True
    )


def a_subject(
    title: str,
    theme: str,
    columns: Sequence[str],
    *,
    stage: Stage = "source",
    classes: Mapping[str, Classification] | None = None,
    access: Access = Access.UNCONDITIONAL,
    publisher: str = "某局",
    description: str = "",
    rows: int = 1000,
    **facts: Any,
) -> Subject:
    """A subject whose columns are classified as harmless unless `classes` says otherwise; text unless ``:type``."""
    schema = tuple(_column(written) for written in columns)
    known = {column.name: a_class(column.name) for column in schema} | dict(classes or {})
    dataset = Dataset("d", title, publisher, theme, description=description, access=access)
    return Subject(dataset, schema, known, Facts(rows=rows, **facts), stage)


def _column(written: str) -> Column:
    name, _, kind = written.partition(":")
    return Column(name, ColumnType[kind.upper()] if kind else ColumnType.TEXT)


def matches(entry: Entry, subject: Subject, on: date) -> tuple[Match, ...]:
    """Every clause of `entry` that `subject` meets, whatever the entry's status or dates."""
    view = View(subject, on)
    return tuple(met for met in (match_clause(clause, view) for clause in entry.clauses) if met)
