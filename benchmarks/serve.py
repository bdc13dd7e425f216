"""Requests per second of the data API against Datasette on the same released table, in the same run, one server
process each; the answers are compared for equality first. Quota-free on both sides; our answer cache is defeated by
asking for more different rows than it remembers.

``python -m benchmarks.serve [--rows N] [--seconds S]``
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.load import run_load
from benchmarks.publish import BASIS, METADATA, OUT
from benchmarks.table import ROWS, write_csv
from catalog.contract import Contract
from catalog.ingest import local
from gateway.access import OWNER
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings

BIN = Path(sys.executable).parent
KEYS = ("record_id", "received_on")
POINT_LIMIT = 10.0


def prepare(csv: Path, home: Path, database: Path) -> None:
    """Publish the table, and give Datasette the same rows in SQLite with the same columns indexed."""
    gate = open_gate(GateSettings(home=home))
    source = local(csv, 1 << 34)
    request = Request(source.name, source.sha256, METADATA, Contract(keys=KEYS), yes=True, answers=BASIS)
    report = submit(gate, OWNER, source, request, Stages())
    run_jobs(gate)
    if report.release is None:
        raise SystemExit("not released")
    released = home / "open" / f"{report.release.id}.parquet"
    names = [one.column.name for one in report.release.columns]
    with duckdb.connect() as connection, sqlite3.connect(database) as target:
        cursor = connection.execute(f"SELECT * FROM read_parquet('{released}')")
        target.execute(f"CREATE TABLE rows ({', '.join(names)})")
        places = ", ".join("?" * len(names))
        while rows := cursor.fetchmany(50_000):
            plain = ([str(cell) if hasattr(cell, "isoformat") else cell for cell in row] for row in rows)
            target.executemany(f"INSERT INTO rows VALUES ({places})", plain)
        for key in KEYS:
            target.execute(f"CREATE INDEX by_{key} ON rows ({key})")
    gate.registry.close()


@contextmanager
def serving(command: Sequence[str], port: int, ready: str, **variables: str) -> Iterator[int]:
    """A server on `port` until the block ends."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}").close()
                break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(port: int, path: str) -> list[dict[str, object]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        body = json.load(answer)
    return list(body["records"] if "records" in body else body["rows"])


def normal(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Times and truth values as both sides write them."""
    words = {"true": 1, "false": 0, True: 1, False: 0}
    plain = []
    for row in rows:
        cells = {}
        for name, cell in row.items():
            cell = words.get(cell, cell) if isinstance(cell, str | bool) else cell
            cells[name] = cell.replace("T", " ") if isinstance(cell, str) else cell
        plain.append(cells)
    return plain


def main() -> None:
    """Print requests per second and ratios; exit code 1 when the point lookup is below its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    csv = write_csv(OUT / f"table-{asked.rows}.csv", asked.rows)
    ids = [f"R{(number * 7919) % asked.rows:08}" for number in range(20_000)]
    days = [f"202{number % 5}-{number % 12 + 1:02}-15" for number in range(60)]
    ours_paths = {
        "point lookup": [f"/api/v1/datasets/bench/records?record_id={one}" for one in ids],
        "range + sort, 100 rows": [
            f"/api/v1/datasets/bench/records?received_on__gte={day}&sort=received_on&limit=100&offset={place}"
            for place in range(200)
            for day in days
        ],
    }
    spared = "_shape=objects&_nosuggest=1&_nofacet=1&_nocount=1"
    theirs_paths = {
        "point lookup": [f"/peer/rows.json?record_id={one}&{spared}" for one in ids],
        "range + sort, 100 rows": [f"/peer/rows.json?received_on__gte={day}&_sort=received_on&_size=100&{spared}" for day in days],
    }  # fmt: skip
    below = False
    folder = Path(tempfile.mkdtemp(dir=OUT))
    try:
        prepare(csv, folder / "home", folder / "peer.db")
        first, second = free_port(), free_port()
        kaizha = [str(BIN / "kaizha"), "serve", "--port", str(first)]
        datasette = [
            str(BIN / "datasette"),
            "serve",
            "-i",
            str(folder / "peer.db"),
            "--port",
            str(second),
            "--setting",
            "suggest_facets",
            "off",
        ]
        with (
            serving(kaizha, first, "/health/ready", KAIZHA_HOME=str(folder / "home")),
            serving(datasette, second, "/peer.json"),
        ):
            for path, other in list(
                zip(ours_paths["point lookup"], theirs_paths["point lookup"], strict=True)
            )[:50]:
                mine, peer = normal(fetch(first, path)), normal(fetch(second, other))
                for row in peer:
                    row.pop("rowid", None)
                if mine != peer or len(mine) != 1:
                    raise SystemExit(f"answers differ: {mine} {peer}")
            print(
                f"{asked.rows:,} rows, one server process each, 4 connections, median of {asked.runs} × {asked.seconds:.0f} s"
            )
            for what in ours_paths:
                pairs = [
                    (
                        run_load(first, ours_paths[what], asked.seconds).per_second,
                        run_load(second, theirs_paths[what], asked.seconds).per_second,
                    )
                    for _ in range(asked.runs)
                ]
                mine_s, peer_s = (statistics.median(side) for side in zip(*pairs, strict=True))
                ratio = mine_s / peer_s
                wanted = f"  (at least {POINT_LIMIT:.0f}×)" if what == "point lookup" else ""
                below |= what == "point lookup" and ratio < POINT_LIMIT
                print(f"{what:26} {mine_s:8.0f}/s   Datasette {peer_s:7.0f}/s   {ratio:6.1f}×{wanted}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if below:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
