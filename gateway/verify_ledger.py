"""The stored ledger against itself: events, commitments, tiles, every head with its frontier and signature, cosignatures.

All that can be recomputed is: whoever changes a stored bit has to change everything after it, and cannot sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from catalog.ledger import (
    Discrepancy,
    Frontier,
    MalformedNote,
    SignatureLine,
    VerifierKey,
    checkpoint_body,
    commitment,
    grow,
    head,
    leaf_hash,
    open_note,
    parse_note,
    tiles_over,
)
from catalog.registry import queries, work
from catalog.registry.queries import Head, Leaf
from catalog.text import Text

__all__ = ["StoredLedger", "check_ledger", "stored_ledger"]


@dataclass(frozen=True, slots=True)
class StoredLedger:
    """What the registry holds: `cosignatures` are (size, line), `key` is the verifier key shown to the public."""

    size: int
    leaves: tuple[Leaf, ...]
    heads: tuple[Head, ...]
    tiles: Mapping[tuple[int, int], bytes]
    cosignatures: tuple[tuple[int, str], ...]
    key: str | None


def stored_ledger(snapshot: Connection) -> StoredLedger:
    """All of it. Raises ValueError when an event is no JSON any more."""
    return StoredLedger(
        size=work.ledger_size(snapshot),
        leaves=queries.leaf_rows(snapshot),
        heads=queries.head_rows(snapshot),
        tiles=queries.tile_rows(snapshot),
        cosignatures=queries.cosignature_rows(snapshot),
        key=queries.ledger_key(snapshot),
    )


def check_ledger(
    stored: StoredLedger, key: VerifierKey, witnesses: Sequence[VerifierKey] = ()
) -> Iterator[Discrepancy]:
    """Everything that does not fit. Of witnesses whose keys are not given only the form of a line is checked."""
    yield from _leaves(stored.leaves)
    whole = [leaf_hash(leaf.commitment) for place, leaf in enumerate(stored.leaves) if leaf.index == place]
    misplaced = _heads(stored, whole)
    if misplaced:
        yield Discrepancy("ledger", "head", misplaced)
    elif {place: b"".join(row) for place, row in tiles_over(whole).items()} != stored.tiles:
        yield Discrepancy("ledger", "tiles", Text("分片与账本内容不符", "the tiles do not hold the leaves"))
    if not all(_is_signed(one, key) for one in stored.heads):
        yield Discrepancy(
            "ledger", "signature", Text("账本头的签名无效", "the head's signature is not valid")
        )
    if stored.key not in (None, str(key)):
        text = Text("公布的公钥不是签名所用的", "the public key that is shown is not the one that signs")
        yield Discrepancy("ledger", "key", text)
    notes = {one.size: one.note for one in stored.heads}
    for size, line in stored.cosignatures:
        if not _is_cosigned(notes.get(size), line, witnesses):
            text = Text("见证签名无效", "a witness's signature is not valid")
            yield Discrepancy("ledger", f"cosignature {size}", text)


def _leaves(leaves: Sequence[Leaf]) -> Iterator[Discrepancy]:
    for place, leaf in enumerate(leaves):
        if leaf.index != place:
            yield Discrepancy("ledger", str(place), Text("账本缺少一条", "an entry is missing"))
            return
        if commitment(leaf.event, leaf.salt) != leaf.commitment:
            yield Discrepancy(
                "ledger", str(place), Text("记录与其承诺值不符", "the event does not match its commitment")
            )


def _heads(stored: StoredLedger, hashes: Sequence[bytes]) -> Text | None:
    """What is wrong with the heads: one after each leaf, each with the frontier and root that the leaves give."""
    if not stored.size == len(stored.leaves) == len(hashes) == len(stored.heads):
        return Text("账本的条数与其头不符", "there are not as many heads as leaves")
    frontier: Frontier = ()
    for place, (leaf, one) in enumerate(zip(hashes, stored.heads, strict=True)):
        frontier = grow(frontier, place, leaf)
        if (one.size, one.root, one.frontier) != (place + 1, head(frontier), b"".join(frontier)):
            return Text(
                f"账本内容与第 {place + 1} 个头不符", f"the leaves do not give the head of {place + 1}"
            )
    return None


def _is_signed(one: Head, key: VerifierKey) -> bool:
    try:
        note = parse_note(one.note.encode())
        open_note(note, (key,))
    except MalformedNote:
        return False
    return len(note.lines) == 1 and note.text == checkpoint_body(key.name, one.size, one.root)


def _is_cosigned(note: str | None, line: str, witnesses: Sequence[VerifierKey]) -> bool:
    try:
        text = parse_note((note or "").encode()).text
        signed = SignatureLine.parse(line)
    except MalformedNote:
        return False
    known = [key for key in witnesses if key.name == signed.name]
    return not known or any(
        key.key_id == signed.key_id and key.signed(text, signed.signature) for key in known
    )
