"""One invented table: its header, rows and the personal values in it, before it takes the shape of a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

__all__ = ["Cell", "Table"]

Cell: TypeAlias = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """`personal` are the invented values that may appear in no file, answer, log or error outside the domain zone."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    personal: frozenset[str] = frozenset()
