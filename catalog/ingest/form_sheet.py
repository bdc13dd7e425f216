"""A form's file, CSV or the first sheet of an Excel workbook, as rows of text cells: no guess where its table begins."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import python_calamine as calamine

from catalog.errors import BadInput, TooLarge, Where
from catalog.ingest.answers import Answers
from catalog.ingest.encoding import decode
from catalog.ingest.limits import Limits
from catalog.ingest.source import Source
from catalog.ingest.zipfile_archive import check_archive
from catalog.text import Text

__all__ = ["MAX_FORM_BYTES", "form_rows"]

MAX_FORM_BYTES = 16 << 20
MAX_FORM_ROWS = 200_000
_LIMITS = Limits(max_zip_bytes=128 << 20, max_zip_ratio=100, max_cells=4_000_000)
_ZIP = b"PK\x03\x04"


def form_rows(source: Source, scratch: Path) -> Sequence[Sequence[str]]:
    """The rows of a form, header first. `scratch` holds the transcoded text for as long as it takes.

    Raises BadInput: not readable as what it is; TooLarge.
    """
    if source.bytes > MAX_FORM_BYTES:
        raise _too_large(source.name)
    with source.path.open("rb") as stream:
        is_workbook = stream.read(4) == _ZIP
    rows = _workbook(source) if is_workbook else _text(source, scratch)
    if len(rows) > MAX_FORM_ROWS:
        raise _too_large(source.name)
    return rows


def _text(source: Source, scratch: Path) -> list[list[str]]:
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        decoded = decode(source, Path(folder), Answers({}, source.name))
        if not decoded.choice.certain:
            raise BadInput(
                Text("无法确定文件的编码", "The encoding of the file is not certain"),
                Text("请另存为 UTF-8 编码的 CSV", "Save it as CSV in UTF-8"),
                Where(file=source.name),
            )
        with decoded.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            try:
                return [list(row) for row in reader]
            except csv.Error:
                raise BadInput(
                    Text("不是合法的 CSV", "This is not well-formed CSV"),
                    Text("请核对该行的引号", "Check the quotes of that line"),
                    Where(file=source.name, line=reader.line_num),
                ) from None


def _workbook(source: Source) -> list[list[str]]:
    check_archive(source, _LIMITS)
    try:
        with calamine.CalamineWorkbook.from_path(str(source.path)) as book:
            shown = [
                one
                for one in book.sheets_metadata
                if one.visible == calamine.SheetVisibleEnum.Visible
                and one.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            if not shown:
                raise _unreadable(source.name)
            rows = book.get_sheet_by_name(shown[0].name).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable(source.name) from error
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: object) -> str:
    """A cell as the text a person would type: whole numbers without a point, days as YYYY-MM-DD."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _unreadable(file: str) -> BadInput:
    return BadInput(
        Text("文件不是可读取的 XLSX 工作簿", "The file is no XLSX workbook that can be read"),
        Text("请用表格软件另存为 XLSX 或 UTF-8 的 CSV", "Save it as XLSX, or as CSV in UTF-8"),
        Where(file=file),
    )


def _too_large(file: str) -> TooLarge:
    return TooLarge(
        Text("表格过大", "The form is too large"),
        Text(
            f"请拆分：至多 {MAX_FORM_BYTES:,} 字节、{MAX_FORM_ROWS:,} 行",
            f"Split it: at most {MAX_FORM_BYTES:,} bytes and {MAX_FORM_ROWS:,} rows",
        ),
        Where(file=file),
    )
