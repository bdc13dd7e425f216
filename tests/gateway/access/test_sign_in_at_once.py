"""Sign-ins that are judged at once: nobody else waits for them, few hash at a time, and the count of failures holds."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from catalog.errors import KaizhaError, NotSignedIn
from gateway.access import OWNER, Role, passwords, sign_in
from gateway.access.sign_in import FREE_ATTEMPTS
from gateway.access.tables import users
from gateway.administration import add_person, issue_token
from gateway.app import create_app
from gateway.gate import Gate
from gateway.processes.lanes import SIGN_INS
from gateway.processes.local_socket import ask
from gateway.processes.messages import Me, SignIn
from gateway.settings import ServeSettings

PASSWORD = "unrelated words in a row"
OTHER = "some quite different words"
AT = datetime(2026, 5, 1, 8, tzinfo=UTC)


class Hashing:
    """The real `matches`, held in the middle until let go; how many were inside at once."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.inside = self.most = self.calls = 0
        self._lock = threading.Lock()
        self._real = passwords.matches

    def __call__(self, stored: str | None, password: str) -> bool:
        with self._lock:
            self.calls += 1
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.let_go.wait(20)
        found = self._real(stored, password)
        with self._lock:
            self.inside -= 1
        return found

    def await_calls(self, calls: int) -> None:
        until = time.monotonic() + 10
        while self.calls < calls:
            assert time.monotonic() < until, f"{self.calls} of {calls} attempts were judged"
            time.sleep(0.01)


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hashing]:
    held = Hashing()
    monkeypatch.setattr(passwords, "matches", held)
    yield held
    held.let_go.set()


def row(gate: Gate, name: str) -> Any:
    with gate.registry.reading() as snapshot:
        return snapshot.execute(select(users).where(users.c.name == name)).one()


def test_a_slow_hash_keeps_nobody_waiting_and_few_hash_at_once(house: Any, hashing: Hashing) -> None:
    socket = house.gate.settings.run_folder / "gate.sock"
    token = house.token(Role.OFFICER)
    with ThreadPoolExecutor(12) as callers:
        wrong = [
            callers.submit(ask, socket, SignIn(name=f"nobody{n}", secret="wrong words")) for n in range(12)
        ]
        hashing.await_calls(SIGN_INS)
        begun = time.monotonic()
        assert ask(socket, Me(key=token), timeout_s=5)["name"] == "officer"
        assert house.client.get("/api/v1/negative-list/versions").status_code == 200
        assert time.monotonic() - begun < 5
        assert hashing.calls == SIGN_INS  # the others wait outside
        hashing.let_go.set()
        for one in wrong:
            with pytest.raises(NotSignedIn):
                one.result(30)
    assert (hashing.calls, hashing.most) == (12, SIGN_INS)


def test_many_sign_ins_over_http_leave_pages_their_threads(house: Any, hashing: Hashing) -> None:
    """In one event loop, as the server has one."""
    app: Any = create_app(ServeSettings(home=house.gate.settings.home))
    body = {"name": "nobody", "password": "wrong words entirely"}

    async def all_of_it() -> tuple[int, float, set[int]]:
        transport = httpx.ASGITransport(app)
        async with (
            app.app.router.lifespan_context(app.app),
            httpx.AsyncClient(transport=transport, base_url="http://testserver", timeout=60) as client,
        ):
            sent = [asyncio.create_task(client.post("/api/v1/session", json=body)) for _ in range(60)]
            await asyncio.to_thread(hashing.await_calls, SIGN_INS)
            begun = time.monotonic()
            # read on a thread of the common pool
            page = await asyncio.wait_for(client.get("/api/v1/datasets"), 10)
            took = time.monotonic() - begun
            hashing.let_go.set()
            return page.status_code, took, {one.status_code for one in await asyncio.gather(*sent)}

    status, took, refusals = asyncio.run(all_of_it())
    assert (status, refusals) == (200, {401})
    assert took < 5


@pytest.fixture
def home(gate: Gate) -> Gate:
    """`root` has a password."""
    (added,) = add_person(gate, OWNER, "root", Role.ADMINISTRATOR)
    sign_in(gate.registry, gate.keys, "root", added.one_time_token, gate.now(), PASSWORD)
    return gate


def attempt(gate: Gate, secret: str) -> bool:
    try:
        sign_in(gate.registry, gate.keys, "root", secret, AT)
    except NotSignedIn:
        return False
    return True


def test_a_burst_of_guesses_is_counted_before_any_is_judged(home: Gate, hashing: Hashing) -> None:
    guesses = FREE_ATTEMPTS + 7
    with ThreadPoolExecutor(guesses) as callers:
        sent = [callers.submit(attempt, home, "wrong") for _ in range(guesses - 1)]
        hashing.await_calls(guesses - 1)
        last = callers.submit(attempt, home, PASSWORD)  # the right one comes too late
        hashing.await_calls(guesses)
        hashing.let_go.set()
        assert not any(one.result(60) for one in (*sent, last))
    found = row(home, "root")
    assert found.failures == FREE_ATTEMPTS
    assert found.locked_until > AT


def test_a_success_forgives_no_attempt_that_was_counted_since(home: Gate, hashing: Hashing) -> None:
    with ThreadPoolExecutor(8) as callers:
        right = callers.submit(attempt, home, PASSWORD)
        hashing.await_calls(1)
        wrong = [callers.submit(attempt, home, "wrong") for _ in range(FREE_ATTEMPTS)]
        hashing.await_calls(1 + FREE_ATTEMPTS)
        hashing.let_go.set()
        assert right.result(60)
        assert not any(one.result(60) for one in wrong)
    found = row(home, "root")
    assert found.failures == FREE_ATTEMPTS - 1  # its own is forgiven; the fifth of the others was turned away
    assert found.locked_until > AT
    with home.registry.transaction() as unit:
        unit.execute(update(users).values(locked_until=None))
    assert attempt(home, PASSWORD)
    assert (row(home, "root").failures, row(home, "root").locked_until) == (0, None)


def test_a_sign_in_by_a_password_that_is_replaced_meanwhile_is_refused_and_brings_it_not_back(
    home: Gate, hashing: Hashing
) -> None:
    token = issue_token(home, OWNER, "root").one_time_token
    with ThreadPoolExecutor(1) as callers:
        old = callers.submit(attempt, home, PASSWORD)
        hashing.await_calls(1)
        sign_in(home.registry, home.keys, "root", token, AT, OTHER)
        hashing.let_go.set()
        assert not old.result(60)
    assert attempt(home, OTHER)
    assert not attempt(home, PASSWORD)


def test_one_time_token_is_spent_once_however_many_bring_it_at_once(home: Gate) -> None:
    token = issue_token(home, OWNER, "root").one_time_token

    def spend(number: int) -> bool:
        try:
            sign_in(home.registry, home.keys, "root", token, AT, f"{OTHER} {number}")
        except KaizhaError:
            return False
        return True

    with ThreadPoolExecutor(4) as callers:
        assert sum(callers.map(spend, range(4))) == 1
