"""The row file: the release as JSON lines with an index behind them; answers pages, declared keys, offsets and exact
counts in O(log n), in microseconds, so its reads belong in the event loop.

Built from the release's Parquet only, and rebuildable from it. A first design kept this in SQLite; measured on 1 M
rows × 20 columns this form builds in a third of the time (no row passes through Python), is smaller, and answers a
point and a page several times faster. The file, read through one memory map:

    rows        one JSON object a line (the bytes an answer sends, and the NDJSON export as it is)
    offsets     int64[n + 1], where each line starts
    per declared key, in the key's order with nulls last (equal values by row number):
      values    int64[m], double[m], or UTF-8 bytes with int64[m + 1] offsets; m rows have a value
      numbers   int64[n], the row number (0-based) at each position
    description JSON; its length, int64; the magic

A range of a key is a run of positions, so its count is the difference of two binary searches and an offset an addition.
"""

from __future__ import annotations

import mmap
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.render import column as column_term
from catalog.errors import Unavailable, Where
from catalog.predicate import Literal, Operator
from catalog.release import Release
from catalog.text import Text
from gateway.serve.declared import Declared, declared
from gateway.serve.encoding import ENCODER_VERSION, json_row
from gateway.serve.page import Page
from gateway.serve.query import Count, RecordsQuery
from gateway.serve.released_parquet import open_released
from gateway.serve.sql import TABLE, columns_of_release, row_column

__all__ = ["BUILDER_VERSION", "RowFile", "build_row_file"]

BUILDER_VERSION = f"row-1.{ENCODER_VERSION}"
MAGIC = b"KAIZHAR1"
BATCH_ROWS = 16_384
SAMPLES = 1_024
"""Strings of a key that are kept in memory once it has been searched, about 100 KB."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - times in a release carry no zone


def build_row_file(parquet: Path, release: Release, out_path: Path, threads: int = 2) -> None:
    """Write the row file of `release` to `out_path` (complete or not at all).

    Raises Unavailable: the Parquet does not hold exactly the release's columns and rows.
    """
    scratch = out_path.with_name(f".{out_path.name}.{os.getpid()}")
    source = open_released(parquet, release, threads, out_path.parent)
    try:
        with scratch.open("wb") as file:
            _Writer(file, source, release).write()
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(out_path)
    finally:
        scratch.unlink(missing_ok=True)
        source.close()


class _Writer:
    """Writes the sections in order and remembers where each one lies: ``[offset, bytes]``."""

    def __init__(self, file: BinaryIO, source: duckdb.DuckDBPyConnection, release: Release) -> None:
        self._file = file
        self._source = source
        self._source.execute("SET arrow_large_buffer_size = true")
        self._release = release
        self._columns = columns_of_release(release)
        self._number = row_column(self._columns)

    def write(self) -> None:
        json = json_row(self._columns, suffix="}\n")
        lines = self._batches(exp.select(exp.alias_(json, "line")).from_(exp.to_table(TABLE)))
        description = {
            "builder": BUILDER_VERSION,
            "release": self._release.id,
            "columns": [one.name for one in self._columns],
            "rows": self._release.rows,
            "lines": self._text(batch.column(0) for batch in lines),
            "keys": {one.name: key for one in self._columns if (key := self._key(one))},
        }
        written = orjson.dumps(description)
        self._file.write(written + len(written).to_bytes(8, "little") + MAGIC)

    def _key(self, column: Column) -> dict[str, Any] | None:
        """The positions of a declared key; None where it has none, or a value has no exact form here (a decimal
        beyond 64 bits, an infinite date): the column file answers for it then."""
        if column.name not in self._release.keys or column.type is ColumnType.GEOMETRY:
            return None
        here, encoded = column_term(column.name), _KEY_TERM[column.type](column_term(column.name))
        counts = exp.select(exp.Count(this=here), exp.Count(this=encoded)).from_(exp.to_table(TABLE))
        [(values, encodable)] = self._source.execute(counts.sql("duckdb")).fetchall()
        if values != encodable:
            return None
        number = column_term(self._number)
        row = exp.Sub(this=number.copy(), expression=exp.Literal.number(1))
        order = [exp.Ordered(this=term.copy(), nulls_first=False) for term in (here, number)]
        select = (
            exp.select(encoded.copy(), exp.cast(row, "BIGINT")).from_(exp.to_table(TABLE)).order_by(*order)
        )
        batches = list(self._batches(select))
        numbers = self._array([batch.column(1) for batch in batches])
        present = [batch.column(0).drop_null() for batch in batches]
        text = column.type is ColumnType.TEXT
        return {
            "values": self._text(present) if text else self._array(present),
            "numbers": numbers,
            "count": values,
        }

    def _batches(self, select: exp.Select) -> Iterator[pa.RecordBatch]:
        return iter(self._source.sql(select.sql("duckdb")).to_arrow_reader(BATCH_ROWS))

    def _text(self, arrays: Iterable[Any]) -> dict[str, list[int]]:
        """Strings end to end, then where each starts. `arrays` may be a generator: one batch is held at a time."""
        start = self._file.tell()
        length = 0
        offsets: list[Any] = [pa.array([0], pa.int64())]
        for array in arrays:
            _, bounds, content = array.cast(pa.large_string()).buffers()
            if not len(array):
                continue
            ends = pa.Array.from_buffers(pa.int64(), len(array) + 1, [None, bounds], offset=array.offset)
            first, last = ends[0].as_py(), ends[-1].as_py()
            self._file.write(memoryview(content)[first:last])
            offsets.append(pc.add(ends[1:], length - first))
            length += last - first
        self._pad()
        return {"bytes": [start, length], "offsets": self._array(offsets)}

    def _array(self, arrays: Iterable[Any]) -> list[int]:
        """Numbers of eight bytes, end to end."""
        start, length = self._file.tell(), 0
        for array in arrays:
            content = memoryview(array.buffers()[1])[array.offset * 8 : (array.offset + len(array)) * 8]
            self._file.write(content)
            length += len(content)
        return [start, length]

    def _pad(self) -> None:
        self._file.write(b"\0" * (-self._file.tell() % 8))


class _Numbers:
    """Sorted numbers inside the map, for binary search."""

    def __init__(self, values: memoryview[int] | memoryview[float]) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def left(self, bound: Any) -> int:
        return bisect_left(self._values, bound)

    def right(self, bound: Any) -> int:
        return bisect_right(self._values, bound)

    def equal(self, bound: Any) -> tuple[int, int]:
        """The positions that hold `bound`: first and one past the last."""
        return self.left(bound), self.right(bound)


class _Strings:
    """Sorted UTF-8 strings inside the map, for binary search (bytes order is DuckDB's order of text). The search begins
    among a few that are kept as Python has them: to cut one out of the map costs more than to compare it."""

    def __init__(self, content: memoryview, offsets: memoryview) -> None:
        self._content = content
        self._offsets = offsets
        self._step = max(1, len(self) // SAMPLES)
        self._samples: list[bytes] | None = None

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        return self._content[self._offsets[index] : self._offsets[index + 1]].tobytes()

    def left(self, bound: bytes) -> int:
        place = bisect_left(self._sampled(), bound)
        return bisect_left(self, bound, *self._around(place))

    def right(self, bound: bytes) -> int:
        place = bisect_right(self._sampled(), bound)
        return bisect_right(self, bound, *self._around(place))

    def equal(self, bound: bytes) -> tuple[int, int]:
        """The positions that hold `bound`: first and one past the last. Mostly there is one at the most."""
        first = self.left(bound)
        if first == len(self) or self[first] != bound:
            return first, first
        if first + 1 == len(self) or self[first + 1] != bound:
            return first, first + 1
        return first, self.right(bound)

    def _sampled(self) -> list[bytes]:
        if self._samples is None:
            self._samples = [self[index] for index in range(0, len(self), self._step)]
        return self._samples

    def _around(self, place: int) -> tuple[int, int]:
        """Where to look when a bound belongs before the sample at `place`."""
        return max(0, place - 1) * self._step, min(len(self), place * self._step)


class RowFile:
    """A reader of one row file. Reads change nothing, so it may be shared by threads.

    Raises Unavailable when opened on a file that is not this release's, or of another builder.
    """

    def __init__(self, path: Path, release: Release) -> None:
        self.release = release
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        whole = memoryview(self._map)
        description = _description(whole)
        expected = (BUILDER_VERSION, release.id, [one.column.name for one in release.columns], release.rows)
        if tuple(description.get(part) for part in ("builder", "release", "columns", "rows")) != expected:
            raise Unavailable(
                Text("行文件与发布记录不一致", "The row file is not of this release"),
                Text(
                    "它会从发布文件重建，请稍后再试", "It will be rebuilt from the release; try again later"
                ),
                Where(file=path.name),
            )
        self._lines, self._offsets = _text_section(whole, description["lines"])
        self._start: int = description["lines"]["bytes"][0]
        self._keys: dict[str, tuple[Any, memoryview]] = {}
        types = {one.column.name: one.column.type for one in release.columns}
        for name, key in description["keys"].items():
            values: Any
            if types[name] is ColumnType.TEXT:
                values = _Strings(*_text_section(whole, key["values"]))
            else:
                values = _Numbers(
                    _section(whole, key["values"]).cast("d" if types[name] is ColumnType.DOUBLE else "q")
                )
            self._keys[name] = (values, _section(whole, key["numbers"]).cast("q"))

    def run(self, query: RecordsQuery) -> Declared | None:
        """The run of rows that answers `query` here; None where it is the column file's to answer."""
        run = declared(query, self.release)
        if run is None or run.key is None:
            return run
        known = run.key in self._keys and all(_key_value(value) is not None for _, value in run.bounds)
        return run if known else None

    def supports(self, query: RecordsQuery) -> bool:
        """Whether this file answers `query`."""
        return self.run(query) is not None

    def page(self, run: Declared, query: RecordsQuery) -> Page:
        """The page of a run and its exact total. Values come first (`descending`: from the end of the positions),
        then the rows without a value (likewise); or those first."""
        start = query.cursor.served if query.cursor else query.offset
        if run.key is None:
            total = self.release.rows
            numbers: Sequence[int] = range(min(start, total), min(start + query.limit, total))
        else:
            total, numbers = self._numbers(run, start, query.limit)
        last = numbers[-1] + 1 if numbers else 0
        more = start + len(numbers) < total
        shown = (
            range(numbers.start + 1, numbers.stop + 1)
            if isinstance(numbers, range)
            else [n + 1 for n in numbers]
        )
        return Page(self._read(numbers), last, total, Count.EXACT, more, numbers=shown)

    def records(self, numbers: Sequence[int]) -> list[bytes]:
        """JSON of the rows with these 1-based numbers, in this order."""
        return self._read([number - 1 for number in numbers])

    def lines(self, start: int, size: int) -> bytes:
        """At most `size` bytes of the JSON lines from byte `start` on; empty at the end."""
        return self._lines[start : start + size].tobytes()

    def _read(self, numbers: Sequence[int]) -> list[bytes]:
        whole, offsets, start = self._map, self._offsets, self._start
        if (
            isinstance(numbers, range) and numbers
        ):  # side by side: one piece, whose lines hold no other newline (JSON)
            return whole[start + offsets[numbers[0]] : start + offsets[numbers[-1] + 1] - 1].split(b"\n")
        return [whole[start + offsets[number] : start + offsets[number + 1] - 1] for number in numbers]

    def _numbers(self, run: Declared, start: int, limit: int) -> tuple[int, list[int]]:
        values, numbers = self._keys[run.key or ""]
        low, high = _bounds(run, values)
        held = max(0, high - low)
        total = self.release.rows if run.nulls else held
        end = min(start + limit, total)
        parts = [(low, held), (held, total - held)]  # (first position, how many)
        if run.nulls_first:
            parts.reverse()
        found: list[int] = []
        before = 0
        for first, size in parts:
            begin, until = max(start - before, 0), min(end - before, size)
            if begin < until:
                found += _places(numbers, first, size, begin, until, run.descending)
            before += size
        return total, found


def _places(numbers: memoryview, first: int, size: int, start: int, end: int, back: bool) -> list[int]:
    """Row numbers at places `start`..`end` (half-open) of the `size` positions from `first` on."""
    if back:
        return numbers[first + size - end : first + size - start].tolist()[::-1]
    return numbers[first + start : first + end].tolist()


def _bounds(run: Declared, values: Any) -> tuple[int, int]:
    low, high = 0, len(values)
    for operator, value in run.bounds:
        bound: Any = _key_value(value)
        if operator is Operator.EQ:
            first, end = values.equal(bound)
            low, high = max(low, first), min(high, end)
        elif operator is Operator.GTE:
            low = max(low, values.left(bound))
        elif operator is Operator.LTE:
            high = min(high, values.right(bound))
        elif operator is Operator.GT:
            low = max(low, values.right(bound))
        elif operator is Operator.LT:
            high = min(high, values.left(bound))
    return low, high


def _description(whole: memoryview) -> dict[str, Any]:
    """The description at the end of the map; empty where the file is not a complete row file."""
    if len(whole) < 16 or bytes(whole[-8:]) != MAGIC:
        return {}
    length = int.from_bytes(whole[-16:-8], "little")
    description: dict[str, Any] = orjson.loads(whole[-16 - length : -16])
    return description


def _section(whole: memoryview, place: list[int]) -> memoryview:
    return whole[place[0] : place[0] + place[1]]


def _text_section(whole: memoryview, places: dict[str, list[int]]) -> tuple[memoryview, memoryview]:
    return _section(whole, places["bytes"]), _section(whole, places["offsets"]).cast("q")


def _key_value(value: Literal | tuple[Literal, ...]) -> int | float | bytes | None:
    """The form of a bound in the file; None where it has none (outside 64 bits)."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, Decimal):
        scaled = int(value.scaleb(9)) if value.adjusted() < 10 else 2**63
        return scaled if -(2**63) <= scaled < 2**63 else None
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(microseconds=1)
    if isinstance(value, date):
        return (value - _EPOCH.date()).days
    return int(value) if isinstance(value, bool) else value  # type: ignore[return-value]  # IN never comes here


def _text_key(term: exp.Expr) -> exp.Expr:
    return term


def _integer_key(term: exp.Expr) -> exp.Expr:
    return exp.cast(term, "BIGINT")


def _finite(term: exp.Expr, then: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=exp.Anonymous(this="isfinite", expressions=[term.copy()]), true=then)])


def _double_key(term: exp.Expr) -> exp.Expr:
    return _finite(term, term)


def _decimal_key(term: exp.Expr) -> exp.Expr:
    digits = exp.Anonymous(
        this="replace",
        expressions=[exp.cast(term, "VARCHAR"), exp.Literal.string("."), exp.Literal.string("")],
    )
    return exp.TryCast(this=digits, to=exp.DataType.build("BIGINT"))


def _date_key(term: exp.Expr) -> exp.Expr:
    epoch = exp.cast(exp.Literal.string("1970-01-01"), "DATE")
    return _finite(term, exp.cast(exp.paren(exp.Sub(this=term, expression=epoch)), "BIGINT"))


def _timestamp_key(term: exp.Expr) -> exp.Expr:
    return _finite(term, exp.Anonymous(this="epoch_us", expressions=[term]))


_KEY_TERM = {
    ColumnType.TEXT: _text_key,
    ColumnType.INTEGER: _integer_key,
    ColumnType.DOUBLE: _double_key,
    ColumnType.DECIMAL: _decimal_key,
    ColumnType.BOOLEAN: _integer_key,
    ColumnType.DATE: _date_key,
    ColumnType.TIMESTAMP: _timestamp_key,
}
