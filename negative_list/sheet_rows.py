"""Rows of one sheet by the keys of their columns, each cell read as what its column holds or noted as a flaw.

A reader that cannot use a cell notes the flaw and gives a stand-in, so that every flaw of a sheet is found in one
reading; `Flaws.stop` sees to it that no stand-in ever leaves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from catalog.errors import BadInput, Flaw, Where
from catalog.text import Text
from negative_list.condition_keys import Unusable
from negative_list.sheet import FLAGS, Cell, Choices, Form, Rows, Turned, cell_name
from negative_list.sheet_text import items, unquoted

__all__ = ["MAX_FLAWS", "MAX_NUMBERED", "Flaws", "Row", "rows_of"]

T = TypeVar("T")
MAX_FLAWS = 200
"""More are not told: something is wrong with the file as a whole."""
MAX_NUMBERED = 40
"""At most so many columns ``when_1``, ``when_2``…"""

_SAID = 5
_NUMBERED = re.compile(r"(.+)_([1-9][0-9]{0,3})")
_TURNED: Mapping[str, Text] = {
    "number": Text("表格软件把它变成了数字", "the spreadsheet turned it into a number"),
    "day": Text("表格软件把它变成了日期", "the spreadsheet turned it into a date"),
    "time": Text("表格软件把它变成了时间", "the spreadsheet turned it into a time"),
    "flag": Text("表格软件把它变成了逻辑值", "the spreadsheet turned it into a truth value"),
    "formula": Text("是公式，不予读取", "is a formula, and formulas are not read"),
    "merged": Text("是合并单元格", "is a merged cell"),
}
_RETYPE = Text("请把该单元格设为“文本”格式后重新输入", "Set the cell's format to Text and type it again")
_UNMERGE = Text("请取消合并，每个单元格单独填写", "Unmerge it and fill in each cell by itself")


@dataclass(slots=True)
class Flaws:
    """What is wrong so far. `unnamed`: sheets in which the name of some row could not be read, so that a name missing
    there proves nothing."""

    file: str
    found: list[Flaw] = field(default_factory=list)
    unnamed: set[str] = field(default_factory=set)

    def add(self, where: Where, message: Text, remedy: Text) -> None:
        self.found.append(Flaw(where, message, remedy))
        if len(self.found) >= MAX_FLAWS:
            self.stop()

    def stop(self) -> None:
        """Raises BadInput with every flaw, where there is one."""
        if not self.found:
            return
        first = self.found[:_SAID]
        more = len(self.found) - len(first)
        zh = "；".join(f"{_at(one.where)} {one.message.zh}" for one in first)
        en = "; ".join(f"{_at(one.where)} {one.message.en}" for one in first)
        raise BadInput(
            Text(
                f"工作簿有 {len(self.found)} 处问题，没有导入任何内容：{zh}"
                + (f"；另有 {more} 处" if more else ""),
                f"Flaws in the workbook: {len(self.found)}; nothing was imported: {en}"
                + (f"; and {more} more" if more else ""),
            ),
            first[0].remedy
            if len(self.found) == 1
            else Text("请逐处改正后重新导入", "Mend each and import again"),
            first[0].where,
            self.found,
        )


def _at(where: Where) -> str:
    return f"{where.sheet}!{where.cell}" if where.cell else str(where)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `columns` key → position from 0, `line` from 1, `cells` as they stand."""

    sheet: str
    line: int
    columns: Mapping[str, int]
    cells: Sequence[Cell]
    flaws: Flaws

    def where(self, key: str) -> Where:
        cell = cell_name(self.columns[key], self.line)
        return Where(self.flaws.file or None, self.sheet, self.line, key, cell=cell)

    def bad(self, key: str, message: Text, remedy: Text) -> None:
        self.flaws.add(self.where(key), message, remedy)

    def cell(self, key: str) -> Cell:
        """The cell as it stands; empty where the row is shorter."""
        place = self.columns[key]
        return self.cells[place] if place < len(self.cells) else ""

    def empty(self, key: str) -> bool:
        cell = self.cell(key)
        return isinstance(cell, str) and not cell.strip()

    def written(self, key: str, kind: str = "") -> str | None:
        """The cell's text before its quotes are read; None, and a flaw, where it is not text (nor of `kind`)."""
        cell = self.cell(key)
        if isinstance(cell, Turned):
            if cell.kind == kind:
                return cell.text
            self.bad(key, _TURNED[cell.kind], _UNMERGE if cell.kind == "merged" else _RETYPE)
            return None
        return cell.strip()

    def text(self, key: str) -> str:
        """A text that must be there."""
        written = self.written(key)
        text = "" if written is None else unquoted(written)
        if written is not None and not text.strip():
            self.bad(key, Text("不能为空", "must not be empty"), Text("请填写该单元格", "Fill in the cell"))
        return text

    def name(self, key: str) -> str:
        """A text that must be there and that other rows refer to."""
        before = len(self.flaws.found)
        text = self.text(key)
        if len(self.flaws.found) > before:
            self.flaws.unnamed.add(self.sheet)
        return text

    def optional(self, key: str) -> str | None:
        """A text, None where the cell is empty."""
        written = self.written(key)
        return unquoted(written) if written else None

    def both(self, key: str) -> Text:
        """A text in both languages, from the columns ``key_zh`` and ``key_en``."""
        return Text(self.text(f"{key}_zh"), self.text(f"{key}_en"))

    def items(self, key: str) -> tuple[str, ...]:
        return self.read(key, items) or ()

    def choice(self, key: str, choices: Choices, default: str | None = None) -> str:
        """One of `choices` by key or label; `default`, where there is one, for an empty cell."""
        written = self.written(key)
        if not written:
            if default is not None or written is None:
                return default or next(iter(choices))
        else:
            first = written.split(maxsplit=1)[0].casefold()
            for name, label in choices.items():
                if name == first or label in (written, first):
                    return name
        self.bad(
            key,
            Text("不是可选的取值", "is none of the choices"),
            Text(
                f"请从下拉列表中选择：{'、'.join(f'{name} {label}' for name, label in choices.items())}",
                f"Choose from the list: {', '.join(choices)}",
            ),
        )
        return next(iter(choices))

    def flag(self, key: str, default: bool | None = None) -> bool:
        cell = self.cell(key)
        if isinstance(cell, Turned) and cell.kind == "flag":
            return cell.text == "true"
        return self.choice(key, FLAGS, None if default is None else "yes" if default else "no") == "yes"

    def whole(self, key: str, least: int, most: int = 10**9) -> int:
        """A whole number; cells that became numbers are taken."""
        written = self.written(key, "number")
        if written is None:
            return least
        if re.fullmatch(r"-?[0-9]{1,10}", written) and least <= int(written) <= most:
            return int(written)
        to = f" 到 {most}" if most < 10**9 else ""
        up_to = f" to {most}" if most < 10**9 else " or more"
        self.bad(
            key,
            Text("不是可用的整数", "is not a whole number that can be used"),
            Text(f"请填写整数，从 {least}{to or ' 起'}", f"Write a whole number, {least}{up_to}"),
        )
        return least

    def above_zero(self, key: str) -> float:
        written = self.written(key, "number")
        if written is None:
            return 1.0
        try:
            number = float(written)
        except ValueError:
            number = 0.0
        if not number > 0:
            self.bad(
                key,
                Text("不是大于 0 的数", "is not a number above 0"),
                Text("请填写大于 0 的数，或留空", "Write a number above 0, or leave the cell empty"),
            )
        return number

    def day(self, key: str) -> date | None:
        """A day as ``2026-01-31``, None where the cell is empty; cells that became dates are taken."""
        written = self.written(key, "day")
        if not written:
            return None
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
                return date.fromisoformat(written)
        except ValueError:
            pass  # of the right shape, but there is no such day: told below
        self.bad(key, Text("不是日期", "is not a date"), Text("请写成 2026-01-31", "Write it as 2026-01-31"))
        return None

    def read(self, key: str, reader: Callable[[str], T], kind: str = "") -> T | None:
        """What `reader` makes of the cell; None, and a flaw, where it raises Unusable."""
        written = self.written(key, kind)
        if written is None:
            return None
        try:
            return reader(written)
        except Unusable as error:
            self.bad(
                key,
                error.text,
                Text("请改正该单元格，写法见“README 说明”", 'Mend the cell; the sheet "README" says how'),
            )
            return None


def rows_of(one: Form, rows: Rows, flaws: Flaws) -> tuple[Row, ...]:
    """The filled rows of a sheet. Flaws: headings that are unknown, twice or missing; cells beside the table."""
    columns = _columns(one, rows[0] if rows else (), flaws)
    if columns is None:
        return ()
    found = []
    for line, cells in enumerate(rows[1:], 2):
        if all(isinstance(cell, str) and not cell.strip() for cell in cells):
            continue
        row = Row(one.key, line, columns, cells, flaws)
        known = set(columns.values())
        for place, cell in enumerate(cells):
            if place not in known and (not isinstance(cell, str) or cell.strip()):
                flaws.add(
                    Where(flaws.file or None, one.key, line, cell=cell_name(place, line)),
                    Text("该列没有表头", "stands in a column without a heading"),
                    Text("请删去该单元格", "Delete the cell"),
                )
        found.append(row)
    return tuple(found)


def _columns(one: Form, top: Sequence[Cell], flaws: Flaws) -> Mapping[str, int] | None:
    """Key → position. None, and flaws, where the headings are not those of the form."""
    columns: dict[str, int] = {}
    before = len(flaws.found)
    for place, cell in enumerate(top):
        heading = cell.strip() if isinstance(cell, str) else "?"
        if not heading:
            continue
        key = heading.split(maxsplit=1)[0].casefold()
        if key in columns or not _known(one, key):
            flaws.add(
                Where(flaws.file or None, one.key, 1, cell=cell_name(place, 1)),
                Text("未知或重复的表头", "is an unknown or repeated heading"),
                Text(
                    f"可用的表头：{'、'.join(field.key for field in one.fields)}；多余的列请删去",
                    f"The headings are {', '.join(field.key for field in one.fields)}; delete other columns",
                ),
            )
        columns[key] = place
    missing = [field.key for field in one.fields if not field.many and field.key not in columns]
    if missing and len(flaws.found) == before:
        flaws.add(
            Where(flaws.file or None, one.key, 1),
            Text(f"缺少表头 {'、'.join(missing)}", f"lacks the headings {', '.join(missing)}"),
            Text("请在第一行补上，或重新导出清单", "Put them into the first row, or export the list again"),
        )
    return columns if len(flaws.found) == before else None


def _known(one: Form, key: str) -> bool:
    numbered = _NUMBERED.fullmatch(key)
    return any(
        (numbered is not None and numbered[1] == field.key and int(numbered[2]) <= MAX_NUMBERED)
        if field.many
        else key == field.key
        for field in one.fields
    )
