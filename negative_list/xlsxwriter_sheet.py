"""Writes a negative list as an Excel workbook: text cells throughout, drop-down lists, and a sheet that explains the form."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from negative_list.entry import NegativeList
from negative_list.sheet import README, SHEETS, Form, Rows, cell_name, shown
from negative_list.sheet_readme import README_LINES
from negative_list.sheet_render import render_sheet

__all__ = ["write_sheet"]

_LAST_ROW = 5_000
"""Drop-down lists and text format reach so far down."""
_MADE_AT = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed mark, so that one list always gives the same bytes
_MAX_LIST_CHARS = 255
"""Longest list of choices Excel keeps inside a rule; longer ones stand in the README sheet."""
_CHOICE_COLUMN = 3


def write_sheet(negative_list: NegativeList, out: BinaryIO | Path) -> None:
    """A workbook of the list, byte for byte the same for the same list. Raises BadInput as `render_sheet` does."""
    tables = render_sheet(negative_list)
    target: Any = str(out) if isinstance(out, Path) else out
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": negative_list.title.en, "created": _MADE_AT})
        readme = book.add_worksheet(README)
        lists = _explain(book, readme)
        for one in SHEETS:
            _write(book, one, tables[one.key], lists)


def _explain(book: Any, page: Any) -> dict[str, str]:
    """The README, and beside it the choices too long for a rule. Gives field key → reference of its choices."""
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    page.set_column(0, 1, 70, wrapped)
    for row, (line, is_title) in enumerate(README_LINES):
        style = bold if is_title else wrapped
        page.write_string(row, 0, line.zh, style)
        page.write_string(row, 1, line.en, style)
    lists: dict[str, str] = {}
    for one in SHEETS:
        for field in one.fields:
            choices = [shown(key, field.choices) for key in field.choices]
            if len(",".join(choices)) <= _MAX_LIST_CHARS or field.key in lists:
                continue
            column = _CHOICE_COLUMN + len(lists)
            for row, choice in enumerate((f"{field.key} {field.zh}", *choices)):
                page.write_string(row, column, choice, bold if row == 0 else wrapped)
            page.set_column(column, column, 30)
            first, last = cell_name(column, 2), cell_name(column, len(choices) + 1)
            lists[field.key] = f"='{README}'!${_absolute(first)}:${_absolute(last)}"
    page.freeze_panes(1, 0)
    return lists


def _absolute(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"{letters}${cell[len(letters) :]}"


def _write(book: Any, one: Form, rows: Rows, lists: dict[str, str]) -> None:
    page = book.add_worksheet(one.name)
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    top = book.add_format(
        {"num_format": "@", "bold": True, "text_wrap": True, "bg_color": "#DDE7EE", "border": 1}
    )
    for column, heading in enumerate(rows[0]):
        key = str(heading).split()[0]
        field = next(f for f in one.fields if key == f.key or (f.many and key.startswith(f"{f.key}_")))
        page.set_column(column, column, field.width, text)
        if field.choices:
            choices: Any = [shown(name, field.choices) for name in field.choices]
            source = lists.get(field.key, choices)
            page.data_validation(1, column, _LAST_ROW, column, {"validate": "list", "source": source})
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            # As a string whatever it begins with: "=1" is a pattern here, not a formula.
            if cell:
                page.write_string(line, column, str(cell), top if line == 0 else text)
    page.freeze_panes(1, one.frozen)
    page.autofilter(0, 0, max(1, len(rows) - 1), len(rows[0]) - 1)
