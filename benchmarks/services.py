"""4,000 purpose-built APIs on 1,600 datasets: how long `kaizha serve` takes from a cold start until the last of them has
answered, what memory its serving processes hold, and whether the 4,000th is as fast as the first and as the dataset's own
interface. The same once more for a join: a view made at the gate beside joining for each question.

``python -m benchmarks.services [--datasets N --services N --workers N]``; exit code 1 where it takes longer than `READY_S`,
holds more than `MEMORY_MB`, an answer is not the dataset's own, or the last is slower than the first by more than `SLOWER`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.contract import Contract, Field
from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import MaskOperator
from catalog.finding import Grade
from catalog.predicate import Comparison, Operator
from catalog.registry import work
from catalog.registry.contracts import record_contract
from catalog.registry.services import Probed, add_service, move_service, record_probes
from catalog.release import Release, ReleasedColumn
from catalog.service import Service, ServiceState
from catalog.text import Text
from catalog.zones import sha256_of
from gateway.access import OWNER
from gateway.gate import Gate, new_submission_id, open_gate
from gateway.publish.jobs import build_serving_files
from gateway.serve.query import RecordsQuery
from gateway.serve.row_file import RowFile, build_row_file
from gateway.serve.shelf import PARQUET
from gateway.services.propose import Seen, proposed
from gateway.settings import GateSettings
from tests.conftest import free_port

READY_S, MEMORY_MB, SLOWER = 5.0, 1_024, 1.25
ROWS = 60
COLUMNS = (
    Column("编号", ColumnType.TEXT, Text("编号", "code")),
    Column("区县", ColumnType.TEXT, Text("区县", "district")),
    Column("日期", ColumnType.DATE, Text("日期", "day")),
    Column("数量", ColumnType.INTEGER, Text("数量", "amount")),
)
Call = tuple[str, str]
"""A path with its query, and the path of the dataset's own interface that answers the same."""


def invented(gate: Gate, number: int) -> Release:
    """One released dataset with its files, written as a publication writes them."""
    now = gate.now()
    dataset = Dataset(f"invented-{number}", f"数据 {number}", f"局 {number % 40}", "other")
    rows = {
        "编号": [f"{number:04}-{row:03}" for row in range(ROWS)],
        "区县": [f"区{(row + number) % 8}" for row in range(ROWS)],
        "日期": [date(2024, 1, 1) + timedelta(days=row * 3) for row in range(ROWS)],
        "数量": [(row * 37 + number) % 101 for row in range(ROWS)],
    }
    file = gate.spool / "invented.parquet"
    pq.write_table(pa.table(rows), file, compression="zstd")
    release_id = gate.open.put(file, PARQUET)
    file.unlink()
    release = Release(
        id=release_id,
        dataset=dataset,
        version_id="0" * 64,
        columns=tuple(ReleasedColumn(one, MaskOperator.KEEP) for one in COLUMNS),
        withheld=(),
        rows=ROWS,
        bytes=gate.open.path(release_id, PARQUET).stat().st_size,
        excluded_rows=0,
        grade=Grade.L1,
        quality_score=None,
        list_version="1",
        policy_epoch=0,
        published_at=now,
        published_by=OWNER.name,
        ledger_index=number + 1,
        keys=("编号",),
        contract="1.0.0",
    )
    submission = new_submission_id(now)
    with gate.registry.transaction() as unit:
        work.register_dataset(unit, dataset, now)
        work.record_submission(unit, submission, dataset.id, {}, OWNER.name, now)
        contract = Contract(fields=tuple(Field(one.name) for one in COLUMNS))
        record_contract(unit, dataset.id, "1.0.0", contract, OWNER.name, now)
        work.open_release(unit, release, submission, now)
        work.record_probe(unit, release_id, True, now)
    build_serving_files(gate.open.path(release_id, PARQUET), release, gate.settings.cache_folder)
    return release


def operations(release: Release) -> list[tuple[Service, str]]:
    """By key, of a district, statistics, in that order: as `kaizha service propose` has them."""
    first = f"{release.dataset.id.removeprefix('invented-'):0>4}-000"
    looked = (("编号", ROWS, first, first), ("区县", 8, "区0", "区7"), ("数量", 50, 0, 100))
    columns = {one.name: one for one in COLUMNS}
    seen = {name: Seen(columns[name], *values) for name, *values in looked}
    found = {service.id.split("-")[2]: (service, meaning) for service, meaning in proposed(release, seen)}
    return [found["by"], found["of"], found["statistics"]]


def seed(gate: Gate, datasets: int, services: int) -> list[Call]:
    """The home; the calls of all services with their examples, in the order in which they were declared."""
    declared: list[tuple[Release, Service, str]] = []
    gate.spool.mkdir(parents=True, exist_ok=True)
    for number in range(datasets):
        release = invented(gate, number)
        left = services - len(declared) - 2 * (datasets - number - 1)
        mine = [(release, *one) for one in operations(release)[: max(0, min(3, left))]]
        declared += (
            reversed(mine) if number == datasets - 1 else mine
        )  # the last one declared is by key, as the first
    now, probes = gate.now(), []
    with gate.registry.transaction() as unit:
        for release, service, meaning in declared:
            number = add_service(unit, service, meaning, ServiceState.DECLARED, (), OWNER.name, now)
            move_service(unit, number, ServiceState.ACTIVE, OWNER.name, now)
            probes.append(Probed(number, True, {release.dataset.id: release.id}))
        record_probes(unit, probes, now)
    return [_call(service) for _, service, _ in declared]


def _call(service: Service) -> Call:
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in service.example.items())
    own = f"/api/v1/datasets/{service.dataset}/records?limit={service.limit}&{query}"
    if service.is_aggregate:
        metrics = quote(",".join(one.source for one in service.metrics))
        own = f"/api/v1/datasets/{service.dataset}/aggregate?limit={service.limit}"
        own += f"&group_by={quote(service.group_by[0].source)}&metrics={metrics}"
    return f"/api/v1/services/{service.id}?{query}", own


class Client:
    """One keep-alive connection. What is told to come back later does so, and is counted in `again`."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.again = 0

    def get(self, path: str) -> bytes:
        for _ in range(3):
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                return body
            if answer.status != 503:
                break
            self.again += 1
            time.sleep(float(answer.headers["retry-after"]))
        raise SystemExit(f"{answer.status} {path} {body[:200].decode()}")

    def median_us(self, path: str, times: int) -> float:
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            self.get(path)
            taken.append(time.perf_counter() - begun)
        return statistics.median(taken) * 1e6


def compared(client: Client, paths: Sequence[str], rounds: int = 15, times: int = 150) -> list[float]:
    """Median microseconds of each, asked in turns so that what disturbs one disturbs all."""
    taken: list[list[float]] = [[] for _ in paths]
    for _ in range(rounds):
        for place, path in enumerate(paths):
            taken[place].append(client.median_us(path, times))
    return [statistics.median(one) for one in taken]


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in tree(int(child)))]


def pss_mb(pids: Sequence[int]) -> float:
    """Proportional set size: shared pages count a share each."""
    lines = (Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() for pid in pids)
    return sum(int(line.split()[1]) for one in lines for line in one if line.startswith("Pss:")) / 1024


def serving(pids: Sequence[int]) -> list[int]:
    """Those that serve: the serve processes and their query workers."""
    names = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
    return [
        pid for pid, name in names.items() if b"gateway.processes\0serve" in name or b"worker_main" in name
    ]


def serve_and_measure(home: Path, calls: Sequence[Call], workers: int) -> bool:
    """Whether everything holds; prints the table."""
    empty = empty_house_s(workers)
    port = free_port()
    begun = time.perf_counter()
    process = _serve(home, port, workers)
    try:
        client = _ready(port, begun)
        listed = time.perf_counter() - begun
        total = json.loads(client.get("/api/v1/services?limit=1"))["total"]
        ready = time.perf_counter() - begun
        client.get(calls[-1][0])
        answered = time.perf_counter() - begun
        print(
            f"cold start: an empty house healthy {empty:.2f} s; this one healthy {listed:.2f} s, "
            f"{total} services listed {ready:.2f} s, the last answers {answered:.2f} s"
        )
        begun = time.perf_counter()
        unlike = sum(_records(client.get(one)) != _records(client.get(own)) for one, own in calls)
        taken = time.perf_counter() - begun
        print(
            f"every one asked once, beside its dataset's own interface: {taken:.1f} s, {unlike} answers differ, "
            f"{client.again} came back later"
        )
        pids = tree(process.pid)
        held, whole = pss_mb(serving(pids)), pss_mb(pids)
        print(
            f"memory (PSS) after that: serving {held:.0f} MB over {len(serving(pids))} processes, the whole house {whole:.0f} MB"
        )
        first, last, own = compared(client, (calls[0][0], calls[-1][0], calls[-1][1]))
        print(
            f"warm, over HTTP: the first {first:.0f} µs, the {len(calls)}th {last:.0f} µs (ratio {last / first:.2f}), "
            f"its dataset's own {own:.0f} µs (ratio {last / own:.2f})"
        )
        return (
            answered <= READY_S
            and held <= MEMORY_MB
            and not unlike
            and last <= SLOWER * first
            and total == len(calls)
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def empty_house_s(workers: int) -> float:
    """How long a house with nothing in it takes, on this machine now: what is there before the first service."""
    with tempfile.TemporaryDirectory() as folder:
        open_gate(GateSettings(home=Path(folder))).registry.close()
        port, begun = free_port(), time.perf_counter()
        process = _serve(Path(folder), port, workers)
        try:
            _ready(port, begun)
            return time.perf_counter() - begun
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _serve(home: Path, port: int, workers: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "KAIZHA_HOME": str(home)}
    command = [sys.executable, "-c", "from gateway.cli import main; main()"]
    command += ["serve", "--port", str(port), "--workers", str(workers)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _ready(port: int, begun: float) -> Client:
    while time.perf_counter() - begun < 120:
        try:
            client = Client(port)
            client.get("/health/ready")
            return client
        except (OSError, http.client.HTTPException, SystemExit):
            time.sleep(0.02)
    raise SystemExit("not ready")


def _records(body: bytes) -> object:
    return json.loads(body)["records"]


def join_or_view(rows: int) -> None:
    """One row of a join by key: joined for each question by DuckDB over the released Parquets, and looked up in a row
    file made of the join. Answers are the same."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session = duckdb.connect(config={"threads": 1})
        left, right, view = (folder / f"{one}.parquet" for one in ("left", "right", "view"))
        session.sql(
            f"SELECT 'k'||i AS code, 'd'||(i % 5000) AS place, i AS amount FROM range({rows}) t(i)"
        ).write_parquet(str(left))
        session.sql("SELECT 'd'||i AS name, i * 2.5 AS area FROM range(5000) t(i)").write_parquet(str(right))
        joined = f"SELECT code, amount, area FROM '{left}' l JOIN '{right}' r ON l.place = r.name"
        begun = time.perf_counter()
        session.sql(f"SELECT code, amount, area::DOUBLE AS area FROM ({joined})").write_parquet(str(view))
        columns = (("code", ColumnType.TEXT), ("amount", ColumnType.INTEGER), ("area", ColumnType.DOUBLE))
        with tempfile.TemporaryDirectory() as home:
            gate = open_gate(GateSettings(home=Path(home)))
            gate.spool.mkdir(parents=True, exist_ok=True)
            release = replace(
                invented(gate, 0),
                id=sha256_of(view),
                columns=tuple(ReleasedColumn(Column(one, kind), MaskOperator.KEEP) for one, kind in columns),
                rows=rows,
                keys=("code",),
            )
            gate.registry.close()
        build_row_file(view, release, folder / "rows")
        made = time.perf_counter() - begun
        reader = RowFile(folder / "rows", release)
        asked, looked = [], []
        for number in range(0, rows, rows // 40):
            begun = time.perf_counter()
            found = session.sql(f"{joined} WHERE code = 'k{number}'").fetchall()
            asked.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            query = RecordsQuery(where=Comparison("code", Operator.EQ, f"k{number}"))
            run = reader.run(query)
            assert run is not None
            page = reader.page(run, query)
            looked.append(time.perf_counter() - begun)
            row = json.loads(page.records[0])
            assert [tuple(row.values())] == [(code, amount, float(area)) for code, amount, area in found]
        each, one = statistics.median(asked) * 1e3, statistics.median(looked) * 1e3
        print(
            f"a joined row by key, {rows:,} rows with 5,000: joined when asked {each:.1f} ms, looked up in the view "
            f"{one * 1000:.0f} µs (ratio {each / one:.0f}); the view and its row file take {made:.1f} s once a release"
        )


def main() -> None:
    """Print the table; exit code 1 as said above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=1_600)
    parser.add_argument("--services", type=int, default=4_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--join-rows", type=int, default=500_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        gate = open_gate(GateSettings(home=home))
        begun = time.perf_counter()
        calls = seed(gate, asked.datasets, asked.services)
        gate.registry.close()
        print(
            f"{asked.datasets} datasets and {len(calls)} services written in {time.perf_counter() - begun:.0f} s"
        )
        holds = serve_and_measure(home, calls, asked.workers)
    join_or_view(asked.join_rows)
    print(
        f"ready within {READY_S:.0f} s, at most {MEMORY_MB} MB, the last as fast as the first: {'yes' if holds else 'NO'}"
    )
    if not holds:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
