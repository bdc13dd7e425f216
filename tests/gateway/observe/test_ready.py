"""A server says whether it can answer, and what fails by name; that it lives is said whatever fails."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from gateway.app import create_app
from gateway.gate import open_gate
from gateway.observe.readiness import CHECKS, PATIENCE_S, Readiness
from gateway.settings import GateSettings, ServeSettings
from tests.conftest import database
from tests.faults.cable import Cable
from tests.faults.gateways import gateways
from tests.served import House


class Site:
    def __init__(self, home: Path, client: TestClient, front: Any) -> None:
        self.home, self.client, self.front = home, client, front

    def failing(self) -> set[str]:
        """What does not hold; the answer's form is looked at on the way."""
        answer = self.client.get("/health/ready")
        body = answer.json()
        assert set(body["checks"]) == set(CHECKS)
        assert all(one["ms"] >= 0 for one in body["checks"].values())
        failing = {name for name, one in body["checks"].items() if one["state"] != "ok"}
        assert answer.status_code == (503 if failing else 200)
        assert body["status"] == ("not-ready" if failing else "ready")
        assert ("retry-after" in answer.headers) == bool(failing)
        for name in failing:
            assert body["checks"][name]["remedy"]["zh"]
            assert body["checks"][name]["remedy"]["en"]
        assert str(self.home) not in answer.text
        assert self.client.get("/health/live").json() == {"status": "live"}
        return failing


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    clients = []

    def start(**settings: Any) -> Site:
        home = tmp_path / "home"
        shutil.copytree(made, home, ignore=shutil.ignore_patterns("*.sock"))
        front = create_app(ServeSettings(home=home, **settings))
        client = TestClient(front, raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return Site(home, client, front)

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def test_a_whole_server_is_ready(site: Callable[..., Site]) -> None:
    one = site()
    assert one.failing() == set()
    assert one.client.get("/api/v1/datasets/stops/records").status_code == 200
    assert one.failing() == set()


def test_a_registry_of_another_version_is_named(site: Callable[..., Site]) -> None:
    one = site()
    gate = open_gate(GateSettings(home=one.home))
    with gate.registry.transaction() as unit:
        unit.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert one.failing() == {"migrations"}
    gate.registry.close()


def test_an_open_zone_that_cannot_be_read_is_named(site: Callable[..., Site]) -> None:
    one = site()
    (one.home / "open").rename(one.home / "away")
    assert one.failing() == {"open-zone"}
    (one.home / "away").rename(one.home / "open")
    assert one.failing() == set()
    for file in (one.home / "open").glob("*.parquet"):
        file.chmod(0o600)
        file.write_bytes(b"")
    assert one.failing() == {"open-zone"}


def test_workers_that_do_not_live_are_named_and_are_back_soon(serve: Callable[..., House]) -> None:
    house = serve()
    # the script they start from is not touched: killed again and again they are away for a moment each time
    seen = set()
    for _ in range(200):
        for pid in _workers_of(house.process.pid):
            os.kill(pid, signal.SIGKILL)
        answer = house.get("/health/ready")
        seen |= {name for name, one in answer.json()["checks"].items() if one["state"] != "ok"}
        if seen:
            break
    assert seen == {"workers"}
    assert answer.status_code == 503
    house.until(lambda: house.get("/health/ready").status_code == 200)


def _workers_of(supervisor: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"worker_main.py" not in (folder / "cmdline").read_bytes():
                continue
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            grand = int(Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if grand == supervisor:
            found.append(int(folder.name))
    return found


def test_too_little_disk_is_named(site: Callable[..., Site]) -> None:
    assert site(disk_floor_mb=1 << 40).failing() == {"disk"}


@pytest.mark.alone
@pytest.mark.postgres
@pytest.mark.timeout(120)
def test_a_registry_that_is_cut_off_is_named_within_a_second_and_with_it_the_epoch(
    postgres_url: str, tmp_path: Path
) -> None:
    url = database(postgres_url)
    gate = open_gate(GateSettings(home=tmp_path / "home", registry_url=url))
    cable = Cable(f"{make_url(postgres_url).query['host']}/.s.PGSQL.5432")
    through = make_url(url).set(host="127.0.0.1", port=cable.port).difference_update_query(["host"])
    try:
        with gateways(gate, tmp_path, (through.render_as_string(hide_password=False),)) as (address,):
            house = House(address, tmp_path, tmp_path / "replica0.log", None)  # type: ignore[arg-type]
            assert house.get("/health/ready").status_code == 200
            cable.cut()
            house.until(lambda: house.get("/health/ready").status_code == 503, 5)
            answers = [house.get("/health/ready") for _ in range(8)]
            assert all(one.status_code == 503 for one in answers)
            assert max(one.elapsed.total_seconds() for one in answers) < PATIENCE_S + 1
            checks = answers[-1].json()["checks"]
            bad = {name for name, one in checks.items() if one["state"] != "ok"}
            assert {"registry", "migrations", "policy-epoch"} <= bad
            assert "workers" not in bad
            assert "disk" not in bad
            alive = house.get("/health/live")
            assert (alive.status_code, alive.elapsed.total_seconds() < 1) == (200, True)
            cable.mend()
            house.until(lambda: house.get("/health/ready").status_code == 200, 20)
    finally:
        cable.close()
        gate.registry.close()


def test_what_hangs_takes_one_thread_however_often_it_is_asked() -> None:
    import asyncio

    released = threading.Event()
    asked = 0

    def hangs() -> None:
        nonlocal asked
        asked += 1
        released.wait(20)

    async def run() -> list[str]:
        readiness = Readiness({"registry": hangs, "disk": lambda: None})
        states = [str((await readiness.report()).checks["registry"]["state"]) for _ in range(3)]
        released.set()
        await asyncio.sleep(0.2)
        states.append(str((await readiness.report()).checks["registry"]["state"]))
        readiness.close()
        return states

    assert asyncio.run(run()) == ["no-answer"] * 3 + ["ok"]
    assert asked == 2
