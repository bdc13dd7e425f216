"""The id of a request: the caller's own where it is safe to repeat in a header and a log, else one that is made here."""

from __future__ import annotations

import re
import secrets
from collections.abc import MutableMapping
from itertools import count
from typing import Any

__all__ = ["HEADER", "request_id_of"]

HEADER = b"x-request-id"
SAFE = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_PLACE = "kaizha.request_id"
_PROCESS = secrets.token_hex(6).encode()
_NEXT = count()
"""An id has to be unlike any other, not unguessable: the system is asked for chance once, which takes longer than a look-up."""


def request_id_of(scope: MutableMapping[str, Any]) -> bytes:
    """The id of the request of this ASGI scope, which keeps it: whoever asks gets the same."""
    known: bytes | None = scope.get(_PLACE)
    if known is None:
        known = b""
        for name, content in scope["headers"]:
            if name == HEADER:
                known = content if SAFE.fullmatch(content) else b""
                break
        known = scope[_PLACE] = known or b"%s%08x" % (_PROCESS, next(_NEXT))
    return known
