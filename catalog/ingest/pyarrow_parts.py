"""One Parquet file whose columns may learn their type late: parts with one schema each, joined at the end where there are several.

Rows come once and are not kept, so a column that has been empty so far is written under the type it is declared to have;
where its first value is of another, a new part begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["Parts"]


class Parts:
    """A writer of batches of columns to `path`. `declared` are the types of columns that may stay empty, by place; the
    type of the others comes from their first values (`type_of`), and `array` makes a typed array of cells."""

    def __init__(
        self,
        path: Path,
        names: Sequence[str],
        declared: Sequence[pa.DataType | None],
        type_of: Callable[[Sequence[object]], pa.DataType | None],
        array: Callable[[list[Any], pa.DataType, int], Any],
    ) -> None:
        self._path, self._names, self._type_of, self._array = path, list(names), type_of, array
        self._types = [one or pa.string() for one in declared]
        self._seen = [False] * len(self._names)
        self._parts: list[Path] = []
        self._writer: pq.ParquetWriter | None = None

    @property
    def size(self) -> int:
        """Bytes on disk so far."""
        return sum(part.stat().st_size for part in self._parts)

    def write(self, columns: Sequence[list[Any]]) -> None:
        """One batch, all columns of one length. Raises whatever `array` raises of a cell that does not fit."""
        self._learn(columns)
        if self._writer is None:
            part = (
                self._path.with_name(f"{self._path.name}.{len(self._parts)}") if self._parts else self._path
            )
            self._parts.append(part)
            self._writer = pq.ParquetWriter(part, self._schema(), compression="snappy")
        arrays = [
            self._array(cells, type_, place)
            for place, (cells, type_) in enumerate(zip(columns, self._types, strict=True))
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema()))

    def close(self) -> None:
        """End the file; several parts become one."""
        self._end_part()
        if len(self._parts) < 2:
            return
        schema, joined = self._schema(), self._path.with_name(f"{self._path.name}.joined")
        try:
            with pq.ParquetWriter(joined, schema, compression="snappy") as writer:
                for part in self._parts:
                    with pq.ParquetFile(part) as source:
                        for batch in source.iter_batches():
                            writer.write_batch(_under(batch, schema))
            joined.replace(self._path)
        finally:
            joined.unlink(missing_ok=True)
            self.discard_parts()

    def discard_parts(self) -> None:
        """End writing and delete every part but the file itself."""
        self._end_part()
        for part in self._parts[1:]:
            part.unlink(missing_ok=True)

    def _learn(self, columns: Sequence[list[Any]]) -> None:
        for place, cells in enumerate(columns):
            if self._seen[place] or (found := self._type_of(cells)) is None:
                continue
            self._seen[place] = True
            if found != self._types[place]:
                self._types[place] = found
                self._end_part()

    def _end_part(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _schema(self) -> pa.Schema:
        return pa.schema(list(zip(self._names, self._types, strict=True)))


def _under(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch under the final schema: where a column has another type, it is empty in this batch."""
    arrays = [
        column if column.type == field.type else pa.nulls(batch.num_rows, field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
