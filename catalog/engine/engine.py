"""The batch engine as the rest of the house sees it: a session over tables, asked with sqlglot terms.

DuckDB is the embedded one (`duckdb_engine`); Spark Connect follows behind the same Protocol. Group-bys are rendered
by sqlglot; per-row work is one function over Arrow batches, the same code on every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa
from sqlglot import exp

__all__ = ["BatchFunction", "Compression", "Engine"]

Compression = Literal["zstd", "snappy"]
BatchFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


class Engine(Protocol):
    """One session; tables are named, closed with the session. Not safe to share between threads."""

    def register_parquet(self, table: str, path: Path, numbered: bool = False) -> None:
        """Make a Parquet file readable as `table`; `numbered`: with `_row`, the row's place in the file from 1."""
        ...

    def create_table(self, table: str, select: exp.Select) -> None:
        """Materialise a query as `table`."""
        ...

    def create_from_batches(self, table: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        """Materialise Arrow batches (all of `schema`) as `table`."""
        ...

    def fetch(self, select: exp.Select) -> pa.Table:
        """The answer of a query, all of it."""
        ...

    def map_batches(self, table: str, select: exp.Select, function: BatchFunction, schema: pa.Schema) -> None:
        """Materialise `function` over the batches of a query, in order, as `table` with `schema`."""
        ...

    def write_parquet(self, select: exp.Select, path: Path, compression: Compression = "zstd") -> int:
        """Write a query's answer to a *new* Parquet file; the number of rows written. zstd where the file is read and
        sent many times, snappy (a quarter faster, a third larger) where it is kept."""
        ...

    def close(self) -> None: ...
