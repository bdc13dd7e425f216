"""API keys: shown once, stored as a digest only, refused when mistyped, unknown, foreign or revoked, all alike."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from catalog.errors import KaizhaError, NotFound, NotSignedIn
from gateway.access import KeyRing, Person, Role, authenticate, issue, key_list, looks_like_a_key, revoke
from gateway.access.tables import api_keys
from gateway.gate import Gate

AT = datetime(2026, 5, 1, tzinfo=UTC)


def issued(gate: Gate, role: Role = Role.STEWARD, publisher: str | None = "交通局") -> str:
    with gate.registry.transaction() as unit:
        return issue(unit, gate.keys, "hub", role, publisher, AT)


def who(gate: Gate, key: str, ring: KeyRing | None = None) -> Person:
    with gate.registry.reading() as snapshot:
        return authenticate(snapshot, ring or gate.keys, key, AT)


def refusal(gate: Gate, key: str, ring: KeyRing | None = None) -> KaizhaError:
    with pytest.raises(NotSignedIn) as refused:
        who(gate, key, ring)
    return refused.value


def test_a_key_stands_for_its_role_and_publisher_until_it_is_revoked(gate: Gate) -> None:
    key, other = issued(gate), issued(gate, Role.OFFICER, None)
    prefix = key.split("_")[1]
    assert who(gate, key) == Person(f"key:{prefix}", frozenset({Role.STEWARD}), "交通局")
    assert who(gate, other).roles == {Role.OFFICER}
    with gate.registry.transaction() as unit:
        revoke(unit, prefix, AT)
    refusal(gate, key)
    assert who(gate, other).roles == {Role.OFFICER}
    for unknown in (prefix, "nosuchky"):
        with pytest.raises(NotFound), gate.registry.transaction() as unit:
            revoke(unit, unknown, AT)


def test_only_a_digest_of_a_key_is_stored(gate: Gate) -> None:
    key = issued(gate)
    assert re.fullmatch(r"kz_[a-z0-9]{8}_[a-z0-9]{31}_[0-9a-f]{8}", key)
    body = key.split("_")[2]
    with gate.registry.reading() as snapshot:
        (row,) = snapshot.execute(select(api_keys)).mappings()
        listed = key_list(snapshot)
    assert row["digest"] == gate.keys.key_digest(key)
    assert len(row["digest"]) == 32
    assert body not in repr(dict(row)) + repr(listed)
    gate.registry.close()
    stored = [path.read_bytes() for path in gate.settings.home.rglob("*") if path.is_file()]
    assert not any(body.encode() in content for content in stored)


@pytest.mark.parametrize("place", range(3, 52, 6))
def test_a_mistyped_key_is_refused_without_a_look_into_the_registry(gate: Gate, place: int) -> None:
    key = issued(gate)
    typo = key[:place] + ("x" if key[place] != "x" else "y") + key[place + 1 :]
    assert looks_like_a_key(key)
    assert not looks_like_a_key(typo)
    with pytest.raises(NotSignedIn):
        authenticate(None, gate.keys, typo, AT)  # type: ignore[arg-type]  # asking it anything would fail


@pytest.mark.parametrize(
    "key", ["", "kz", "kz___", "kz_a_b", "kz_a_b_c_d", "Bearer x", "kz_\u0000_\U0001f6aa_00"]
)
def test_what_is_no_key_is_refused_quietly(gate: Gate, key: str) -> None:
    refusal(gate, key)


def test_a_key_is_worth_nothing_under_another_pepper(gate: Gate, tmp_path: Path) -> None:
    key = issued(gate)
    refusal(gate, key, KeyRing(tmp_path / "other" / "keyring.json"))


def test_every_refusal_says_the_same(gate: Gate, tmp_path: Path) -> None:
    key = issued(gate)
    ring = KeyRing(tmp_path / "other" / "keyring.json")
    answers = {refusal(gate, "kz_no").message, refusal(gate, key, ring).message}
    with gate.registry.transaction() as unit:
        revoke(unit, key.split("_")[1], AT)
    answers.add(refusal(gate, key).message)
    assert len(answers) == 1
    assert not any(part in str(answers) for part in key.split("_")[1:3])
