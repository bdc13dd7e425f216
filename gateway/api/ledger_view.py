"""The ledger as outsiders may see it: the signed head, and proofs; the text of an event only where it is public."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import Connection

from catalog.errors import NotFound, Where
from catalog.ledger import inclusion_proof, leaf_hash
from catalog.registry import queries
from catalog.text import Text

__all__ = ["PUBLIC_EVENTS", "checkpoint", "proof"]

# What everybody may read. Of the other events only the commitment is shown.
PUBLIC_EVENTS = ("release", "withdrawal")


def checkpoint(snapshot: Connection) -> str:
    """The newest signed checkpoint (C2SP note). Raises NotFound while nothing has been written."""
    newest = queries.checkpoint(snapshot)
    if newest is None:
        raise _nothing(None)
    return newest[2]


def proof(snapshot: Connection, index: int) -> dict[str, Any]:
    """Leaf `index` with its audit path in the newest head; hashes in base64. Raises NotFound."""
    leaves = queries.leaf_rows(snapshot)
    newest = queries.checkpoint(snapshot)
    if newest is None or not 0 <= index < len(leaves):
        raise _nothing("index")
    size, root, _ = newest
    hashes = [leaf_hash(leaf.commitment) for leaf in leaves[:size]]
    leaf = leaves[index]
    shown = {
        "index": index,
        "size": size,
        "root": _text(root),
        "commitment": _text(leaf.commitment),
        "path": [_text(step) for step in inclusion_proof(hashes, index)],
    }
    if leaf.event["kind"] in PUBLIC_EVENTS:
        shown |= {"event": leaf.event, "salt": _text(leaf.salt)}
    return shown


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _nothing(parameter: str | None) -> NotFound:
    return NotFound(
        Text("账本中没有这一条", "The ledger has no such entry"),
        Text("GET /api/v1/ledger/checkpoint 给出账本大小", "GET /api/v1/ledger/checkpoint tells its size"),
        Where(parameter=parameter),
    )
