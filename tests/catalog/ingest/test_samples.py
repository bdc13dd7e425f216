"""Real files of others: the right reading where one is known, and for every messy one a reading or a remedy."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import KaizhaError
from catalog.ingest import Reading, local, read

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"
EXPECTED = SAMPLES / "datasets" / "EXPECTED.json"
FILES: dict[str, Any] = json.loads(EXPECTED.read_text())["files"] if EXPECTED.exists() else {}
MESSY = sorted(
    path
    for path in (SAMPLES / "messy").rglob("*")
    if path.is_file() and path.suffix != ".json" and path.parent.name not in ("parameters", "clean")
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


def test_every_messy_file_gives_its_rows_or_a_remedy(tmp_path: Path) -> None:
    """No crash, none over 10 s of work; what differs from two readers that agree is said, never silent."""
    references: dict[str, Any] = json.loads((SAMPLES / "messy" / "reference_readings.json").read_text())
    read_files = agreed = 0
    slow, silent, without_remedy = [], [], []
    for path in MESSY:
        begun = time.process_time()
        reading = None
        with DuckDBEngine(tmp_path / "engine", memory_mb=512, threads=1) as engine:
            try:
                reading = read(engine, local(path, 1 << 30), tmp_path / "spool")
            except KaizhaError as error:
                if not (error.remedy.en and error.remedy.zh and error.where.file):
                    without_remedy.append(path.name)
            else:
                (rows,) = engine.connection.execute("SELECT count(*) FROM received").fetchone() or (0,)
                assert rows == reading.rows > 0, path
                assert reading.rejected_rows >= len(reading.rejected), path
        if time.process_time() - begun > 10:
            slow.append(path.name)
        if reading is None:
            continue
        read_files += 1
        expected = agreement(references["files"].get(path.relative_to(SAMPLES).as_posix(), {}))
        if expected is None:
            continue
        agreed += 1
        if said(reading, LEFT_OUT, reading.rows + more_header_rows(reading)) != expected[0] and not is_unsure(
            reading
        ):
            silent.append((path.name, "rows", reading.rows, expected[0]))
        if said(reading, ("empty_columns",), len(reading.schema)) != expected[1] and not is_unsure(reading):
            silent.append((path.name, "columns", len(reading.schema), expected[1]))
    assert not slow
    assert not without_remedy
    assert not silent
    assert read_files > 0.8 * len(MESSY)
    assert agreed > 100


def agreement(reference: dict[str, Any]) -> tuple[int, int] | None:
    """Rows and columns of a file where DuckDB's sniffer and Python's csv module agree on both."""
    sniffed, plain = reference.get("duckdb_sniff"), reference.get("python_csv", {})
    if not sniffed or "rows_incl_header" not in plain or sniffed["skip_rows"]:
        return None
    rows, columns = reference["duckdb_rows"], sniffed["n_columns"]
    same = rows + sniffed["has_header"] == plain["rows_incl_header"] and columns == plain["max_cols"]
    return (rows, columns) if same else None


LEFT_OUT = ("blank_rows", "footer_rows", "repeated_header")  # rows that are no data, with their number


def said(reading: Reading, what: tuple[str, ...], kept: int) -> int:
    """How many there were, with those that a choice says were left out."""
    return kept + sum(int(one.value) for one in reading.choices if one.what in what)


def more_header_rows(reading: Reading) -> int:
    """Rows of a header of several levels beyond its first, as the choice says them (1-2): other readers take one."""
    (value,) = [one.value for one in reading.choices if one.what == "header_row"] or ["1"]
    first, _, last = value.partition("-")
    return int(last) - int(first) if last else 0


def is_unsure(reading: Reading) -> bool:
    return reading.rejected_rows > 0 or not all(one.certain for one in reading.choices)


SPECTRUM = sorted((SAMPLES / "messy" / "csv-spectrum").glob("*.csv"))


@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_csv_spectrum_is_read_exactly(desk: Any, path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text())
    reading = desk.read_path(path)
    names = [column.name for column in reading.schema]
    rows = [["" if cell is None else str(cell) for cell in row] for row in desk.rows(reading)]
    assert [dict(zip(names, row, strict=True)) for row in rows] == expected
