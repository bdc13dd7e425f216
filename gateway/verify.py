"""Verification: files, ledger and registry against each other; every finding names what does not fit and the remedy.

Recomputes everything: the hash of each released file, each commitment from its event and salt, the tree head from
all leaves, the signature of the head, and the leaf of each release.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from catalog.errors import KaizhaError
from catalog.ledger import checkpoint_body, commitment, leaf_hash, root
from catalog.registry import queries
from catalog.registry.queries import Leaf
from catalog.release import Release
from catalog.text import Text
from catalog.zones import Zone, sha256_of
from gateway.gate import ORIGIN, Gate
from gateway.serve.shelf import PARQUET

__all__ = ["Discrepancy", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that does not fit: `what` is ``file``, ``ledger`` or ``release``, `id` names it."""

    what: str
    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found."""

    files: int
    leaves: int
    releases: int
    discrepancies: tuple[Discrepancy, ...]


def verify(gate: Gate) -> Verification:
    """Check everything that is open now, and the whole ledger."""
    with gate.registry.reading() as snapshot:
        leaves = queries.leaf_rows(snapshot)
        releases = queries.all_current(snapshot)
        newest = queries.checkpoint(snapshot)
    found = [*_ledger(leaves, newest, gate.keys.verify_key())]
    by_index = {leaf.index: leaf for leaf in leaves}
    for release in releases:
        found += _opening(release, by_index.get(release.ledger_index))
        if _is_withdrawn(release, leaves):
            found.append(
                Discrepancy(
                    "release",
                    release.dataset.id,
                    Text("账本记载其已撤回", "the ledger says that it has been withdrawn"),
                )
            )
        found += _file(gate.open, release.dataset.id, release.id)
    return Verification(len(releases), len(leaves), len(releases), tuple(found))


def _opening(release: Release, leaf: Leaf | None) -> list[Discrepancy]:
    """Whether the leaf tells of this release, and the same of it as the registry does."""
    if leaf is None or leaf.event.get("release") != release.id:
        text = Text("账本中没有这次发布", "the ledger has no such opening")
        return [Discrepancy("release", release.dataset.id, text)]
    recorded = {
        "kind": "release",
        "dataset": release.dataset.id,
        "rows": release.rows,
        "columns": [column.column.name for column in release.columns],
        "list_version": release.list_version,
        "by": release.published_by,
        "at": release.published_at.isoformat(),
    }
    if all(leaf.event.get(name) == value for name, value in recorded.items()):
        return []
    text = Text("登记与账本所载的这次发布不符", "the registry and the ledger tell of it differently")
    return [Discrepancy("release", release.dataset.id, text)]


def _is_withdrawn(release: Release, leaves: tuple[Leaf, ...]) -> bool:
    later = (leaf.event for leaf in leaves if leaf.index > release.ledger_index)
    return any(
        event.get("kind") == "withdrawal" and event.get("dataset") == release.dataset.id for event in later
    )


def _ledger(leaves: tuple[Leaf, ...], newest: tuple[int, bytes, str] | None, key: bytes) -> list[Discrepancy]:
    found = []
    for place, leaf in enumerate(leaves):
        if leaf.index != place:
            found.append(Discrepancy("ledger", str(place), Text("账本缺少一条", "an entry is missing")))
            break
        if commitment(leaf.event, leaf.salt) != leaf.commitment:
            found.append(
                Discrepancy(
                    "ledger",
                    str(place),
                    Text("记录与其承诺值不符", "the event does not match its commitment"),
                )
            )
    if newest is None:
        if leaves:
            found.append(
                Discrepancy("ledger", "head", Text("账本没有签名的头", "the ledger has no signed head"))
            )
        return found
    size, head, note = newest
    if size != len(leaves) or root([leaf_hash(leaf.commitment) for leaf in leaves]) != head:
        found.append(
            Discrepancy("ledger", "head", Text("账本内容与其头不符", "the leaves do not give the head"))
        )
    if not _signed(note, size, head, key):
        found.append(
            Discrepancy("ledger", "signature", Text("账本头的签名无效", "the head's signature is not valid"))
        )
    return found


def _signed(note: str, size: int, head: bytes, key: bytes) -> bool:
    body = checkpoint_body(ORIGIN, size, head)
    text, _, line = note.partition("\n\n")
    try:
        signature = base64.b64decode(line.split()[-1], validate=True)[4:]
        Ed25519PublicKey.from_public_bytes(key).verify(signature, body)
    except (InvalidSignature, IndexError, binascii.Error):
        return False
    return f"{text}\n".encode() == body


def _file(zone: Zone, dataset_id: str, release_id: str) -> list[Discrepancy]:
    try:
        matches = sha256_of(zone.path(release_id, PARQUET)) == release_id
    except (KaizhaError, OSError):
        return [
            Discrepancy(
                "file",
                dataset_id,
                Text("发布的文件缺失或无法读取", "the released file is missing or cannot be read"),
            )
        ]
    if matches:
        return []
    return [
        Discrepancy(
            "file", dataset_id, Text("发布的文件与其校验值不符", "the released file does not match its hash")
        )
    ]
