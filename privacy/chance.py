"""Digits that are part of something larger: a decimal number, a digest, a longer serial."""

from __future__ import annotations

import re

__all__ = ["in_decimal", "in_hash"]


def in_decimal(text: str, start: int, end: int) -> bool:
    """Whether the digits are the fraction or the whole part of a decimal number (a spreadsheet's ``.0`` is none)."""
    return (
        _FRACTION_BEFORE.search(text[max(0, start - 2) : start]) is not None
        or _FRACTION_AFTER.match(text, end) is not None
    )


def in_hash(text: str, start: int, end: int) -> bool:
    """Whether the digits stand inside a hexadecimal digest or a UUID."""
    if text[start - 1 : start] not in _TOUCHES and text[end : end + 1] not in _TOUCHES:
        return False
    around = _HEX_TAIL.search(text[max(0, start - 128) : start]), _HEX_HEAD.match(text, end)
    token = (
        f"{around[0].group() if around[0] else ''}{text[start:end]}{around[1].group() if around[1] else ''}"
    )
    digits = token.replace("-", "")
    return len(digits) >= _SHORTEST_DIGEST and not digits.isdigit() and _HEX_HEAD.fullmatch(token) is not None


_TOUCHES = frozenset("0123456789ABCDEFabcdef-")
_SHORTEST_DIGEST = 24
_HEX_HEAD = re.compile("[0-9A-Fa-f\\-]{1,128}")
_HEX_TAIL = re.compile("[0-9A-Fa-f\\-]{1,128}$")
_FRACTION_BEFORE = re.compile("[0-9]\\.$")
_FRACTION_AFTER = re.compile("\\.(?!0*(?![0-9]))[0-9]")
