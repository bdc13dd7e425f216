"""A form filled in as a table: a header that names its columns, a row a thing; every wrong cell told at once, by name.

Pure: rows of text cells in, rows by key out. `catalog.ingest.form_sheet` reads CSV and XLSX files to such rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from catalog.errors import BadInput, Flaw, Where
from catalog.text import Text

__all__ = ["Flaws", "FormColumn", "FormRow", "cell_name", "read_form"]

MAX_FLAWS = 200
"""More are not told: something is wrong with the file as a whole."""


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of a form: in a file it is headed by its key or by its title in either language."""

    key: str
    title: Text
    required: bool = False


@dataclass(frozen=True, slots=True)
class FormRow:
    """One filled-in row: 1-based `line`, its cells by key (trimmed, "" where empty), and where each stands."""

    file: str
    line: int
    cells: Mapping[str, str]
    places: Mapping[str, int]

    def __getitem__(self, key: str) -> str:
        return self.cells.get(key, "")

    def where(self, key: str) -> Where:
        """The cell of a column; the line alone where the file has no such column."""
        place = self.places.get(key)
        cell = None if place is None else cell_name(place, self.line)
        return Where(file=self.file, line=self.line, column=key, cell=cell)


@dataclass(slots=True)
class Flaws:
    """What is wrong so far."""

    file: str
    found: list[Flaw] = field(default_factory=list)

    def add(self, where: Where, message: Text, remedy: Text) -> None:
        self.found.append(Flaw(where, message, remedy))
        if len(self.found) >= MAX_FLAWS:
            self.stop()

    def stop(self) -> None:
        """Raises BadInput with every flaw, where there is one: nothing of the file is taken then."""
        if not self.found:
            return
        first, number = self.found[0], len(self.found)
        more = Text("", "") if number == 1 else Text(f"（共 {number} 处）", f" ({number} in all)")
        raise BadInput(
            Text(f"{first.message.zh}{more.zh}", f"{first.message.en}{more.en}"),
            first.remedy,
            first.where,
            self.found,
        )


def cell_name(column: int, line: int) -> str:
    """A cell as a spreadsheet names it; `column` counts from 0, `line` from 1."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{line}"


def read_form(
    rows: Sequence[Sequence[str]], columns: Sequence[FormColumn], flaws: Flaws
) -> Iterator[FormRow]:
    """The filled-in rows; the first row of all is the header, empty rows are passed over.

    Raises BadInput at once for a header that cannot be used; an empty required cell is added to `flaws`, and its row
    not given.
    """
    places = _header(rows[0] if rows else (), columns, flaws)
    for line, row in enumerate(rows[1:], 2):
        cells = {key: row[place].strip() if place < len(row) else "" for key, place in places.items()}
        if not any(cells.values()):
            continue
        found = FormRow(flaws.file, line, cells, places)
        missing = [one for one in columns if one.required and not cells[one.key]]
        for one in missing:
            flaws.add(
                found.where(one.key),
                Text(f"缺少{one.title.zh}", f"{one.title.en} is missing"),
                Text("请填写该单元格", "Fill in the cell"),
            )
        if not missing:
            yield found


def _header(header: Sequence[str], columns: Sequence[FormColumn], flaws: Flaws) -> dict[str, int]:
    names = {name.casefold(): one.key for one in columns for name in (one.key, one.title.zh, one.title.en)}
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        said = cell.strip()
        key = names.get(said.casefold())
        where = Where(file=flaws.file, line=1, cell=cell_name(place, 1))
        if not said:
            continue
        if key is None:
            near = get_close_matches(said.casefold(), names, 1)
            hint = Text(f"；是否指“{near[0]}”？", f'; did you mean "{near[0]}"?') if near else Text("", "")
            flaws.add(
                where,
                Text(f"表头不认识{hint.zh}", f"is no column of this form{hint.en}"),
                Text(
                    f"可用：{'、'.join(one.key for one in columns)}",
                    f"Use: {', '.join(one.key for one in columns)}",
                ),
            )
        elif key in places:
            flaws.add(
                where, Text(f"{key} 出现两次", f"{key} occurs twice"), Text("请只留一列", "Keep one of them")
            )
        else:
            places[key] = place
    for one in columns:
        if one.required and one.key not in places:
            flaws.add(
                Where(file=flaws.file, line=1),
                Text(
                    f"缺少列 {one.key}（{one.title.zh}）", f"The column {one.key} ({one.title.en}) is missing"
                ),
                Text("请在第一行补上列名", "Put its name into the first row"),
            )
    flaws.stop()
    return places
