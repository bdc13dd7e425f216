"""An institution with one person in every role, and the door they come through: serve's routes, the gate at its socket."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from catalog.dataset import Dataset
from catalog.registry import dump, work
from catalog.release import State
from gateway.access import OWNER, Person, Role
from gateway.access.sessions import begin
from gateway.administration import add_person
from gateway.app import create_app
from gateway.gate import Gate, new_submission_id, open_gate
from gateway.processes.gate import handle
from gateway.processes.lanes import Lanes
from gateway.processes.local_socket import serve_socket
from gateway.publish.request import Metadata, Request
from gateway.role import ASSIGNABLE
from gateway.settings import GateSettings, ServeSettings

PUBLISHER = "交通局"
ADMINISTRATOR = Person("administrator", frozenset({Role.ADMINISTRATOR}))


@dataclass(frozen=True, slots=True)
class House:
    """`names`: one person for each role. `client` has no cookies of its own: tests give credentials."""

    gate: Gate
    client: TestClient
    names: dict[Role, str]
    ending: ExitStack

    def browser(self, **settings: object) -> TestClient:
        """One of its own, whose server holds its lease until the house ends."""
        app = create_app(ServeSettings(home=self.gate.settings.home, **settings))  # type: ignore[arg-type]
        base = "https://testserver" if settings else "http://testserver"
        client = TestClient(app, base_url=base, headers={"accept-language": "en"})
        return self.ending.enter_context(client)

    def token(self, role: Role) -> str:
        """A new session of the person in that role."""
        with self.gate.registry.transaction() as unit:
            return begin(unit, self.gate.keys, self.names[role], self.gate.now()).token

    def headers(self, role: Role) -> dict[str, str]:
        return {} if role is Role.ANONYMOUS else {"authorization": f"Bearer {self.token(role)}"}

    def held(self, publisher: str = PUBLISHER) -> str:
        """A held submission of a dataset of that publisher; its id."""
        now = self.gate.now()
        name = f"of-{publisher.encode().hex()[:12]}"
        request = Request("a.csv", "0" * 64, Metadata(dataset_id=name, title="站点", publisher=publisher))
        with self.gate.registry.transaction() as unit:
            work.register_dataset(unit, Dataset(name, "站点", publisher, "transport"), now)
            submission = new_submission_id(now)
            work.record_submission(unit, submission, name, dump(request), "steward", now)
            work.update_submission(unit, submission, State.HELD)
        return submission


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    # A short path: a Unix socket's has at most about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="kz"))
    home = folder / "home"
    gate = open_gate(GateSettings(home=home))
    names: dict[Role, str] = {}
    for role in sorted(ASSIGNABLE, key=lambda one: one is not Role.ADMINISTRATOR):
        by = OWNER if not names else ADMINISTRATOR
        add_person(gate, by, role.value, role, PUBLISHER if role is Role.STEWARD else None)
        names[role] = role.value
    gate.settings.run_folder.mkdir(exist_ok=True)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    socket = gate.settings.run_folder / "gate.sock"
    answering = serve_socket(socket, lambda line: handle(gate, line), "gate", Lanes())
    server = asyncio.run_coroutine_threadsafe(answering, loop).result(10)
    app = create_app(ServeSettings(home=home))
    with ExitStack() as ending:
        client = ending.enter_context(TestClient(app, headers={"accept-language": "en"}))
        yield House(gate, client, names, ending)
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    gate.registry.close()
    shutil.rmtree(folder, ignore_errors=True)
