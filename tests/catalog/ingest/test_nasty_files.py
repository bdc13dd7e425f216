"""Hand-made nasty files, each with its true reading: read rightly or asked about, never wrong in silence.

A file counts as asked where the reading fails with a remedy or leaves a choice to the steward. At most one in ten is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import KaizhaError
from catalog.ingest import local, read
from tests.catalog.ingest.nasty import Nasty
from tests.catalog.ingest.nasty_first import FIRST
from tests.catalog.ingest.nasty_fresh import FRESH
from tests.catalog.ingest.nasty_more import MORE

FILES = [*FIRST, *MORE, *FRESH]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each file: the reading and its rows, or the error."""
    folder = tmp_path_factory.mktemp("nasty")
    found: dict[str, Any] = {}
    with DuckDBEngine(folder / "engine", memory_mb=512, threads=1) as engine:
        for one in FILES:
            found[one.name] = outcome(engine, folder, one)
    return found


def outcome(engine: DuckDBEngine, folder: Path, one: Nasty) -> Any:
    path = folder / one.name
    path.write_bytes(one.content)
    try:
        reading = read(engine, local(path, 1 << 30), folder / "spool")
    except KaizhaError as error:
        return error
    found = engine.connection.execute(f'SELECT * EXCLUDE "_row" FROM "{reading.table}" ORDER BY "_row"')
    return reading, found.fetchall()


def is_asked(outcome: Any) -> bool:
    return isinstance(outcome, KaizhaError) or (
        outcome[0].rejected_rows > 0 or not all(one.certain for one in outcome[0].choices)
    )


@pytest.mark.parametrize("one", FILES, ids=[one.name for one in FILES])
def test_a_nasty_file_is_read_as_it_is_meant(outcomes: dict[str, Any], one: Nasty) -> None:
    found = outcomes[one.name]
    assert is_asked(found) is one.asks, [choice for choice in found[0].choices if not choice.certain]
    if isinstance(found, KaizhaError):
        assert found.remedy.zh
        assert found.remedy.en
        return
    reading, rows = found
    if one.rows:
        assert rows == one.rows
    if one.names:
        assert tuple(column.name for column in reading.schema) == one.names
    said = {choice.what: choice.value for choice in reading.choices}
    assert one.choices.items() <= said.items()
    assert {column.name: column.unit for column in reading.schema if column.unit} == one.units


@pytest.mark.parametrize("files", [FIRST, FILES], ids=["of the first sixty", "of all"])
def test_few_nasty_files_need_a_question(outcomes: dict[str, Any], files: list[Nasty]) -> None:
    assert len(files) >= 40
    asked = [one.name for one in files if is_asked(outcomes[one.name])]
    assert len(asked) <= 0.1 * len(files) + 1e-9, asked
