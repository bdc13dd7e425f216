"""Where the table is: titles above it, the header (one or several rows), labels below it, notes and totals at the end.

Pure, over rows of text cells, so a CSV file, a worksheet and a JSON list of lists are judged by one set of rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from catalog.ingest.han_dates import HAN_DATE
from catalog.text import Text

__all__ = [
    "TOTAL_WORDS",
    "Header",
    "Kind",
    "NextTable",
    "find_header",
    "footer_length",
    "is_note",
    "is_total",
    "is_translation",
    "kind",
    "modal_width",
]

Row = Sequence[str]
LOOK_AHEAD = 30
BODY_ROWS = 60


class Kind(IntEnum):
    """What a cell looks like, as far as telling a header from data needs it."""

    EMPTY = 0
    TEXT = 1
    NUMBER = 2
    DATE = 3
    BOOLEAN = 4


_NUMBER = re.compile(r"[-+−(]?[$€£¥￥]?\s?(?:\d[\d,.' ]*\d|\d|\.\d+)(?:[eE][-+]?\d+)?\s?[%％)]?")
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{4}[-/]\d{1,2}|\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?|"
    + HAN_DATE
)
_BOOLEAN = re.compile(r"true|false|是|否", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d{2}年?|\d{1,2}月|第?[一二三四1-4]季度")
_HEADER_WORD = re.compile(
    r"名称|姓名|编号|编码|代码|代号|序号|日期|时间|年份|月份|地址|区县|街道|城市|省份|地区|单位|类型|类别|数量|金额|面积|人口|电话|经度|纬度|备注|状态|等级|面积|合计|"
    r"\b(?:id|name|code|date|time|year|month|type|category|value|count|total|amount|price|lat|lng|lon|latitude|longitude|address|city|"
    r"province|country|region|district|area|status|description|title|url|email|phone|number|no|key|label|class|group|level|unit)s?\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"n/?a|nan|null|none|nil|-+|—+|/|\\N|\?|\.+|无|缺|未知|不详|暂无|unknown|missing", re.IGNORECASE
)
TOTAL_WORDS = "(?:合%s计|总%s计|小%s计|共%s计|(?:grand\\s+|sub-?\\s*)?totals?|sum)%s[:：]?".replace(
    "%s",
    "[ \\t\u3000\u00a0]*",  # RE2's \\s is ASCII only
)
_TOTAL = re.compile(TOTAL_WORDS, re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NOTE = re.compile(
    r"[*※#]?\s*(?:注\s*\d*\s*[:：.、]|注释|备注\s*[:：]|说明\s*[:：]|数据来源|资料来源|来源\s*[:：]|填表人|制表人?|审核人?\s*[:：]|更新时间\s*[:：]|统计时间\s*[:：]|发布机构|"
    r"notes?\s*[:.]|footnotes?\b|sources?\s*:|data source|last updated|downloaded|generated (?:on|by|at)|copyright|©|end of (?:file|report))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Header:
    """`rows` are the indices of the header's rows (none: no header), `names` one name per column, `body` the index
    of the first data row, `label` the index of a row of labels below the header."""

    rows: tuple[int, ...]
    names: tuple[str, ...]
    body: int
    evidence: Text
    certain: bool = True
    label: int | None = None


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
        distinct = len(set(filled)) == len(filled) and not any(_NOTHING.fullmatch(cell) for cell in filled)
        same = [cell.strip() for cell in row] == [name.strip() for name in self.header]
        total = bool(_TOTAL.fullmatch(filled[0]) or _NOTE.match(filled[0]))
        return gap and bool(over) and distinct and not same and not total


def kind(cell: str) -> Kind:
    """What one cell looks like."""
    text = cell.strip()
    if not text:
        return Kind.EMPTY
    if len(text) > 40:
        return Kind.TEXT
    if _DATE.fullmatch(text):
        return Kind.DATE
    if _NUMBER.fullmatch(text):
        return Kind.NUMBER
    return Kind.BOOLEAN if _BOOLEAN.fullmatch(text) else Kind.TEXT


def modal_width(rows: Sequence[Row]) -> int:
    """The number of cells most rows have (the wider where two are equally frequent), 1 where there are none."""
    widths = [len(row) for row in rows if len(row)]
    return max(set(widths), key=lambda width: (widths.count(width), width)) if widths else 1


def find_header(rows: Sequence[Row], width: int) -> Header:
    """The header among the first rows of a sample. Rows may be ragged; `width` is the table's."""
    padded = [tuple(row) + ("",) * (width - len(row)) for row in rows]
    used = sum(any(row[column].strip() for row in padded) for column in range(width))
    least = max(1, -(-used // 2))
    first = next(
        (
            index
            for index, row in enumerate(padded[:LOOK_AHEAD])
            if _filled(row[:width]) >= least and _fits(rows[index], width)
        ),
        None,
    )
    if first is None:
        return Header(
            (), _numbered(width), 0, Text("没有像表头的行", "no row looks like a header"), certain=False
        )
    first = _better(padded, first, width, used)
    found = _judge(padded, first, width, used)
    if found.rows:
        return found
    sparse = (index for index, row in enumerate(rows[:first]) if len(row) == width and _looks_like_data(row))
    return replace(found, body=next(sparse, first))


def _looks_like_data(row: Row) -> bool:
    """Without a header, a sparsely filled row with numbers or dates is data, not a title."""
    return _filled(row) >= 2 and any(one > Kind.TEXT for one in _kinds(row))


def footer_length(tail: Sequence[Row], sparse: bool = False) -> int:
    """How many rows at the end of `tail` are totals or notes, not data. `sparse`: rows of texts with at most a third of
    the cells filled count too (worksheets, and lines that are no rows anyway)."""
    count = 0
    for row in reversed(tail):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells:
            count += 1
            continue
        lone = len(cells) == 1 and len(row) > 1
        few = len(cells) <= max(1, len(row) // 3) and len(row) >= 3
        total = bool(_TOTAL.fullmatch(cells[0])) and len(row) > 1
        note = bool(_NOTE.match(cells[0])) and (lone or few or len(row) == 1)
        stray = sparse and few and all(kind(cell) is Kind.TEXT for cell in cells)
        if not (total or note or stray):
            break
        count += 1
    return _without_trailing_blanks(tail, count)


def is_total(row: Row) -> bool:
    """The first filled cell is a word for a total."""
    return bool(_TOTAL.fullmatch(next((cell.strip() for cell in row if cell.strip()), "")))


def is_note(row: Row) -> bool:
    """The first filled cell begins as notes, sources and signatures do."""
    return bool(_NOTE.match(next((cell.strip() for cell in row if cell.strip()), "")))


def _without_trailing_blanks(tail: Sequence[Row], count: int) -> int:
    """Blank rows between data and notes belong to neither; blank rows alone are not a footer."""
    footer = tail[len(tail) - count :]
    while footer and not any(cell.strip() for cell in footer[0]):
        footer = footer[1:]
    return len(footer)


def _better(rows: Sequence[tuple[str, ...]], first: int, width: int, used: int) -> int:
    """A later row is the header where the first candidate has gaps and a fuller row of texts stands right above
    data that contrasts with it (notes above a table often fill several cells)."""
    if _filled(rows[first]) == used and len(rows[first]) == width:
        return first
    best = first
    for index in range(first + 1, min(len(rows), first + 6)):
        if any(
            one > Kind.TEXT and not _is_year(cell)
            for one, cell in zip(_kinds(rows[index]), rows[index], strict=True)
        ):
            break
        if _filled(rows[index]) >= min(used, _filled(rows[best])) and _contrast(rows, index, width):
            best = index
    return best


def _judge(rows: Sequence[tuple[str, ...]], first: int, width: int, used: int) -> Header:
    head = rows[first]
    body = [
        row
        for row in rows[first + 1 : first + 1 + BODY_ROWS]
        if any(cell.strip() for cell in row) and row != head
    ]
    names_have_text = any(kind(cell) is Kind.TEXT for cell in head)
    header_votes = data_votes = 0
    for column in range(width):
        cell, below = head[column].strip(), [row[column].strip() for row in body if row[column].strip()]
        if not below or not cell:
            continue
        typed = sum(kind(one) > Kind.TEXT for one in below) / len(below) >= 0.8
        if kind(cell) > Kind.TEXT and not (names_have_text and _is_year(cell)):
            data_votes += 1 if typed else 0
        elif typed:
            header_votes += 1
        elif cell in below:
            data_votes += 1
        elif _HEADER_WORD.search(cell) and len(cell) <= 40:
            header_votes += 1
    no_names = not names_have_text and not header_votes
    if data_votes > header_votes or no_names:
        return Header(
            (),
            _numbered(width),
            first,
            Text("第一行与下面的数据同类", "the first row looks like the data below it"),
            certain=False,
        )
    return _headed(rows, first, width, used, header_votes, data_votes)


def _headed(
    rows: Sequence[tuple[str, ...]], first: int, width: int, used: int, header_votes: int, data_votes: int
) -> Header:
    label = _label(rows, first, width, used)
    levels = _levels(rows, first, width, used)
    names = _joined([rows[index] for index in levels], width)
    distinct = len({name for name in names if name}) == len([name for name in names if name])
    plain = distinct and all(len(name) <= 60 for name in names)
    if header_votes:
        evidence = Text(
            f"{header_votes} 列的表头与其下的数据不同类",
            f"{header_votes} names differ in kind from the cells below them",
        )
    else:
        evidence = Text(
            "各列名互不相同，也不在其下的数据中出现", "the names are distinct and do not occur below"
        )
    body = max(levels[-1], label if label is not None else -1) + 1
    certain = (header_votes > 2 * data_votes and (header_votes > 0)) or (
        data_votes == 0 and plain and len(rows) > first + 1
    )
    return Header(levels, names, body, evidence, certain, label)


def _label(rows: Sequence[tuple[str, ...]], first: int, width: int, used: int) -> int | None:
    """A second row of names or units: all texts, above columns that hold numbers or dates from the next row on."""
    at = first + 1
    if at + 3 >= len(rows) or rows[at] == rows[first] or _filled(rows[at]) < max(2, -(-used * 3 // 4)):
        return None
    if any(_NOTHING.fullmatch(cell.strip()) for cell in rows[at]):
        return None
    if any(one > Kind.TEXT for one in _kinds(rows[at])) or _filled(rows[first]) < used:
        return None
    over = [column for column in range(width) if rows[at][column].strip() and _typed_below(rows, at, column)]
    return (
        at
        if over and len(over) >= max(1, sum(_typed_below(rows, at, column) for column in range(width)) // 2)
        else None
    )


def is_translation(header: Row, label: Row) -> bool:
    """One row names the columns in identifiers, the other in Chinese: then neither is data."""
    pairs = [
        (one.strip(), other.strip())
        for one, other in zip(header, label, strict=False)
        if one.strip() and other.strip()
    ]
    return len(pairs) >= 2 and any(
        all(_IDENTIFIER.fullmatch(pair[side]) and _HAN.search(pair[1 - side]) for pair in pairs)
        for side in (0, 1)
    )


def _levels(rows: Sequence[tuple[str, ...]], first: int, width: int, used: int) -> tuple[int, ...]:
    """The header's rows: a row above that fills gaps of this one, or a row below that fills them (merged headers)."""
    head = rows[first]
    if first and _texts_only(rows[first - 1]) and _filled(rows[first - 1]) >= 2:
        above = rows[first - 1]
        gaps = [column for column in range(width) if above[column].strip() and not head[column].strip()]
        repeated = len({cell for cell in head if cell.strip()}) < _filled(head)
        if gaps or repeated:
            return (first - 1, first)
    if _filled(head) < used and first + 1 < len(rows) and _texts_only(rows[first + 1]):
        below = rows[first + 1]
        covers = sum(bool(head[column].strip() or below[column].strip()) for column in range(width)) == used
        gaps = [column for column in range(width) if below[column].strip() and not head[column].strip()]
        if covers and gaps and any(_typed_below(rows, first + 1, column) for column in gaps):
            return (first, first + 1)
    return (first,)


def _joined(levels: Sequence[tuple[str, ...]], width: int) -> tuple[str, ...]:
    """One name per column; a group name reaches to the right over the columns that have a name below it."""
    if len(levels) == 1:
        return levels[0]
    group = ""
    names = []
    for column in range(width):
        upper, lower = levels[0][column].strip(), levels[1][column].strip()
        group = upper or (group if lower else "")
        names.append(lower if not group or group == lower else f"{group}_{lower}" if lower else group)
        group = group if lower else ""  # a name merged downwards is no group
    return tuple(names)


def _contrast(rows: Sequence[tuple[str, ...]], index: int, width: int) -> bool:
    return any(rows[index][column].strip() and _typed_below(rows, index, column) for column in range(width))


def _typed_below(rows: Sequence[tuple[str, ...]], index: int, column: int) -> bool:
    below = [row[column] for row in rows[index + 1 : index + 9] if row[column].strip()]
    return (
        bool(below)
        and kind(below[0]) > Kind.TEXT
        and sum(kind(cell) > Kind.TEXT for cell in below) / len(below) >= 0.8
    )


def _fits(row: Row, width: int) -> bool:
    return len(row) >= max(1, width - 1) or len(row) * 2 > width


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def _kinds(row: Row) -> list[Kind]:
    return [kind(cell) for cell in row]


def _texts_only(row: Row) -> bool:
    return all(one <= Kind.TEXT or _is_year(cell) for one, cell in zip(_kinds(row), row, strict=True))


def _is_year(cell: str) -> bool:
    return bool(_YEAR.fullmatch(cell.strip()))


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column_{position}" for position in range(1, width + 1))
