"""Small tables for the tests of quality: the same rows in an engine, as a pandas frame for Great Expectations, and as
Python lists for a naive reading of the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from catalog.dataset import Column, ColumnType, Schema
from catalog.engine.duckdb_engine import DuckDBEngine

ARROW = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.DECIMAL: pa.decimal128(38, 9),
    ColumnType.DOUBLE: pa.float64(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
    ColumnType.GEOMETRY: pa.string(),
}

Cells = Mapping[str, Sequence[Any]]


def schema_of(types: Mapping[str, ColumnType]) -> Schema:
    return tuple(Column(name, kind) for name, kind in types.items())


def load(engine: DuckDBEngine, types: Mapping[str, ColumnType], cells: Cells, table: str = "t") -> Schema:
    """Put the cells (column → values) into the engine, with `_row`."""
    rows = len(next(iter(cells.values())))
    fields = [pa.field("_row", pa.int64()), *(pa.field(name, ARROW[kind]) for name, kind in types.items())]
    arrays = [pa.array(range(1, rows + 1), pa.int64())]
    arrays += [pa.array(list(cells[name]), ARROW[kind]) for name, kind in types.items()]
    schema = pa.schema(fields)
    engine.create_from_batches(table, schema, [pa.RecordBatch.from_arrays(arrays, schema=schema)])
    return schema_of(types)


def engine_at(folder: Path) -> DuckDBEngine:
    return DuckDBEngine(folder, memory_mb=512, threads=2)


def suite_of(*expectations: tuple[str, Mapping[str, Any]], **meta: Any) -> dict[str, Any]:
    return {
        "name": "s",
        "expectations": [
            {"type": kind, "kwargs": dict(kwargs), "meta": dict(meta)} for kind, kwargs in expectations
        ],
    }
