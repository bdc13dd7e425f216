"""Writes one XLSX export (xlsxwriter) in a process of its own: a million rows of Python would hold up every other
answer of the server. Run as a script by `gateway.serve.formats`; imports nothing of the house.

Cells are typed, so a code stays text and no text is run as a formula; numbers a spreadsheet cannot hold (beyond 15
digits) are written as text. Reads {"parquet", "columns", "title", "created", "out"} from stdin; prints
{"too_long": the column of a cell that does not fit, or null}.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson
import pyarrow.parquet as pq
import xlsxwriter

MEMORY_MB = 2_048
MAX_DIGITS = 15
FIRST_YEAR = 1900
PR_SET_PDEATHSIG = 1


def write_workbook(parquet: str, columns: list[str], title: str, created: datetime, out: str) -> str | None:
    """Write the workbook, a few thousand rows at a time; the name of a column with a cell too long for one."""
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    book.set_properties({"title": title, "created": created})
    formats: dict[type, Any] = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    sheet = book.add_worksheet()
    row, too_long = 0, None
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name)
    with pq.ParquetFile(parquet) as file:
        for batch in file.iter_batches(4_096, columns=columns):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row += 1
                for column, cell in enumerate(cells):
                    if cell is not None and write_cell(sheet, row, column, cell, formats) < 0:
                        too_long = too_long or columns[column]
    book.close()
    return too_long


def write_cell(sheet: Any, row: int, column: int, cell: Any, formats: dict[type, Any]) -> int:
    """Write one cell; negative where it does not fit."""
    if isinstance(cell, bool):
        return int(sheet.write_boolean(row, column, cell))
    if isinstance(cell, date) and cell.year >= FIRST_YEAR:
        return int(sheet.write_datetime(row, column, cell, formats[type(cell)]))
    if isinstance(cell, int | float | Decimal):
        if not isfinite(cell):
            return 0
        if isinstance(cell, float) or len(Decimal(cell).normalize().as_tuple().digits) <= MAX_DIGITS:
            return int(sheet.write_number(row, column, cell))
        cell = format(Decimal(cell).normalize(), "f")
    return int(sheet.write_string(row, column, cell.isoformat() if isinstance(cell, date) else str(cell)))


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    asked = orjson.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB << 20, MEMORY_MB << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    created = datetime.fromisoformat(asked["created"])
    too_long = write_workbook(asked["parquet"], asked["columns"], asked["title"], created, asked["out"])
    sys.stdout.buffer.write(orjson.dumps({"too_long": too_long}))


if __name__ == "__main__":
    main()
