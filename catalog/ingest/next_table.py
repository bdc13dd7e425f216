"""Where another table begins below the first: told row by row, so that its rows are never taken for more of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.ingest.footers import is_note, is_total
from catalog.ingest.locate import NOTHING, Kind, Row, kind

__all__ = ["NextTable"]


@dataclass(slots=True)
class NextTable:
    """Tells, row by row, where another table begins below the first. `header` are the first table's names, `typed` the
    columns that hold numbers or dates; `gap` = a blank row has just gone by, and at most a title
    since.

    Either a row repeats at least half of the names in another number of cells, or after a gap all its cells are
    distinct texts, also above the columns that held none.
    """

    header: Row
    typed: frozenset[int]
    gap: bool = False

    @classmethod
    def below(cls, header: Row, body: Sequence[Row]) -> NextTable:
        """For the table whose first rows are `body`."""
        typed = set()
        for column in range(len(header)):
            filled = [row[column] for row in body if column < len(row) and row[column].strip()]
            if filled and sum(kind(cell) > Kind.TEXT for cell in filled) >= 0.6 * len(filled):
                typed.add(column)
        return cls(header, frozenset(typed))

    def begins(self, row: Row) -> bool:
        """Whether this row, the next below, is the header of another table."""
        filled = [cell.strip() for cell in row if cell.strip()]
        # A title may stand between the blank row and the names; alone it is only a row of a sparse table.
        gap, self.gap = self.gap, not filled or (self.gap and len(filled) == 1)
        if len(filled) < 2 or any(kind(cell) > Kind.TEXT for cell in filled):
            return False
        names = {name.strip() for name in self.header}
        if len(row) != len(self.header) and 2 * sum(cell in names for cell in filled) >= max(4, len(filled)):
            return True
        over = [column for column in self.typed if column < len(row) and row[column].strip()]
        distinct = len(set(filled)) == len(filled) and not any(NOTHING.fullmatch(cell) for cell in filled)
        same = [cell.strip() for cell in row] == [name.strip() for name in self.header]
        total = is_total(filled[:1]) or is_note(filled[:1])
        return gap and bool(over) and distinct and not same and not total
