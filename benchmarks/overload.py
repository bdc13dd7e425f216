"""What overload and one greedy key cost the others (rows 7 and 8 of the security figures), on loopback.

An open-loop generator in a process of its own sends at a fixed rate whatever comes back, and times each answer from the
moment it was due. The peak (eight connections that ask again when answered) is measured in the same run, before each
window, and its p99 is the baseline; auth and quota are on. Printed: goodput under tenfold load as a share of the peak, the
p99 of what is admitted against the baseline's, the p99 of other keys beside one key at a hundred times its limit against the
same beside that key within its limit, the statuses, and how busy the generator itself was.

``python -m benchmarks.overload [--seconds S] [--windows N] [--what aggregate|sorted|records] [--processes N]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.publish import OUT
from benchmarks.stand import BIN, free_port, serving
from catalog.ingest import local
from gateway.access import OWNER, Role, issue
from gateway.access.keys import KeyTerms
from gateway.access.plan import Plan
from gateway.access.plans import set_plan
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings

__all__ = ["Figures", "Window", "overload"]

WIDE = {"per_second": 100_000.0, "burst": 100_000, "daily": 1_000_000_000, "concurrent": 10_000}
GREEDY = {"per_second": 20.0, "burst": 20, "daily": 1_000_000_000, "concurrent": 10_000}
OTHERS = 5
CONNECTIONS = 256
ROWS = 200_000
REFUSED_S = 0.01
"""How long one waits who asks again when answered, and was refused: far less than Retry-After, but no hammering."""
_DATASET = "/api/v1/datasets/load"
PATHS = {
    "aggregate": _DATASET
    + "/aggregate?group_by=line&metrics=count,avg(number)&number__lt={far}&length__gt={near}",
    "sorted": _DATASET + "/records?limit=100&sort=-length,stop&number__lt={far}&length__gt={near}",
    "records": _DATASET + "/records?limit=1000&offset={far}",
}
"""What is asked: groups, an order that no key declares, and what costs least, a page."""


def _path(kind: str, number: int) -> str:
    """The question of this number: none comes again while a cache would remember it."""
    far, near = 100_000 + number * 7_919 % 99_000, number // 99_000 % 40 + 0.25
    return PATHS[kind].format(far=far, near=near)


@dataclass(slots=True)
class Window:
    """What one generator saw: seconds from when each request was due, by status; `busy` = its CPU by wall clock."""

    seconds: float
    busy: float
    late: dict[int, list[float]] = field(default_factory=dict)

    @property
    def good(self) -> float:
        return len(self.late.get(200, ())) / self.seconds

    @property
    def statuses(self) -> Counter[int]:
        return Counter({status: len(late) for status, late in self.late.items()})

    def p99(self) -> float:
        late = sorted(self.late.get(200, ()))
        return late[max(0, math.ceil(0.99 * len(late)) - 1)] if late else math.inf


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the windows; ratios against the same window's own peak and baseline."""

    peak: float
    goodput_share: float
    p99_ratio: float
    others_change: float
    busiest: float
    statuses: Counter[int]


async def _generate(port: int, kind: str, key: str, rate: float, seconds: float, connections: int) -> Window:
    """`rate` requests a second, open loop; 0 = closed loop: each connection asks again when answered."""
    due: asyncio.Queue[float] = asyncio.Queue()
    window = Window(seconds, 0.0)
    begun, cpu = time.perf_counter(), time.process_time()
    ends = begun + seconds
    head = f" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    asked = random.randrange(99_000 * 40)

    async def connection() -> None:
        nonlocal asked
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        try:
            while (now := time.perf_counter()) < ends:
                if rate:
                    at = await due.get()
                    if at < 0:
                        return
                else:
                    at = now
                asked += 1
                writer.write(b"GET " + _path(kind, asked).encode() + head)
                answer = await reader.readuntil(b"\r\n\r\n")
                length = answer.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
                await reader.readexactly(int(length))
                status = int(answer[9:12])
                window.late.setdefault(status, []).append(time.perf_counter() - at)
                if status != 200 and not rate:
                    await asyncio.sleep(REFUSED_S)
        finally:
            writer.close()

    async def clock() -> None:
        sent = 0
        while (now := time.perf_counter()) < ends:
            wanted = int((now - begun) * rate) + 1
            while sent < wanted:
                due.put_nowait(begun + sent / rate)
                sent += 1
            await asyncio.sleep(0.001)
        while not due.empty():  # what nobody got to ask before the end is not asked any more
            due.get_nowait()
        for _ in range(connections):
            due.put_nowait(-1.0)

    work = [connection() for _ in range(connections)]
    await asyncio.gather(*work, *([clock()] if rate else []))
    window.busy = (time.process_time() - cpu) / (time.perf_counter() - begun)
    return window


class _Generator:
    """One generator process, begun; `result` waits for it."""

    def __init__(self, port: int, kind: str, key: str, rate: float, seconds: float, connections: int) -> None:
        words = [str(port), kind, key, str(rate), str(seconds), str(connections)]
        command = [sys.executable, "-m", "benchmarks.overload", "--generate", *words]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def result(self) -> Window:
        out, _ = self._process.communicate(timeout=300)
        if self._process.returncode:
            raise SystemExit("the generator failed")
        told = json.loads(out)
        late = {int(status): seconds for status, seconds in told["late"].items()}
        return Window(told["seconds"], told["busy"], late)


def _prepare(home: Path, folder: Path) -> tuple[str, str, list[str]]:
    """An open dataset and the keys: of the wide plan, the greedy one's, the others'."""
    gate = open_gate(GateSettings(home=home))
    csv = folder / "load.csv"
    lines = (f"L{n % 40},stop {n},{n},{n % 97}.5\n" for n in range(ROWS))
    csv.write_text("line,stop,number,length\n" + "".join(lines), "utf-8")
    source = local(csv, 1 << 34)
    about = Metadata(dataset_id="load", title="Load", publisher="Bureau", theme="other")
    report = submit(gate, OWNER, source, Request(source.name, source.sha256, about, yes=True), Stages())
    if report.release is None:
        raise SystemExit("not released")
    run_jobs(gate)
    with gate.registry.transaction() as unit:
        set_plan(unit, Plan("partner", **WIDE), "benchmark", gate.now())  # type: ignore[arg-type]
        set_plan(unit, Plan("registered", **GREEDY), "benchmark", gate.now())  # type: ignore[arg-type]

        def key(plan: str) -> str:
            return issue(
                unit, gate.keys, "x", Role.DEVELOPER, None, gate.now(), None, KeyTerms(plan, "benchmark")
            )

        wide, greedy = key("partner"), key("registered")
        others = [key("partner") for _ in range(OTHERS)]
    gate.registry.close()
    return wide, greedy, others


def overload(kind: str, seconds: float, windows: int, processes: int = 1) -> Figures:
    """Rows 7 and 8 against one `kaizha serve`."""
    OUT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=OUT))
    port = free_port()
    peaks, shares, ratios, changes, busy = [], [], [], [], []
    statuses: Counter[int] = Counter()
    try:
        wide, greedy, others = _prepare(folder / "home", folder)
        command = [str(BIN / "kaizha"), "serve", "--port", str(port), "--workers", str(processes)]
        with serving(command, port, "/health/ready", KAIZHA_HOME=str(folder / "home")):

            def run(key: str, rate: float, connections: int = CONNECTIONS) -> _Generator:
                return _Generator(port, kind, key, rate, seconds, connections)

            run(wide, 0, 4).result()  # warm
            for _ in range(windows):
                peak = run(wide, 0, 8).result()
                over = run(wide, peak.good * 10).result()
                peaks.append(peak.good)
                shares.append(over.good / peak.good)
                ratios.append(over.p99() / peak.p99())
                within, beside, greedy_window = _fairness(run, peak.good, greedy, others)
                changes.append(beside / within - 1)
                busy += [peak.busy, over.busy, greedy_window.busy]
                statuses += over.statuses + greedy_window.statuses
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    middle = statistics.median
    return Figures(middle(peaks), middle(shares), middle(ratios), middle(changes), max(busy), statuses)


def _fairness(run: object, peak: float, greedy: str, others: Sequence[str]) -> tuple[float, float, Window]:
    """The others' p99, who ask for three tenths of the peak between them, beside the greedy key within its limit and at a
    hundred times that; and what the greedy key saw then."""
    assert callable(run)

    def together(times: float) -> tuple[float, Window]:
        generator = run(greedy, GREEDY["per_second"] * times, 64)
        each = [run(key, 0.3 * peak / len(others), 8) for key in others]
        late = [one for generator in each for one in generator.result().late.get(200, ())]
        late.sort()
        return late[max(0, math.ceil(0.99 * len(late)) - 1)], generator.result()

    within, _ = together(0.95)
    beside, window = together(100)
    return within, beside, window


def main() -> None:
    """Print the figures; with ``--generate`` be the generator."""
    if sys.argv[1:2] == ["--generate"]:
        port, kind, key, rate, seconds, connections = sys.argv[2:]
        window = asyncio.run(_generate(int(port), kind, key, float(rate), float(seconds), int(connections)))
        print(json.dumps({"seconds": window.seconds, "busy": window.busy, "late": window.late}))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--windows", type=int, default=5)
    parser.add_argument("--what", choices=tuple(PATHS), default=None)
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    for kind in (asked.what,) if asked.what else tuple(PATHS):
        found = overload(kind, asked.seconds, asked.windows, processes=asked.processes)
        print(
            f"{kind}: peak {found.peak:.0f}/s; tenfold: goodput {found.goodput_share:.0%} of the peak, "
            f"p99 of the admitted {found.p99_ratio:.2f}× the baseline's; one key at a hundredfold: "
            f"p99 of the others {found.others_change:+.0%}; generator busy {found.busiest:.0%}; "
            f"statuses {dict(sorted(found.statuses.items()))}"
        )


if __name__ == "__main__":
    main()
