"""An event of the ledger and its commitment: the tree can be public while an event's text is shown only to those
who may see it, because a leaf holds sha256(salt || canonical JSON of the event).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

__all__ = ["COMMITMENT_BYTES", "PUBLIC_EVENTS", "canonical_json", "commitment"]

COMMITMENT_BYTES = 32
# What everybody may read. Of the other events only the commitment is shown.
PUBLIC_EVENTS = ("release", "withdrawal")


def canonical_json(event: Mapping[str, object]) -> bytes:
    """Bytes that depend on the event's content only: sorted keys, no spaces, UTF-8."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment(event: Mapping[str, object], salt: bytes) -> bytes:
    """The 32-byte public commitment to an event. `salt` has at least 16 random bytes."""
    return hashlib.sha256(salt + canonical_json(event)).digest()
