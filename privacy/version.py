"""Which detector classified a dataset: a digest of everything that decides what is found."""

from __future__ import annotations

import hashlib
from importlib import resources

__all__ = ["DETECTOR"]

# The modules whose change can change a finding. (Masking, risk and redaction work on findings: not among them.)
DECIDING = (
    "alphabet",
    "checksums",
    "classify",
    "evidence",
    "grade",
    "headers",
    "names",
    "plain",
    "presidio_detector",
    "recognise",
    "recognisers",
    "scan",
    "settle",
    "surnames",
)


def _digest() -> str:
    seen = hashlib.sha256()
    for name in DECIDING:
        seen.update(resources.files("privacy").joinpath(f"{name}.py").read_bytes())
    return seen.hexdigest()


DETECTOR = _digest()
"""64 hex digits; releases classified by another one are stale."""
