"""The one holder of keys: ledger signature, leaf salts, the pepper of API keys. Only the gate opens it.

A file of mode 0600 outside the zones and outside ordinary backups; a KMS can stand behind the same three methods.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from catalog.errors import Unavailable
from catalog.text import Text

__all__ = ["KeyRing"]

KEY_BYTES = 32
KEYS = ("ledger_signature", "leaf_salt", "key_pepper")


class KeyRing:
    """Opens the ring at `file`, creating it (once, atomically) when there is none.

    Raises Unavailable: the file can be read by others, or is damaged.
    """

    def __init__(self, file: Path) -> None:
        if not file.exists():
            _create(file)
        if file.stat().st_mode & 0o077:
            raise Unavailable(
                Text("密钥文件可被其他用户读取", "The key ring can be read by other users"),
                Text(f"请执行 chmod 600 {file.name}", f"Run chmod 600 on {file.name}"),
            )
        try:
            stored = json.loads(file.read_text("utf-8"))
            self._keys = {name: base64.b64decode(stored[name], validate=True) for name in KEYS}
            if any(len(key) != KEY_BYTES for key in self._keys.values()):
                raise ValueError("a key of another length")  # an empty pepper or salt would guard nothing
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(
                Text("密钥文件已损坏", "The key ring is damaged"),
                Text("请从托管备份恢复密钥文件", "Restore the key ring from its escrow"),
            ) from error

    def leaf_salt(self, index: int) -> bytes:
        """The 32-byte salt of a ledger leaf: unpredictable without the ring, the same every time with it."""
        return hmac.digest(self._keys["leaf_salt"], index.to_bytes(8, "big"), "sha256")

    def key_digest(self, key: str) -> bytes:
        """What is stored of an API key: HMAC-SHA256 with the pepper (the key itself has 160 random bits)."""
        return hmac.digest(self._keys["key_pepper"], key.encode(), "sha256")

    def key_verifier(self, key: str) -> bytes:
        """What is stored of an API key for serving processes, which hold `verifying_key` and nothing else of the ring."""
        return hmac.digest(self.verifying_key(), key.encode(), "sha256")

    def verifying_key(self) -> bytes:
        """The key (32 bytes) that serving processes verify API keys with: of this purpose only."""
        return self.derived("verify API keys where data is served")

    def derived(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF's expand step, RFC 5869, of one block), other than every digest above:
        those are of texts that begin with ``k``."""
        return hmac.digest(self._keys["key_pepper"], purpose.encode() + b"\x01", "sha256")

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature (64 bytes) of a ledger checkpoint."""
        return Ed25519PrivateKey.from_private_bytes(self._keys["ledger_signature"]).sign(message)

    def verify_key(self) -> bytes:
        """The public half (32 bytes), for anybody who verifies."""
        private = Ed25519PrivateKey.from_private_bytes(self._keys["ledger_signature"])
        return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _create(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring = {name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in KEYS}
    handle, partial = tempfile.mkstemp(dir=file.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(ring, stream)
            stream.flush()
            os.fsync(stream.fileno())
        # link, not rename: of two processes that start at once the first wins and both read the same ring
        os.link(partial, file)
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except FileExistsError:
        pass  # the other process was first; its ring is the ring
    finally:
        Path(partial).unlink()
