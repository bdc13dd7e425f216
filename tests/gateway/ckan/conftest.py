"""A house with a small open catalogue, and the door that clients of CKAN come through, on both databases."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from catalog.ingest import local
from catalog.release import State
from gateway.access import OWNER, Person, Role
from gateway.access.plan import ANONYMOUS_PLAN, Plan
from gateway.access.sessions import begin
from gateway.administration import add_person
from gateway.app import create_app
from gateway.gate import Gate, open_gate
from gateway.keys import change_plan
from gateway.processes.gate import handle
from gateway.processes.lanes import Lanes
from gateway.processes.local_socket import serve_socket
from gateway.publish.jobs import run_jobs
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.role import ASSIGNABLE
from gateway.settings import GateSettings, ServeSettings
from tests.conftest import database

TRANSPORT, PARKS = "交通局", "园林局"
ADMINISTRATOR = Person("administrator", frozenset({Role.ADMINISTRATOR}))
STOPS = "".join(
    f"{n:05},站点{n},{'浦东' if n % 3 else '徐汇'},{n % 50},2026-01-{n % 28 + 1:02}\n" for n in range(1, 301)
)
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "bus-stops": (
        f"编号,站名,区县,线路数,启用日期\n{STOPS}",
        {
            "title": "公交站点",
            "publisher": TRANSPORT,
            "theme": "transport",
            "description": "全市公交站点名录",
            "keywords": ("公交", "站点", "bus stop"),
        },
    ),
    "parks": (
        "公园,面积\n" + "".join(f"公园{n},{n}.5\n" for n in range(1, 21)),
        {
            "title": "城市公园",
            "publisher": PARKS,
            "theme": "environment",
            "description": "公园及面积 parks of the city",
            "keywords": ("公园",),
            "licence": "CC0-1.0",
        },
    ),
    "parking": (
        "停车场,泊位\n" + "".join(f"停车场{n},{n * 10}\n" for n in range(1, 11)),
        {"title": "公共停车场 Parking", "publisher": TRANSPORT, "theme": "transport", "keywords": ("停车",)},
    ),
}


def published(gate: Gate, folder: Path, name: str, text: str, about: dict[str, Any]) -> Report:
    path = folder / f"{name}.csv"
    path.write_text(text, "utf-8")
    source = local(path, 1 << 30)
    request = Request(source.name, source.sha256, Metadata(dataset_id=name, **about), yes=True)
    return submit(gate, OWNER, source, request, Stages())


@dataclass(frozen=True, slots=True)
class Door:
    """A gate at its socket, and a client of the serving role; `tokens` by role."""

    gate: Gate
    client: TestClient
    tokens: dict[str, str]
    folder: Path

    def call(self, action: str, given: Any = None, role: str = "", method: str = "POST", **more: Any) -> Any:
        answer = self._called(action, given, role, method, **more)
        if answer.status_code == 503:  # a machine that is busy elsewhere: what Retry-After says, once
            time.sleep(2)
            answer = self._called(action, given, role, method, **more)
        return answer

    def _called(self, action: str, given: Any, role: str, method: str, **more: Any) -> Any:
        headers = dict(more.pop("headers", {}))
        if role:
            headers["Authorization"] = self.tokens[role]
        path = more.pop("path", f"/api/3/action/{action}")
        if method == "GET":
            return self.client.get(path, params=given, headers=headers, **more)
        if "files" in more or "data" in more or "content" in more:
            return self.client.post(path, headers=headers, **more)
        return self.client.post(path, json=given or {}, headers=headers, **more)

    def result(self, action: str, given: Any = None, role: str = "", **more: Any) -> Any:
        answer = self.call(action, given, role, **more)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["success"] is True
        return body["result"]


@contextmanager
def door(registry_url: str = "", institution: bool = True, fill: bool = True) -> Iterator[Door]:
    folder = Path(tempfile.mkdtemp(prefix="kz"))  # a Unix socket's path has at most about 100 characters
    settings = {"home": folder / "home"} | ({"registry_url": registry_url} if registry_url else {})
    gate = open_gate(GateSettings(**settings))
    if fill:
        for name, (text, about) in FILES.items():
            report = published(gate, folder, name, text, about)
            assert report.state is State.RELEASED, report.questions
        run_jobs(gate)
    tokens: dict[str, str] = {}
    if institution:
        for role in sorted(ASSIGNABLE, key=lambda one: one is not Role.ADMINISTRATOR):
            by = ADMINISTRATOR if tokens else OWNER
            add_person(gate, by, role.value, role, TRANSPORT if role is Role.STEWARD else None)
            tokens[role.value] = ""
        add_person(gate, ADMINISTRATOR, "gardener", Role.STEWARD, PARKS)
        tokens["gardener"] = ""
        # the tests ask faster than strangers may
        change_plan(gate, ADMINISTRATOR, Plan(ANONYMOUS_PLAN, 10_000, 10_000, 1_000_000, 100))
        with gate.registry.transaction() as unit:
            tokens = {name: begin(unit, gate.keys, name, gate.now()).token for name in tokens}
    gate.settings.run_folder.mkdir(exist_ok=True)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    answering = serve_socket(
        gate.settings.run_folder / "gate.sock", lambda line: handle(gate, line), "gate", Lanes()
    )
    server = asyncio.run_coroutine_threadsafe(answering, loop).result(10)
    serving = {"home": folder / "home"} | ({"serve_registry_url": registry_url} if registry_url else {})
    try:
        with ExitStack() as ending:
            client = ending.enter_context(TestClient(create_app(ServeSettings(**serving))))
            yield Door(gate, client, tokens, folder)
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        gate.registry.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def portal(request: pytest.FixtureRequest) -> Iterator[Door]:
    """A catalogue of three datasets, asked by tests that change nothing of it."""
    url = "" if request.param == "sqlite" else database(request.getfixturevalue("postgres_url"))
    with door(url) as opened:
        yield opened


@pytest.fixture(scope="module")
def lite() -> Iterator[Door]:
    """The same on SQLite alone, for tests that change it."""
    with door() as opened:
        yield opened


@pytest.fixture
def new_door() -> Iterator[Callable[..., Door]]:
    """Doors of one test's own."""
    with ExitStack() as ending:
        yield lambda *args, **more: ending.enter_context(door(*args, **more))
