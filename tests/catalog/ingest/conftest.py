"""A small desk for reading tests: bytes in, a reading and its rows out, on one engine per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.ingest import Limits, Reading, local, read


class Desk:
    def __init__(self, folder: Path, engine: DuckDBEngine) -> None:
        self.folder, self.engine = folder, engine

    def read(
        self, content: bytes | str, name: str = "received.csv", limits: Limits | None = None, **answers: str
    ) -> Reading:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.read_path(path, limits, **answers)

    def read_path(self, path: Path, limits: Limits | None = None, **answers: str) -> Reading:
        source = local(path, 1 << 30)
        return read(self.engine, source, self.folder / "spool", overrides=answers, limits=limits or Limits())

    def rows(self, reading: Reading) -> list[tuple[Any, ...]]:
        """Rows without `_row`, whose numbers are checked here."""
        found = self.engine.connection.execute(f'SELECT * FROM "{reading.table}" ORDER BY "_row"').fetchall()
        assert [row[0] for row in found] == list(range(1, reading.rows + 1))
        return [row[1:] for row in found]


def types(reading: Reading) -> dict[str, str]:
    return {column.name: column.type.name for column in reading.schema}


def choice(reading: Reading, what: str) -> tuple[str, bool]:
    one = next(one for one in reading.choices if one.what == what)
    return one.value, one.certain


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with DuckDBEngine(tmp_path / "engine", memory_mb=512, threads=1) as engine:
        yield Desk(tmp_path, engine)


@pytest.fixture(name="types")
def types_() -> Any:
    return types


@pytest.fixture(name="choice")
def choice_() -> Any:
    return choice
