"""Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature), read and written.

Every text here has one spelling: base64 that does not encode to itself, leading zeroes and control characters are
refused, so that no two different files say the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "MAX_NOTE_BYTES",
    "Checkpoint",
    "MalformedNote",
    "Note",
    "SignatureLine",
    "VerifierKey",
    "checkpoint_body",
    "checkpoint_note",
    "cosignature_line",
    "cosigned_message",
    "open_note",
    "parse_checkpoint",
    "parse_note",
]

# Signature types: the log's own, and a witness's with its time.
ED25519, COSIGNATURE = 0x01, 0x04
KEY_BYTES, SIGNATURE_BYTES, TIME_BYTES, ROOT_BYTES = 32, 64, 8, 32
MAX_NOTE_BYTES = 64 << 10
MAX_SIGNATURES = 64
MAX_TIME = (1 << 63) - 1
_NAME = re.compile(r"[^\s+]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class MalformedNote(ValueError):
    """A text that is no signed note, checkpoint or verifier key, or that no known key has signed."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name: `algorithm` is ED25519 or COSIGNATURE, `public_key` has 32 bytes."""

    name: str
    algorithm: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || algorithm || public key)[:4] (signed-note, signatures)."""
        text = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key
        return hashlib.sha256(text).digest()[:4]

    def __str__(self) -> str:
        """``name+hash+base64``, as configured and published."""
        material = base64.b64encode(bytes([self.algorithm]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Raises MalformedNote: another form, an algorithm we do not speak, or a hash that is not this key's."""
        name, _, rest = text.partition("+")
        shown, _, material = rest.partition("+")
        raw = _exact_base64(material)
        if not _NAME.fullmatch(name) or len(raw) != 1 + KEY_BYTES or raw[0] not in (ED25519, COSIGNATURE):
            raise MalformedNote("no verifier key")
        key = cls(name, raw[0], raw[1:])
        if shown != key.key_id.hex():
            raise MalformedNote("a verifier key with another key's hash")
        return key

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` (of a line with this key's name and id) is this key's on the note's text."""
        if self.algorithm == COSIGNATURE:
            time_s = int.from_bytes(signature[:TIME_BYTES], "big")
            if len(signature) != TIME_BYTES + SIGNATURE_BYTES or time_s > MAX_TIME:
                return False
            text, signature = cosigned_message(time_s, text), signature[TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """``— name base64(key id || signature)``."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}"

    @property
    def time_s(self) -> int:
        """The POSIX time of a cosignature; only of a line whose key is of that type."""
        return int.from_bytes(self.signature[:TIME_BYTES], "big")

    @classmethod
    def parse(cls, line: str) -> SignatureLine:
        """Raises MalformedNote."""
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—" or not _NAME.fullmatch(parts[1]):
            raise MalformedNote("no signature line")
        raw = _exact_base64(parts[2])
        if len(raw) < 5:
            raise MalformedNote("no signature")
        return cls(parts[1], raw[:4], raw[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends in a newline and is what is signed."""

    text: bytes
    lines: tuple[SignatureLine, ...]

    def __str__(self) -> str:
        return f"{self.text.decode()}\n" + "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: `root` of the tree of its first `size` entries."""

    origin: str
    size: int
    root: bytes


def checkpoint_body(origin: str, size: int, tree_head: bytes) -> bytes:
    """The signed text of a checkpoint (C2SP tlog-checkpoint): origin, size, root in base64, a line each."""
    return f"{origin}\n{size}\n{base64.b64encode(tree_head).decode()}\n".encode()


def checkpoint_note(body: bytes, name: str, public_key: bytes, signature: bytes) -> str:
    """A signed note (C2SP signed-note): the body, an empty line, and the Ed25519 signature line of key `name`."""
    key = VerifierKey(name, ED25519, public_key)
    return str(Note(body, (SignatureLine(name, key.key_id, signature),)))


def cosigned_message(time_s: int, text: bytes) -> bytes:
    """What a witness signs (tlog-cosignature): a header line, its POSIX time, the whole text of the checkpoint."""
    return f"cosignature/v1\ntime {time_s}\n".encode() + text


def cosignature_line(key: VerifierKey, time_s: int, signature: bytes) -> SignatureLine:
    """The line of a witness: `signature` is Ed25519 over `cosigned_message`."""
    return SignatureLine(key.name, key.key_id, time_s.to_bytes(TIME_BYTES, "big") + signature)


def parse_note(content: bytes) -> Note:
    """A signed note, unverified. Raises MalformedNote: not this form, too large, or more than 64 signatures."""
    if len(content) > MAX_NOTE_BYTES:
        raise MalformedNote("too large")
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedNote("no UTF-8") from None
    text, gap, below = whole.rpartition("\n\n")
    if not gap or not below.endswith("\n") or any(one < " " and one != "\n" for one in whole):
        raise MalformedNote("no signed note")
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedNote("too many signatures")
    return Note(f"{text}\n".encode(), tuple(SignatureLine.parse(line) for line in lines))


def open_note(note: Note, keys: Sequence[VerifierKey]) -> Mapping[VerifierKey, SignatureLine]:
    """Which of `keys` have signed; lines of other keys are ignored, as the specification says.

    Raises MalformedNote when a line of one of them does not verify, or none of them has signed.
    """
    by_id = {(key.name, key.key_id): key for key in keys}
    signed: dict[VerifierKey, SignatureLine] = {}
    for line in note.lines:
        key = by_id.get((line.name, line.key_id))
        if key is None:
            continue
        if not key.signed(note.text, line.signature):
            raise MalformedNote("a signature that does not verify")
        signed[key] = line
    if not signed:
        raise MalformedNote("signed by no known key")
    return signed


def parse_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint that a note's text is. Raises MalformedNote; lines beyond the third are refused: we write none."""
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise MalformedNote("no UTF-8") from None
    if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise MalformedNote("no checkpoint")
    tree_head = _exact_base64(lines[2])
    if len(tree_head) != ROOT_BYTES:
        raise MalformedNote("no root")
    return Checkpoint(lines[0], int(lines[1]), tree_head)


def _exact_base64(text: str) -> bytes:
    """The bytes of the one spelling of them. Raises MalformedNote."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedNote("no base64") from None
    if base64.b64encode(raw).decode() != text:
        raise MalformedNote("base64 with bits to spare")
    return raw
