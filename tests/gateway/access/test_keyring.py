"""The key ring: for its owner's eyes only, made once however many start, and refused when damaged."""

from __future__ import annotations

import json
import multiprocessing
import os
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from catalog.errors import Unavailable
from gateway.access import KeyRing
from gateway.access.keyring import KEYS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keyring.json"


def test_a_new_ring_is_a_private_file_in_a_private_folder(file: Path) -> None:
    before = os.umask(0)
    try:
        KeyRing(file)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_ring_opened_again_has_the_same_keys_and_another_has_others(file: Path, tmp_path: Path) -> None:
    one, again, other = KeyRing(file), KeyRing(file), KeyRing(tmp_path / "other.json")
    assert one.verify_key() == again.verify_key() != other.verify_key()
    assert one.key_digest("k") == again.key_digest("k") != other.key_digest("k")
    assert one.leaf_salt(1) == again.leaf_salt(1) != one.leaf_salt(2)
    assert one.leaf_salt(1) != other.leaf_salt(1)


def test_a_signature_is_checked_with_the_public_half(file: Path) -> None:
    ring = KeyRing(file)
    public = Ed25519PublicKey.from_public_bytes(ring.verify_key())
    public.verify(ring.sign(b"head"), b"head")
    with pytest.raises(InvalidSignature):
        public.verify(ring.sign(b"head"), b"other")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_ring_that_others_can_open_is_refused(file: Path, mode: int) -> None:
    KeyRing(file)
    file.chmod(mode)
    with pytest.raises(Unavailable, match="other users"):
        KeyRing(file)


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "{}", '{"ledger_signature": "!"}', "truncated", "short", "missing"]
)
def test_a_damaged_ring_is_refused_and_never_replaced(file: Path, damage: str) -> None:
    KeyRing(file)
    whole = json.loads(file.read_text("utf-8"))
    match damage:
        case "truncated":
            text = file.read_text("utf-8")[:-20]
        case "short":
            text = json.dumps({**whole, "leaf_salt": ""})
        case "missing":
            text = json.dumps({name: whole[name] for name in KEYS[:-1]})
        case _:
            text = damage
    file.write_text(text, "utf-8")
    with pytest.raises(Unavailable, match="damaged") as refused:
        KeyRing(file)
    assert file.read_text("utf-8") == text
    assert not any(value in str(refused.value.remedy) for value in whole.values())


def _open_at_once(file: Path, start: Barrier, seen: multiprocessing.Queue[bytes]) -> None:
    start.wait(10)
    seen.put(KeyRing(file).verify_key())


def test_processes_that_start_at_once_have_one_ring(file: Path) -> None:
    context = multiprocessing.get_context("fork")
    start, seen = context.Barrier(4), context.Queue()
    several = [context.Process(target=_open_at_once, args=(file, start, seen)) for _ in range(4)]
    for one in several:
        one.start()
    keys = {seen.get(timeout=20) for _ in several}
    for one in several:
        one.join(10)
    assert keys == {KeyRing(file).verify_key()}
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_whoever_comes_second_takes_the_first_ones_ring(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first: list[bytes] = []
    link = os.link

    def late(source: object, target: object) -> None:
        if not first:
            first.append(b"")
            first[0] = KeyRing(file).verify_key()
        link(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", late)
    assert KeyRing(file).verify_key() == first[0]
