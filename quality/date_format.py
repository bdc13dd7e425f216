"""Formats of Python's `strptime` as a pattern RE2 runs, so that text is held against a format inside the engine and found to
name a day that exists. Numeric directives only; names of months and zones differ by locale and are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.text import Text

__all__ = ["FULL_WIDTH", "DateFormat", "UnreadableFormat", "parse_format"]

# Digits that Python reads as well, in the places where it says any digit; what was read is folded afterwards.
FULL_WIDTH = "０１２３４５６７８９"
_D = f"[0-9{FULL_WIDTH}]"
# The alternatives and their order are those of CPython's Lib/_strptime.py, which decide what an ambiguous text means.
_DIRECTIVES: Mapping[str, str] = {
    "Y": _D * 4,
    "y": _D * 2,
    "m": "1[0-2]|0[1-9]|[1-9]",
    "d": f"3[0-1]|[1-2]{_D}|0[1-9]|[1-9]| [1-9]",
    "H": f"2[0-3]|[0-1]{_D}|{_D}",
    "M": f"[0-5]{_D}|{_D}",
    "S": f"6[0-1]|[0-5]{_D}|{_D}",
    "f": "[0-9]{1,6}",
}
_SPACE = r"[\s\x0b\x1c-\x1f\x{85}\p{Z}]+"


@dataclass(frozen=True, slots=True)
class DateFormat:
    """`pattern` finds a date at the beginning of a text; `groups` says which group holds which directive."""

    pattern: str
    groups: Mapping[str, int]


class UnreadableFormat(ValueError):
    """The format is outside the supported part."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def parse_format(form: str) -> DateFormat:
    """The pattern of a format. Raises UnreadableFormat: a directive we do not read, or one twice."""
    parts: list[str] = []
    groups: dict[str, int] = {}
    position = 0
    while position < len(form):
        character = form[position]
        position += 1
        if character == "%":
            directive = form[position : position + 1]
            position += 1
            parts.append("%" if directive == "%" else _group(directive, groups))
        elif character.isspace():
            if parts[-1:] != [_SPACE]:
                parts.append(_SPACE)
        elif character.isdecimal() and not character.isascii():
            raise UnreadableFormat(Text("含非 ASCII 数字", "holds digits that are not ASCII"))
        else:
            parts.append(re.escape(character))
    return DateFormat("^(?is:" + "".join(parts) + ")", groups)


def _group(directive: str, groups: dict[str, int]) -> str:
    known = ", ".join(f"%{name}" for name in _DIRECTIVES)
    if directive not in _DIRECTIVES:
        raise UnreadableFormat(
            Text(f"只支持 {known}，不支持 %{directive}", f"takes {known}, not %{directive}")
        )
    if directive in groups or {"y", "Y"} <= {directive, *groups}:
        raise UnreadableFormat(Text(f"重复了 %{directive}", f"has %{directive} twice"))
    groups[directive] = len(groups) + 1
    return f"({_DIRECTIVES[directive]})"
