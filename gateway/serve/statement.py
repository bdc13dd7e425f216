"""A question as a statement and the values given with it. The statement of a shape is written once: to make one with sqlglot
takes milliseconds of the event loop, to find one microseconds. Pure, but for what it remembers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from catalog.engine.render import Slot
from catalog.predicate import All, Any_, Comparison, Literal, Not, Operator, Predicate
from gateway.serve.query import AggregateQuery, RecordsQuery

__all__ = ["Statement", "Statements", "Value", "parted"]

REMEMBERED = 4_096
LARGEST = 2**63 - 1
LONGEST = 18
"""Digits of a number that every engine reads as it is written; longer ones stay in the statement."""

Value = tuple[str, str]
"""The kind of a value, one of `_KINDS`, and how it is written."""
_KINDS: dict[type, str] = {
    str: "text",
    int: "integer",
    Decimal: "decimal",
    float: "double",
    date: "date",
    datetime: "timestamp",
}

Q = TypeVar("Q", RecordsQuery, AggregateQuery)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL whose parameters ``$p0``, ``$p1``… stand for `given`."""

    sql: str
    given: tuple[Value, ...] = ()


class Statements:
    """Statements by shape, the least recently used forgotten first."""

    def __init__(self) -> None:
        self._written: OrderedDict[Hashable, str] = OrderedDict()

    def of(self, query: Q, release: str, kind: Hashable, write: Callable[[Q], str]) -> Statement:
        """The statement of `query` over a release; `kind` is what else `write` depends on. Raises what `write` raises."""
        shape, given = parted(query)
        key = (release, kind, shape)
        sql = self._written.get(key)
        if sql is None:
            sql = self._written[key] = write(shape)
            if len(self._written) > REMEMBERED:
                self._written.popitem(last=False)
        else:
            self._written.move_to_end(key)
        return Statement(sql, given)


def parted(query: Q) -> tuple[Q, tuple[Value, ...]]:
    """The shape of a query, and the values that make the query of it: those compared with in `where`, numbered in order."""
    given: list[Value] = []
    return replace(query, where=_shape(query.where, given)), tuple(given)


def _shape(predicate: Predicate, given: list[Value]) -> Predicate:
    if isinstance(predicate, All | Any_):
        return replace(predicate, terms=tuple(_shape(term, given) for term in predicate.terms))
    if isinstance(predicate, Not):
        return Not(_shape(predicate.term, given))
    if isinstance(predicate, Comparison) and predicate.operator is not Operator.ISNULL:
        if isinstance(predicate.value, tuple):
            return replace(predicate, value=tuple(_slot(value, given) for value in predicate.value))
        return replace(predicate, value=_slot(predicate.value, given))
    return predicate


def _slot(value: Literal, given: list[Value]) -> Literal:
    kind = _KINDS.get(type(value))
    if kind is None or (isinstance(value, int) and abs(value) > LARGEST):
        return value
    if isinstance(value, Decimal) and (not value.is_finite() or len(value.as_tuple().digits) > LONGEST):
        return value
    given.append((kind, _written(value)))
    return Slot(f"p{len(given) - 1}")


def _written(value: Literal) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
