"""One page of an answer, whichever file gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.serve.query import Count

__all__ = ["Facet", "Page"]


@dataclass(frozen=True, slots=True)
class Facet:
    """`groups` are JSON objects (bytes) of the column's value and its count, the most frequent first; `distinct` how
    many values there are, of which only the first are listed."""

    name: str
    groups: Sequence[bytes]
    distinct: int


@dataclass(frozen=True, slots=True)
class Page:
    """`records` are JSON objects (bytes) of *all* visible columns, `last_row` the number of the last one (0 = none);
    `total` is None where it was not counted; `more` = rows follow; `facets` as asked for; `numbers` those of the records'
    rows (1-based), in the same order."""

    records: list[bytes]
    last_row: int
    total: int | None
    total_kind: Count
    more: bool
    facets: Sequence[Facet] = ()
    numbers: Sequence[int] = ()
