"""What a line for each request costs: processor time of the serve process for a point look-up, with request lines written
to a file and without them (KAIZHA_LOG_LEVEL=warning), two servers of one process each in the same run, asked in turns;
their answers are compared for equality first. Other trees of the program can be held against this one with ``--tree``.
Requests a second are shown beside it: on a machine with neighbours they say little.

``python -m benchmarks.observe [--rows N] [--seconds S] [--runs N] [--tree FOLDER]``
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.load import run_load
from benchmarks.publish import OUT
from benchmarks.serve import fetch, free_port, prepare
from benchmarks.table import write_csv

MOST_COST = 0.05


@contextmanager
def server(home: Path, log: Path, level: str, tree: Path) -> Iterator[tuple[int, int]]:
    """A server of `tree`, its lines in the file `log`, until the block ends: its port, and its serve process."""
    port = free_port()
    variables = {"KAIZHA_HOME": str(home), "KAIZHA_LOG_LEVEL": level, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-c", "from gateway.cli import main; main()", "serve", "--port", str(port)]
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command,
            env=os.environ | variables,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
            cwd=tree,
        )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready").close()
                break
            except OSError:
                time.sleep(0.2)
        yield port, serve_process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def serve_process(parent: int) -> int:
    """The id of the serve process that `parent` has started."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            ours = int(status.read_text().rpartition(")")[2].split()[1]) == parent
            if ours and b"gateway.processes\0serve" in (status.parent / "cmdline").read_bytes():
                return int(status.parent.name)
        except OSError:
            continue
    raise SystemExit("no serve process")


def processor_s(pid: int) -> float:
    """Seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print requests per second and what the lines cost; exit code 1 when it is more than 5 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--tree", type=Path, action="append", default=[])
    asked = parser.parse_args()
    csv = write_csv(OUT / f"table-{asked.rows}.csv", asked.rows)
    ids = [f"R{(number * 7919) % asked.rows:08}" for number in range(20_000)]
    paths = [f"/api/v1/datasets/bench/records?record_id={one}" for one in ids]
    own = Path(__file__).parents[1]
    folder = Path(tempfile.mkdtemp(dir=OUT))
    sides = {"without lines": ("warning", own), "with lines": ("info", own)}
    sides |= {f"tree {tree.name}": ("info", tree) for tree in asked.tree}
    try:
        prepare(csv, folder / "home0", folder / "peer.db")
        with ExitStack() as ending:
            homes = [folder / f"home{number}" for number in range(len(sides))]
            for home in homes[1:]:  # before the first is served: a database is not copied while it is written
                shutil.copytree(homes[0], home)
            servers = {
                name: ending.enter_context(server(home, folder / f"{home.name}.log", level, tree))
                for home, (name, (level, tree)) in zip(homes, sides.items(), strict=True)
            }
            for path in paths[:50]:
                answers = [fetch(port, path) for port, _ in servers.values()]
                if any(one != answers[0] for one in answers) or len(answers[0]) != 1:
                    raise SystemExit("answers differ")
            rates: dict[str, list[float]] = {name: [] for name in servers}
            costs: dict[str, list[float]] = {name: [] for name in servers}
            for turn in range(asked.runs):
                for name in list(servers) if turn % 2 else list(reversed(servers)):
                    port, pid = servers[name]
                    before = processor_s(pid)
                    load = run_load(port, paths, asked.seconds)
                    time.sleep(0.3)  # the lines that wait are of this load too
                    costs[name].append((processor_s(pid) - before) / load.requests * 1e6)
                    rates[name].append(load.per_second)
        lines = (folder / "home1.log").read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    base = statistics.median(costs["without lines"])
    print(
        f"{asked.rows:,} rows, point look-ups, 4 connections, medians of {asked.runs} × {asked.seconds:.0f} s"
    )
    for name, spent in costs.items():
        middle, rate = statistics.median(spent), statistics.median(rates[name])
        print(f"{name:16} {middle:7.1f} µs of processor a request  {middle / base - 1:+6.1%}   {rate:6.0f}/s")
    lost = lines.count(b'"event":"lines lost"')
    written = lines.count(b'"event":"request"')
    print(f"{written:,} lines, {lost} times some were lost")
    if statistics.median(costs["with lines"]) / base - 1 > MOST_COST:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
