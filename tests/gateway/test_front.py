"""The front holds every answer to the lease and to the epoch it began under."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from catalog.errors import Unavailable
from catalog.text import Text
from gateway.front import Front
from gateway.observe.watch import Watch


class Shelf:
    """A lease that the test moves: `at` is the epoch, None = it is not held."""

    def __init__(self) -> None:
        self.at: int | None = 1

    def epoch(self) -> int:
        if self.at is None:
            raise Unavailable(Text("无", "none"), Text("等", "wait"))
        return self.at


class NoData:
    def matches(self, _path: str) -> bool:
        return False


def ask(shelf: Shelf, during: Any, method: str = "GET", path: str = "/") -> tuple[int, bytes]:
    """Status and body of one request to an application that answers 200 after `during`."""
    sent: list[MutableMapping[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await during()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"what is open"})

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    front = Front(app, NoData(), shelf, Watch(lambda *_: False), lambda *_: None)  # type: ignore[arg-type]
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    asyncio.run(asyncio.wait_for(front(scope, receive, send), 5))
    body = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    (start,) = [one for one in sent if one["type"] == "http.response.start"]
    return start["status"], body


def test_an_answer_under_a_held_lease_leaves() -> None:
    async def nothing() -> None:
        return None

    assert ask(Shelf(), nothing) == (200, b"what is open")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("changes", "status", "made"), [(1, 200, 2), (2, 200, 3), (9, 503, 3)])
def test_a_page_made_under_rules_that_have_changed_is_made_again_or_does_not_leave(
    method: str, changes: int, status: int, made: int
) -> None:
    shelf = Shelf()
    calls = 0

    async def changing() -> None:
        nonlocal calls
        calls += 1
        if calls <= changes:
            shelf.at = 1 + calls

    answered, body = ask(shelf, changing, method)
    assert (answered, calls) == (status, made)
    assert (b"what is open" in body) == (status == 200 and method == "GET")


def test_what_a_request_itself_changed_is_no_reason_to_refuse_its_answer_or_to_do_it_twice() -> None:
    shelf = Shelf()
    calls = 0

    async def changing() -> None:
        nonlocal calls
        calls += 1
        shelf.at = 1 + calls

    assert ask(shelf, changing, "POST") == (200, b"what is open")
    assert calls == 1


def test_who_waits_when_the_lease_is_lost_is_told_so() -> None:
    shelf = Shelf()

    async def cut_off() -> None:
        shelf.at = None
        await asyncio.sleep(60)

    status, body = ask(shelf, cut_off)
    assert (status, json.loads(body)["code"]) == (503, "unavailable")


def test_without_the_lease_only_what_holds_nothing_of_the_catalogue_is_answered() -> None:
    shelf = Shelf()
    shelf.at = None

    async def nothing() -> None:
        return None

    assert ask(shelf, nothing, path="/health/live")[0] == 200
    assert ask(shelf, nothing, path="/api/v1/datasets")[0] == 503
