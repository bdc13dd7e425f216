"""What stands below a table and is no data: totals and notes, told by their first words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.ingest.locate import Kind, Row, kind

__all__ = ["TOTAL_WORDS", "footer_length", "is_note", "is_total"]

TOTAL_WORDS = "(?:合%s计|总%s计|小%s计|共%s计|(?:grand\\s+|sub-?\\s*)?totals?|sum)%s[:：]?".replace(
    "%s",
    "[ \\t\u3000\u00a0]*",  # RE2's \\s is ASCII only
)
_TOTAL = re.compile(TOTAL_WORDS, re.IGNORECASE)
_NOTE = re.compile(
    r"[*※#]?\s*(?:注\s*\d*\s*[:：.、]|注释|备注\s*[:：]|说明\s*[:：]|数据来源|资料来源|来源\s*[:：]|填表人|制表人?|审核人?\s*[:：]|"
    r"(?:更新|统计|导出|打印|生成|填报)(?:时间|日期)\s*[:：]|发布机构|共\s*\d+\s*[笔条行个户人件项]|[-=_—]{5,}|\(\d+ rows?\)$|"
    r"notes?\s*[:.]|footnotes?\b|sources?\s*:|data source|last updated|downloaded|generated (?:on|by|at)|copyright|©|end of (?:file|report))",
    re.IGNORECASE,
)


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
