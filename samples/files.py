"""Tables as files in the shapes bureaus really send: title rows, footnotes, merged headers, nesting, old encodings.

The one edge of this package. Written bytes depend on the table only (no clock, no host), so that a seed gives the
same file every time.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from samples.table import Cell, Table

__all__ = [
    "write_budget_workbook",
    "write_delimited",
    "write_geojson",
    "write_ndjson",
    "write_nested_json",
    "write_parquet",
    "write_records",
    "write_sheets",
]

_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - Excel has no time zones
_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))  # counter-clockwise and closed, as RFC 7946 asks


def write_delimited(
    table: Table,
    path: Path,
    encoding: str = "utf-8",
    delimiter: str = ",",
    title: str | None = None,
    footnote: str | None = None,
    newline: str = "\r\n",
) -> None:
    """A delimited file. `title` and `footnote` stand in a line of their own, outside the table."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    if title:
        writer.writerow([title, *[""] * (len(table.header) - 1)])
    writer.writerow(table.header)
    writer.writerows([_text(cell) for cell in row] for row in table.rows)
    if footnote:
        writer.writerow([footnote])
    path.write_bytes(text.getvalue().encode(encoding))


def write_records(table: Table, path: Path) -> None:
    """A JSON array of objects."""
    path.write_bytes(_json([_record(table, row) for row in table.rows], indent=1))


def write_ndjson(table: Table, path: Path) -> None:
    """A JSON object a line."""
    path.write_bytes(b"".join(_json(_record(table, row)) + b"\n" for row in table.rows))


def write_nested_json(table: Table, path: Path) -> None:
    """A list of records with objects inside, in the envelope that portals' interfaces send.

    A header ``outer.inner`` nests: the cell stands under ``inner`` in the object ``outer``.
    """
    records: list[dict[str, object]] = []
    for row in table.rows:
        record: dict[str, object] = {}
        for name, cell in _record(table, row).items():
            outer, _, inner = name.partition(".")
            if not inner:
                record[name] = cell
                continue
            within = record.setdefault(outer, {})
            assert isinstance(within, dict)
            within[inner] = cell
        records.append(record)
    envelope = {
        "code": 200,
        "message": "success",
        "data": {"城市": "云汀市", "总数": len(records), "站点": records},
    }
    path.write_bytes(_json(envelope, indent=1))


def write_geojson(table: Table, path: Path) -> None:
    """A FeatureCollection (RFC 7946, WGS-84). The last two columns are the middle: every third feature a point, the
    others a square of the park's area in hectares (`面积`)."""
    area = table.header.index("面积")
    features = []
    for n, row in enumerate(table.rows):
        *cells, lon, lat = row
        geometry: dict[str, object] = {"type": "Point", "coordinates": [lon, lat]}
        if n % 3:
            hectares = cells[area]
            assert isinstance(hectares, float)
            assert isinstance(lon, float)
            assert isinstance(lat, float)
            half = (hectares * 10_000) ** 0.5 / 2 / 111_320  # metres to degrees of latitude
            ring = [[round(lon + x * half, 6), round(lat + y * half, 6)] for x, y in _SQUARE]
            geometry = {"type": "Polygon", "coordinates": [ring]}
        properties = {name: _plain(cell) for name, cell in zip(table.header, cells, strict=False)}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path.write_bytes(_json({"type": "FeatureCollection", "name": path.stem, "features": features}))


def write_parquet(table: Table, path: Path) -> None:
    """A Parquet file with the columns' own types."""
    columns = {name: [row[n] for row in table.rows] for n, name in enumerate(table.header)}
    pq.write_table(pa.table(columns), path, compression="zstd")


def write_sheets(table: Table, path: Path) -> None:
    """A workbook with one plain table a sheet: a sheet for each value of the first column, named after it."""
    sheets: dict[str, list[tuple[Cell, ...]]] = {}
    for row in table.rows:
        sheets.setdefault(str(row[0]), [table.header[1:]]).append(row[1:])
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _MADE})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)


def write_budget_workbook(table: Table, path: Path, title: str, unit: str) -> None:
    """The workbook an accountant sends: title, unit, a header of two merged rows, the table, a total row, a note."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _MADE})
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        sheet = book.add_worksheet("经费表")
        sheet.merge_range(0, 0, 0, len(table.header) - 1, title, head)
        sheet.write(1, 0, unit)
        for column in range(4):
            sheet.merge_range(2, column, 3, column, table.header[column], head)
        sheet.merge_range(2, 4, 2, 5, "收入", head)
        sheet.merge_range(2, 6, 2, 8, "支出", head)
        sheet.write_row(3, 4, table.header[4:], head)
        for n, row in enumerate(table.rows, 4):
            sheet.write_string(n, 0, str(row[0]))
            sheet.write_row(n, 1, row[1:])
        last = 4 + len(table.rows)
        sheet.write(last, 0, "合计")
        for column in range(4, len(table.header)):
            amounts = [row[column] for row in table.rows]
            sheet.write(
                last, column, round(sum(amount for amount in amounts if isinstance(amount, float)), 2)
            )
        sheet.write(last + 1, 0, "注：本表为虚构示例数据。")


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)


def _plain(cell: Cell) -> object:
    if isinstance(cell, date):  # a datetime is one too
        return _text(cell)
    return cell


def _record(table: Table, row: tuple[Cell, ...]) -> dict[str, object]:
    return dict(zip(table.header, map(_plain, row), strict=True))


def _json(value: object, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False).encode()
