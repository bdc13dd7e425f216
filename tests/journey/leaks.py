"""Looks for values that must not leave: in bytes as they are, and in what every container holds once it is opened."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow.ipc
import pyarrow.parquet as pq
import re2

__all__ = ["Finder", "opened", "readable"]


class Finder:
    """Finds any of many values in bytes, in one pass (an RE2 automaton)."""

    def __init__(self, values: Iterable[str]) -> None:
        options = re2.Options()
        options.max_mem = 1 << 30
        options.encoding = re2.Options.Encoding.LATIN1
        forms: set[bytes] = set()
        for value in values:
            forms.add(value.encode())
            forms.add(value.encode("unicode_escape"))
            forms.add(value.encode("gb18030"))
            forms.add(value.encode("utf-16-le"))
        self._pattern = re2.compile(b"|".join(re2.escape(form) for form in sorted(forms)), options)

    def hits(self, content: bytes) -> list[bytes]:
        """The distinct values that stand in `content`."""
        return sorted(set(self._pattern.findall(content)))


def readable(name: str, content: bytes) -> Iterator[bytes]:
    """`content` itself, and what is inside when it is a container."""
    yield content
    if content[:4] == b"PAR1":
        file = pq.ParquetFile(BytesIO(content))
        yield repr(file.metadata.to_dict()).encode()
        yield repr(file.schema_arrow.metadata).encode()
        yield file.read().to_pandas().to_csv(index=False).encode()
    elif content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.namelist():
                yield archive.read(entry)
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    elif name.endswith(".arrow"):
        yield pyarrow.ipc.open_stream(BytesIO(content)).read_all().to_pandas().to_csv(index=False).encode()


def opened(path: Path) -> Iterator[bytes]:
    """A file's bytes and what it holds; a DuckDB file is read through DuckDB, since its blocks are compressed."""
    yield from readable(path.name, path.read_bytes())
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield connection.table(table).df().to_csv(index=False).encode()
