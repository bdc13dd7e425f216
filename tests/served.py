"""A served home with open datasets and a service, in a process of its own, and its log lines: fixtures for several folders."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from catalog.ingest import local
from gateway.access import OWNER
from gateway.gate import open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.services.lifecycle import declare
from gateway.settings import GateSettings
from tests.conftest import BASIS, free_port

KAIZHA = Path(sys.executable).with_name("kaizha")
CELL = "canary-cell-7f3a"
TELEPHONE = "1381234"
"""How every telephone number of `calls` begins."""
LONG = "修缮" * 1_500
SERVICE = """
id: stops-of-a-line
version: 1.0.0
title: {zh: 按线路查询, en: Stops of a line}
description: {zh: 一条线路的站点, en: The stops of one line}
dataset: stops
parameters:
  - name: line
    column: line
    required: true
    description: {zh: 线路, en: the line}
    example: l1
select: [stop]
"""


@dataclass
class House:
    """`url` where it serves; `lines` what it has said so far."""

    url: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]

    def get(self, path: str, **more: Any) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=30, **more)

    def text(self) -> str:
        return self.log.read_text("utf-8")

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text().splitlines() if line.startswith("{")]
        return [one for one in found if not event or one["event"] == event]

    def until(self, ask: Callable[[], Any], within_s: float = 30.0) -> Any:
        """What is asked, once it is something."""
        deadline = time.monotonic() + within_s
        while not (found := ask()):
            assert time.monotonic() < deadline, self.text()[-2000:]
            time.sleep(0.1)
        return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A personal home with the datasets `stops` and `calls` (whose telephone numbers are not open) and a service, made
    once."""
    folder = tmp_path_factory.mktemp("served")
    gate = open_gate(GateSettings(home=folder / "home"))
    files = {
        "stops": "line,stop\n" + "".join(f"l{n % 9},{CELL}-{n}\n" for n in range(60)),
        "calls": "编号,手机号,事项,说明\n"
        + "".join(f"{n:05},{TELEPHONE}{n % 9000 + 1000},道路{n % 7},{LONG}\n" for n in range(120)),
    }
    for name, content in files.items():
        file = folder / f"{name}.csv"
        file.write_text(content, "utf-8")
        source = local(file, 1 << 30)
        about = Metadata(dataset_id=name, title=name, publisher="测试局", theme="other")
        request = Request(source.name, source.sha256, about, yes=True, answers=dict(BASIS))
        report = submit(gate, OWNER, source, request, Stages())
        assert report.release is not None, report.questions
    run_jobs(gate)
    assert declare(gate, OWNER, SERVICE.encode(), "service").state == "active"
    gate.registry.close()
    return folder / "home"


@pytest.fixture
def serve(made: Path, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """serve(workers=…, KAIZHA_…=…): `kaizha serve` on a copy of the home, ended with the test."""
    with serving(made, tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def serve_once(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server for all tests of a file that change nothing."""
    with serving(made, tmp_path_factory.mktemp("once")) as start:
        yield start()


@contextmanager
def serving(made: Path, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """As the fixture `serve`."""
    with ExitStack() as ending:

        def start(workers: int = 1, **variables: str) -> House:
            home = tmp_path / f"home{len(list(tmp_path.iterdir()))}"
            shutil.copytree(made, home, ignore=shutil.ignore_patterns("*.sock"))
            port, log = free_port(), home.with_suffix(".log")
            command = [KAIZHA, "serve", "--port", str(port), "--workers", str(workers)]
            with log.open("wb") as out:
                process = subprocess.Popen(
                    command,
                    env=os.environ | {"KAIZHA_HOME": str(home)} | variables,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            ending.callback(_end, process)
            house = House(f"http://127.0.0.1:{port}", home, log, process)
            house.until(lambda: _ready(house), 60)
            return house

        yield start


def _ready(house: House) -> bool:
    try:
        return house.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(30)
