"""Which questions one declared key answers: a page in the file's order, or a range of one key in that key's order.

These are answered by position (see `row_file`), in O(log n) and without an engine; everything else is the column
file's. The rule is a function of query and release alone, so an answer does not depend on which cache is ready.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.predicate import All, Comparison, Literal, Operator
from catalog.release import Release
from gateway.serve.query import Count, RecordsQuery

__all__ = ["CHEAP_ROWS", "Declared", "count_of", "declared"]

CHEAP_ROWS = 100_000
"""Up to here any filter is counted exactly unasked: one pass over one column takes about a millisecond."""

_RANGE = frozenset({Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})


@dataclass(frozen=True, slots=True)
class Declared:
    """A run of rows: of the file (`key` None) or of one key's non-null values within all `bounds`.

    `nulls` = rows without a value follow the others (an unfiltered sort).
    """

    key: str | None = None
    bounds: tuple[tuple[Operator, Literal], ...] = ()
    descending: bool = False

    @property
    def nulls(self) -> bool:
        return not self.bounds


def declared(query: RecordsQuery, release: Release) -> Declared | None:
    """The run that answers `query`, or None where it takes more than one declared key."""
    if query.q or len(query.sort) > 1:
        return None
    terms = query.where.terms if isinstance(query.where, All) else (query.where,)
    bounds: list[tuple[Operator, Literal]] = []
    names = {sort.column for sort in query.sort}
    for term in terms:
        if not isinstance(term, Comparison) or term.operator not in _RANGE or isinstance(term.value, tuple):
            return None
        names.add(term.column)
        bounds.append((term.operator, term.value))
    if not names:
        return Declared()
    if len(names) > 1 or not names <= set(release.keys):
        return None
    if not query.sort and not any(operator is Operator.EQ for operator, _ in bounds):
        return None
    return Declared(names.pop(), tuple(bounds), bool(query.sort) and query.sort[0].descending)


def count_of(query: RecordsQuery, release: Release) -> Count:
    """How the total is counted: as asked, else exactly where that is cheap, else not."""
    if query.count:
        return query.count
    cheap = release.rows <= CHEAP_ROWS or declared(query, release) is not None
    return Count.EXACT if cheap else Count.NONE
