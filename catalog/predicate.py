"""Conditions on rows, as values. The negative list's row effects and the developers' queries are the same terms;
engines render them (`catalog.engine.render`), nothing a caller sends becomes SQL text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

__all__ = ["All", "Any_", "Comparison", "Literal", "Not", "Operator", "Predicate", "columns_of"]

Literal: TypeAlias = str | int | float | Decimal | bool | date | datetime


class Operator(StrEnum):
    """Comparison operators; the names are those of the HTTP surface (`COLUMN__gte=`)."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    CONTAINS = "contains"
    STARTSWITH = "startswith"
    ISNULL = "isnull"
    LIKE = "like"  # SQL pattern, % and _, escaped by a backslash; from CQL2 filters
    MATCHES = "matches"  # RE2, full-text search inside a cell; rules only, never from a caller's query


@dataclass(frozen=True, slots=True)
class Comparison:
    """`column operator value`. `value` is a tuple for IN, a bool for ISNULL, otherwise one literal."""

    column: str
    operator: Operator
    value: Literal | tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Conjunction; empty means true."""

    terms: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - `Any` is taken by typing
    """Disjunction; empty means false."""

    terms: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    term: Predicate


Predicate: TypeAlias = Comparison | All | Any_ | Not


def columns_of(predicate: Predicate) -> frozenset[str]:
    """Names of the columns a predicate reads."""
    if isinstance(predicate, Comparison):
        return frozenset({predicate.column})
    if isinstance(predicate, Not):
        return columns_of(predicate.term)
    return frozenset().union(*(columns_of(term) for term in predicate.terms))
