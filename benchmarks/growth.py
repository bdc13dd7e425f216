"""What the declared operations of one table cost as it grows from 10,000 to 10,000,000 rows: the time of a warm look, the
time of a cold one (nothing of the file in memory), and the pages of the file that a cold one reads.

``python -m benchmarks.growth [--sizes 10000,…] [--picture docs/images/growth.svg]``; exit code 1 where warm time or pages
grow faster than the logarithm of the rows: where the last tenfold adds more than `SLACK` times what a tenfold before it did,
and more than `NOISE` of the whole.
"""

from __future__ import annotations

import argparse
import ctypes
import mmap
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
from gateway.serve.row_file import RowFile, build_row_file

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
WARM, COLD = 400, 25
SLACK, NOISE = 1.5, 0.15
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
    """Microseconds warm and cold, and pages of 4 KiB that a cold look reads: medians."""

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


def look(rows: int, folder: Path) -> dict[str, Seen]:
    """Every operation on one size."""
    release, path = released(rows, folder)
    file = RowFile(path, release)
    found = {}
    for name, asked in OPERATIONS.items():
        queries = [parse_records(asked(rows, n), release) for n in range(WARM)]

        def ask(n: int, queries: Sequence[object] = queries) -> float:
            query = queries[n]
            begun = time.perf_counter()
            run = file.run(query)  # type: ignore[arg-type]
            assert run is not None
            file.page(run, query)  # type: ignore[arg-type]
            return (time.perf_counter() - begun) * 1e6

        for n in range(WARM):  # the samples of a key are read with its first look
            ask(n)
        warm = statistics.median(ask(n) for n in range(WARM))
        cold, pages = [], []
        for n in range(COLD):
            forget(file, path)
            cold.append(ask(n))
            pages.append(resident(file))
        found[name] = Seen(warm, statistics.median(cold), statistics.median(pages))
    path.unlink()
    return found


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
    table: dict[int, dict[str, Seen]] = {}
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        for rows in sizes:
            table[rows] = look(rows, Path(folder))
            for name, seen in table[rows].items():
                print(
                    f"{rows:>12,} rows  {name:32} warm {seen.warm:8.1f} µs  cold {seen.cold:9.0f} µs  pages {seen.pages:5.0f}",
                    flush=True,
                )
    if asked.picture:
        asked.picture.write_text(picture(table), "utf-8")
    good = True
    for name in OPERATIONS:
        for part in ("warm", "pages"):
            values = [getattr(table[rows][name], part) for rows in sizes]
            steps = [after - before for before, after in pairwise(values)]
            holds = len(steps) < 2 or steps[-1] <= max(SLACK * max(steps[:-1]), NOISE * values[-1])
            good = good and holds
            added = " ".join(f"{step:+.1f}" for step in steps)
            print(f"{name:32} {part:5} each tenfold adds {added}{'' if holds else '  NO'}")
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
