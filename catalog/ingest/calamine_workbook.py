"""Workbooks (XLSX, XLS, ODS) through calamine: the largest visible table, merged cells spread, cells as exact text.

Numbers that Excel has already damaged are told, hidden sheets are never taken unasked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from catalog.dataset import ReadingChoice
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, Where
from catalog.ingest.answers import Answers
from catalog.ingest.beside import chosen_block, side_by_side
from catalog.ingest.limits import Limits
from catalog.ingest.locate import Header, find_header, is_numbering, is_translation, numbers_columns
from catalog.ingest.names import column_names
from catalog.ingest.next_table import NextTable
from catalog.ingest.raw import RawTable, load_rows, unreadable
from catalog.ingest.source import Source
from catalog.text import Text

__all__ = ["read_workbook"]

MAX_HEADER_ROWS = 8
TYPED_ROWS = 30
EXACT_INTEGER = 2**53


@dataclass(slots=True)
class _Damage:
    numbers: int = 0
    next_table: int | None = None


def read_workbook(
    engine: DuckDBEngine, source: Source, raw: str, answers: Answers, limits: Limits
) -> RawTable:
    """A raw table from one worksheet.

    Raises BadInput: password, damage, no table, an unknown sheet; TooLarge.
    """
    try:
        return _read(engine, source, raw, answers, limits)
    except calamine.PasswordError:
        raise BadInput(
            Text("工作簿有密码保护", "The workbook is protected by a password"),
            Text("请去掉密码后提交", "Remove the password and submit it again"),
            Where(file=source.name),
        ) from None
    except calamine.CalamineError as error:
        raise unreadable(source.name) from error
    except BaseException as error:
        # A panic in the parser arrives as a BaseException of its own module; nothing else is caught here.
        if type(error).__name__ == "PanicException":
            raise unreadable(source.name) from error
        raise


def _read(engine: DuckDBEngine, source: Source, raw: str, answers: Answers, limits: Limits) -> RawTable:
    with calamine.CalamineWorkbook.from_path(str(source.path)) as book:
        sheet, choice = _sheet(book, source.name, answers, limits)
        damage = _Damage()
        first_line = (sheet.start or (0, 0))[0] + 1
        sample = _grid(sheet, limits.sample_records, damage)
        used = _used(sheet, sample)
        if not used:
            raise BadInput(
                Text("工作表里只有空单元格", "The sheet has nothing but empty cells"),
                Text(
                    "请核对文件，或以 sheet 指定另一张工作表",
                    "Check the file, or name another sheet with sheet",
                ),
                Where(file=source.name, sheet=sheet.name),
            )
        merged = _merged(sheet, limits)
        block, beside = chosen_block(
            side_by_side(sample, _not_empty(sample, used, merged)), source.name, answers
        )
        if block is not None:
            used = [place for place in used if block.start <= place < block.end]
        picked = [[row[place] for place in used] for row in sample]
        header = _header(picked, first_line, source.name, answers)
        header = _levelled(header, sample, used, merged)
        given = header.names if header.rows else ("",) * len(used)
        line = first_line + header.rows[-1] if header.rows else None
        shown = given if header.rows else tuple(f"column_{place}" for place in range(1, len(used) + 1))
        names, changed = column_names(shown, source.name, line, limits.max_columns)
        damage.numbers = 0
        skip = header.label if header.label is not None and not answers.keeps("label_row") else None
        body = header.body if skip is not None or header.label is None else header.label
        other = NextTable.below(given, picked[body : body + TYPED_ROWS]) if header.rows else None
        cells = _body(sheet, used, body, skip, merged, damage, other)
        rows = load_rows(engine, raw, len(used), cells, source.name, limits)
        choices = [choice, *_choices(header, picked, first_line, changed, merged, damage, answers)]
        if beside is not None:
            choices.append(beside)
    return RawTable(
        raw, names, rows, tuple(choices), header=given if header.rows else None, sparse_footers=True
    )


def _sheet(
    book: calamine.CalamineWorkbook, file: str, answers: Answers, limits: Limits
) -> tuple[calamine.CalamineSheet, ReadingChoice]:
    """The sheet answered, or the visible one with the largest area."""
    known = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    visible = [
        one.name
        for one in book.sheets_metadata
        if one.name in known and one.visible == calamine.SheetVisibleEnum.Visible
    ]
    wanted = answers.get("sheet")
    if wanted is not None:
        if wanted not in known:
            raise BadInput(
                Text(f"没有名为“{wanted}”的工作表", f'There is no sheet "{wanted}"'),
                Text(f"可用：{'、'.join(known)}", f"Use one of {', '.join(known)}"),
                Where(file=file, parameter="sheet"),
            )
        visible = [wanted]
    tables: dict[str, calamine.CalamineSheet] = {}
    for name in visible:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None and sheet.height * sheet.width <= limits.max_cells:
            tables[name] = sheet
    if not tables:
        raise BadInput(
            Text("工作簿里没有可见的、有内容的工作表", "The workbook has no visible sheet with content"),
            Text(
                "请核对文件；隐藏的工作表须用 sheet 指定",
                "Check the file; a hidden sheet must be named with sheet",
            ),
            Where(file=file),
        )
    # A sheet of one column beside a table is running text, however long.
    wide = [name for name, sheet in tables.items() if sheet.width > 1 and sheet.height > 1] or list(tables)
    best = max(wide, key=lambda name: tables[name].height * tables[name].width)
    others = [name for name in wide if name != best and tables[name].height > 1]
    if wanted is not None:
        evidence = Text("由数据管理员指定", "given by the steward")
    elif others:
        evidence = Text(
            f"内容最多的工作表；另有：{'、'.join(others[:10])}",
            f"the sheet with most content; others hold tables too: {', '.join(others[:10])}",
        )
    else:
        evidence = Text("唯一有表格的可见工作表", "the only visible sheet with a table")
    return tables[best], answers.chosen("sheet", best, evidence, certain=not others)


def _used(sheet: calamine.CalamineSheet, sample: Sequence[Sequence[str]]) -> list[int]:
    """The columns that hold anything, also where it first stands below the sample."""
    used = {place for place in range(sheet.width) if any(row[place].strip() for row in sample)}
    free = [place for place in range(sheet.width) if place not in used]
    if free and used and sheet.height > len(sample):
        for row in sheet.to_python(skip_empty_area=True)[len(sample) :]:
            used.update(place for place in free if row[place] not in ("", None))
    return sorted(used)


def _not_empty(
    sample: Sequence[Sequence[str]], used: Sequence[int], merged: dict[tuple[int, int], tuple[int, int]]
) -> set[int]:
    """Columns that are no gap between tables though the sample's cells there are empty: filled below it, or covered by
    a merged range of a row that is no title."""
    below = {place for place in used if not any(row[place].strip() for row in sample)}
    rows = {at for at, row in enumerate(sample) if sum(bool(cell.strip()) for cell in row) >= 2}
    return below | {column for row, column in merged if row in rows}


def _header(rows: Sequence[Sequence[str]], first_line: int, file: str, answers: Answers) -> Header:
    width = len(rows[0]) if rows else 1
    answer = answers.get("header_row")
    if answer is None:
        return find_header(rows, width)
    given = Text("由数据管理员指定", "given by the steward")
    if answer.strip().lower() in ("none", "0"):
        guessed = find_header(rows, width)
        return Header((), (), guessed.rows[0] if guessed.rows else 0, given)
    parts = answer.strip().split("-")
    places = [int(part) - first_line for part in parts if part.isdigit()]
    if len(places) not in (1, 2) or not 0 <= places[0] <= places[-1] < len(rows):
        raise BadInput(
            Text("这一行没有可作表头的内容", "There is no header on that row"),
            Text(
                f"请给出第 {first_line} 到 {first_line + len(rows) - 1} 行之一，或 none",
                f"Give a row from {first_line} to {first_line + len(rows) - 1}, or none",
            ),
            Where(file=file, parameter="header_row"),
        )
    guessed = find_header(rows[places[0] :], width)
    if guessed.rows and guessed.rows[0] == 0 and len(guessed.rows) >= len(places):
        rows_ = tuple(row + places[0] for row in guessed.rows)
        return Header(
            rows_,
            guessed.names,
            guessed.body + places[0],
            given,
            label=guessed.label and guessed.label + places[0],
        )
    return Header(tuple(range(places[0], places[-1] + 1)), tuple(rows[places[-1]]), places[-1] + 1, given)


def _levelled(
    header: Header,
    grid: Sequence[Sequence[str]],
    used: list[int],
    merged: dict[tuple[int, int], tuple[int, int]],
) -> Header:
    """The header reaches down to the end of the merged ranges that begin in it; its names are joined level by level."""
    if not header.rows or not merged:
        return header
    first, last = header.rows[0], header.rows[-1]
    while first and len(header.rows) < MAX_HEADER_ROWS and _is_level(first - 1, first, merged):
        first -= 1
    reach = [row for (row, _), (top, _) in merged.items() if first <= top <= last and row > last]
    last = min(max(reach, default=last), first + MAX_HEADER_ROWS, len(grid) - 1)
    if (first, last) == (header.rows[0], header.rows[-1]) and len(header.rows) != last - first + 1:
        return header
    if last == first:
        return header
    names = []
    for column in used:
        parts: list[str] = []
        for row in range(first, last + 1):
            corner = merged.get((row, column), (row, column))
            part = grid[corner[0]][corner[1]].strip() if corner[0] >= first else ""
            if part and part not in parts:
                parts.append(part)
        names.append("_".join(parts))
    label = last + 1 if numbers_columns([[row[at] for at in used] for row in grid], last + 1) else None
    body = max(header.body, last + 1 if label is None else label + 1)
    return replace(header, rows=tuple(range(first, last + 1)), names=tuple(names), body=body, label=label)


def _is_level(row: int, below: int, merged: dict[tuple[int, int], tuple[int, int]]) -> bool:
    """A row above the header belongs to it where a merged range of it spans several columns or reaches down."""
    return any(
        corner[0] == row and (at == below or (at == row and place != corner[1]))
        for (at, place), corner in merged.items()
    )


def _grid(sheet: calamine.CalamineSheet, most: int, damage: _Damage) -> list[list[str]]:
    grid = []
    for row in sheet.to_python(skip_empty_area=True, nrows=most):
        grid.append([_text(cell, damage) for cell in row])
    return grid


def _body(
    sheet: calamine.CalamineSheet,
    used: list[int],
    body: int,
    label: int | None,
    merged: dict[tuple[int, int], tuple[int, int]],
    damage: _Damage,
    other: NextTable | None,
) -> Iterator[list[str]]:
    """Data rows until another table begins; a cell of a merged range has the value of the range's corner."""
    corners = set(merged.values())
    kept: dict[tuple[int, int], str] = {}
    for place, row in enumerate(sheet.to_python(skip_empty_area=True)):
        if place < body or place == label:
            continue
        cells = [_text(row[column], damage) for column in used]
        if merged:
            for at, column in enumerate(used):
                if (place, column) in corners:
                    kept[place, column] = cells[at]
                elif (corner := merged.get((place, column))) is not None and not cells[at]:
                    cells[at] = kept.get(corner, "")
        if other is not None and other.begins(cells):
            damage.next_table = (sheet.start or (0, 0))[0] + place + 1
            return
        yield cells


def _merged(sheet: calamine.CalamineSheet, limits: Limits) -> dict[tuple[int, int], tuple[int, int]]:
    """Cell → corner of the merged range it lies in, in positions of the used area. Ranges that span the whole width
    are titles or notes, not data, and stay as they are."""
    ranges = sheet.merged_cell_ranges or []
    top, left = sheet.start or (0, 0)
    inside: dict[tuple[int, int], tuple[int, int]] = {}
    for (row, column), (last_row, last_column) in ranges:
        if last_column - column + 1 >= sheet.width > 1:
            continue
        for at in range(max(row, top), min(last_row, top + sheet.height - 1) + 1):
            for across in range(max(column, left), min(last_column, left + sheet.width - 1) + 1):
                inside[at - top, across - left] = (row - top, column - left)
            if len(inside) > limits.max_cells:
                return inside
    return inside


def _text(cell: object, damage: _Damage) -> str:
    """A cell as text that loses nothing Excel still had: whole floats as integers, dates in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer():
            damage.numbers += abs(cell) >= EXACT_INTEGER
            return str(int(cell))
        return repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return str(cell)


def _choices(
    header: Header,
    rows: Sequence[Sequence[str]],
    first_line: int,
    changed: tuple[str, ...],
    merged: dict[tuple[int, int], tuple[int, int]],
    damage: _Damage,
    answers: Answers,
) -> Iterator[ReadingChoice]:
    lines = [first_line + row for row in header.rows]
    value = "none" if not lines else str(lines[0]) if len(lines) == 1 else f"{lines[0]}-{lines[-1]}"
    certain = answers.get("header_row") is not None or header.certain
    yield answers.chosen("header_row", value, header.evidence, certain or bool(merged and len(lines) >= 2))
    first = header.rows[0] if header.rows else header.body
    above = [
        first_line + place for place, row in enumerate(rows[:first]) if any(cell.strip() for cell in row)
    ]
    if above:
        shown = str(above[0]) if len(above) == 1 else f"{above[0]}-{above[-1]}"
        yield answers.chosen(
            "skipped_rows",
            shown,
            Text("表头之前的标题或说明", "titles or notes above the header"),
            certain=len(above) <= 3,
        )
    if header.label is not None and not answers.keeps("label_row"):
        yield answers.chosen(
            "label_row",
            str(first_line + header.label),
            Text(
                "表头下一行是文字说明或栏次，不是数据",
                "the row below the header holds labels of the columns or numbers them, no data",
            ),
            certain=is_translation(rows[header.rows[-1]], rows[header.label])
            or is_numbering(rows[header.label]),
        )
    if changed:
        yield answers.chosen(
            "names",
            ", ".join(changed[:20]),
            Text(
                "列名为空、重复或被占用，已改为唯一的名称",
                "names that were empty, repeated or reserved were made unique",
            ),
        )
    if any(place >= header.body for place, _ in merged):
        yield answers.chosen(
            "merged_cells",
            str(len(set(merged.values()))),
            Text(
                "合并的单元格已把值填到范围内的每一格",
                "merged cells have their value in every cell of the range",
            ),
        )
    if damage.next_table is not None:
        yield answers.chosen(
            "next_table",
            str(damage.next_table),
            Text(
                f"第 {damage.next_table} 行起是另一张表，未读；要读它，请以 header_row={damage.next_table} 作答",
                f"another table begins on row {damage.next_table} and is not read; answer header_row={damage.next_table} to read that one",
            ),
            certain=False,
        )
    if damage.numbers:
        yield answers.chosen(
            "damaged_numbers",
            str(damage.numbers),
            Text(
                "有数字超过 2^53，Excel 已丢失其末几位；请在来源中把该列设为文本后重新导出",
                "numbers above 2^53 have already lost digits in Excel; set that column to text where it comes from and export again",
            ),
            certain=False,
        )
