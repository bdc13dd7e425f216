"""One page of an answer, whichever file gave it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.serve.query import Count

__all__ = ["Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """`records` are JSON objects (bytes) of *all* visible columns, `last_row` the number of the last one (0 = none);
    `total` is None where it was not counted; `more` = rows follow."""

    records: list[bytes]
    last_row: int
    total: int | None
    total_kind: Count
    more: bool
