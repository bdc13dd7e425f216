"""How much of what is nobody's is taken for somebody's: false alarms and held cells over the columns of hard negatives.

A cell is a false alarm when it would leave masked or not at all without anybody being asked; it is held when its column
waits for a person. ``python -m tests.privacy.evidence.alarms [--rows N]``; exit code 1 when a share exceeds its limit.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.finding import Confidence
from privacy import classify, scan
from privacy.redact import redact_spans
from tests.privacy.evidence import negatives

__all__ = ["ALARMS", "HELD", "Judged", "judged"]

ALARMS, HELD = 0.001, 0.02
"""Shares of all cells, at most."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Of one column: its cells, those changed without a question, and those held for one; and for what."""

    form: str
    cells: int
    alarms: int
    held: int
    why: str


def judged(form: str, header: str, values: list[str], engine: DuckDBEngine) -> Judged:
    column = Column(header or "内容", ColumnType.TEXT)
    batch = pa.RecordBatch.from_pydict(
        {"_row": pa.array(range(1, len(values) + 1), pa.int64()), column.name: pa.array(values, pa.string())}
    )
    engine.create_from_batches("t", batch.schema, [batch])
    (one,) = classify((column,), scan(engine, "t", (column,))).values()
    why = ", ".join(f"{finding.entity} {finding.cells}" for finding in one.findings if finding.personal)
    if one.confidence is Confidence.LOW:
        return Judged(form, len(values), 0, len(values), why)
    if one.operator is MaskOperator.KEEP:
        return Judged(form, len(values), 0, 0, why)
    if one.operator is not MaskOperator.REDACT_SPANS:
        return Judged(form, len(values), len(values), 0, why)
    left = redact_spans(pa.array(values, pa.string()), column).to_pylist()
    changed = sum(before != after for before, after in zip(values, left, strict=True))
    return Judged(form, len(values), changed, 0, why)


def main() -> None:
    """Print the columns that raise something, and the shares; exit code 1 when one exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=25_000)
    parser.add_argument("--seed", type=int, default=1118)
    asked = parser.parse_args()
    cells = alarms = held = 0
    with (
        tempfile.TemporaryDirectory() as spool,
        DuckDBEngine(Path(spool), memory_mb=1024, threads=1) as engine,
    ):
        for form, header, values in negatives.columns(asked.rows, asked.seed):
            one = judged(form, header, values, engine)
            cells, alarms, held = cells + one.cells, alarms + one.alarms, held + one.held
            if one.alarms or one.held:
                print(
                    f"{form:28} {header:16} {one.cells:8d} changed {one.alarms:7d} held {one.held:7d}  {one.why}",
                    flush=True,
                )
    print(
        f"{cells:,} cells: {alarms / cells:.4%} changed (at most {ALARMS:.1%}), {held / cells:.2%} held (at most {HELD:.0%})"
    )
    if alarms > ALARMS * cells or held > HELD * cells:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
