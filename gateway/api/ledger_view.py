"""The ledger as outsiders may see it: signed heads, tiles, proofs; the text of an event only where it is public.

Nothing here reads all leaves: a proof takes a few tiles, a bundle at most 256 rows.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from catalog.errors import NotFound, Where
from catalog.ledger import (
    ENTRIES,
    EVENTS,
    PUBLIC_EVENTS,
    TILE_WIDTH,
    Checkpoint,
    Tile,
    bundle_of,
    event_line,
    prove_consistency,
    prove_inclusion,
    subtree_of,
)
from catalog.registry import queries
from catalog.registry.queries import Head, Leaf
from catalog.text import Text

__all__ = [
    "TileFile",
    "checkpoint",
    "consistency",
    "event",
    "is_own_head",
    "proof",
    "tile",
    "verifier_key",
    "witnessed",
]


@dataclass(frozen=True, slots=True)
class TileFile:
    """One static file: a tile of hashes, a bundle of entries, or a bundle of public events."""

    content: bytes
    media_type: str
    is_immutable: bool


def checkpoint(snapshot: Connection) -> str:
    """The newest signed checkpoint (C2SP note) with its cosignatures. Raises NotFound while nothing is written."""
    return _with_cosignatures(snapshot, _head(snapshot, None, None))


def witnessed(snapshot: Connection) -> str:
    """The newest checkpoint that a witness has signed. Raises NotFound while none has."""
    size = queries.cosigned_size(snapshot)
    head = queries.head_of(snapshot, size) if size is not None else None
    if head is None:
        raise NotFound(
            Text("还没有见证人签过账本头", "No witness has signed a head of the ledger yet"),
            Text(
                "见证人可向 POST /api/v1/ledger/add-checkpoint 提交签名",
                "A witness submits its signature to POST /api/v1/ledger/add-checkpoint",
            ),
        )
    return _with_cosignatures(snapshot, head)


def is_own_head(snapshot: Connection, claimed: Checkpoint, text: bytes) -> bool:
    """Whether the ledger has signed exactly this text."""
    newest = queries.head_of(snapshot)
    if newest is None or claimed.size > newest.size:  # may be more than the database's integers hold
        return False
    own = queries.head_of(snapshot, claimed.size)
    return own is not None and own.note.encode().startswith(text + b"\n")


def verifier_key(snapshot: Connection) -> str:
    """The verifier key, a line. Raises NotFound before the gate has been opened once."""
    key = queries.ledger_key(snapshot)
    if key is None:
        raise _nothing(None)
    return f"{key}\n"


def tile(snapshot: Connection, place: str) -> TileFile:
    """The file at ``tile/<place>``, of any width up to what the ledger holds. Raises NotFound."""
    size = _head(snapshot, None, None).size
    try:
        wanted = Tile.parse(place)
    except ValueError:
        raise _nothing("place") from None
    of_hashes = wanted.kind not in (ENTRIES, EVENTS)
    span = TILE_WIDTH ** int(wanted.kind) if of_hashes else 1
    # before the database is asked: it counts in integers of its own size
    if (wanted.index * TILE_WIDTH + wanted.width) * span > size:
        raise _nothing("place")
    if of_hashes:
        hashes = queries.stored_tile(snapshot, int(wanted.kind), wanted.index)[: wanted.width]
        return TileFile(b"".join(hashes), "application/octet-stream", wanted.is_full)
    start = wanted.index * TILE_WIDTH
    leaves = queries.leaf_range(snapshot, start, start + wanted.width)
    if wanted.kind == ENTRIES:
        bundle = bundle_of([leaf.commitment for leaf in leaves])
        return TileFile(bundle, "application/octet-stream", wanted.is_full)
    return TileFile(b"".join(_line(leaf) for leaf in leaves), "application/x-ndjson", is_immutable=False)


def proof(snapshot: Connection, index: int, size: int | None = None) -> dict[str, Any]:
    """Leaf `index` with its audit path in a head (None = the newest); hashes in base64. Raises NotFound."""
    head = _head(snapshot, size, "size")
    leaf = _leaf(snapshot, index, head)
    subtree = subtree_of(partial(queries.stored_tile, snapshot))
    shown = {
        "index": index,
        "size": head.size,
        "root": _text(head.root),
        "commitment": _text(leaf.commitment),
        "path": _texts(prove_inclusion(subtree, index, head.size)),
        "checkpoint": _with_cosignatures(snapshot, head),
    }
    return shown | (_told(leaf) if _is_public(leaf) else {})


def consistency(snapshot: Connection, first: int, second: int | None = None) -> dict[str, Any]:
    """The proof that the tree of `second` leaves (None = all) begins with that of `first`. Raises NotFound."""
    later = _head(snapshot, second, "to")
    if not 0 < first <= later.size:
        raise _nothing("from")
    earlier = _head(snapshot, first, "from")
    subtree = subtree_of(partial(queries.stored_tile, snapshot))
    return {
        "from": first,
        "to": later.size,
        "from_root": _text(earlier.root),
        "to_root": _text(later.root),
        "path": _texts(prove_consistency(subtree, first, later.size)),
    }


def event(snapshot: Connection, index: int) -> dict[str, Any]:
    """A public event with its salt and commitment. Raises NotFound, also for an event that is not public."""
    leaf = _leaf(snapshot, index, _head(snapshot, None, None))
    if not _is_public(leaf):
        raise NotFound(
            Text("这一条事件不公开，只公开其承诺值", "This event is not public; its commitment is"),
            Text(f"见 /api/v1/ledger/proof/{index}", f"See /api/v1/ledger/proof/{index}"),
            Where(parameter="index"),
        )
    return {"index": index, "commitment": _text(leaf.commitment), **_told(leaf)}


def _head(snapshot: Connection, size: int | None, parameter: str | None) -> Head:
    newest = queries.head_of(snapshot)
    if newest is None or (size is not None and not 0 < size <= newest.size):
        raise _nothing(parameter)
    head = newest if size in (None, newest.size) else queries.head_of(snapshot, size)
    if head is None:
        raise _nothing(parameter)
    return head


def _leaf(snapshot: Connection, index: int, head: Head) -> Leaf:
    leaves = queries.leaf_range(snapshot, index, index + 1) if 0 <= index < head.size else ()
    if not leaves:
        raise _nothing("index")
    return leaves[0]


def _with_cosignatures(snapshot: Connection, head: Head) -> str:
    return head.note + "".join(f"{line}\n" for line in queries.cosignature_lines(snapshot, head.size))


def _is_public(leaf: Leaf) -> bool:
    return leaf.event.get("kind") in PUBLIC_EVENTS


def _told(leaf: Leaf) -> dict[str, Any]:
    return {"event": leaf.event, "salt": _text(leaf.salt)}


def _line(leaf: Leaf) -> bytes:
    return event_line(leaf.index, leaf.event if _is_public(leaf) else None, leaf.salt)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [_text(one) for one in hashes]


def _nothing(parameter: str | None) -> NotFound:
    return NotFound(
        Text("账本中没有这一条", "The ledger has no such entry"),
        Text("GET /api/v1/ledger/checkpoint 给出账本大小", "GET /api/v1/ledger/checkpoint tells its size"),
        Where(parameter=parameter),
    )
