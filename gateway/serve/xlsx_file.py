"""The XLSX export (xlsxwriter): cells typed, so that a code stays text and no text is run as a formula.

Written row by row in constant memory; numbers a spreadsheet cannot hold (beyond 15 digits) are written as text.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter

from catalog.release import Release

__all__ = ["MAX_ROWS", "MAX_TEXT", "write_xlsx"]

MAX_ROWS = 1_048_575
"""Rows of a sheet, less the header."""

MAX_TEXT = 32_767
_MAX_DIGITS = 15
_FIRST_YEAR = 1900


def write_xlsx(parquet: Path, release: Release, out_path: Path) -> str | None:
    """Write the workbook; the name of a column with a cell too long for one, or None where all went in."""
    book = xlsxwriter.Workbook(
        str(out_path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {"title": release.dataset.title, "created": release.published_at.replace(tzinfo=None)}
    )
    formats: dict[type, Any] = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    sheet = book.add_worksheet()
    names = [one.column.name for one in release.columns]
    sheet.write_row(0, 0, names)
    row = 0
    too_long: str | None = None
    with pq.ParquetFile(parquet) as file:
        for batch in file.iter_batches(4_096, columns=names):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row += 1
                for column, cell in enumerate(cells):
                    if cell is not None and _write(sheet, row, column, cell, formats) < 0:
                        too_long = too_long or names[column]
    book.close()
    return too_long


def _write(sheet: Any, row: int, column: int, cell: Any, formats: dict[type, Any]) -> int:
    """Write one cell; negative where it does not fit."""
    if isinstance(cell, bool):
        return int(sheet.write_boolean(row, column, cell))
    if isinstance(cell, datetime | date) and cell.year >= _FIRST_YEAR:
        return int(sheet.write_datetime(row, column, cell, formats[type(cell)]))
    if isinstance(cell, int | float | Decimal):
        if not isfinite(cell):
            return 0
        if isinstance(cell, float) or len(Decimal(cell).normalize().as_tuple().digits) <= _MAX_DIGITS:
            return int(sheet.write_number(row, column, cell))
        cell = format(Decimal(cell).normalize(), "f")
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return int(sheet.write_string(row, column, text))
