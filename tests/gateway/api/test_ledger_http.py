"""The ledger over HTTP: files as C2SP lays them out, proofs that verify, and witnesses who are heard through the gate."""

from __future__ import annotations

import asyncio
import base64
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event as sql_event
from starlette.testclient import TestClient

from catalog import ledger
from catalog.errors import KaizhaError
from catalog.ingest import local
from catalog.ledger import VerifierKey
from gateway.access import OWNER
from gateway.app import create_app
from gateway.gate import ORIGIN, Gate, open_gate
from gateway.processes.gate import handle
from gateway.processes.local_socket import serve_socket
from gateway.publish.request import Metadata, Request
from gateway.publish.review import withdraw
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings, ServeSettings

LEDGER = "/api/v1/ledger"
PRIVATE, STRANGER = (Ed25519PrivateKey.from_private_bytes(one * 32) for one in (b"w", b"s"))
WITNESS = VerifierKey("witness.example/w1", ledger.COSIGNATURE, PRIVATE.public_key().public_bytes_raw())
SECRET = "canary-of-a-refusal"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list a home begins with, an opening, a withdrawal, and 297 events that are not public."""
    folder = tmp_path_factory.mktemp("ledger")
    gate = open_gate(GateSettings(home=folder / "home"))
    file = folder / "stops.csv"
    file.write_text("名称,数量\n" + "".join(f"站{n},{n}\n" for n in range(30)), "utf-8")
    source = local(file, 1 << 20)
    metadata = Metadata("stops", "stops", "测试局", "other")
    submit(gate, OWNER, source, Request(source.name, source.sha256, metadata, yes=True), Stages())
    withdraw(gate, OWNER, "stops", "mistake")
    add(gate, 297)
    gate.registry.close()
    return folder / "home"


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "home")


@pytest.fixture
def gate(home: Path) -> Iterator[Gate]:
    opened = open_gate(GateSettings(home=home))
    yield opened
    opened.registry.close()


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    """One witness is configured."""
    with TestClient(create_app(ServeSettings(home=home, witness_keys=str(WITNESS)))) as entered:
        yield entered


def add(gate: Gate, number: int) -> None:
    with gate.registry.transaction() as unit:
        for n in range(number):
            gate.append_leaf(unit, {"kind": "refusal", "submission": SECRET, "n": n}, gate.now())


def raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def test_the_checkpoint_is_signed_by_the_key_that_is_shown(client: TestClient) -> None:
    key = VerifierKey.parse(client.get(f"{LEDGER}/key").text.strip())
    answer = client.get(f"{LEDGER}/checkpoint")
    note = ledger.parse_note(answer.content)
    assert list(ledger.open_note(note, (key,))) == [key]
    head = ledger.parse_checkpoint(note.text)
    assert (head.origin, head.size, key.name) == (ORIGIN, 300, ORIGIN)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_tiles_and_entries_give_the_root_and_only_full_ones_are_kept_for_ever(client: TestClient) -> None:
    head = ledger.parse_checkpoint(ledger.parse_note(client.get(f"{LEDGER}/checkpoint").content).text)
    entries: list[bytes] = []
    for bundle in ledger.bundles_of_tree(head.size):
        entries += ledger.entries_of(client.get(f"{LEDGER}/{bundle.path}").content)
    leaves = [ledger.leaf_hash(entry) for entry in entries]
    assert ledger.root(leaves) == head.root
    expected = ledger.tiles_over(leaves)
    for tile in ledger.tiles_of_tree(head.size):
        answer = client.get(f"{LEDGER}/{tile.path}")
        assert ledger.hashes_of(answer.content) == expected[int(tile.kind), tile.index]
        assert answer.headers["content-type"] == "application/octet-stream"
        assert ("immutable" in answer.headers["cache-control"]) is tile.is_full
    earlier = client.get(f"{LEDGER}/tile/0/000.p/3")  # the tile of a head of 3 is still there
    assert ledger.hashes_of(earlier.content) == tuple(leaves[:3])


@pytest.mark.parametrize(
    "place",
    [
        "0/001",
        "0/001.p/45",
        "0/002.p/1",
        "1/000",
        "1/000.p/2",
        "2/000.p/1",
        "63/x999/x999/x999/x999/x999/999",
        "entries/001",
        "events/001.p/45",
        "0/x999/x999/x999/x999/999",
        "0/0",
        "x",
        "0/000.p/0",
        "entries/..%2f0",
    ],
)
def test_a_tile_that_is_not_there_is_not_found(client: TestClient, place: str) -> None:
    answer = client.get(f"{LEDGER}/tile/{place}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_an_inclusion_proof_verifies_in_the_newest_head_and_in_an_older_one(client: TestClient) -> None:
    for index, size in ((0, 300), (299, 300), (256, 300), (0, 1), (2, 257)):
        told = client.get(f"{LEDGER}/proof/{index}", params={"size": size} if size != 300 else {}).json()
        path = [raw(step) for step in told["path"]]
        leaf = ledger.leaf_hash(raw(told["commitment"]))
        assert told["size"] == size
        assert ledger.verify_inclusion(leaf, index, size, path, raw(told["root"]))
        head = ledger.parse_checkpoint(ledger.parse_note(told["checkpoint"].encode()).text)
        assert (head.size, head.root) == (size, raw(told["root"]))


def test_a_consistency_proof_verifies(client: TestClient) -> None:
    for first, second in ((1, 300), (256, 300), (299, 300), (300, 300), (3, 200)):
        asked = {"from": first} | ({"to": second} if second != 300 else {})
        told = client.get(f"{LEDGER}/consistency", params=asked).json()
        path = [raw(step) for step in told["path"]]
        roots = raw(told["from_root"]), raw(told["to_root"])
        assert (told["from"], told["to"]) == (first, second)
        assert ledger.verify_consistency(first, second, *roots, path)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("proof/300", 404),
        ("proof/-1", 404),
        ("proof/99999999999999999999999", 404),
        ("proof/x", 400),
        ("proof/5?size=5", 404),
        ("proof/5?size=301", 404),
        ("proof/5?size=99999999999999999999999", 404),
        ("consistency", 400),
        ("consistency?from=0", 404),
        ("consistency?from=2&to=1", 404),
        ("consistency?from=2&to=301", 404),
        ("consistency?from=99999999999999999999999", 404),
        ("event/300", 404),
        ("event/99999999999999999999999", 404),
        ("witnessed", 404),
        ("nothing", 404),
    ],
)
def test_what_the_ledger_does_not_have_is_refused_with_a_way_out(
    client: TestClient, path: str, status: int
) -> None:
    answer = client.get(f"{LEDGER}/{path}")
    assert answer.status_code == status
    assert answer.json()["remedy"]["zh"]


def test_a_public_event_is_told_with_its_salt_and_any_other_only_by_its_commitment(
    client: TestClient,
) -> None:
    told = client.get(f"{LEDGER}/event/1").json()
    assert told["event"]["kind"] == "release"
    assert client.get(f"{LEDGER}/event/0").json()["event"]["version"] == told["event"]["list_version"]
    assert ledger.commitment(told["event"], raw(told["salt"])) == raw(told["commitment"])
    assert client.get(f"{LEDGER}/event/3").status_code == 404
    assert "salt" not in client.get(f"{LEDGER}/proof/3").json()
    lines = client.get(f"{LEDGER}/tile/events/000").content.splitlines()
    assert lines[1] == ledger.event_line(1, told["event"], raw(told["salt"])).strip()
    assert lines[3] == b'{"index":3}'


def test_what_is_not_public_is_in_no_answer(client: TestClient, gate: Gate) -> None:
    hidden = [gate.keys.leaf_salt(index) for index in range(3, 7)]
    for path in (
        "checkpoint",
        "key",
        "tile/events/000",
        "tile/events/001.p/44",
        "tile/entries/000",
        "event/3",
    ):
        content = client.get(f"{LEDGER}/{path}").content
        assert SECRET.encode() not in content
        assert not [one for one in hidden if one in content or base64.b64encode(one) in content]


def test_a_proof_reads_a_few_tiles_and_one_leaf_however_long_the_ledger(
    client: TestClient, gate: Gate
) -> None:
    context = client.app.app.state.context  # type: ignore[attr-defined]
    asked: list[str] = []
    sql_event.listen(
        context.registry.engine, "before_cursor_execute", lambda *args: asked.append(str(args[2]))
    )
    client.get(f"{LEDGER}/proof/17")
    client.get(f"{LEDGER}/consistency", params={"from": 100})
    assert len(asked) < 20
    assert sum("FROM leaves" in one for one in asked) == 1


# ---------------------------------------------------------------------------------------------------------- witnesses


def cosigned(
    client: TestClient, key: VerifierKey = WITNESS, by: Any = PRIVATE, time_s: int = 1_700_000_000
) -> bytes:
    """The newest checkpoint with one more line, as a witness would send it."""
    text = ledger.parse_note(client.get(f"{LEDGER}/checkpoint").content).text
    line = ledger.cosignature_line(key, time_s, by.sign(ledger.cosigned_message(time_s, text)))
    return str(ledger.Note(text, (line,))).encode()


@pytest.fixture
def heard(home: Path, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The gate at its socket, as its process runs it; the request lines that reached it."""
    gate = open_gate(GateSettings(home=home, witness_keys=str(WITNESS)))
    lines: list[bytes] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()

    def listen(line: bytes) -> Any:
        lines.append(line)
        return handle(gate, line)

    async def run() -> None:
        (home / "run").mkdir(exist_ok=True)
        monkeypatch.chdir(home)  # a Unix socket's path is short: it is bound relative to the home
        server = await serve_socket(Path("run/gate.sock"), listen, "gate")
        ready.set()
        async with server:
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert ready.wait(10)
    yield lines
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    gate.registry.close()


def test_a_witnesss_signature_is_kept_and_shown_below_the_logs_own(
    client: TestClient, heard: list[bytes], gate: Gate
) -> None:
    sent = cosigned(client)
    answer = client.post(f"{LEDGER}/add-checkpoint", content=sent)
    assert answer.status_code == 200
    assert answer.text == f"{ledger.parse_note(sent).lines[0]}\n"
    note = ledger.parse_note(client.get(f"{LEDGER}/checkpoint").content)
    assert set(ledger.open_note(note, (gate.ledger_key, WITNESS))) == {gate.ledger_key, WITNESS}
    assert len(note.lines) == 2
    add(gate, 1)  # the ledger goes on; what was witnessed stays to be seen
    assert len(ledger.parse_note(client.get(f"{LEDGER}/checkpoint").content).lines) == 1
    assert client.get(f"{LEDGER}/witnessed").content == str(note).encode()
    assert client.get(f"{LEDGER}/proof/0", params={"size": 300}).json()["checkpoint"] == str(note)
    assert len(heard) == 1


def test_a_line_sent_again_is_no_news_and_a_newer_one_takes_its_place(
    client: TestClient, heard: list[bytes]
) -> None:
    old, new = cosigned(client), cosigned(client, time_s=1_700_000_100)
    for content, calls in ((old, 1), (old, 1), (new, 2), (new, 2), (old, 2)):
        assert client.post(f"{LEDGER}/add-checkpoint", content=content).status_code == 200
        assert len(heard) == calls
    lines = ledger.parse_note(client.get(f"{LEDGER}/checkpoint").content).lines
    assert [line.time_s for line in lines[1:]] == [1_700_000_100]


def _unknown(client: TestClient) -> bytes:
    return cosigned(client, by=STRANGER)


def _of_nobody(client: TestClient) -> bytes:
    return client.get(f"{LEDGER}/checkpoint").content


def _from_the_future(client: TestClient) -> bytes:
    return cosigned(client, time_s=1 << 40)


def _another_head(client: TestClient) -> bytes:
    text = ledger.checkpoint_body(ORIGIN, 300, bytes(32))
    return _signed(text)


def _beyond(client: TestClient) -> bytes:
    return _signed(ledger.checkpoint_body(ORIGIN, 10**18, bytes(32)))


def _signed(text: bytes) -> bytes:
    line = ledger.cosignature_line(WITNESS, 5, PRIVATE.sign(ledger.cosigned_message(5, text)))
    return str(ledger.Note(text, (line,))).encode()


@pytest.mark.parametrize(
    ("content", "status", "reaches_the_gate"),
    [
        (lambda _: b"", 400, False),
        (lambda _: b"\xff\xfe", 400, False),
        (lambda _: b"x" * 20_000, 413, False),
        (_of_nobody, 403, False),
        (_unknown, 403, False),
        (_from_the_future, 403, False),
        (_another_head, 409, True),
        (_beyond, 404, True),
    ],
    ids=["empty", "bytes", "long", "no witness", "a stranger's", "future", "another head", "beyond"],
)
def test_nothing_but_a_configured_witness_on_our_own_head_is_kept(
    client: TestClient,
    heard: list[bytes],
    content: Callable[[TestClient], bytes],
    status: int,
    reaches_the_gate: bool,
) -> None:
    before = client.get(f"{LEDGER}/checkpoint").content
    answer = client.post(f"{LEDGER}/add-checkpoint", content=content(client))
    assert answer.status_code == status
    assert bool(heard) is reaches_the_gate
    assert client.get(f"{LEDGER}/checkpoint").content == before


def test_the_gate_decides_for_itself_whatever_serve_passed_on(gate: Gate, client: TestClient) -> None:
    """Serve may be broken into: its word that a witness signed is worth nothing."""
    unconfigured = b'{"kind": "add-checkpoint", "note": ' + repr_json(cosigned(client)) + b"}"
    with pytest.raises(KaizhaError) as refused:
        handle(gate, unconfigured)  # this gate knows no witness
    assert refused.value.code == "not-allowed"


def repr_json(content: bytes) -> bytes:
    return ledger.canonical_json({"": content.decode()})[4:-1]


def test_the_serving_process_starts_with_no_key_that_is_none(home: Path, gate: Gate) -> None:
    with pytest.raises(KaizhaError):
        create_app(ServeSettings(home=home, witness_keys="nonsense"))
    log_key = str(VerifierKey("w.example", ledger.ED25519, WITNESS.public_key))
    with pytest.raises(KaizhaError):
        create_app(ServeSettings(home=home, witness_keys=log_key))
