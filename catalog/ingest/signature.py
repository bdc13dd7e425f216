"""What a file is, by its first bytes: a name is a claim, content is evidence.

What the gate does not read is refused here, with the way out for the person who has such a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["CALL", "Format", "data_members", "of_text", "recognise"]

# The beginning of JSONP: a name, and a bracket with a JSON object or list in it.
CALL = re.compile(r"\s*[A-Za-z_$][A-Za-z0-9_$.]*\s*\(\s*[{\[]")
DATA_ENDINGS = (
    ".csv",
    ".tsv",
    ".txt",
    ".json",
    ".geojson",
    ".ndjson",
    ".jsonl",
    ".xlsx",
    ".xls",
    ".ods",
    ".parquet",
)


class Format(StrEnum):
    """Formats the gate reads. TEXT is decided further once it is decoded."""

    TEXT = "text"
    WORKBOOK = "workbook"
    ARCHIVE = "archive"
    PARQUET = "parquet"
    JSON = "json"
    NDJSON = "ndjson"


_SAVE_AS = Text("请另存为 CSV（UTF-8）或 XLSX 后提交", "Save it as CSV (UTF-8) or XLSX and submit that")
_UNPACK = Text("请解压后提交其中的数据文件", "Unpack it and submit the data file inside")

# First bytes, what it is, what to do. Order matters only where one is a prefix of another.
REFUSED: tuple[tuple[bytes, Text, Text], ...] = (
    (
        b"%PDF-",
        Text("这是 PDF 文档", "This is a PDF document"),
        Text("请提交 PDF 所依据的表格文件", "Submit the table behind the PDF"),
    ),
    (b"\x1f\x8b", Text("这是 gzip 压缩文件", "This is a gzip file"), _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", Text("这是 7-Zip 压缩包", "This is a 7-Zip archive"), _UNPACK),
    (b"Rar!", Text("这是 RAR 压缩包", "This is a RAR archive"), _UNPACK),
    (b"BZh", Text("这是 bzip2 压缩文件", "This is a bzip2 file"), _UNPACK),
    (b"\x28\xb5\x2f\xfd", Text("这是 zstd 压缩文件", "This is a zstd file"), _UNPACK),
    (b"\xfd7zXZ", Text("这是 xz 压缩文件", "This is an xz file"), _UNPACK),
    (
        b"ARROW1",
        Text(
            "这是 Arrow IPC（Feather）文件，本系统不接收",
            "This is an Arrow IPC (Feather) file, which is not accepted",
        ),
        Text("请改存为 Parquet", "Write it as Parquet instead"),
    ),
    (
        b"FEA1",
        Text("这是 Feather 文件，本系统不接收", "This is a Feather file, which is not accepted"),
        Text("请改存为 Parquet", "Write it as Parquet instead"),
    ),
    (
        b"SQLite format 3\x00",
        Text("这是 SQLite 数据库", "This is a SQLite database"),
        Text("请将要开放的表导出为 CSV", "Export the table to be opened as CSV"),
    ),
    (b"\x89PNG", Text("这是图片", "This is an image"), _SAVE_AS),
    (b"\xff\xd8\xff", Text("这是图片", "This is an image"), _SAVE_AS),
    (b"{\\rtf", Text("这是 RTF 文档", "This is an RTF document"), _SAVE_AS),
    (b"\x7fELF", Text("这是可执行文件", "This is a program"), _SAVE_AS),
)


def recognise(head: bytes, zip_names: tuple[str, ...], file: str) -> Format:
    """The format of a file from its first bytes (some kilobytes) and, for a zip, the names in its directory.

    Raises BadInput: a kind of file the gate does not read.
    """
    for magic, what, remedy in REFUSED:
        if head.startswith(magic):
            raise BadInput(what, remedy, Where(file=file))
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(zip_names, file)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Format.WORKBOOK
    return Format.TEXT


def of_text(head: str, file: str) -> Format:
    """JSON, newline-delimited JSON or delimited text, from the first decoded characters.

    Raises BadInput: a web page or XML document.
    """
    start = head.lstrip("\ufeff \t\r\n")
    lowered = start[:400].lower()
    if lowered.startswith(
        ("<!doctype", "<html", "<head", "<table", "<?xml", "<meta", "<div", "<script", "<rdf", "<rss")
    ):
        raise BadInput(
            Text("这是网页或 XML 文档，不是数据文件", "This is a web page or XML document, not a data file"),
            Text(
                "请核对下载地址；若表格在页面中，请用电子表格软件打开并另存为 XLSX",
                "Check the address it came from; if the table is in the page, open it in a spreadsheet and save it as XLSX",
            ),
            Where(file=file),
        )
    if (called := CALL.match(start)) and file.lower().endswith((".json", ".js", ".jsonp", ".geojson")):
        return _json_kind(start[called.end() - 1 :], file)
    if start.startswith("{") or (
        start.startswith("[") and start[1:].lstrip()[:1] in tuple('{["]-0123456789tfn')
    ):
        return _json_kind(start, file)
    return Format.TEXT


def _json_kind(start: str, file: str) -> Format:
    first, newline, rest = start.partition("\n")
    looks_whole = (
        first.rstrip().endswith("}") and first.startswith("{") and newline and rest.lstrip().startswith("{")
    )
    if looks_whole or (file.lower().endswith((".ndjson", ".jsonl")) and start.startswith("{")):
        return Format.NDJSON
    if start.startswith("[") and not start[1:].lstrip().startswith(("{", "[", "]", '"')) and "]" not in start:
        return Format.TEXT
    return Format.JSON


def _archive(names: tuple[str, ...], file: str) -> Format:
    lowered = {name.lower() for name in names}
    if "xl/workbook.xml" in lowered:
        return Format.WORKBOOK
    if "content.xml" in lowered and "mimetype" in lowered:
        return Format.WORKBOOK
    if "xl/workbook.bin" in lowered:
        raise BadInput(
            Text("这是 XLSB 表格", "This is an XLSB spreadsheet"),
            Text("请另存为 XLSX 或 CSV（UTF-8）后提交", "Save it as XLSX or CSV (UTF-8) and submit that"),
            Where(file=file),
        )
    if any(name.startswith("word/") for name in lowered):
        raise BadInput(Text("这是 Word 文档", "This is a Word document"), _SAVE_AS, Where(file=file))
    if any(name.startswith("ppt/") for name in lowered):
        raise BadInput(Text("这是演示文稿", "This is a presentation"), _SAVE_AS, Where(file=file))
    if any(name.endswith(".shp") for name in lowered):
        raise BadInput(
            Text("这是 Shapefile 压缩包", "This is a zipped Shapefile"),
            Text("请转换为 GeoJSON（WGS-84）后提交", "Convert it to GeoJSON (WGS-84) and submit that"),
            Where(file=file),
        )
    if data_members(names):
        return Format.ARCHIVE
    raise BadInput(
        Text("这个 zip 压缩包里没有数据文件", "There is no data file in this zip archive"),
        _UNPACK,
        Where(file=file),
    )


def data_members(names: Sequence[str]) -> tuple[str, ...]:
    """Of the names in a zip, those of data files, by their endings; what an operating system adds is none."""
    return tuple(
        name
        for name in names
        if name.lower().endswith(DATA_ENDINGS)
        and not name.startswith("__MACOSX/")
        and not name.rpartition("/")[2].startswith(".")
    )
