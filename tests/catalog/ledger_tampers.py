"""A small ledger, stored and public, and single-bit tampers of everything in it: shared by the tests and the campaign."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from catalog import ledger
from catalog.errors import NotFound, TooLarge
from catalog.ledger import Audit, VerifierKey, audit
from catalog.registry.queries import Head, Leaf
from catalog.text import Text
from gateway.verify_ledger import StoredLedger, check_ledger

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LOG, WITNESS = (Ed25519PrivateKey.from_private_bytes(one * 32) for one in (b"l", b"w"))
LOG_KEY = VerifierKey("city.example/ledger", ledger.ED25519, LOG.public_key().public_bytes_raw())
WITNESS_KEY = VerifierKey("witness.example/w1", ledger.COSIGNATURE, WITNESS.public_key().public_bytes_raw())
TIME_S = 1_700_000_000


def event_of(index: int) -> dict[str, Any]:
    """Lists that take effect, openings under them, withdrawals of one and of several, and events that are not public."""
    version = index // 60 + 1
    if index % 60 == 0:
        return activated(str(version), [f"set-{index - 5}", f"set-{index - 8}"] if index else None)
    if index % 3 == 2:
        return {"kind": "refusal", "submission": f"{index:026d}", "dataset": f"集{index}", "by": "甲"}
    if index % 7 == 6:
        dataset = f"set-{index - 6}"
        return {"kind": "withdrawal", "dataset": dataset, "reason": "有误", "by": "owner", "at": str(index)}
    if index % 20 == 16:
        return withdrawals(f"set-{index - 3}", f"set-{index - 6}")
    return release(f"set-{index}", str(version), index)


def release(dataset: str, list_version: str, index: int = 1) -> dict[str, Any]:
    opened = {"kind": "release", "dataset": dataset, "release": f"{index:064x}", "rows": index * 10}
    named = {"columns": ["名称", "数量"], "list_version": list_version}
    return opened | named | {"by": "owner", "at": AT.isoformat()}


def withdrawals(*datasets: str) -> dict[str, Any]:
    return {
        "kind": "withdrawals",
        "datasets": list(datasets),
        "reason": "date",
        "by": "kaizha",
        "at": AT.isoformat(),
    }


def activated(version: str, datasets: Sequence[str] | None = None) -> dict[str, Any]:
    """A list takes effect; the first of a home has no `datasets`."""
    event: dict[str, Any] = {
        "kind": "list-activated",
        "version": version,
        "by": "kaizha",
        "at": AT.isoformat(),
    }
    return event if datasets is None else event | {"supersedes": "1", "datasets": list(datasets)}


def note_of(size: int, root: bytes) -> str:
    body = ledger.checkpoint_body(LOG_KEY.name, size, root)
    return ledger.checkpoint_note(body, LOG_KEY.name, LOG_KEY.public_key, LOG.sign(body))


def cosigned(note: str, key: VerifierKey = WITNESS_KEY, by: Ed25519PrivateKey = WITNESS) -> str:
    """The line a witness would add to a note."""
    text = ledger.parse_note(note.encode()).text
    return str(ledger.cosignature_line(key, TIME_S, by.sign(ledger.cosigned_message(TIME_S, text))))


def stored(size: int) -> StoredLedger:
    """The ledger of `event_of` as a registry holds it, its newest head cosigned."""
    return stored_events([event_of(index) for index in range(size)])


def stored_events(events: Sequence[dict[str, Any]]) -> StoredLedger:
    """Any events as a registry holds them."""
    size = len(events)
    leaves, heads = [], []
    tiles: dict[tuple[int, int], bytes] = {}
    frontier: ledger.Frontier = ()
    for index, event in enumerate(events):
        salt = bytes([index % 251]) * 31 + bytes([index // 251])
        entry = ledger.commitment(event, salt)
        leaves.append(Leaf(index, event, salt, entry, AT))
        leaf = ledger.leaf_hash(entry)
        read = lambda level, place: ledger.hashes_of(tiles.get((level, place), b""))  # noqa: E731
        for level, place, hashes in ledger.grown_tiles(read, index, leaf):
            tiles[level, place] = hashes
        frontier = ledger.grow(frontier, index, leaf)
        root = ledger.head(frontier)
        heads.append(Head(index + 1, root, b"".join(frontier), note_of(index + 1, root)))
    line = cosigned(heads[-1].note)
    return StoredLedger(size, tuple(leaves), tuple(heads), tiles, ((size, line),), str(LOG_KEY))


@dataclass(frozen=True, slots=True)
class Published:
    """The ledger as the public sees it."""

    files: Mapping[str, bytes]
    catalogue: tuple[Mapping[str, Any], ...]
    old: bytes | None = None

    def read(self, path: str, max_bytes: int) -> bytes:
        content = self.files.get(path)
        if content is None:
            raise NotFound(Text("无", "none"), Text("无", "none"))
        if len(content) > max_bytes:
            raise TooLarge(Text("大", "large"), Text("大", "large"))
        return content

    def audited(self) -> Audit:
        return audit(self.read, self.catalogue, LOG_KEY, (WITNESS_KEY,), self.old)


def published(held: StoredLedger, old_size: int = 0) -> Published:
    """The public files of a stored ledger and the catalogue that fits it."""
    hashes = [ledger.leaf_hash(leaf.commitment) for leaf in held.leaves]
    built = ledger.tiles_over(hashes)
    files = {
        tile.path: b"".join(built[int(tile.kind), tile.index]) for tile in ledger.tiles_of_tree(held.size)
    }
    for kind in (ledger.ENTRIES, ledger.EVENTS):
        for bundle in ledger.bundles_of_tree(held.size, kind):
            start = bundle.index * ledger.TILE_WIDTH
            leaves = held.leaves[start : start + bundle.width]
            if kind == ledger.ENTRIES:
                files[bundle.path] = ledger.bundle_of([leaf.commitment for leaf in leaves])
            else:
                files[bundle.path] = b"".join(line_of(leaf) for leaf in leaves)
    files["checkpoint"] = (held.heads[-1].note + held.cosignatures[0][1] + "\n").encode()
    old = held.heads[old_size - 1].note.encode() if old_size else None
    return Published(files, tuple(catalogue_of(held.leaves)), old)


def line_of(leaf: Leaf) -> bytes:
    public = leaf.event["kind"] in ledger.PUBLIC_EVENTS
    return ledger.event_line(leaf.index, leaf.event if public else None, leaf.salt)


def catalogue_of(leaves: Sequence[Leaf]) -> list[dict[str, Any]]:
    shown: dict[str, dict[str, Any]] = {}
    for leaf in leaves:
        event = leaf.event
        if event["kind"] == "withdrawal":
            shown.pop(event["dataset"], None)
        elif event["kind"] in ("withdrawals", "list-activated"):
            for dataset in event.get("datasets", ()):
                shown.pop(str(dataset), None)
        elif event["kind"] == "release":
            same = {"release": event["release"], "rows": event["rows"], "list_version": event["list_version"]}
            shown[event["dataset"]] = {
                "id": event["dataset"],
                **same,
                "columns": [{"name": name} for name in event["columns"]],
                "published_at": event["at"],
                "ledger_index": leaf.index,
            }
    return list(shown.values())


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def public_tamper(honest: Published, chance: random.Random) -> tuple[str, bool]:
    """One bit of one public file (or of the kept checkpoint) is another: (what, whether the audit says so)."""
    name = chance.choice([*sorted(honest.files), "old"] if honest.old else sorted(honest.files))
    content = honest.old if name == "old" else honest.files[name]
    assert content is not None
    bad = flipped(content, chance.randrange(len(content) * 8))
    changed = (
        replace(honest, old=bad) if name == "old" else replace(honest, files={**honest.files, name: bad})
    )
    return name, bool(changed.audited().discrepancies)


def stored_tamper(honest: StoredLedger, chance: random.Random) -> tuple[str, bool]:
    """One bit of one stored value is another: (what, whether the check says so)."""
    what = chance.choice(sorted(_STORED))
    try:
        changed = _STORED[what](honest, chance)
    except ValueError:  # no JSON or no UTF-8 any more: the registry cannot read it, and `verify` says that
        return what, True
    return what, any(True for _ in check_ledger(changed, LOG_KEY, (WITNESS_KEY,)))


def _bits(content: bytes, chance: random.Random) -> bytes:
    return flipped(content, chance.randrange(len(content) * 8))


def _of_leaf(change: Callable[[Leaf, random.Random], Leaf]) -> Callable[..., StoredLedger]:
    def tamper(held: StoredLedger, chance: random.Random) -> StoredLedger:
        place = chance.randrange(held.size)
        leaves = list(held.leaves)
        leaves[place] = change(leaves[place], chance)
        return replace(held, leaves=tuple(leaves))

    return tamper


def _of_head(change: Callable[[Head, random.Random], Head]) -> Callable[..., StoredLedger]:
    def tamper(held: StoredLedger, chance: random.Random) -> StoredLedger:
        place = chance.randrange(held.size)
        heads = list(held.heads)
        heads[place] = change(heads[place], chance)
        return replace(held, heads=tuple(heads))

    return tamper


def _event(leaf: Leaf, chance: random.Random) -> Leaf:
    return replace(leaf, event=json.loads(_bits(ledger.canonical_json(leaf.event), chance).decode()))


def _tile(held: StoredLedger, chance: random.Random) -> StoredLedger:
    place = chance.choice(sorted(held.tiles))
    return replace(held, tiles={**held.tiles, place: _bits(held.tiles[place], chance)})


def _cosignature(held: StoredLedger, chance: random.Random) -> StoredLedger:
    (size, line) = held.cosignatures[0]
    key_and_signature = (
        line.encode().rindex(b" ") + 1
    )  # the name says whose it is: another's is not checked here
    tail = _bits(line.encode()[key_and_signature:], chance)
    changed = (line.encode()[:key_and_signature] + tail).decode()
    return replace(held, cosignatures=((size, changed),))


_STORED: dict[str, Callable[[StoredLedger, random.Random], StoredLedger]] = {
    "event": _of_leaf(_event),
    "salt": _of_leaf(lambda leaf, chance: replace(leaf, salt=_bits(leaf.salt, chance))),
    "commitment": _of_leaf(lambda leaf, chance: replace(leaf, commitment=_bits(leaf.commitment, chance))),
    "root": _of_head(lambda one, chance: replace(one, root=_bits(one.root, chance))),
    "frontier": _of_head(lambda one, chance: replace(one, frontier=_bits(one.frontier, chance))),
    "note": _of_head(lambda one, chance: replace(one, note=_bits(one.note.encode(), chance).decode())),
    "tile": _tile,
    "cosignature": _cosignature,
}
