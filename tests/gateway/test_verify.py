"""Verification finds whatever was changed behind the gate's back, and nothing where nothing was."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, insert, select, update

from catalog import ledger
from catalog.errors import Unavailable
from catalog.ingest import local
from catalog.ledger.audit import _catalogue
from catalog.registry.tables import (
    contracts,
    cosignatures,
    heads,
    leaves,
    ledger_keys,
    release_documents,
    releases,
    state,
    tiles,
)
from gateway.access import OWNER
from gateway.gate import ORIGIN, Gate, open_gate
from gateway.publish.request import Metadata, Request
from gateway.publish.review import withdraw
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.settings import GateSettings
from gateway.verify import verify


@pytest.fixture(scope="module")
def honest_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two datasets open and a third withdrawn: with the list it begins with, five leaves."""
    folder = tmp_path_factory.mktemp("honest")
    gate = open_gate(GateSettings(home=folder / "home"))
    for name in ("stops", "parks", "gone"):
        path = folder / f"{name}.csv"
        path.write_text("名称,数量\n" + "".join(f"{name}{n},{n}\n" for n in range(30)), "utf-8")
        source = local(path, 1 << 20)
        metadata = Metadata(name, name, "测试局", "other")
        submit(gate, OWNER, source, Request(source.name, source.sha256, metadata, yes=True), Stages())
    withdraw(gate, OWNER, "gone", "mistake")
    gate.registry.close()
    return folder / "home"


@pytest.fixture
def opened(honest_home: Path, tmp_path: Path) -> Iterator[Gate]:
    """A gate on a copy of it, to be tampered with."""
    shutil.copytree(honest_home, tmp_path / "copy")
    gate = open_gate(GateSettings(home=tmp_path / "copy"))
    yield gate
    gate.registry.close()


def found(gate: Gate) -> set[tuple[str, str]]:
    return {(one.what, one.id) for one in verify(gate).discrepancies}


def released_file(gate: Gate, dataset_id: str) -> Path:
    with gate.registry.reading() as snapshot:
        digest = snapshot.execute(
            select(releases.c.id).where(releases.c.dataset_id == dataset_id)
        ).scalar_one()
    return gate.open.path(str(digest), ".parquet")


def test_an_honest_house_verifies(opened: Gate) -> None:
    checked = verify(opened)
    assert (checked.files, checked.leaves, checked.releases, checked.discrepancies) == (2, 5, 2, ())


def test_a_fresh_house_verifies(gate: Gate) -> None:
    assert verify(gate).discrepancies == ()


def test_a_changed_file_is_found(opened: Gate) -> None:
    file = released_file(opened, "stops")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)
    assert found(opened) == {("file", "stops")}


def test_a_missing_file_is_found(opened: Gate) -> None:
    released_file(opened, "parks").unlink()
    assert found(opened) == {("file", "parks")}


def _event(unit: Connection) -> None:
    event = dict(unit.execute(select(leaves.c.event).where(leaves.c.index == 3)).scalar_one())
    unit.execute(update(leaves).where(leaves.c.index == 3).values(event=event | {"rows": 31}))


def _event_and_commitment(unit: Connection) -> None:
    event, salt = unit.execute(select(leaves.c.event, leaves.c.salt).where(leaves.c.index == 3)).one()
    event = dict(event) | {"rows": 31}
    values = {"event": event, "commitment": ledger.commitment(event, salt)}
    unit.execute(update(leaves).where(leaves.c.index == 3).values(**values))


def _leaf_gone(unit: Connection) -> None:
    unit.execute(delete(leaves).where(leaves.c.index == 3))


def _head(unit: Connection) -> None:
    unit.execute(update(heads).where(heads.c.size == 5).values(root=b"\x00" * 32))


def _heads_gone(unit: Connection) -> None:
    unit.execute(delete(heads))


def _signature(unit: Connection) -> None:
    size, root = unit.execute(select(heads.c.size, heads.c.root).order_by(heads.c.size.desc())).first() or (
        0,
        b"",
    )
    stranger = Ed25519PrivateKey.generate()
    body = ledger.checkpoint_body(ORIGIN, size, root)
    note = ledger.checkpoint_note(body, ORIGIN, stranger.public_key().public_bytes_raw(), stranger.sign(body))
    unit.execute(update(heads).where(heads.c.size == size).values(note=note))


def _note(unit: Connection) -> None:
    note = str(unit.execute(select(heads.c.note).where(heads.c.size == 5)).scalar_one())
    unit.execute(update(heads).where(heads.c.size == 5).values(note=note.replace("\n5\n", "\n6\n")))


def _older_head(unit: Connection) -> None:
    unit.execute(update(heads).where(heads.c.size == 2).values(frontier=b"\x00" * 32))


def _older_note(unit: Connection) -> None:
    note = str(unit.execute(select(heads.c.note).where(heads.c.size == 2)).scalar_one())
    unit.execute(update(heads).where(heads.c.size == 2).values(note=note.replace("kaizha", "kaizhb", 1)))


def _tile(unit: Connection) -> None:
    unit.execute(update(tiles).values(hashes=b"\x00" * 128))


def _shorter(unit: Connection) -> None:
    unit.execute(update(state).values(ledger_size=4))


def _shown_key(unit: Connection) -> None:
    unit.execute(update(ledger_keys).values(verifier_key="another"))


def _made_up_witness(unit: Connection) -> None:
    at = unit.execute(select(leaves.c.at)).scalars().first()
    unit.execute(insert(cosignatures).values(size=5, witness="w", line="nothing", at=at))


def _no_json(unit: Connection) -> None:
    unit.exec_driver_sql("UPDATE leaves SET event = '{' WHERE \"index\" = 1")


def _no_text(unit: Connection) -> None:
    unit.exec_driver_sql("UPDATE heads SET note = CAST(x'ff' AS TEXT) WHERE size = 1")


def rewrite(unit: Connection, dataset_id: str, **changes: object) -> dict[str, Any]:
    """Change the stored record of a dataset's release; what it was."""
    of_dataset = select(releases.c.seq).where(releases.c.dataset_id == dataset_id)
    row = release_documents.c.number.in_(of_dataset)
    document: dict[str, Any] = unit.execute(select(release_documents.c.document).where(row)).scalar_one()
    unit.execute(update(release_documents).where(row).values(document=document | changes))
    return document


def _release_rows(unit: Connection) -> None:
    rewrite(unit, "stops", rows=45_000)


def _another_contract(unit: Connection) -> None:
    """Registered, but not the one that the ledger says it was opened under."""
    rewrite(unit, "stops", contract="2.0.0")
    unit.execute(update(contracts).where(contracts.c.dataset_id == "stops").values(version="2.0.0"))


def _contract_gone(unit: Connection) -> None:
    unit.execute(delete(contracts).where(contracts.c.dataset_id == "stops"))


def _release_of_another(unit: Connection) -> None:
    rewrite(unit, "stops", ledger_index=2)


def _brought_back(unit: Connection) -> None:
    unit.execute(
        update(releases).where(releases.c.dataset_id == "gone").values(status="current", ended_at=None)
    )


@pytest.mark.parametrize(
    ("tamper", "seen"),
    [
        (_event, {("ledger", "3")}),
        (_event_and_commitment, {("ledger", "head")}),
        (_leaf_gone, {("ledger", "3"), ("ledger", "head")}),
        (_head, {("ledger", "head"), ("ledger", "signature")}),
        (_heads_gone, {("ledger", "head")}),
        (_signature, {("ledger", "signature")}),
        (_note, {("ledger", "signature")}),
        (_older_head, {("ledger", "head")}),
        (_older_note, {("ledger", "signature")}),
        (_tile, {("ledger", "tiles")}),
        (_shorter, {("ledger", "head")}),
        (_shown_key, {("ledger", "key")}),
        (_made_up_witness, {("ledger", "cosignature 5")}),
        (_no_json, {("ledger", "leaves")}),
        (_no_text, {("ledger", "leaves")}),
        (_release_rows, {("release", "stops")}),
        (_release_of_another, {("release", "stops")}),
        (_another_contract, {("release", "stops")}),
        (_contract_gone, {("release", "stops")}),
        (_brought_back, {("release", "gone")}),
    ],
    ids=lambda one: one.__name__.strip("_") if callable(one) else "",
)
def test_what_was_changed_in_the_registry_is_found(
    opened: Gate, tamper: Callable[[Connection], None], seen: set[tuple[str, str]]
) -> None:
    with opened.registry.transaction() as unit:
        tamper(unit)
    assert found(opened) == seen


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        ({"kind": "withdrawals", "datasets": ["gone", "stops"], "reason": "date"}, {("release", "stops")}),
        ({"kind": "list-activated", "version": "2", "datasets": ["parks"]}, {("release", "parks")}),
        ({"kind": "list-activated", "version": "2", "datasets": []}, set()),
        ({"kind": "list-approved", "version": "2"}, set()),
        ({"kind": "exemption-ended", "dataset": "stops", "reason": "internal"}, set()),
    ],
    ids=["withdrawals", "a list that closes", "a list that closes nothing", "approved", "exemption"],
)
def test_what_the_ledger_closed_may_not_be_open(
    opened: Gate, event: dict[str, object], seen: set[tuple[str, str]]
) -> None:
    with opened.registry.transaction() as unit:
        opened.append_leaf(unit, event, opened.now())
    assert found(opened) == seen


@pytest.mark.parametrize("activated", [True, False])
def test_a_release_under_a_list_that_was_not_in_force_is_found(opened: Gate, activated: bool) -> None:
    """The gate itself cannot write this; whoever holds its key can."""
    with opened.registry.transaction() as unit:
        if activated:
            opened.append_leaf(unit, {"kind": "list-activated", "version": "2", "datasets": []}, opened.now())
        event = unit.execute(
            select(leaves.c.event)
            .join(releases, leaves.c.index == releases.c.ledger_index)
            .where(releases.c.dataset_id == "stops")
        ).scalar_one()
        version = event["list_version"] if activated else "2"
        index = opened.append_leaf(unit, event | {"list_version": version}, opened.now())
        rewrite(unit, "stops", ledger_index=index, list_version=version)
    (one,) = verify(opened).discrepancies
    assert (one.id, "another list" in one.text.en) == ("stops", True)


def test_a_signature_line_that_is_no_base64_is_found_not_raised(opened: Gate) -> None:
    with opened.registry.transaction() as unit:
        unit.execute(update(heads).where(heads.c.size == 5).values(note="nothing"))
    assert found(opened) == {("ledger", "signature")}


def _frontier(unit: Connection) -> None:
    unit.execute(update(heads).where(heads.c.size == 5).values(frontier=b"\x00" * 32))


def _rolled_back(unit: Connection) -> None:
    """The last entry undone, as if the withdrawal had never been."""
    unit.execute(delete(leaves).where(leaves.c.index == 4))
    unit.execute(update(state).values(ledger_size=4))


@pytest.mark.parametrize(
    "tamper",
    [_frontier, _rolled_back, _shorter, _heads_gone, _signature, _note],
    ids=lambda one: one.__name__.strip("_"),
)
def test_nothing_is_signed_on_top_of_what_was_not_signed_before(
    opened: Gate, tamper: Callable[[Connection], None]
) -> None:
    with opened.registry.transaction() as unit:
        tamper(unit)
    with pytest.raises(Unavailable) as refused, opened.registry.transaction() as unit:
        opened.append_leaf(unit, {"kind": "refusal"}, opened.now())
    assert "kaizha verify" in refused.value.remedy.en


def test_a_key_ring_of_another_ledger_signs_nothing_here(opened: Gate, tmp_path: Path) -> None:
    other = open_gate(GateSettings(home=tmp_path / "other"))
    mixed = replace(opened, keys=other.keys)
    with pytest.raises(Unavailable), opened.registry.transaction() as unit:
        mixed.append_leaf(unit, {"kind": "refusal"}, opened.now())
    other.registry.close()


def test_a_tile_of_another_width_stops_the_ledger(opened: Gate) -> None:
    with opened.registry.transaction() as unit:
        unit.execute(delete(tiles))
    with pytest.raises(Unavailable), opened.registry.transaction() as unit:
        opened.append_leaf(unit, {"kind": "refusal"}, opened.now())


def before_lists(folder: Path, monkeypatch: pytest.MonkeyPatch, after: dict[str, object]) -> Gate:
    """A home whose ledger records its first list only after a release, as homes from before lists do."""
    with monkeypatch.context() as patch:
        patch.setattr(Gate, "append_leaf", lambda *_: 0)
        gate = open_gate(GateSettings(home=folder / "old"))
    release(gate, folder, "early")
    with gate.registry.transaction() as unit:
        event = {"kind": "list-activated", "version": gate.entries.version, "by": "kaizha", **after}
        gate.append_leaf(unit, event, gate.now())
    release(gate, folder, "late")
    return gate


def release(gate: Gate, folder: Path, name: str) -> None:
    path = folder / f"{name}.csv"
    path.write_text("名称,数量\n" + "".join(f"{name}{n},{n}\n" for n in range(30)), "utf-8")
    source = local(path, 1 << 20)
    metadata = Metadata(name, name, "测试局", "other")
    submit(gate, OWNER, source, Request(source.name, source.sha256, metadata, yes=True), Stages())


def test_a_release_from_before_the_first_list_is_named_as_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = before_lists(tmp_path, monkeypatch, {})
    checked = verify(gate)
    assert checked.discrepancies == ()
    assert [one.id for one in checked.excluded] == ["early"]
    assert "before the first list" in checked.excluded[0].text.en
    with gate.registry.transaction() as unit:  # it is still held to everything else
        unit.execute(update(releases).where(releases.c.dataset_id == "early").values(ledger_index=99))
        rewrite(unit, "early", rows=7)
    assert found(gate) == {("release", "early")}
    gate.registry.close()


def test_where_the_ledger_does_not_prove_that_no_list_came_before_it_is_a_discrepancy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = before_lists(tmp_path, monkeypatch, {"supersedes": "an-older-one"})
    checked = verify(gate)
    assert [(one.what, one.id) for one in checked.discrepancies] == [("release", "early")]
    assert checked.excluded == ()
    gate.registry.close()


def test_from_outside_the_same_is_proven_by_the_public_events_in_their_order() -> None:
    opening = {
        "kind": "release", "dataset": "d", "release": "r", "rows": 1, "list_version": "1", "at": "t", "columns": []
    }  # fmt: skip
    shown = {"id": "d", "release": "r", "rows": 1, "list_version": "1", "published_at": "t", "columns": []}
    first = {"kind": "list-activated", "version": "1"}

    def outcome(events: list[dict[str, object]]) -> tuple[int, int]:
        place = events.index(opening)
        unlike, excluded = _catalogue([shown | {"ledger_index": place}], dict(enumerate(events)))
        return len(unlike), len(excluded)

    assert outcome([opening, first]) == (0, 1)
    assert outcome([first, opening]) == (0, 0)
    assert outcome([opening]) == (1, 0)  # no list at all: nothing is proven
    assert outcome([opening, {**first, "supersedes": "0"}]) == (1, 0)
    assert outcome([{**first, "version": "2"}, opening, first]) == (1, 0)
