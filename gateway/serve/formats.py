"""Exports: a whole release in one format, as a stream of chunks made from its Parquet in bounded memory.

A caller's words reach none of this but the format's name and two switches. Every export holds the release's columns
and nothing else (`check_released` ran first).
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.render import column as column_term
from catalog.errors import BadInput, TooLarge, Unavailable, Where
from catalog.text import Text
from gateway.serve.encoding import csv_row, csv_text, geojson_feature, json_row, json_value, point
from gateway.serve.location import location_of
from gateway.serve.released_parquet import check_released, open_released
from gateway.serve.row_file import RowFile
from gateway.serve.served import Served
from gateway.serve.sql import TABLE, columns_of_release

__all__ = [
    "EXPORT_FORMATS",
    "FORMATS",
    "ExportOptions",
    "Format",
    "export",
    "format_of",
    "no_geometry",
    "no_such_form",
    "read_options",
]

CHUNK_ROWS = 8_192
CHUNK_BYTES = 1 << 20

XLSX_ROWS = 1_048_575
"""Rows of a sheet, less the header."""

XLSX_TEXT = 32_767
XLSX_SECONDS = 900
_XLSX_TURNS = BoundedSemaphore(2)
_XLSX_SCRIPT = Path(__file__).with_name("xlsx_main.py")


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """CSV only. `bom` puts a UTF-8 byte order mark in front (for Excel), `safe` disarms formulas (see `csv_row`)."""

    bom: bool = False
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """`options` are the switches a request may set; `plain` = text, which a coding makes smaller."""

    media_type: str
    options: frozenset[str] = frozenset()
    plain: bool = False


FORMATS: dict[str, Format] = {
    "arrow": Format("application/vnd.apache.arrow.stream"),
    "csv": Format("text/csv; charset=utf-8; header=present", frozenset({"bom", "safe"}), True),
    "geojson": Format("application/geo+json", plain=True),
    "json": Format("application/json", plain=True),
    "ndjson": Format("application/x-ndjson", plain=True),
    "parquet": Format("application/vnd.apache.parquet"),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


EXPORT_FORMATS = tuple(
    (suffix, FORMATS[suffix].media_type.partition(";")[0])
    for suffix in ("csv", *(one for one in FORMATS if one != "csv"))
)
"""(suffix, media type), the usual one first."""


def format_of(suffix: str) -> Format:
    """Raises BadInput: a suffix that is no format."""
    if suffix in FORMATS:
        return FORMATS[suffix]
    raise no_such_form(tuple(FORMATS))


def no_such_form(suffixes: Sequence[str]) -> BadInput:
    """The path's ending is none of these."""
    names = ", ".join(suffixes)
    return BadInput(
        Text("没有这种格式", "There is no such format here"),
        Text(f"可用：{names}", f"Use one of: {names}"),
        Where(parameter="format"),
    )


def read_options(params: Sequence[tuple[str, str]], format_: Format) -> ExportOptions:
    """The switches of a request.

    Raises BadInput: a parameter this format does not have, or another value than 0 or 1.
    """
    for name, value in params:
        if name not in format_.options or value not in ("0", "1"):
            known = "、".join(sorted(format_.options)) or "无"
            raise BadInput(
                Text("导出不支持这个参数", "This export does not take this parameter"),
                Text(
                    f"可用：{known}（0 或 1）；筛选请用 records",
                    f"Use {', '.join(sorted(format_.options)) or 'none'} (0 or 1); to filter, use records",
                ),
                Where(parameter=name[:80]),
            )
    switches = dict(params)
    return ExportOptions(bom=switches.get("bom") == "1", safe=switches.get("safe") == "1")


def export(suffix: str, served: Served, options: ExportOptions, row_file: RowFile | None) -> Iterator[bytes]:
    """The chunks of an export (not of Parquet: that is the file itself). Runs in a thread; close it when abandoned.

    Raises BadInput: no geometry for GeoJSON, too many rows for XLSX; Unavailable: the file is not the release's.
    """
    check_released(served.parquet, served.release)
    return _EXPORTS[suffix](served, options, row_file)


def _csv(served: Served, options: ExportOptions, row_file: RowFile | None) -> Iterator[bytes]:
    columns = columns_of_release(served.release)
    mark = "\ufeff" if options.bom else ""
    yield (mark + ",".join(csv_text(one.name) for one in columns) + "\r\n").encode()
    yield from _lines(served, csv_row(columns, options.safe))


def _ndjson(served: Served, options: ExportOptions, row_file: RowFile | None) -> Iterator[bytes]:
    if row_file is None:
        yield from _lines(served, json_row(columns_of_release(served.release), suffix="}\n"))
        return
    start = 0
    while chunk := row_file.lines(start, CHUNK_BYTES):
        yield chunk
        start += len(chunk)


def _json(served: Served, options: ExportOptions, row_file: RowFile | None) -> Iterator[bytes]:
    yield from _array(b"[", _ndjson(served, options, row_file), b"]\n")


def _geojson(served: Served, options: ExportOptions, row_file: RowFile | None) -> Iterator[bytes]:
    columns = columns_of_release(served.release)
    geometry, properties = _geometry(columns)
    feature = exp.DPipe(this=geojson_feature(properties, geometry), expression=exp.Literal.string("\n"))
    opening = b'{"type":"FeatureCollection","features":['
    return _array(opening, _lines(served, feature), b"]}\n")


def _arrow(served: Served, options: ExportOptions, row_file: RowFile | None) -> Iterator[bytes]:
    with pq.ParquetFile(served.parquet) as file:
        schema = file.schema_arrow.remove_metadata()
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, schema) as stream:
            for batch in file.iter_batches(CHUNK_ROWS * 2, use_threads=False):
                stream.write_batch(batch.replace_schema_metadata(None).cast(schema))
                yield _taken(sink)
        yield _taken(sink)


def _xlsx(served: Served, options: ExportOptions, row_file: RowFile | None) -> Iterator[bytes]:
    if served.release.rows > XLSX_ROWS:
        raise TooLarge(
            Text(f"XLSX 最多 {XLSX_ROWS:,} 行数据", f"XLSX holds at most {XLSX_ROWS:,} rows of data"),
            Text("请改用 export.csv 或 export.parquet", "Use export.csv or export.parquet"),
            Where(parameter="export"),
        )
    return _xlsx_chunks(served)


def _xlsx_chunks(served: Served) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="kaizha-xlsx-") as folder:
        path = Path(folder) / "export.xlsx"
        if too_long := _write_xlsx(served, path):
            raise TooLarge(
                Text(
                    f"有单元格超过 XLSX 的 {XLSX_TEXT:,} 个字符",
                    f"A cell holds more than the {XLSX_TEXT:,} characters of XLSX",
                ),
                Text("请改用 export.csv 或 export.parquet", "Use export.csv or export.parquet"),
                Where(column=too_long),
            )
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def _write_xlsx(served: Served, path: Path) -> str | None:
    """Have the workbook written; the column of a cell that does not fit, if there is one."""
    if not _XLSX_TURNS.acquire(blocking=False):
        raise Unavailable(
            Text("正在生成的 XLSX 过多", "Too many XLSX files are being made"),
            Text("请稍后重试，或改用 export.csv", "Try again later, or use export.csv"),
        )
    asked = {
        "parquet": str(served.parquet),
        "columns": [one.column.name for one in served.release.columns],
        "title": served.release.dataset.title,
        "created": served.release.published_at.replace(tzinfo=None).isoformat(),
        "out": str(path),
    }
    command = [sys.executable, "-I", str(_XLSX_SCRIPT)]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TMPDIR": str(path.parent)}
    try:
        done = subprocess.run(  # noqa: S603 - our own script, nothing of a caller's
            command,
            input=orjson.dumps(asked),
            capture_output=True,
            timeout=XLSX_SECONDS,
            env=environment,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        raise Unavailable(
            Text("XLSX 暂时无法生成", "The XLSX cannot be made now"),
            Text("请改用 export.csv 或 export.parquet", "Use export.csv or export.parquet"),
        ) from None
    finally:
        _XLSX_TURNS.release()
    too_long: str | None = orjson.loads(done.stdout)["too_long"]
    return too_long


Exporter = Callable[[Served, ExportOptions, RowFile | None], Iterator[bytes]]

_EXPORTS: dict[str, Exporter] = {
    "arrow": _arrow,
    "csv": _csv,
    "geojson": _geojson,
    "json": _json,
    "ndjson": _ndjson,
    "xlsx": _xlsx,
}


def _lines(served: Served, line: exp.Expr) -> Iterator[bytes]:
    """The lines of all rows, some thousand at a time: the bytes of an Arrow string column, no row touched."""
    source = open_released(served.parquet, served.release, threads=1)
    try:
        select = exp.select(exp.alias_(line, "line")).from_(exp.to_table(TABLE))
        for batch in source.sql(select.sql("duckdb")).to_arrow_reader(CHUNK_ROWS):
            column = batch.column(0).cast(pa.large_string())
            _, bounds, content = column.buffers()
            offsets = memoryview(bounds).cast("q")
            yield memoryview(content)[offsets[column.offset] : offsets[column.offset + len(column)]].tobytes()
    finally:
        source.close()


def _array(opening: bytes, lines: Iterator[bytes], closing: bytes) -> Iterator[bytes]:
    """JSON lines → the items of one array; a chunk may end inside a line."""
    yield opening
    held = b""
    for chunk in lines:
        items = (held + chunk).replace(b"\n", b",\n")
        held = b""
        if items.endswith(b",\n"):  # a comma only where another item follows
            items, held = items[:-2], b"\n"
        yield items
    yield closing


def _taken(sink: io.BytesIO) -> bytes:
    content = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return content


def _geometry(columns: Sequence[Column]) -> tuple[exp.Expr, Sequence[Column]]:
    """The GeoJSON geometry of a row, and the columns that are its properties."""
    location = location_of(columns)
    if location is None:
        raise no_geometry()
    if location.geometry:
        return json_value(column_term(location.geometry), ColumnType.GEOMETRY), [
            column for column in columns if column.name != location.geometry
        ]
    return point(location.longitude, location.latitude), columns


def no_geometry() -> BadInput:
    """GeoJSON is asked of a dataset without places."""
    return BadInput(
        Text(
            "这个数据集没有几何列，也没有经纬度列",
            "This dataset has no geometry and no longitude and latitude",
        ),
        Text("请改用 export.json、export.csv 或 records", "Use export.json, export.csv or records"),
        Where(parameter="export"),
    )
