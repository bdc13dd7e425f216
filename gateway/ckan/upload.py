"""A multipart form as it comes in: plain fields are read, one file is left in a folder as it arrives, never held in memory."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from catalog.errors import TooLarge, Where
from catalog.ingest.source import base_name
from catalog.text import Text
from gateway.ckan.call import Upload
from gateway.ckan.errors import BadRequest

__all__ = ["Form", "keep", "read_form", "sweep"]

MAX_FIELD_BYTES = 1 << 20
MAX_FIELDS = 200
OLD_S = 86_400


@dataclass(slots=True)
class Form:
    """The plain fields in order, and the file."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    upload: Upload | None = None


@dataclass(slots=True)
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: str = ""
    file_name: str | None = None
    content: bytearray = field(default_factory=bytearray)


class _Reader:
    """Takes what the parser finds; the file goes to disk."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.form = Form()
        self._folder = folder
        self._max_bytes = max_bytes
        self._part = _Part()
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._file: BinaryIO | None = None
        self._taken = 0

    def on_part_begin(self) -> None:
        self._part = _Part()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def on_header_end(self) -> None:
        self._part.headers[bytes(self._header[0]).lower()] = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._part.headers.get(b"content-disposition", b""))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        name = options.get(b"filename")
        if name is None:
            return
        if self.form.upload is not None:
            raise BadRequest("one file at a time")
        self._part.file_name = base_name(name.decode("utf-8", "replace"))
        kept = secrets.token_hex(16)
        self.form.upload = Upload(kept, self._part.file_name)
        self._file = _create(self._folder, kept)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._taken += end - start
            if self._taken > self._max_bytes:
                raise _too_large(self._max_bytes)
            self._file.write(data[start:end])
            return
        self._part.content.extend(data[start:end])
        if len(self._part.content) > MAX_FIELD_BYTES:
            raise BadRequest("a field of the form is too long")

    def on_part_end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            return
        text = self._part.content.decode("utf-8", "replace")
        self.form.fields.append((self._part.name, text))
        if len(self.form.fields) > MAX_FIELDS:
            raise BadRequest("the form has too many fields")

    def callbacks(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in dir(self) if name.startswith("on_")}

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        if self.form.upload is not None:
            (self._folder / self.form.upload.kept).unlink(missing_ok=True)


async def read_form(chunks: AsyncIterator[bytes], content_type: str, folder: Path, max_bytes: int) -> Form:
    """The form. Raises BadRequest, TooLarge; nothing stays behind then."""
    _, options = parse_options_header(content_type.encode("latin-1"))
    boundary = options.get(b"boundary")
    if not boundary:
        raise BadRequest("the form has no boundary")
    reader = _Reader(folder, max_bytes)
    parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]
    try:
        async for chunk in chunks:
            parser.write(chunk)
        parser.finalize()
    except MultipartParseError:
        reader.close()
        raise BadRequest("the form cannot be read") from None
    except BaseException:
        reader.close()
        raise
    return reader.form


def keep(folder: Path, content: bytes, name: str) -> Upload:
    """What came in otherwise, left in the folder like a file."""
    kept = secrets.token_hex(16)
    with _create(folder, kept) as file:
        file.write(content)
    return Upload(kept, name)


def sweep(folder: Path, now_s: float) -> None:
    """Take away what a process that died has left: nothing is under way for a day."""
    for path in folder.glob("*") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < now_s - OLD_S:
                path.unlink()


def _create(folder: Path, kept: str) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "wb")


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        Text(f"文件超过上限 {max_bytes:,} 字节", f"The file is over the cap of {max_bytes:,} bytes"),
        Text("请拆分后提交", "Split it"),
        Where(parameter="upload"),
    )
