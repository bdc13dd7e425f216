"""A batch engine and a way to fill it; persons are invented, their numbers computed to pass the checks."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.duckdb_engine import DuckDBEngine

sys.path.insert(0, str(Path(__file__).parent))
from invented_people import ARROW, Table


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path / "spool", memory_mb=512, threads=1) as session:
        yield session


@pytest.fixture
def table(engine: DuckDBEngine) -> Table:
    """Fills table ``t`` from columns of values; types follow the values."""

    def fill(columns: Mapping[str, Sequence[object]]) -> Schema:
        arrays = {name: pa.array(values) for name, values in columns.items()}
        kinds = {
            pa.int64(): ColumnType.INTEGER,
            pa.float64(): ColumnType.DOUBLE,
            pa.date32(): ColumnType.DATE,
        }
        schema = tuple(Column(name, kinds.get(array.type, ColumnType.TEXT)) for name, array in arrays.items())
        rows = len(next(iter(arrays.values())))
        batch = pa.RecordBatch.from_pydict(
            {"_row": pa.array(range(1, rows + 1), pa.int64())}
            | {c.name: arrays[c.name].cast(ARROW[c.type.sql]) for c in schema}
        )
        engine.create_from_batches("t", batch.schema, [batch])
        return schema

    return fill
