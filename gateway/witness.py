"""Witnesses: outsiders who follow the ledger and sign its heads, so that the operator cannot show two histories.

A witness asks for nothing but to be heard: its signature is its identity, checked against the keys it was configured
with, in the serving process and once more in the gate, which alone writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from catalog.errors import BadInput, Conflict, NotAllowed, NotFound, Where
from catalog.ledger import (
    COSIGNATURE,
    MalformedNote,
    Note,
    SignatureLine,
    VerifierKey,
    open_note,
    parse_checkpoint,
    parse_note,
)
from catalog.registry import queries, work
from catalog.text import Text
from gateway.gate import Gate

__all__ = ["MAX_CHECKPOINT_BYTES", "add_checkpoint", "signed_by_witnesses", "unheard", "witness_keys"]

MAX_CHECKPOINT_BYTES = 16 << 10
CLOCK_SKEW = timedelta(minutes=5)


def witness_keys(setting: str) -> tuple[VerifierKey, ...]:
    """The witnesses of ``KAIZHA_WITNESS_KEYS``: verifier keys (cosignature type) between spaces. Raises BadInput."""
    try:
        keys = tuple(VerifierKey.parse(text) for text in setting.split())
        if any(key.algorithm != COSIGNATURE for key in keys):
            raise MalformedNote("no witness's key")
    except MalformedNote:
        raise BadInput(
            Text(
                "KAIZHA_WITNESS_KEYS 中有一项不是见证人公钥",
                "KAIZHA_WITNESS_KEYS holds what is no witness's key",
            ),
            Text(
                "每项形如 name+hash+base64，类型为 0x04，以空格分隔",
                "Give name+hash+base64 of type 0x04, with spaces between",
            ),
            Where(parameter="KAIZHA_WITNESS_KEYS"),
        ) from None
    return keys


def signed_by_witnesses(
    content: bytes, witnesses: tuple[VerifierKey, ...], now: datetime
) -> tuple[Note, dict[VerifierKey, SignatureLine]]:
    """A submitted checkpoint, and the lines of configured witnesses in it (at least one); other lines are ignored.

    Raises BadInput: no checkpoint. NotAllowed: no configured witness has validly signed it, or one from the future.
    """
    try:
        note = parse_note(content)
        parse_checkpoint(note.text)
    except MalformedNote:
        raise BadInput(
            Text("正文不是带签名的检查点", "The body is no signed checkpoint"),
            Text(
                "请发送 /api/v1/ledger/checkpoint 的文本，并附上见证签名行",
                "Send the text of /api/v1/ledger/checkpoint with your signature line below",
            ),
        ) from None
    try:
        lines = dict(open_note(note, witnesses))
    except MalformedNote:
        lines = {}
    latest = (now + CLOCK_SKEW).timestamp()
    if not lines or any(line.time_s > latest for line in lines.values()):
        raise NotAllowed(
            Text("没有已登记见证人的有效签名", "No configured witness has validly signed it"),
            Text(
                "签名须为 cosignature/v1；请运营方将见证人公钥加入 KAIZHA_WITNESS_KEYS",
                "It takes a cosignature/v1; ask the operator to add your key to KAIZHA_WITNESS_KEYS",
            ),
        )
    return note, lines


def add_checkpoint(gate: Gate, content: bytes) -> list[str]:
    """Keep the witnesses' signatures beside the head they are for; the lines that were kept.

    Raises BadInput, NotAllowed as above; NotFound: no head of that size; Conflict: another head of that size, which
    the witness should make public.
    """
    now = gate.now()
    note, lines = signed_by_witnesses(content, witness_keys(gate.settings.witness_keys), now)
    claimed = parse_checkpoint(note.text)
    with gate.registry.transaction() as unit:
        # a size beyond the ledger's may not even fit the database's integers
        own = queries.head_of(unit, claimed.size) if claimed.size <= work.ledger_size(unit) else None
        if own is None:
            raise NotFound(
                Text(
                    f"账本没有大小为 {claimed.size} 的检查点",
                    f"The ledger has no head of size {claimed.size}",
                ),
                Text(
                    "GET /api/v1/ledger/checkpoint 给出最新检查点",
                    "GET /api/v1/ledger/checkpoint gives the newest",
                ),
            )
        if parse_note(own.note.encode()).text != note.text:
            raise Conflict(
                Text("这不是本账本在该大小的检查点", "This is not the head that the ledger has at this size"),
                Text(
                    "请保留并公开两份检查点：二者不一致即是证据",
                    "Keep and publish both: two heads of one size are evidence",
                ),
            )
        for key, line in unheard(unit, claimed.size, lines).items():
            work.cosign(unit, claimed.size, _id(key), str(line), now)
    return [str(line) for line in lines.values()]


def unheard(
    snapshot: Connection, size: int, lines: Mapping[VerifierKey, SignatureLine]
) -> dict[VerifierKey, SignatureLine]:
    """The lines that are newer than what is kept under this head: a public line, sent again by anybody, is no news."""
    stored = [SignatureLine.parse(line) for line in queries.cosignature_lines(snapshot, size)]
    kept = {(line.name, line.key_id): line.time_s for line in stored}
    return {key: line for key, line in lines.items() if line.time_s > kept.get((key.name, key.key_id), -1)}


def _id(key: VerifierKey) -> str:
    return f"{key.name}+{key.key_id.hex()}"
