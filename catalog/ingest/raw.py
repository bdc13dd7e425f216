"""The raw table: everything as text, columns c0, c1, …, before any type is believed.

Every format arrives here, so that types, totals, blank rows and repeated headers are judged once and alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
from sqlglot import exp

from catalog.dataset import ColumnType, ReadingChoice, RejectedRow
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, KaizhaError, TooLarge, Where
from catalog.ingest.limits import Limits
from catalog.text import Text

__all__ = ["RawTable", "load_rows", "named", "raw_name", "unreadable"]

BATCH_ROWS = 20_000
BATCH_CHARS = 32 << 20


@dataclass(frozen=True, slots=True)
class RawTable:
    """What a format reader hands on. `names` are final, one per column; `header` the header's cells as they stood,
    where a header stands in the data's own form; `fixed` types that the format itself declares, by position;
    `sparse_footers` = notes below the table may stand in any column (worksheets)."""

    table: str
    names: tuple[str, ...]
    rows: int
    choices: tuple[ReadingChoice, ...]
    header: tuple[str, ...] | None = None
    rejected_rows: int = 0
    rejected: tuple[RejectedRow, ...] = ()
    fixed: Mapping[int, ColumnType] = field(default_factory=dict)
    sparse_footers: bool = False
    footers: bool = True


def named(table: str) -> exp.Table:
    """A quoted table reference."""
    return exp.Table(this=exp.to_identifier(table, quoted=True))


def raw_name(position: int) -> str:
    """The raw table's name of the column at a 0-based position."""
    return f"c{position}"


def load_rows(
    engine: DuckDBEngine,
    table: str,
    width: int,
    rows: Iterable[Sequence[str | None]],
    file: str,
    limits: Limits,
) -> int:
    """Materialise rows of `width` text cells (empty = null) as the raw table; the number of rows.

    Raises TooLarge over the caps of `limits`, BadInput for characters that are none, and whatever `rows` raises.
    """
    schema = pa.schema([(raw_name(position), pa.string()) for position in range(width)])
    counted = _Counted()
    try:
        engine.create_from_batches(table, schema, counted.batches(rows, schema, file, limits))
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if counted.failure is not None:
            raise counted.failure from None
        raise unreadable(file) from error
    if counted.failure is not None:
        raise counted.failure
    return counted.rows


def unreadable(file: str) -> BadInput:
    """The engine could not take the file; its own message may quote cells, so it is not repeated."""
    return BadInput(
        Text("文件无法读取，可能已损坏", "The file cannot be read and may be damaged"),
        Text("请重新导出后提交", "Export it again and submit the new file"),
        Where(file=file),
    )


class _Counted:
    """Batches with a count, and the error that stopped them: an error that crosses the engine comes out as another."""

    def __init__(self) -> None:
        self.rows = 0
        self.failure: BaseException | None = None

    def batches(
        self, rows: Iterable[Sequence[str | None]], schema: pa.Schema, file: str, limits: Limits
    ) -> Iterator[pa.RecordBatch]:
        try:
            for chunk in _chunks(rows, file, limits, self.rows):
                self.rows += len(chunk)
                if self.rows > limits.max_rows:
                    raise TooLarge(
                        Text(f"行数超过上限 {limits.max_rows:,}", f"More than {limits.max_rows:,} rows"),
                        Text("请按年度或区域拆分后提交", "Split it by year or district"),
                        Where(file=file),
                    )
                yield _batch(chunk, schema, file)
        except (KaizhaError, MemoryError, RecursionError) as error:
            self.failure = error
            raise


def _chunks(
    rows: Iterable[Sequence[str | None]], file: str, limits: Limits, before: int
) -> Iterator[list[Sequence[str | None]]]:
    chunk: list[Sequence[str | None]] = []
    chars = 0
    for number, row in enumerate(rows, start=before + 1):
        chunk.append(row)
        longest = 0
        for cell in row:
            if cell:
                size = len(cell)
                chars += size
                if size > longest:
                    longest = size
        if longest > limits.max_cell_chars:
            raise TooLarge(
                Text(
                    f"第 {number} 行有单元格超过 {limits.max_cell_chars:,} 个字符",
                    f"Row {number} has a cell over {limits.max_cell_chars:,} characters",
                ),
                Text("请拆分或去掉过长的内容", "Split or drop the overlong content"),
                Where(file=file),
            )
        if len(chunk) >= BATCH_ROWS or chars >= BATCH_CHARS:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk


def _batch(chunk: list[Sequence[str | None]], schema: pa.Schema, file: str) -> pa.RecordBatch:
    try:
        arrays = [
            pa.array([cell or None for cell in column], pa.string()) for column in zip(*chunk, strict=True)
        ]
    except UnicodeEncodeError:
        raise BadInput(
            Text(
                "文本中有不成对的代理字符，不是合法的 Unicode",
                "The text holds lone surrogates, which are no characters",
            ),
            Text("请在来源系统中修正后重新导出", "Correct it where it comes from and export again"),
            Where(file=file),
        ) from None
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
