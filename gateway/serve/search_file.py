"""The search file: which rows hold which two characters side by side, so that a word of any script is found without
reading the rows; a Chinese word of two characters is one look-up, and its rows are counted exactly.

Built from the release's Parquet only, and rebuildable from it. Words have no boundaries in Chinese, so nothing is cut
into words: every character and every pair of neighbours in a searched column is a term, in lower case. A word of one
or two characters is answered exactly; a longer one by the rows that hold all its pairs, which the engine then reads.
(SQLite's FTS5 was measured beside it: see docs/adr/0020.) The file, read through one memory map:

    postings    per term, either its row numbers (0-based, uint32), or where those would be longer a bit for each row
    terms       uint64[n], ascending: the first character << 32 | the second (0 = the character alone)
    places      int64[n], where each posting begins
    counts      int64[n], how many rows hold the term
    description JSON; its length, int64; the magic
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import duckdb
import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from catalog.engine.render import column as column_term
from catalog.errors import Unavailable, Where
from catalog.release import Release
from catalog.text import Text
from gateway.serve.released_parquet import open_released
from gateway.serve.sql import TABLE, searched

__all__ = ["BUILDER_VERSION", "SEARCH_FILE_ROWS", "Found", "SearchFile", "build_search_file"]

BUILDER_VERSION = "search-1"
SEARCH_FILE_ROWS = 20_000
"""Fewer rows are read in about the time that a request takes anyway."""

MAGIC = b"KAIZHAS1"
BATCH_ROWS = 1 << 15
_ROW_BITS, _CHARACTER_BITS = 15, 21
_END = "\n"
"""Between the cells of a row: no word holds it, because words are parted at blanks."""

Numbers: TypeAlias = NDArray[np.uint32]
Bits: TypeAlias = NDArray[np.uint8]


def build_search_file(parquet: Path, release: Release, out_path: Path, threads: int = 2) -> None:
    """Write the search file of `release` to `out_path` (complete or not at all).

    Raises Unavailable: the Parquet does not hold exactly the release's columns and rows.
    """
    scratch = out_path.with_name(f".{out_path.name}.{os.getpid()}")
    spill = out_path.with_name(f".{out_path.name}.{os.getpid()}.runs")
    source = open_released(parquet, release, threads, out_path.parent)
    try:
        with spill.open("w+b") as runs, scratch.open("wb") as file:
            found = _runs(source, release, runs)
            runs.flush()
            _write(
                file,
                np.memmap(runs, np.uint32, "r") if runs.tell() else np.empty(0, np.uint32),
                found,
                release,
            )
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(out_path)
    finally:
        scratch.unlink(missing_ok=True)
        spill.unlink(missing_ok=True)
        source.close()


@dataclass(frozen=True, slots=True)
class _Runs:
    """Row numbers of one term in one batch, end to end in a file: the term, where its run begins, how long it is."""

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]


def _runs(source: duckdb.DuckDBPyConnection, release: Release, runs: BinaryIO) -> _Runs:
    terms, starts, lengths = [], [], []
    first_row = written = 0
    for batch in _texts(source, release):
        pairs = _pairs(batch)
        changes = np.flatnonzero(np.diff(pairs >> np.uint64(_ROW_BITS), prepend=np.uint64(2**64 - 1)))
        rows = (pairs & np.uint64((1 << _ROW_BITS) - 1)).astype(np.uint32) + np.uint32(first_row)
        runs.write(rows.tobytes())
        terms.append((pairs >> np.uint64(_ROW_BITS))[changes])
        starts.append(changes.astype(np.int64) + written)
        lengths.append(np.diff(changes, append=len(pairs)).astype(np.int64))
        first_row += len(batch)
        written += len(rows)
    if not terms:
        return _Runs(np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.int64))
    return _Runs(np.concatenate(terms), np.concatenate(starts), np.concatenate(lengths))


def _texts(source: duckdb.DuckDBPyConnection, release: Release) -> Iterator[pa.LargeStringArray]:
    """The searched cells of each row as one text, in batches."""
    cells = [
        exp.Coalesce(this=exp.Lower(this=column_term(one.name)), expressions=[exp.Literal.string("")])
        for one in searched(release)
    ]
    if not cells:
        return
    parts: list[exp.Expr] = []
    for cell in cells:
        parts += [cell, exp.Literal.string(_END)]
    select = exp.select(exp.alias_(exp.Anonymous(this="concat", expressions=parts), "text"))
    reader = source.sql(select.from_(exp.to_table(TABLE)).sql("duckdb")).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        for start in range(0, len(batch), BATCH_ROWS):
            yield batch.column(0).cast(pa.large_string()).slice(start, BATCH_ROWS)


def _pairs(texts: pa.LargeStringArray) -> NDArray[np.uint64]:
    """Every character and pair of neighbours with the row of the batch it stands in, once each, ascending:
    first << (characters + rows) | second << rows | row."""
    _, bounds, content = texts.buffers()
    assert bounds is not None
    ends = np.frombuffer(memoryview(bounds), np.int64)[texts.offset : texts.offset + len(texts) + 1]
    octets = (
        np.frombuffer(memoryview(content), np.uint8)[ends[0] : ends[-1]] if content else np.empty(0, np.uint8)
    )
    begins = (octets & 0xC0) != 0x80  # the first byte of a character
    row_of = np.repeat(np.arange(len(texts), dtype=np.uint64), np.diff(ends))[begins]
    characters = np.frombuffer(octets.tobytes().decode().encode("utf-32-le"), np.uint32)
    kept = characters > 0x20
    alone = characters.astype(np.uint64)
    pairs = alone[1:] << np.uint64(_ROW_BITS)
    alone <<= np.uint64(_CHARACTER_BITS + _ROW_BITS)
    alone |= row_of
    pairs |= alone[:-1]
    beside = kept[:-1] & kept[1:] & (row_of[:-1] == row_of[1:])
    found = np.concatenate([alone[kept], pairs[beside]])
    # numpy's own unique() goes through a hash table, where keys of this kind collide: fifty times as slow as sorting.
    found.sort()
    first = np.empty(len(found), np.bool_)
    first[:1] = True
    np.not_equal(found[1:], found[:-1], out=first[1:])
    return found[first]


def _write(file: BinaryIO, rows: Numbers, found: _Runs, release: Release) -> None:
    order = np.argsort(found.terms, kind="stable")
    terms, starts, lengths = found.terms[order], found.starts[order], found.lengths[order]
    firsts = np.flatnonzero(np.diff(terms, prepend=np.uint64(2**64 - 1)))
    ends = np.append(firsts[1:], len(terms))[: len(firsts)]
    places, counts = np.empty(len(firsts), np.int64), np.empty(len(firsts), np.int64)
    for i, (first, end) in enumerate(zip(firsts.tolist(), ends.tolist(), strict=True)):
        parts = [rows[starts[k] : starts[k] + lengths[k]] for k in range(first, end)]
        numbers = parts[0] if len(parts) == 1 else np.concatenate(parts)
        places[i], counts[i] = file.tell(), len(numbers)
        file.write(_packed(numbers, release.rows))
        file.write(b"\0" * (-file.tell() % 4))
    file.write(b"\0" * (-file.tell() % 8))
    sections = {}
    low = np.uint64((1 << _CHARACTER_BITS) - 1)
    spread = (terms[firsts] >> np.uint64(_CHARACTER_BITS) << np.uint64(32)) | (terms[firsts] & low)
    for name, section in (("terms", spread), ("places", places), ("counts", counts)):
        sections[name] = [file.tell(), section.nbytes]
        file.write(section.tobytes())
    description = {
        "builder": BUILDER_VERSION,
        "release": release.id,
        "columns": [one.name for one in searched(release)],
        "rows": release.rows,
        **sections,
    }
    written = orjson.dumps(description)
    file.write(written + len(written).to_bytes(8, "little") + MAGIC)


def _in_bits(count: int, rows: int) -> bool:
    """Whether a bit for each row is shorter than four bytes for each that holds the term."""
    return count * 32 > rows


def _packed(numbers: Numbers, rows: int) -> bytes:
    if not _in_bits(len(numbers), rows):
        return numbers.tobytes()
    bits = np.zeros(rows, np.bool_)
    bits[numbers] = True
    return np.packbits(bits, bitorder="little").tobytes()


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that hold all words, or with `exact` False may. Ascending row numbers, or a bit for each row."""

    rows: int
    count: int
    exact: bool
    numbers: Numbers | None = None
    bits: Bits | None = None

    def page(self, start: int, limit: int) -> list[int]:
        """Row numbers (0-based) at places `start`…, in the order of the file."""
        if self.numbers is not None:
            few: list[int] = self.numbers[start : start + limit].tolist()
            return few
        assert self.bits is not None
        before = np.cumsum(np.bitwise_count(self.bits), dtype=np.int64)
        first = int(np.searchsorted(before, start, side="right"))
        last = int(np.searchsorted(before, start + limit, side="left"))
        inside = np.flatnonzero(np.unpackbits(self.bits[first : last + 1], bitorder="little")) + first * 8
        skipped = start - (int(before[first - 1]) if first else 0)
        shown: list[int] = inside[skipped : skipped + limit].tolist()
        return shown

    def row_numbers(self) -> bytes:
        """All row numbers, 1-based as the engine's, uint32 little-endian."""
        if self.numbers is not None:
            return (self.numbers + np.uint32(1)).tobytes()
        assert self.bits is not None
        rows = np.flatnonzero(np.unpackbits(self.bits, count=self.rows, bitorder="little"))
        return (rows + 1).astype(np.uint32).tobytes()


class SearchFile:
    """A reader of one search file. Reads change nothing, so it may be shared by threads.

    Raises Unavailable when opened on a file that is not this release's, or of another builder.
    """

    def __init__(self, path: Path, release: Release) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        whole = np.frombuffer(self._map, np.uint8)
        description = _description(self._map)
        expected = (BUILDER_VERSION, release.id, [one.name for one in searched(release)], release.rows)
        if tuple(description.get(part) for part in ("builder", "release", "columns", "rows")) != expected:
            raise Unavailable(
                Text("检索文件与发布记录不一致", "The search file is not of this release"),
                Text(
                    "它会从发布文件重建，请稍后再试", "It will be rebuilt from the release; try again later"
                ),
                Where(file=path.name),
            )
        self._rows = release.rows
        self._whole = whole
        self._terms, self._places, self._counts = (
            whole[begin : begin + size].view(kind)
            for (begin, size), kind in (
                (description["terms"], np.uint64),
                (description["places"], np.int64),
                (description["counts"], np.int64),
            )
        )

    def find(self, words: Sequence[str]) -> Found:
        """The rows that hold all words, which are in lower case and hold no blank."""
        terms = dict.fromkeys(term for word in words for term in _terms_of(word))
        exact = all(len(word) <= 2 for word in words)
        found = sorted((self._posting(term) for term in terms), key=lambda one: one.count)
        here = found[0]
        for other in found[1:]:
            here = _both(here, other)
        return Found(here.rows, here.count, exact, here.numbers, here.bits)

    def _posting(self, term: int) -> Found:
        place = int(np.searchsorted(self._terms, np.uint64(term)))
        if place == len(self._terms) or int(self._terms[place]) != term:
            return Found(self._rows, 0, True, np.empty(0, np.uint32))
        begin, count = int(self._places[place]), int(self._counts[place])
        if _in_bits(count, self._rows):
            return Found(self._rows, count, True, bits=self._whole[begin : begin + (self._rows + 7) // 8])
        return Found(self._rows, count, True, self._whole[begin : begin + 4 * count].view(np.uint32))


def _both(fewer: Found, more: Found) -> Found:
    """Rows of both; `fewer` is not the longer one."""
    if fewer.bits is not None and more.bits is not None:
        bits = fewer.bits & more.bits
        return Found(fewer.rows, int(np.bitwise_count(bits).sum(dtype=np.int64)), True, bits=bits)
    assert fewer.numbers is not None
    here = fewer.numbers
    if more.bits is not None:
        held = (more.bits[here >> np.uint32(3)] >> (here & np.uint32(7)).astype(np.uint8)) & 1
        kept = here[held.astype(np.bool_)]
    else:
        assert more.numbers is not None
        kept = np.intersect1d(here, more.numbers, assume_unique=True)
    return Found(fewer.rows, len(kept), True, kept)


def _terms_of(word: str) -> Iterator[int]:
    codes = [ord(character) for character in word]
    if len(codes) == 1:
        yield codes[0] << 32
    for first, second in pairwise(codes):
        yield first << 32 | second


def _description(whole: Any) -> dict[str, Any]:
    """The description at the end of the map; empty where the file is not a complete search file."""
    if len(whole) < 16 or whole[-8:] != MAGIC:
        return {}
    length = int.from_bytes(whole[-16:-8], "little")
    description: dict[str, Any] = orjson.loads(whole[-16 - length : -16])
    return description
