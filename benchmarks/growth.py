"""What the declared operations of one table cost as it grows from 10,000 to 10,000,000 rows: the time of a warm look, the
time of a cold one (nothing of the file in memory), and the pages of the file that a cold one reads.

``python -m benchmarks.growth [--sizes 10000,…] [--picture docs/images/growth.svg]``; exit code 1 where they grow
faster than the logarithm of the rows: where the warm time of the largest to that of the smallest is more than `SLACK` times
the ratio of the logarithms, or where a look reads more than two pages for each row that it answers and two for each halving
of the table (a binary search reads a place and its value).
"""

from __future__ import annotations

import argparse
import ctypes
import math
import mmap
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy

from benchmarks.publish import OUT
from benchmarks.stand import KEYS
from benchmarks.table import COLUMNS, write_csv
from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import MaskOperator
from catalog.finding import Grade
from catalog.release import Release, ReleasedColumn
from catalog.text import Text
from gateway.moment import utc_now
from gateway.serve.parse import parse_records
from gateway.serve.query import RecordsQuery
from gateway.serve.row_file import RowFile, build_row_file

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
WARM, COLD = 400, 25
SLACK = 2.0
"""Small tables are in the processor's caches, large ones are not: each row of a page is then two waits for memory."""
ROUNDS = 12
TYPES = {
    "VARCHAR": ColumnType.TEXT,
    "BIGINT": ColumnType.INTEGER,
    "DOUBLE": ColumnType.DOUBLE,
    "BOOLEAN": ColumnType.BOOLEAN,
    "DATE": ColumnType.DATE,
    "TIMESTAMP": ColumnType.TIMESTAMP,
}

Params = list[tuple[str, str]]


def _record(rows: int, n: int) -> Params:
    return [("record_id", f"R{n * 7919 % rows:08}"), ("limit", "1")]


def _since(rows: int, n: int) -> Params:
    day = f"202{n % 4}-{n % 12 + 1:02}-{n % 27 + 1:02}"
    return [("received_on__gte", day), ("sort", "received_on"), ("limit", "100")]


def _counted(rows: int, n: int) -> Params:
    return [*_since(rows, n), ("count", "exact"), ("offset", str(rows // 10))]


def _offset(rows: int, n: int) -> Params:
    return [("offset", str((n * 7919 + rows // 2) % rows)), ("limit", "100")]


OPERATIONS: dict[str, Callable[[int, int], Params]] = {
    "point": _record,
    "range and sort, 100 rows": _since,
    "the same, counted, further on": _counted,
    "page at an offset": _offset,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """Microseconds warm and cold, and pages of 4 KiB that a cold look reads: medians; warm the best round of some."""

    warm: float
    cold: float
    pages: float


def released(rows: int, folder: Path) -> tuple[Release, Path]:
    """The table as a release writes it, and its row file."""
    csv, parquet = write_csv(folder / f"{rows}.csv", rows), folder / f"{rows}.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT * FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet)")
        described = engine.execute(f"DESCRIBE SELECT * FROM read_parquet('{parquet}')").fetchall()
    csv.unlink()
    columns = [Column(name, TYPES[kind], Text(name, name)) for name, kind, *_ in described if name in COLUMNS]
    release = Release(
        id="0" * 64,
        dataset=Dataset("growth", "growth", "bench", "other"),
        version_id="0" * 64,
        columns=tuple(ReleasedColumn(one, MaskOperator.KEEP) for one in columns),
        withheld=(),
        rows=rows,
        bytes=parquet.stat().st_size,
        excluded_rows=0,
        grade=Grade.L1,
        quality_score=None,
        list_version="1",
        policy_epoch=0,
        published_at=utc_now(),
        published_by="bench",
        ledger_index=1,
        keys=KEYS,
        contract="1.0.0",
    )
    path = folder / f"{rows}.rows"
    build_row_file(parquet, release, path)
    parquet.unlink()
    return release, path


@dataclass(frozen=True, slots=True)
class Built:
    """One size of the table, and its questions by operation."""

    file: RowFile
    path: Path
    questions: dict[str, list[RecordsQuery]]

    def ask(self, query: RecordsQuery) -> float:
        """Microseconds of one look."""
        begun = time.perf_counter()
        run = self.file.run(query)
        if run is None:
            raise SystemExit("not answered by the row file")
        self.file.page(run, query)
        return (time.perf_counter() - begun) * 1e6


def build(rows: int, folder: Path) -> Built:
    """One size."""
    release, path = released(rows, folder)
    asked = {
        name: [parse_records(params(rows, n), release) for n in range(WARM)]
        for name, params in OPERATIONS.items()
    }
    return Built(RowFile(path, release), path, asked)


def warm(built: dict[int, Built], name: str) -> dict[int, float]:
    """Microseconds of a look by size: the sizes take turns, so that all have the same machine; the best round of each."""
    best = dict.fromkeys(built, math.inf)
    for _ in range(ROUNDS):
        for rows, one in built.items():
            best[rows] = min(best[rows], statistics.median(map(one.ask, one.questions[name])))
    return best


def cold(one: Built, name: str) -> tuple[float, float]:
    """Microseconds and pages of a look when nothing of the file is in memory: medians."""
    took, pages = [], []
    for query in one.questions[name][:COLD]:
        forget(one.file, one.path)
        took.append(one.ask(query))
        pages.append(resident(one.file))
    return statistics.median(took), statistics.median(pages)


def forget(file: RowFile, path: Path) -> None:
    """Nothing of the file is in memory, and only what is touched comes back: no reading ahead."""
    mapped = _map_of(file)
    mapped.madvise(mmap.MADV_DONTNEED)
    with path.open("rb") as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    mapped.madvise(mmap.MADV_RANDOM)
    if (left := resident(file)) > 0:
        raise SystemExit(f"{left} pages of the file stay in memory")


def resident(file: RowFile) -> int:
    """Pages of the file that are in memory (mincore)."""
    mapped = _map_of(file)
    size = len(mapped)
    pages = -(-size // mmap.PAGESIZE)
    told = (ctypes.c_ubyte * pages)()
    address = numpy.frombuffer(mapped, dtype=numpy.uint8).ctypes.data
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mincore(ctypes.c_void_p(address), ctypes.c_size_t(size), told) != 0:
        raise OSError(ctypes.get_errno(), "mincore")
    return sum(one & 1 for one in bytes(told))


def _map_of(file: RowFile) -> mmap.mmap:
    return file._map  # noqa: SLF001 - it is the pages of the map itself that are looked at


def picture(table: dict[int, dict[str, Seen]]) -> str:
    """Three small charts over the rows, logarithmic: warm, cold, pages."""
    width, height, left, gap = 300, 190, 46, 34
    colours = dict(zip(OPERATIONS, ("#0b6e4f", "#c8553d", "#3d5a80", "#8f6a00"), strict=True))
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{3 * (width + gap) + left}" height="{height + 110}" '
            'font-family="sans-serif" font-size="11" fill="#222">'
        ),
        f'<rect width="{3 * (width + gap) + left}" height="{height + 110}" fill="#fff"/>',
    ]
    sizes = sorted(table)
    for place, (part, title) in enumerate(
        (("warm", "warm, µs"), ("cold", "cold, µs"), ("pages", "pages read cold"))
    ):
        x0 = left + place * (width + gap)
        values = [getattr(seen, part) for row in table.values() for seen in row.values()]
        most = max(values) * 1.1
        parts.append(f'<text x="{x0}" y="20" font-weight="bold">{title}</text>')
        parts.append(
            f'<path d="M{x0} 30V{height + 30}H{x0 + width - 20}" fill="none" stroke="#888" stroke-width="1"/>'
        )
        for share in (0.0, 0.5, 1.0):
            y = height + 30 - share * height / 1.1
            parts.append(
                f'<text x="{x0 - 4}" y="{y + 4:.0f}" text-anchor="end">{share * max(values):.0f}</text>'
            )
        for index, rows in enumerate(sizes):
            x = x0 + 20 + index * (width - 60) / max(1, len(sizes) - 1)
            parts.append(f'<text x="{x:.0f}" y="{height + 46}" text-anchor="middle">{rows:,}</text>')
        for name, colour in colours.items():
            points = " ".join(
                f"{x0 + 20 + index * (width - 60) / max(1, len(sizes) - 1):.1f},"
                f"{height + 30 - getattr(table[rows][name], part) / most * height:.1f}"
                for index, rows in enumerate(sizes)
            )
            parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for index, (name, colour) in enumerate(colours.items()):
        x, y = left + index * 240, height + 84
        parts.append(f'<rect x="{x}" y="{y - 9}" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 20}" y="{y - 3}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    """Print the table and draw the picture; exit code 1 where something grows faster than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--picture", type=Path)
    asked = parser.parse_args()
    sizes = [int(one) for one in asked.sizes.split(",")]
    OUT.mkdir(exist_ok=True)
    table: dict[int, dict[str, Seen]] = {rows: {} for rows in sizes}
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        built = {rows: build(rows, Path(folder)) for rows in sizes}
        for name in OPERATIONS:
            best = warm(built, name)
            for rows, one in built.items():
                table[rows][name] = seen = Seen(best[rows], *cold(one, name))
                print(
                    f"{name:32} {rows:>12,} rows  warm {seen.warm:8.1f} µs  cold {seen.cold:9.0f} µs  pages {seen.pages:5.0f}",
                    flush=True,
                )
    if asked.picture:
        asked.picture.write_text(picture(table), "utf-8")
    good = True
    may = SLACK * math.log(sizes[-1]) / math.log(sizes[0])
    for name, asked_of in OPERATIONS.items():
        grown = table[sizes[-1]][name].warm / table[sizes[0]][name].warm
        answered = int(dict(asked_of(sizes[0], 0))["limit"])
        read = all(table[n][name].pages <= 2 * answered + 2 * math.log2(n) for n in sizes)
        good = good and grown <= may and read
        print(
            f"{name:32} {sizes[-1] // sizes[0]:,} times the rows: warm {grown:.2f}× (at most {may:.2f}×), "
            f"pages within two a row and two a halving: {'yes' if read else 'NO'}"
        )
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
