"""Digits that are part of something larger: a decimal number, a digest, a version, a path, a longer serial."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = ["CHANCES", "by_chance", "in_amount", "in_decimal", "in_hash", "in_path", "in_serial", "in_version"]


def by_chance(entity: str, text: str, start: int, end: int) -> bool:
    """Whether what looks like the entity at ``text[start:end]``, with no label and no header, is part of something else."""
    return any(is_part(text, start, end) for is_part in CHANCES[entity])


def in_decimal(text: str, start: int, end: int) -> bool:
    """Whether the digits are a decimal number, its fraction or its whole part (a spreadsheet's ``.0`` is none)."""
    return (
        (_DECIMAL.fullmatch(text, start, end) is not None and _SPOKEN.search(text, 0, end) is None)
        or _FRACTION_BEFORE.search(text[max(0, start - 2) : start]) is not None
        or _FRACTION_AFTER.match(text, end) is not None
    )


def in_amount(text: str, start: int, end: int) -> bool:
    """As `in_decimal`; but no decimal number has six figures, a point, and ten figures more, as a card's groups have."""
    return in_decimal(text, start, end) and _CARD_GROUPS.fullmatch(text, start, end) is None


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


def in_path(text: str, start: int, end: int) -> bool:
    """Whether a number in groups goes on beyond the span by the sign that joins them: an ISBN, a path, a serial."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    inside = text[start:end]
    return (before in _JOINTS and before in inside and text[start - 2 : start - 1].isalnum()) or (
        behind in _JOINTS and behind in inside and text[end + 1 : end + 2].isalnum()
    )


def in_serial(text: str, start: int, end: int) -> bool:
    """Whether capitals that are no telephone's stand right in front of the digits: the number of a parcel, of a device."""
    if not "A" <= text[start - 1 : start] <= "Z":
        return False
    letters = _CAPITALS_BEFORE.search(text[max(0, start - 12) : start])
    return letters is not None and letters.group() not in _TELEPHONES


def in_version(text: str, start: int, end: int) -> bool:
    """Whether a version is named in front of it."""
    return _VERSION_BEFORE.search(text[max(0, start - 24) : start]) is not None


_CARD_GROUPS = re.compile("(?:62|4[0-9]|5[1-5])[0-9]{4}\\.(?:[0-9]{10}|[0-9]{13})")
_CAPITALS_BEFORE = re.compile("[A-Z]{2,}$")
_TELEPHONES = frozenset(
    {
        "TEL",
        "PHONE",
        "MOBILE",
        "MOB",
        "CELL",
        "CALL",
        "QQ",
        "WX",
        "VX",
        "SJ",
        "SJH",
        "SJHM",
        "DH",
        "LXDH",
        "LXFS",
        "NO",
        "CARD",
        "BANK",
        "YHKH",
    }
)
_TOUCHES = frozenset("0123456789ABCDEFabcdef-")
_JOINTS = frozenset("-_./")
_SHORTEST_DIGEST = 24
_HEX_HEAD = re.compile("[0-9A-Fa-f\\-]{1,128}")
_HEX_TAIL = re.compile("[0-9A-Fa-f\\-]{1,128}$")
_DECIMAL = re.compile("[0-9]+\\.[0-9]+")
_SPOKEN = re.compile("(?<=[一-龥])(?<![约达为是计值共额近超])[0-9]{4,6}\\.[0-9]{5,7}$")
"""Of a sentence that measures nothing: no measure has so many figures on both sides."""
_FRACTION_BEFORE = re.compile("[0-9]\\.$")
_FRACTION_AFTER = re.compile("\\.(?!0*(?![0-9]))[0-9]")
_VERSION_BEFORE = re.compile(
    "(?:版本?|固件|内核|补丁|驱动|(?<![A-Za-z])(?i:v|ver|version|release|rev|build|firmware|kernel|driver))[号为是]?[ :：=_\\-]{0,3}$"
)
CHANCES: Mapping[str, tuple[Callable[[str, int, int], bool], ...]] = MappingProxyType(
    {
        "RESIDENT_ID": (in_decimal, in_hash),
        "MOBILE": (in_decimal, in_hash, in_path, in_serial),
        "LANDLINE": (in_decimal, in_hash),
        "BANK_CARD": (in_amount, in_hash, in_path, in_serial),
        "IP": (in_version,),
    }
)
"""Of each number that chance makes, what it may be a part of."""
