"""What the roles may say to each other, and that an error arrives as what it was and tells nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from catalog import errors
from catalog.errors import BadInput, Flaw, KaizhaError, Unavailable, Where
from catalog.text import Text
from gateway.processes.key_steps import KEY_STEPS
from gateway.processes.local_socket import MAX_LINE_BYTES, answer, ask, serve_socket
from gateway.processes.messages import (
    AnswerSubmission,
    ListSubmissions,
    Preview,
    Reply,
    Request,
    ShowAssessment,
    ShowSubmission,
    gate_request,
    vault_request,
)
from gateway.processes.service_steps import SERVICE_STEPS
from gateway.processes.steps import STEPS, ImportList, Step

KINDS = [getattr(errors, name) for name in errors.__all__ if name not in ("Flaw", "Where")]
SECRET = "13812345678 /home/domain/zone"


@pytest.mark.parametrize(
    "request_",
    [
        ListSubmissions(key="kz_1", states=("held",), limit=5),
        ShowSubmission(key="kz_1", id="01A", preview=3),
        ShowAssessment(key="kz_1", id="01A", language="en"),
        AnswerSubmission(key="kz_1", id="01A", answers={"column:手机": "drop"}, accept=True),
    ],
    ids=lambda one: one.kind,
)
def test_a_request_to_the_gate_arrives_as_it_was_sent(request_: Any) -> None:
    assert gate_request(request_.model_dump_json().encode()) == request_


def test_a_step_changes_something_unless_it_is_a_get_and_every_step_is_a_request() -> None:
    steps = (*STEPS, *KEY_STEPS, *SERVICE_STEPS)
    assert all(step.changes == (step.route.method != "GET") for step in steps)
    assert set(steps) == {one for one in get_args(Request) if issubclass(one, Step)}
    sent = ImportList(key="k", format="xlsx", content=bytes(range(256)))
    assert gate_request(sent.model_dump_json().encode()) == sent


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b'{"kind": "shell", "key": "k"}',
        b'{"kind": "list-submissions"}',
        b'{"kind": "list-submissions", "key": "k", "person": "owner"}',
        b'{"kind": "show-submission", "key": "k", "id": "1", "preview": 21}',
        b'{"kind": "preview", "planned": "' + b"0" * 64 + b'", "rows": 1}',
    ],
)
def test_anything_else_is_no_request_to_the_gate(line: bytes) -> None:
    with pytest.raises(ValidationError):
        gate_request(line)


@pytest.mark.parametrize(
    "planned", ["../../keys/keyring", "0" * 63, "0" * 64 + "/..", "A" * 64, "0" * 64 + "\n"]
)
def test_the_vault_shows_a_planned_output_by_its_hash_and_nothing_by_path(planned: str) -> None:
    with pytest.raises(ValidationError):
        vault_request(json.dumps({"kind": "preview", "planned": planned, "rows": 1}).encode())
    assert vault_request(Preview(planned="0" * 64, rows=20).model_dump_json().encode()).rows == 20


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_of_each_kind_arrives_as_what_it_was(kind: type[KaizhaError]) -> None:
    where = Where(file="a.csv", sheet="一", line=7, column="手机", parameter="set", cell="B7")
    sent = kind(Text("不行", "no"), Text("试试", "try"), where)
    flaws = tuple(
        Flaw(Where(sheet="一", cell=f"B{n}"), Text("错", "bad"), Text("改", "mend")) for n in (7, 9)
    )
    if isinstance(sent, BadInput):
        sent.flaws = flaws
    with pytest.raises(kind) as raised:
        Reply.model_validate_json(Reply.of_error(sent).model_dump_json()).result()
    found = raised.value
    assert type(found) is kind
    assert (found.message, found.remedy, found.where) == (sent.message, sent.remedy, where)
    if isinstance(found, BadInput):
        assert found.flaws == flaws


def test_values_arrive_and_none_is_a_value() -> None:
    for value in (None, [], {"行": [1, 2.5, "三", None]}):
        assert Reply.model_validate_json(Reply(value=value).model_dump_json()).result() == value


def raising(error: Exception) -> Callable[[bytes], Any]:
    def handle(_line: bytes) -> Any:
        raise error

    return handle


@pytest.mark.parametrize("error", [ValueError(SECRET), OSError(2, SECRET), RuntimeError(SECRET)], ids=repr)
def test_an_unforeseen_error_is_answered_without_internals(error: Exception) -> None:
    line = answer(b"{}\n", raising(error), "gate")
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    for inside in (*SECRET.split(), type(error).__name__, "Traceback"):
        assert inside.encode() not in line
    with pytest.raises(KaizhaError) as raised:
        Reply.model_validate_json(line).result()
    assert type(raised.value) is KaizhaError


def test_a_malformed_line_is_bad_input_and_is_not_echoed() -> None:
    line = answer(f'{{"kind": "{SECRET}"}}\n'.encode(), gate_request, "gate")
    assert b"13812345678" not in line
    with pytest.raises(BadInput):
        Reply.model_validate_json(line).result()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: a Unix socket's has at most about 100 characters."""
    with tempfile.TemporaryDirectory(prefix="kz") as name:
        yield Path(name)


def conversation(path: Path, handle: Callable[[bytes], Any], talk: Callable[[], Any]) -> Any:
    async def both() -> Any:
        server = await serve_socket(path, handle, "gate")
        async with server:
            return await asyncio.to_thread(talk)

    return asyncio.run(asyncio.wait_for(both(), 20))


def test_a_request_is_answered_over_the_socket_and_only_its_owner_can_connect(folder: Path) -> None:
    path = folder / "gate.sock"

    def talk() -> tuple[Any, int]:
        return ask(path, ListSubmissions(key="kz_1", limit=3)), path.stat().st_mode & 0o777

    assert conversation(path, lambda line: gate_request(line).model_dump(mode="json"), talk) == (
        ListSubmissions(key="kz_1", limit=3).model_dump(mode="json"),
        0o600,
    )


def test_one_who_talks_nonsense_does_not_disturb_the_next(folder: Path) -> None:
    path = folder / "gate.sock"

    def raw(content: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(os.fspath(path))
            try:
                peer.sendall(content)
                peer.shutdown(socket.SHUT_WR)
                return peer.makefile("rb").read()
            except ConnectionError:
                return b""

    def talk() -> tuple[bytes, bytes, Any]:
        return raw(b"nonsense\n"), raw(b"x" * (MAX_LINE_BYTES + 10)), ask(path, ListSubmissions(key="k"))

    malformed, oversized, then = conversation(path, lambda line: gate_request(line).kind, talk)
    assert json.loads(malformed)["error"] == "bad-input"
    assert oversized == b""
    assert then == "list-submissions"


def test_nobody_at_the_socket_is_unavailable(folder: Path) -> None:
    with pytest.raises(Unavailable):
        ask(folder / "gate.sock", ListSubmissions(key="k"), timeout_s=1)


def test_an_answer_that_is_none_is_unavailable(folder: Path) -> None:
    path = folder / "odd.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(path))
        server.listen(1)
        with pytest.raises(Unavailable):
            ask(path, ListSubmissions(key="k"), timeout_s=0.3)
