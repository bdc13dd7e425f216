"""Reads a negative list from an Excel workbook through calamine: text as text, and all else named for what it is.

The file comes from an office, or from anybody: its zip, its size, formulas, merged cells and hidden sheets are judged
before a cell is taken for what a person typed.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from catalog.errors import BadInput, TooLarge, Where
from catalog.ingest import Limits, Source
from catalog.ingest.zipfile_archive import check_archive
from catalog.text import Text
from negative_list.sheet import README, SHEETS, Cell, Rows, Sheet, Tables, Turned, cell_name
from negative_list.sheet_parse import parse_sheet
from negative_list.sheet_rows import Flaws
from negative_list.sheet_text import number_text

__all__ = ["LIMITS", "MAX_BYTES", "load_sheet"]

MAX_BYTES = 16 << 20
"""Largest workbook. The starter list's is about 50 kB."""
LIMITS = Limits(max_zip_bytes=128 << 20, max_zip_ratio=100, max_cells=400_000)
_MAX_SHEETS = 40
_EXPORT_AGAIN = Text("请重新导出清单，在导出的文件里修改", "Export the list again and edit that file")
# Bounded, so that no markup makes them slow.
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_FORMULA_CELL = re.compile(
    rb'<(?:\w+:)?c\s[^<>]{0,200}?\br="([A-Z]{1,3}[0-9]{1,7})"[^<>]{0,200}>\s{0,20}<(?:\w+:)?f[\s/>]'
)
_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\s[^<>]{0,2000}>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^<>]{0,2000}>")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')


def load_sheet(source: Source) -> Sheet:
    """The sheets of a workbook, read. `source` is a private copy (`catalog.ingest.spool`), or nobody else's file.

    Raises TooLarge (file, unpacked size, area), and BadInput: no XLSX, damage, a password, and with `flaws` for
    everything wrong in sheets and cells.
    """
    if source.bytes > MAX_BYTES:
        raise TooLarge(
            Text(f"工作簿超过 {MAX_BYTES:,} 字节", f"The workbook is over {MAX_BYTES:,} bytes"),
            _EXPORT_AGAIN,
            Where(file=source.name),
        )
    check_archive(source, LIMITS)
    content = source.path.read_bytes()
    try:
        formulas = _formulas(content)
        tables = _tables(content, formulas, source.name)
    except calamine.PasswordError:
        raise BadInput(
            Text("工作簿有密码保护", "The workbook is protected by a password"),
            Text("请去掉密码后重新导入", "Remove the password and import it again"),
            Where(file=source.name),
        ) from None
    except (calamine.CalamineError, zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise _unreadable(source.name) from error
    except BaseException as error:
        # A panic in the parser arrives as a BaseException of its own module; nothing else is caught here.
        if type(error).__name__ == "PanicException":
            raise _unreadable(source.name) from error
        raise
    return parse_sheet(tables, source.name)


def _unreadable(file: str) -> BadInput:
    return BadInput(
        Text("文件不是可读取的 XLSX 工作簿", "The file is no XLSX workbook that can be read"),
        Text(
            "请用表格软件另存为 XLSX，或重新导出清单",
            "Save it as XLSX in a spreadsheet program, or export again",
        ),
        Where(file=file),
    )


def _tables(content: bytes, formulas: dict[str, set[str]], file: str) -> Tables:
    flaws = Flaws(file)
    tables: dict[str, Rows] = {}
    keys = {one.key for one in SHEETS}
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for one in book.sheets_metadata[:_MAX_SHEETS]:
            key = one.name.strip().split(maxsplit=1)[0].casefold() if one.name.strip() else ""
            where = Where(file=file, sheet=one.name[:60])
            if one.visible != calamine.SheetVisibleEnum.Visible:
                flaws.add(
                    where,
                    Text("是隐藏的工作表，审阅者看不见", "is a hidden sheet, which a reviewer cannot see"),
                    Text("请取消隐藏或删去该工作表", "Unhide or delete the sheet"),
                )
            elif one.typ != calamine.SheetTypeEnum.WorkSheet or (key not in keys and one.name != README):
                flaws.add(
                    where,
                    Text("不是清单的工作表", "is no sheet of a negative list"),
                    Text(
                        f"请删去；可用：{'、'.join(form.name for form in SHEETS)}",
                        f"Delete it; the sheets are {', '.join(sorted(keys))}",
                    ),
                )
            elif key in tables:
                flaws.add(
                    where,
                    Text("这张工作表有两份", "occurs twice"),
                    Text("请只保留一份", "Keep one of them"),
                )
            elif key in keys:
                tables[key] = tuple(_rows(book.get_sheet_by_name(one.name), formulas[one.name]))
        if len(book.sheets_metadata) > _MAX_SHEETS:
            flaws.add(Where(file=file), Text("工作表过多", "too many sheets"), _EXPORT_AGAIN)
    flaws.stop()
    return tables


def _rows(sheet: calamine.CalamineSheet, formulas: set[str]) -> Iterator[tuple[Cell, ...]]:
    """Rows from A1 on. A formula, and the corner of a merged range, is marked as such whatever value it shows."""
    corners = {cell_name(column, row + 1) for (row, column), _ in sheet.merged_cell_ranges or []}
    for row, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        yield tuple(
            _cell(value, cell_name(column, row), formulas, corners) for column, value in enumerate(cells)
        )


def _cell(value: object, name: str, formulas: set[str], corners: set[str]) -> Cell:
    if name in formulas:
        return Turned("formula")
    if name in corners:
        return Turned("merged")
    match value:
        case str():
            return value.replace("\r\n", "\n")
        case bool():
            return Turned("flag", "true" if value else "false")
        case int() | float():
            return Turned("number", number_text(value))
        case datetime() if value.time() == time():
            return Turned("day", value.date().isoformat())
        case datetime() | time() | timedelta():
            return Turned("time", str(value))
        case date():
            return Turned("day", value.isoformat())
    raise TypeError(f"calamine gave a {type(value).__name__}")


def _formulas(content: bytes) -> dict[str, set[str]]:
    """Sheet name → cells that hold a formula (calamine gives only their last results). Every cell where some formula
    stands in a cell that does not say where it is."""
    found: dict[str, set[str]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name, part in _parts(archive):
            markup = archive.read(part)
            cells = {cell.decode() for cell in _FORMULA_CELL.findall(markup)}
            if len(_FORMULA.findall(markup)) > len(cells):
                cells |= {cell.decode() for cell in re.findall(rb'\br="([A-Z]{1,3}[0-9]{1,7})"', markup)}
            found[name] = cells
    return found


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(sheet name, its part in the zip), as the workbook's relations say."""
    relations = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode("utf-8")):
        said = _attributes(tag)
        target = said.get("Target", "")
        relations[said.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    for tag in _SHEET_TAG.findall(archive.read("xl/workbook.xml").decode("utf-8")):
        said = _attributes(tag)
        part = next((value for key, value in said.items() if key.endswith(":id")), "")
        if relations.get(part, "") in archive.namelist():
            yield said.get("name", ""), relations[part]


def _attributes(tag: str) -> dict[str, str]:
    return {key: html.unescape(double or single) for key, double, single in _ATTRIBUTE.findall(tag)}
