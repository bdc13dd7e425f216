"""CSV → typed Parquet version (decode, locate, type, prove) against plain DuckDB `COPY` of the same CSV in the same run,
and its growth: rows a second and peak memory of a process of its own for each size.

``python -m benchmarks.read [--rows N] [--runs N] [--growth 1,5,20,50]`` (growth in millions of rows; files are deleted)
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.publish import OUT, plain
from benchmarks.table import COLUMNS, ROWS, write_csv
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.ingest import local, read

SHARE = 0.6  # of the throughput of COPY, at least
MEMORY_MB = 2048
LINEAR, FLAT = 0.8, 1.25  # rows/s of the largest to the smallest size, at least; memory, at most


def ours(csv: Path, folder: Path) -> tuple[float, int]:
    """Seconds from the file to its typed Parquet version, and its rows. Hashing what is received is counted."""
    begun = time.perf_counter()
    source = local(csv, 1 << 40)
    with DuckDBEngine(folder / "engine", memory_mb=MEMORY_MB) as engine:
        reading = read(engine, source, folder / "spool")
        if len(source.sha256) != 64:  # waits for it
            raise SystemExit("not hashed")
        seconds = time.perf_counter() - begun
        if reading.rejected_rows or len(reading.schema) != len(COLUMNS):
            raise SystemExit("not read in full")
        reading.path.unlink()
        return seconds, reading.rows


def alone(csv: Path) -> None:
    """One reading in this process; prints seconds, rows and the peak of resident memory in MB."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        seconds, rows = ours(csv, Path(folder))
    print(seconds, rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def growth(millions: list[float]) -> bool:
    """Print the table of sizes; whether time is linear and memory flat."""
    print(f"{'rows':>12} {'MB':>8} {'s':>8} {'rows/s':>12} {'peak RSS, MB':>14}")
    found = []
    for size in millions:
        rows = int(size * 1_000_000)
        csv = write_csv(OUT / f"growth-{rows}.csv", rows)
        try:
            megabytes = csv.stat().st_size / 1e6
            answer = subprocess.run(
                [sys.executable, "-m", "benchmarks.read", "--alone", str(csv)],
                check=True,
                capture_output=True,
                text=True,
            )
        finally:
            csv.unlink()
        seconds, read_rows, peak = (float(one) for one in answer.stdout.split())
        if read_rows != rows:
            raise SystemExit(f"{read_rows:.0f} of {rows} rows were read")
        found.append((rows / seconds, peak))
        print(
            f"{rows:>12,} {megabytes:>8.0f} {seconds:>8.1f} {rows / seconds:>12,.0f} {peak:>14.0f}",
            flush=True,
        )
    (first_rate, _), (last_rate, last_peak) = found[0], found[-1]
    middle = found[1][1] if len(found) > 2 else found[0][1]  # the first size may not fill the buffers
    return last_rate >= LINEAR * first_rate and last_peak <= FLAT * middle


def main() -> None:
    """Print the ratio, then the growth where asked; exit code 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--growth", default="")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    if asked.alone is not None:
        alone(asked.alone)
        return
    csv = write_csv(OUT / f"table-{asked.rows}.csv", asked.rows)
    floors, seconds = [], []
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        ours(csv, Path(folder))  # once, for the page cache and the imports
        for _ in range(asked.runs):
            floors.append(plain(csv, Path(folder) / "plain.parquet"))
            seconds.append(ours(csv, Path(folder))[0])
    shares = [floor / one for floor, one in zip(floors, seconds, strict=True)]
    megabytes = csv.stat().st_size / 1e6
    print(f"{asked.rows:,} rows × {len(COLUMNS)} columns, {megabytes:.0f} MB; medians of {asked.runs} runs")
    for what, times in (("plain DuckDB COPY", floors), ("typed version", seconds)):
        middle = statistics.median(times)
        print(f"{what:20} {middle:7.2f} s {megabytes / middle:8.0f} MB/s")
    share = statistics.median(shares)
    print(f"throughput {share:.2f}× of COPY (at least {SHARE}×)")
    good = share >= SHARE
    if asked.growth:
        good = growth([float(one) for one in asked.growth.split(",")]) and good
    if not good:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
