"""What the serving benchmarks stand on: one released table, its peers with the same rows and the same columns indexed, and
servers on loopback that end with the block."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg

from benchmarks.publish import BASIS, METADATA
from catalog.contract import Contract
from catalog.ingest import local
from gateway.access import OWNER, Role, issue
from gateway.access.keys import KeyTerms
from gateway.access.plan import Plan
from gateway.access.plans import set_plan
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings

BIN = Path(sys.executable).parent
KEYS = ("record_id", "received_on")
WIDE = Plan("partner", per_second=100_000.0, burst=100_000, daily=1_000_000_000, concurrent=10_000)


def prepare(csv: Path, home: Path) -> tuple[Path, str]:
    """Publish the table; its released Parquet, and a key for it whose limits are counted and never reached."""
    gate = open_gate(GateSettings(home=home))
    source = local(csv, 1 << 34)
    request = Request(source.name, source.sha256, METADATA, Contract(keys=KEYS), yes=True, answers=BASIS)
    report = submit(gate, OWNER, source, request, Stages())
    run_jobs(gate)
    if report.release is None:
        raise SystemExit("not released")
    with gate.registry.transaction() as unit:
        set_plan(unit, WIDE, "benchmark", gate.now())
        terms = KeyTerms(WIDE.name, "benchmark")
        key = issue(unit, gate.keys, "benchmark", Role.DEVELOPER, None, gate.now(), None, terms)
    gate.registry.close()
    return home / "open" / f"{report.release.id}.parquet", key


def load_sqlite(released: Path, database: Path) -> None:
    """The released rows for Datasette, with the same columns indexed."""
    with duckdb.connect() as connection, sqlite3.connect(database) as target:
        kinds = {"BIGINT": "INTEGER", "BOOLEAN": "INTEGER", "DOUBLE": "REAL"}
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{released}')").fetchall()
        fields = [f"{name} {kinds.get(kind, 'TEXT')}" for name, kind, *_ in described]
        target.execute(f"CREATE TABLE rows ({', '.join(fields)})")
        cursor = connection.execute(f"SELECT * FROM read_parquet('{released}')")
        places = ", ".join("?" * len(fields))
        while rows := cursor.fetchmany(50_000):
            plain = ([str(cell) if hasattr(cell, "isoformat") else cell for cell in row] for row in rows)
            target.executemany(f"INSERT INTO rows VALUES ({places})", plain)
        for key in KEYS:
            target.execute(f"CREATE INDEX by_{key} ON rows ({key})")
        target.execute("ANALYZE")


def load_postgres(released: Path, database: str) -> dict[str, str]:
    """The released rows in PostgreSQL, typed, numbered by `n` in their order and indexed; type by column."""
    types = {
        "VARCHAR": "text",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
        "BIGINT": "bigint",
        "DOUBLE": "double precision",
    }
    csv = released.with_suffix(".csv")
    with duckdb.connect() as source, psycopg.connect(database) as target:
        described = source.execute(f"DESCRIBE SELECT * FROM read_parquet('{released}')").fetchall()
        columns = {str(name): types.get(str(kind), "boolean") for name, kind, *_ in described}
        fields = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        target.execute(f"CREATE TABLE rows (n bigint PRIMARY KEY, {fields})")
        select = f"SELECT row_number() OVER (), * FROM read_parquet('{released}')"
        source.execute(f"COPY ({select}) TO '{csv}' (FORMAT csv, HEADER false)")
        with csv.open("rb") as file, target.cursor().copy("COPY rows FROM STDIN (FORMAT csv)") as copy:
            while chunk := file.read(1 << 20):
                copy.write(chunk)
        for key in KEYS:
            target.execute(f"CREATE INDEX by_{key} ON rows ({key}, n)")
    csv.unlink()
    with psycopg.connect(database, autocommit=True) as target:
        target.execute("VACUUM ANALYZE rows")
    return columns


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
