"""How a serving process comes by the key it verifies API keys with: a private file that the gate keeps up to date, or a
setting where the gate runs on another machine. Docs: docs/adr/0019."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from catalog.errors import Unavailable
from catalog.text import Text
from gateway.access.keyring import KEY_BYTES, KeyRing

__all__ = ["announce_verifying_key", "verifying_key"]

FILE = "verifying.key"


def announce_verifying_key(ring: KeyRing, run_folder: Path) -> None:
    """Write the verifying key where serving processes of this home read it, in a file of mode 0600."""
    told = ring.verifying_key().hex()
    file = run_folder / FILE
    if file.exists() and file.read_text("ascii").strip() == told:
        return
    run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=run_folder)  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(told + "\n")
    Path(partial).replace(file)


def verifying_key(setting: str, run_folder: Path) -> bytes | None:
    """The key by the setting (hexadecimal), else by the file; None where there is neither: then keys are not taken.

    Raises Unavailable: it is no such key.
    """
    file = run_folder / FILE
    told = setting or (file.read_text("ascii") if file.exists() else "")
    if not told:
        return None
    try:
        key = bytes.fromhex(told.strip())
        if len(key) != KEY_BYTES:
            raise ValueError("another length")
    except ValueError:
        raise Unavailable(
            Text("核验密钥的钥匙无法读取", "The key that verifies API keys cannot be read"),
            Text(
                f"KAIZHA_VERIFYING_KEY 应为 64 个十六进制字符，与主机 run/{FILE} 相同",
                f"KAIZHA_VERIFYING_KEY is 64 hexadecimal characters, as in run/{FILE} of the gate's home",
            ),
        ) from None
    return key
