"""Where the table is: titles above it, the header (one or several rows), labels below it.

Pure, over rows of text cells, so a CSV file, a worksheet and a JSON list of lists are judged by one set of rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import takewhile

from catalog.ingest.han_dates import HAN_DATE
from catalog.text import Text

__all__ = [
    "NOTHING",
    "Header",
    "Kind",
    "Row",
    "find_header",
    "is_numbering",
    "is_translation",
    "kind",
    "modal_width",
    "numbers_columns",
]

Row = Sequence[str]
LOOK_AHEAD = 30
BODY_ROWS = 60
STEMS = "甲乙丙丁戊己庚辛壬癸"  # how forms number columns of texts


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
NOTHING = re.compile(
    r"n/?a|nan|null|none|nil|-+|—+|/|\\N|\?|\.+|无|缺|未知|不详|暂无|unknown|missing", re.IGNORECASE
)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]*")
_HAN = re.compile(r"[\u3400-\u9fff]")


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
    levels = _levels(rows, first, width, used)
    label = _label(rows, first, width, used)
    if numbers_columns(rows, levels[-1] + 1):
        label = levels[-1] + 1
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
    if len(levels) > 1:
        certain = certain and plain and _groups(rows, levels, width)
    return Header(levels, names, body, evidence, certain, label)


def _label(rows: Sequence[tuple[str, ...]], first: int, width: int, used: int) -> int | None:
    """A second row of names or units: all texts, above columns that hold numbers or dates from the next row on."""
    at = first + 1
    if at + 3 >= len(rows) or rows[at] == rows[first] or _filled(rows[at]) < max(2, -(-used * 3 // 4)):
        return None
    if any(NOTHING.fullmatch(cell.strip()) for cell in rows[at]):
        return None
    if any(one > Kind.TEXT for one in _kinds(rows[at])) or _filled(rows[first]) < used:
        return None
    over = [column for column in range(width) if rows[at][column].strip() and _typed_below(rows, at, column)]
    return (
        at
        if over and len(over) >= max(1, sum(_typed_below(rows, at, column) for column in range(width)) // 2)
        else None
    )


def numbers_columns(rows: Sequence[Row], at: int) -> bool:
    """Row `at` numbers the columns, and is not the first of things that are called 甲, 乙, 丙."""
    if at >= len(rows) or not is_numbering(rows[at]):
        return False
    below = {row[0].strip() for row in rows[at + 1 : at + 1 + LOOK_AHEAD] if row}
    return bool(below) and below.isdisjoint(STEMS)


def is_numbering(row: Row) -> bool:
    """A row that numbers the columns of a form: 甲, 乙, … over those of texts (or the word 栏次), then 1, 2, 3, …"""
    cells = [cell.strip() for cell in row]
    if cells[:1] == ["栏次"]:
        cells[0] = STEMS[0]
    stems = list(takewhile(lambda cell: len(cell) == 1 and cell in STEMS, cells))
    numbers = [cell.strip("()（） ") for cell in cells[len(stems) :] if cell]
    return (
        len(row) >= 3
        and 0 < len(stems) < len(row)
        and "".join(stems) == STEMS[: len(stems)]
        and numbers == [str(number) for number in range(1, len(numbers) + 1)]
        and len(numbers) == len(row) - len(stems)
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


def _groups(rows: Sequence[tuple[str, ...]], levels: Sequence[int], width: int) -> bool:
    """Two rows are one header beyond doubt: every column is named by one or both, at least two groups have two names or
    more below them, and columns of numbers stand below those."""
    upper, lower = (rows[index] for index in levels)
    groups: list[list[int]] = []
    for column in range(width):
        if upper[column].strip():
            groups.append([])
        elif not lower[column].strip() or not groups or (groups[-1] and groups[-1][-1] != column - 1):
            return False
        if lower[column].strip():
            groups[-1].append(column)
    wide = [column for group in groups if len(group) >= 2 for column in group]
    typed = sum(_typed_below(rows, levels[-1], column) for column in wide)
    return sum(len(group) >= 2 for group in groups) >= 2 and typed >= max(1, len(wide) // 2)


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
