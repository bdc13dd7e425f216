"""Which questions one declared key answers: a page in the file's order, or a range of one key in that key's order.

These are answered by position (see `row_file`), in O(log n) and without an engine; everything else is the column
file's. The rule is a function of query and release alone, so an answer does not depend on which cache is ready.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.predicate import All, Comparison, Literal, Operator
from catalog.release import Release
from gateway.serve.query import EVERYTHING, Count, RecordsQuery, Sort

__all__ = ["CHEAP_ROWS", "ESTIMATE_ABOVE_ROWS", "Declared", "count_of", "declared", "found_alone"]

CHEAP_ROWS = 100_000
"""Up to here any filter is counted exactly unasked: one pass over one column takes about a millisecond."""

ESTIMATE_ABOVE_ROWS = 1_000_000
"""An estimate counts a sample of a release beyond this; a smaller one is counted exactly, which costs as little."""

_RANGE = frozenset({Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})


@dataclass(frozen=True, slots=True)
class Declared:
    """A run of rows: of the file (`key` None) or of one key's non-null values within all `bounds`.

    `nulls` = rows without a value follow the others, or with `nulls_first` come before them (an unfiltered sort).
    """

    key: str | None = None
    bounds: tuple[tuple[Operator, Literal], ...] = ()
    descending: bool = False
    nulls_first: bool = False

    @property
    def nulls(self) -> bool:
        return not self.bounds


def declared(query: RecordsQuery, release: Release) -> Declared | None:
    """The run that answers `query`, or None where it takes more than one declared key."""
    if query.q or query.near or len(query.sort) > 1:
        return None
    terms = query.where.terms if isinstance(query.where, All) else (query.where,)
    bounds: list[tuple[Operator, Literal]] = []
    names = {sort.column for sort in query.sort}
    for term in terms:
        if not isinstance(term, Comparison) or term.operator not in _RANGE or isinstance(term.value, tuple):
            return None
        if term.fold:
            return None
        names.add(term.column)
        bounds.append((term.operator, term.value))
    if not names:
        return Declared()
    if len(names) > 1 or not names <= set(release.keys):
        return None
    if not query.sort and not any(operator is Operator.EQ for operator, _ in bounds):
        return None
    [sort] = query.sort or (Sort(""),)
    return Declared(names.pop(), tuple(bounds), sort.descending, sort.nulls_first)


def found_alone(query: RecordsQuery) -> bool:
    """Whether the search file alone answers: words of one or two characters, in the order of the file."""
    words = bool(query.q) and all(len(word) <= 2 for word in query.q)
    return words and query.where == EVERYTHING and not query.sort and query.near is None


def count_of(query: RecordsQuery, release: Release) -> Count:
    """How the total is counted: as asked, else exactly where that is cheap, else not. An estimate is made only where an
    exact count costs more."""
    if query.count in (Count.EXACT, Count.NONE):
        return query.count
    cheap = release.rows <= CHEAP_ROWS or found_alone(query) or declared(query, release) is not None
    if query.count is Count.ESTIMATE:
        return Count.EXACT if cheap or release.rows <= ESTIMATE_ABOVE_ROWS else Count.ESTIMATE
    return Count.EXACT if cheap else Count.NONE
