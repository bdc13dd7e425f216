"""Zips of strangers: a workbook (XLSX, ODS) is checked before any parser sees it, a member is unpacked within bounds.

A workbook's parser allocates the area that the outermost cell references span, or that repeats claim.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers import expat

from catalog.errors import BadInput, TooLarge, Where
from catalog.ingest.limits import Limits
from catalog.ingest.raw import unreadable
from catalog.ingest.source import Source, spool
from catalog.text import Text

__all__ = ["archive_names", "check_archive", "unpack"]

CHUNK_BYTES = 1 << 20
RATIO_FROM_BYTES = 16 << 20
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


def archive_names(source: Source) -> tuple[str, ...]:
    """The names in a zip's directory. Raises BadInput where it has none that can be read."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            return tuple(archive.namelist())
    except _DAMAGED:
        raise unreadable(source.name) from None


def check_archive(source: Source, limits: Limits) -> None:
    """Raises TooLarge for what unpacks beyond the caps, BadInput for document types and damaged archives."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > limits.max_zip_bytes or (
                unpacked > RATIO_FROM_BYTES and unpacked > limits.max_zip_ratio * max(1, source.bytes)
            ):
                raise _bomb(source.name)
            left = limits.max_zip_bytes
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    left = _check_part(archive, entry, left, source.name, limits)
            if "content.xml" in archive.namelist():
                _check_repeats(archive, source.name, limits)
    except (*_DAMAGED, expat.ExpatError) as error:
        raise unreadable(source.name) from error


def unpack(source: Source, member: str, folder: Path, limits: Limits) -> Source:
    """One file of a zip as a new private file of `folder`. Its name decides nothing but messages.

    Raises TooLarge beyond the caps, BadInput: damaged, encrypted or empty.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            entry = archive.getinfo(member)
            if entry.flag_bits & 1:
                raise BadInput(
                    Text("压缩包有密码保护", "The archive is protected by a password"),
                    Text("请去掉密码后提交", "Remove the password and submit it again"),
                    Where(file=source.name),
                )
            most = min(limits.max_zip_bytes, max(RATIO_FROM_BYTES, limits.max_zip_ratio * source.bytes))
            with archive.open(entry) as stream:
                return spool(cast(BinaryIO, stream), member, folder, most)
    except _DAMAGED as error:
        raise unreadable(source.name) from error


def _check_repeats(archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
    """An ODS cell or row may say that it stands many times over: those that hold anything must fit the cap."""
    total = across = times = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal across, times
        if name == "table:table-row":
            across, times = 0, _number(attributes.get("table:number-rows-repeated"))
        elif name == "table:table-cell" and "office:value-type" in attributes:
            across += _number(attributes.get("table:number-columns-repeated"))

    def end(name: str) -> None:
        nonlocal total
        if name == "table:table-row":
            total += across * times
            if total > limits.max_cells:
                raise _wide(file, limits)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    with archive.open("content.xml") as part:
        while chunk := part.read(CHUNK_BYTES):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _number(repeated: str | None) -> int:
    return int(repeated) if repeated and repeated.isdigit() else 1


def _check_part(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, file: str, limits: Limits
) -> int:
    """What is really unpacked counts, not what the directory says; a sheet's references bound its area."""
    sheet = entry.filename.lower().startswith("xl/worksheets/")
    bottom = right = 0
    with archive.open(entry) as part:
        tail = b""
        while chunk := part.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise _bomb(file)
            joined = tail + chunk
            if _DOCTYPE.search(joined):
                raise BadInput(
                    Text(
                        "工作簿中含有 DOCTYPE 或 ENTITY 声明，不予读取",
                        "The workbook holds a DOCTYPE or ENTITY declaration and is not read",
                    ),
                    Text(
                        "请用电子表格软件打开后另存为 XLSX",
                        "Open it in a spreadsheet program and save it as XLSX",
                    ),
                    Where(file=file),
                )
            if sheet:
                for letters, digits in _REFERENCE.findall(joined):
                    bottom = max(bottom, int(digits))
                    right = max(right, _column_number(letters))
            tail = joined[-32:]
    if bottom * right > limits.max_cells:
        raise _wide(file, limits)
    return left


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _bomb(file: str) -> TooLarge:
    return TooLarge(
        Text("解压后过大", "It unpacks to too much"),
        Text("请改存为 CSV 后提交", "Save it as CSV and submit that"),
        Where(file=file),
    )


def _wide(file: str, limits: Limits) -> TooLarge:
    return TooLarge(
        Text(
            f"工作表的范围超过 {limits.max_cells:,} 个单元格",
            f"A worksheet spans more than {limits.max_cells:,} cells",
        ),
        Text(
            "请删除远离表格的多余单元格，或改存为 CSV",
            "Delete stray cells far from the table, or save it as CSV",
        ),
        Where(file=file),
    )
