"""The ledger of openings: an RFC 6962 Merkle tree over salted commitments, as pure functions.

Leaves hold sha256(salt || canonical JSON of the event), so that the tree can be public while an event's text is
shown only to those who may see it. Formulas: RFC 6962 section 2.1 (hashes, tree head, audit path).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

__all__ = [
    "Frontier",
    "canonical_json",
    "checkpoint_body",
    "checkpoint_note",
    "commitment",
    "grow",
    "head",
    "inclusion_proof",
    "leaf_hash",
    "root",
    "verify_inclusion",
]

# Roots of the complete subtrees of a tree, largest first: one per set bit of its size.
Frontier = tuple[bytes, ...]


def canonical_json(event: Mapping[str, object]) -> bytes:
    """Bytes that depend on the event's content only: sorted keys, no spaces, UTF-8."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment(event: Mapping[str, object], salt: bytes) -> bytes:
    """The 32-byte public commitment to an event. `salt` has at least 16 random bytes."""
    return hashlib.sha256(salt + canonical_json(event)).digest()


def leaf_hash(entry: bytes) -> bytes:
    """MTH of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (count ≥ 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree head of leaf hashes; SHA-256 of nothing for the empty tree."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return _node(root(leaves[:k]), root(leaves[k:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of leaf `index`, from the leaf upward. Raises IndexError when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root(leaves[:k])]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether `path` leads from `leaf` at `index` to the head of a tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, position = leaf, size - 1, index
    for step in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = _node(step, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = _node(node, step)
        position, last = position >> 1, last >> 1
    return last == 0 and node == head


def grow(frontier: Frontier, size: int, leaf: bytes) -> Frontier:
    """The frontier of a tree of `size` leaves after one more: O(log size), no other leaf is read."""
    grown, node = list(frontier), leaf
    while size & 1:
        node = _node(grown.pop(), node)
        size >>= 1
    return (*grown, node)


def head(frontier: Frontier) -> bytes:
    """The tree head of a frontier; equals `root` of its leaves."""
    if not frontier:
        return hashlib.sha256().digest()
    node = frontier[-1]
    for left in reversed(frontier[:-1]):
        node = _node(left, node)
    return node


def checkpoint_body(origin: str, size: int, tree_head: bytes) -> bytes:
    """The signed text of a checkpoint (C2SP tlog-checkpoint): origin, size, root in base64, a line each."""
    return f"{origin}\n{size}\n{base64.b64encode(tree_head).decode()}\n".encode()


def checkpoint_note(body: bytes, name: str, public_key: bytes, signature: bytes) -> str:
    """A signed note (C2SP signed-note): the body, an empty line, and the Ed25519 signature line of key `name`."""
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public_key).digest()[:4]
    return f"{body.decode()}\n— {name} {base64.b64encode(key_id + signature).decode()}\n"
