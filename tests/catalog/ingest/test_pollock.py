"""Pollock, the benchmark of polluted CSV files (Vitagliano et al., VLDB 2023), on the part that lies in the samples.

The simple score is the benchmark's: ten measures of each file (read at all; precision, recall and F1 of header cells,
of records, of cells, as multisets), averaged over the files and added up. Cells are compared as its `normalize_cell`
does for numbers and text; dates and prices as text, which is stricter.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import KaizhaError
from catalog.ingest import local, read

POLLOCK = Path(__file__).parents[3].parent / "shared" / "samples" / "messy" / "pollock"
GOAL = 9.5

pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not POLLOCK.is_dir(), reason="the sample files are not here"),
]

Rows = Sequence[Sequence[str]]


def normal(cell: str) -> str:
    try:
        return str(int(cell))
    except ValueError:
        pass
    try:
        return str(float(cell))
    except ValueError:
        return {"true": "1", "false": "0"}.get(cell.lower(), cell.lower())


def measures(source: Iterable[str], loaded: Iterable[str]) -> list[float]:
    truth, ours = Counter(source), Counter(loaded)
    if not truth:
        return [1.0] * 3
    common = (truth & ours).total()
    if not common:
        return [0.0] * 3
    precision, recall = common / truth.total(), common / ours.total()
    return [precision, recall, 2 * precision * recall / (precision + recall)]


def score(clean: Rows, header_lines: int, names: Sequence[str], rows: Rows) -> float:
    """The ten measures of a file that was read, added up."""

    def joined(row: Sequence[str]) -> str:
        return "".join(normal(cell) or "null" for cell in row)

    head, body = clean[:header_lines], clean[header_lines:]
    return 1 + sum(
        measures((normal(cell) for row in head for cell in row), map(normal, names))
        + measures(map(joined, body), map(joined, rows))
        + measures(
            (normal(cell) for row in body for cell in row), (normal(cell) for row in rows for cell in row)
        )
    )


def test_the_score_of_a_reading_is_the_benchmarks() -> None:
    clean = [["A", "b"], ["1", "x"], ["2.0", ""]]
    assert score(clean, 1, ["a", "B"], [["1", "X"], ["2", ""]]) == pytest.approx(10 - 3 / 2 - 3 / 4)
    assert score(clean, 1, ["a", "B"], [["1", "X"], ["2.0", ""]]) == 10
    assert score(clean, 1, ["c"], []) == 1
    assert score(clean, 1, ["a"], [["1", "x"]]) == pytest.approx(1 + 3 * (0.5 + 1 + 2 / 3))


def test_pollock_is_read_without_hints(tmp_path: Path) -> None:
    scores: dict[str, float] = {}
    files = sorted((POLLOCK / "csv").iterdir())
    for path in files:
        truth = POLLOCK / "clean" / path.name
        with truth.open(encoding="utf-8", newline="") as stream:
            clean = list(csv.reader(stream))
        parameters: dict[str, Any] = json.loads(
            (POLLOCK / "parameters" / f"{path.name}_parameters.json").read_text()
        )
        with DuckDBEngine(tmp_path / "engine", memory_mb=512, threads=1) as engine:
            try:
                reading = read(engine, local(path, 1 << 30), tmp_path / "spool")
            except KaizhaError:  # asking is not reading
                scores[path.name] = 0.0
                continue
            found = engine.connection.execute(
                f'SELECT columns(* EXCLUDE "_row")::VARCHAR FROM "{reading.table}" ORDER BY "_row"'
            ).fetchall()
        rows = [[cell or "" for cell in row] for row in found]
        names = [column.name for column in reading.schema]
        scores[path.name] = score(clean, parameters["header_lines"], names, rows)
    simple = sum(scores.values()) / len(files)
    worst = {name: round(one, 2) for name, one in scores.items() if one < 9.99}
    assert simple >= GOAL, (round(simple, 3), worst)
