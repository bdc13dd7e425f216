"""Rows that are totals of others, by evidence: labelled so, and every number the sum of the rows above or below.

Pure. A label alone is no proof (a place may be called 合计), nor is a sum; where only one of them is there, a person is
asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt

from catalog.ingest.footers import TOTAL_WORDS
from catalog.ingest.locate import Row

__all__ = ["LABEL", "LABEL_COLUMNS", "Line", "Part", "adds_up", "line_of"]

LABEL_COLUMNS = 3
MAX_PARTS = 60  # how many stretches between labelled rows one total may reach over, besides all of them
MAX_DECIMALS = 6  # more are the dust of binary fractions, not somebody's rounding
# A whole cell, in lower case: a word for a total, or a name that ends in one (西湖区小计, East Total).
_BLANK = "[ \\t\u3000\u00a0]*"
LABEL = rf"{TOTAL_WORDS}|.*(?:小{_BLANK}计|合{_BLANK}计|总{_BLANK}计|汇{_BLANK}总){_BLANK}[:：]?|.* (?:sub-?)?totals?"
_EXACT, _LABEL = re.compile(TOTAL_WORDS), re.compile(LABEL)
_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.([0-9]+))?(?:[eE][-+]?[0-9]+)?")
# What does not add up by its nature: shares, averages, prices, ranks, years.
_NO_SUM = re.compile(
    r"率|比|占|均|增速|增幅|增长|指数|单价|价格|密度|排名|位次|序号|编号|年份|年度|"
    r"\b(?:rate|ratio|share|average|avg|mean|percent|pct|price|index|rank|density|year|no|id)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row labelled as a total. `first` = the label is the row's first filled cell, `exact` = it is nothing but a
    word for a total; `numbers` by column: the number and its decimals as written, None where there is none."""

    row: int
    first: bool
    exact: bool
    numbers: tuple[tuple[float, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows between two labelled ones: how many, and the sum of each column."""

    rows: int
    sums: tuple[float, ...]


def line_of(row: int, cells: Row) -> Line | None:
    """The row as a total, None where none of its first cells is labelled so."""
    texts = [cell.strip().lower() for cell in cells[:LABEL_COLUMNS]]
    place = next((place for place, text in enumerate(texts) if _LABEL.fullmatch(text)), None)
    if place is None:
        return None
    numbers = tuple(None if at <= place else _number(cell) for at, cell in enumerate(cells))
    return Line(row, not any(texts[:place]), bool(_EXACT.fullmatch(texts[place])), numbers)


def adds_up(lines: Sequence[Line], parts: Sequence[Part], names: Sequence[str]) -> tuple[bool, ...]:
    """Of each labelled row, whether every number is the sum of the rows of one stretch right above it, or, where it is
    labelled in its first cell, right below. `parts` are the stretches: one before each line and one after the last.

    A sum may be off by what rounding its addends to the total's decimals makes of it: half a unit of the last place,
    times one more than the root of their number (rounding errors are independent). Whole numbers must be exact.
    """
    width = len(names)
    rows = [0, *accumulate(part.rows for part in parts)]
    sums = [
        [0.0, *accumulate(part.sums[place] if part.rows else 0.0 for part in parts)] for place in range(width)
    ]
    counted = [place for place in range(width) if not _NO_SUM.search(names[place])]

    def holds(line: Line, start: int, end: int) -> bool:
        addends = rows[end] - rows[start]
        if addends < (1 if line.exact else 2):
            return False
        found = [(sums[at][end] - sums[at][start], number) for at in counted if (number := line.numbers[at])]
        return any(number[0] for _, number in found) and all(
            abs(total - number) <= _tolerance(number, decimals, addends, max(map(abs, (total, number))))
            for total, (number, decimals) in found
        )

    last = len(lines)
    return tuple(
        any(holds(line, start, at + 1) for start in _starts(at))
        or (line.first and any(holds(line, at + 1, end) for end in _ends(at, last)))
        for at, line in enumerate(lines)
    )


def _starts(at: int) -> list[int]:
    return [*range(at, max(-1, at - MAX_PARTS), -1), 0]


def _ends(at: int, last: int) -> list[int]:
    return [*range(at + 2, min(last + 2, at + 2 + MAX_PARTS)), last + 1]


def _tolerance(number: float, decimals: int, addends: int, size: float) -> float:
    exact = 1e-12 * size  # what binary fractions leave behind
    if not 0 < decimals <= MAX_DECIMALS:
        return exact
    return max(exact, 0.5 * 10.0**-decimals * (1 + sqrt(addends)))


def _number(cell: str) -> tuple[float, int] | None:
    found = _NUMBER.fullmatch(cell.strip())
    return (float(found[0].replace(",", "")), len(found[1] or "")) if found else None
