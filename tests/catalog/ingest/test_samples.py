"""Real files of others: the right reading where one is known, and for every messy one a reading or a remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput
from catalog.ingest import local, read

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"
EXPECTED = SAMPLES / "datasets" / "EXPECTED.json"
FILES: dict[str, Any] = json.loads(EXPECTED.read_text())["files"] if EXPECTED.exists() else {}
MESSY = sorted(
    path for path in (SAMPLES / "messy").rglob("*") if path.is_file() and "parameters" not in path.parts
)

pytestmark = [pytest.mark.samples, pytest.mark.skipif(not FILES, reason="the sample files are not here")]


@pytest.mark.parametrize("name", list(FILES))
def test_a_sample_is_read_rightly(desk: Any, types: Any, name: str) -> None:
    expected = FILES[name]
    reading = desk.read_path(SAMPLES / "datasets" / name)
    assert expected.get("data_rows") in (None, reading.rows)
    assert expected.get("columns") in (None, len(reading.schema))
    assert {types(reading)[column] for column in expected.get("text_columns", [])} <= {"TEXT"}
    assert reading.rejected_rows == 0
    assert {"encoding", "sheet"} & {one.what for one in reading.choices}


def test_every_messy_file_gives_a_reading_or_a_remedy(tmp_path: Path) -> None:
    """Every fifteenth file, so that it stays quick."""
    read_files = without_remedy = 0
    for path in MESSY[::15]:
        with DuckDBEngine(tmp_path / "engine", memory_mb=512, threads=1) as engine:
            try:
                reading = read(engine, local(path, 1 << 30), tmp_path / "spool")
            except BadInput as error:
                without_remedy += not (error.remedy.en and error.remedy.zh and error.where.file)
                continue
            (rows,) = engine.connection.execute("SELECT count(*) FROM received").fetchone() or (0,)
            assert rows == reading.rows > 0, path
            assert reading.rejected_rows >= len(reading.rejected), path
            read_files += 1
    assert not without_remedy
    assert read_files > len(MESSY) // 30
