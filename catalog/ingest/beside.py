"""Tables that stand side by side in one sheet or text, with a column of nothing between them.

Pure. An empty column alone is no border, as one table may keep a column free for looks: on both sides of it there must be
a header of its own, over two columns at least (or the same names once more, or a list that goes on below the table's end).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from catalog.dataset import ReadingChoice
from catalog.errors import BadInput, Where
from catalog.ingest.answers import Answers
from catalog.ingest.footers import is_note, is_total
from catalog.ingest.locate import Row, find_header
from catalog.ingest.records import Record
from catalog.text import Text

__all__ = ["Block", "chosen_block", "side_by_side"]

ALL = "all"
LEAST_ROWS = 2
_IN_BETWEEN = Text(
    "并列的两张表之间的空列里有内容", "there is something in the empty column between two tables side by side"
)


@dataclass(frozen=True, slots=True)
class Block:
    """One of the tables of rows of `whole` cells: its columns from `start` (0-based) to before `end`, and as far as
    `free` (exclusive) nothing may stand beside it. `names` are those of its header."""

    start: int
    end: int
    free: int
    whole: int
    names: tuple[str, ...]

    def of(self, record: Record) -> Record:
        """This table's part of a record of the whole; where it has none, blank cells."""
        if record.why is not None or not record.cells:
            return record
        if any(cell.strip() for cell in record.cells[self.end : self.free]):
            return replace(record, cells=(), why=_IN_BETWEEN, column=self.end - self.start)
        # The last one keeps what goes beyond the whole, so that a row too long is not taken for a good one.
        last = self.end == self.whole
        cells = record.cells[self.start :] if last else record.cells[self.start : self.end]
        if not any(cell.strip() for cell in cells):
            cells = ("",) * (self.end - self.start)
        return replace(record, cells=cells)


def side_by_side(rows: Sequence[Row], used: Collection[int] = ()) -> tuple[Block, ...]:
    """The tables in the first rows of a sheet or text, from left to right; none where it is one. `used` are columns
    that are known not to be empty."""
    filled = [
        row for row in rows if sum(bool(cell.strip()) for cell in row) >= 2
    ]  # the others are titles, notes
    whole = max((len(row) for row in filled), default=0)
    taken = [place in used or any(_cell(row, place) for row in filled) for place in range(whole)]
    starts = [place for place in range(whole) if taken[place] and (not place or not taken[place - 1])]
    if len(starts) < 2:
        return ()
    ends = [
        place + 1 for place in range(whole) if taken[place] and (place + 1 == whole or not taken[place + 1])
    ]
    whole = ends[-1]
    found = []
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = [tuple(_cell(row, column) for column in range(start, end)) for row in rows]
        free = starts[place + 1] if place + 1 < len(starts) else end
        found.append((Block(start, end, free, whole, _names(part)), part))
    return tuple(block for block, _ in found) if _separate(found) else ()


def chosen_block(
    blocks: Sequence[Block], file: str, answers: Answers
) -> tuple[Block | None, ReadingChoice | None]:
    """The table that is read of those side by side, None for the whole width, and what is said of it.

    Raises BadInput: an answer that names none of them.
    """
    answer = answers.get("table")
    known = [str(number) for number in range(1, max(1, len(blocks)) + 1)] + [ALL]
    if answer is not None and answer.strip().lower() not in known:
        raise BadInput(
            Text("没有这张表", "There is no such table"),
            Text(f"请以 table 回答 {'、'.join(known)} 之一", f"Answer table with one of {', '.join(known)}"),
            Where(file=file, parameter="table"),
        )
    if not blocks:
        return None, None
    value = (answer or "1").strip().lower()
    shown = [
        (f"{block.start + 1}-{block.end}", "、".join(block.names[:5]), ", ".join(block.names[:5]))
        for block in blocks[:10]
    ]
    zh = "；".join(f"第 {number} 张在 {at} 列（{names}）" for number, (at, names, _) in enumerate(shown, 1))
    en = "; ".join(
        f"no. {number} in columns {at} ({names})" for number, (at, _, names) in enumerate(shown, 1)
    )
    said = answers.chosen(
        "table",
        value,
        Text(
            f"空列隔开了并列的 {len(blocks)} 张表：{zh}；所读：{value}。"
            f"要读另一张请以 table=2 等作答，其实是一张表则以 table={ALL} 作答",
            f"{len(blocks)} tables stand side by side, an empty column between them: {en}; read is {value}. "
            f"Answer table=2 or so for another, table={ALL} where they are one",
        ),
        certain=answer is not None,
    )
    return (None if value == ALL else blocks[int(value) - 1]), said


def _separate(found: Sequence[tuple[Block, Sequence[Row]]]) -> bool:
    """Whether the parts on both sides of the empty columns are tables of their own."""
    headed = [(block, part) for block, part in found if block.names]
    wide = [block for block, _ in headed if block.end - block.start >= 2]
    if len(wide) >= 2:
        return True
    if len(headed) < 2:
        return False
    if any(one.names == other.names for (one, _), (other, _) in pairwise(headed)):
        return True
    ends = {block.start: _last(part) for block, part in headed if block in wide}
    return bool(ends) and any(
        _last(part) - max(ends.values()) >= LEAST_ROWS for block, part in headed if block not in wide
    )


def _last(part: Sequence[Row]) -> int:
    """The last row that has anything, notes and totals left aside."""
    return max(
        (place for place, row in enumerate(part) if any(row) and not is_note(row) and not is_total(row)),
        default=-1,
    )


def _names(part: Sequence[Row]) -> tuple[str, ...]:
    rows = [row for row in part if any(row)]
    if not rows:
        return ()
    header = find_header(rows, len(rows[0]))
    return tuple(name.strip() for name in header.names if name.strip()) if header.rows else ()


def _cell(row: Row, place: int) -> str:
    return row[place].strip() if place < len(row) else ""
