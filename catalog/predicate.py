"""Conditions on rows, as values. The negative list's row effects and the developers' queries are the same terms;
engines render them (`catalog.engine.render`), nothing a caller sends becomes SQL text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

__all__ = [
    "All",
    "Any_",
    "Comparison",
    "Intersects",
    "Literal",
    "Location",
    "Near",
    "Not",
    "Operator",
    "Position",
    "Predicate",
    "canonical",
    "columns_of",
    "renamed",
]

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
    """`column operator value`. `value` is a tuple for IN, a bool for ISNULL, otherwise one literal. `fold` compares
    texts without regard to case (CQL2's CASEI)."""

    column: str
    operator: Operator
    value: Literal | tuple[Literal, ...]
    fold: bool = False


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


Position: TypeAlias = tuple[float, float]
"""Longitude and latitude, degrees of WGS-84."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a row is, in degrees of WGS-84: two numeric columns, or `geometry`, a column of GeoJSON points."""

    longitude: str = ""
    latitude: str = ""
    geometry: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.geometry,) if self.geometry else (self.longitude, self.latitude)


@dataclass(frozen=True, slots=True)
class Intersects:
    """The row's point is one of `points`, lies on one of `lines`, or in or on the edge of one of `polygons` (each its
    outer ring and then its holes, every ring closed)."""

    location: Location
    points: tuple[Position, ...] = ()
    lines: tuple[tuple[Position, ...], ...] = ()
    polygons: tuple[tuple[tuple[Position, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """The row's point is at most `metres` from a position, along the sphere."""

    location: Location
    longitude: float
    latitude: float
    metres: float


Predicate: TypeAlias = Comparison | All | Any_ | Not | Intersects | Near


def columns_of(predicate: Predicate) -> frozenset[str]:
    """Names of the columns a predicate reads."""
    if isinstance(predicate, Comparison):
        return frozenset({predicate.column})
    if isinstance(predicate, Intersects | Near):
        return frozenset(predicate.location.columns)
    if isinstance(predicate, Not):
        return columns_of(predicate.term)
    return frozenset().union(*(columns_of(term) for term in predicate.terms))


def canonical(predicate: Predicate) -> str:
    """One spelling for conditions that say the same in another order, nesting or notation of a number. (Not for all that
    are equivalent: two with one spelling mean the same, not the other way round.)"""
    if isinstance(predicate, Comparison):
        operator, value = predicate.operator, predicate.value
        if isinstance(value, tuple):
            several = sorted({_literal(one) for one in value})
            if operator is Operator.IN and len(several) == 1:
                return f"{predicate.column!r} eq {several[0]} {predicate.fold}"
            return f"{predicate.column!r} {operator} {several} {predicate.fold}"
        return f"{predicate.column!r} {operator} {_literal(value)} {predicate.fold}"
    if isinstance(predicate, Not):
        inner = predicate.term
        return canonical(inner.term) if isinstance(inner, Not) else f"not ({canonical(inner)})"
    if isinstance(predicate, All | Any_):
        terms = sorted({canonical(one) for one in _flat(predicate, type(predicate))})
        joined = f" {'and' if isinstance(predicate, All) else 'or'} ".join(f"({one})" for one in terms)
        return terms[0] if len(terms) == 1 else f"[{joined}]"
    return repr(predicate)


def _flat(predicate: Predicate, kind: type[All] | type[Any_]) -> Iterator[Predicate]:
    if isinstance(predicate, kind):
        for term in predicate.terms:
            yield from _flat(term, kind)
    else:
        yield predicate


def _literal(value: Literal) -> str:
    if isinstance(value, Decimal):
        return f"decimal {value.normalize():f}" if value else "decimal 0"
    return f"{type(value).__name__} {value!r}"


def renamed(predicate: Predicate, names: Mapping[str, str]) -> Predicate:
    """The same conditions on columns of other names; of comparisons only, a place keeps its columns."""
    if isinstance(predicate, Comparison):
        return replace(predicate, column=names[predicate.column])
    if isinstance(predicate, Not):
        return Not(renamed(predicate.term, names))
    if isinstance(predicate, All | Any_):
        return replace(predicate, terms=tuple(renamed(term, names) for term in predicate.terms))
    return predicate
