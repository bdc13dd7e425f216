"""Delimited rows inside one cell, the first of them the header: each value is read under the name that stands above it."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["ROWS", "rows_inside"]

ROWS = "[,;|\t][^\n]*\n[^\n]*[,;|\t]"
"""RE2: what every cell with such rows holds."""
_SIGNS = ",;|\t"
_MOST_ROWS = 200


def rows_inside(text: str) -> Iterator[tuple[int, int, str]]:
    """``(start, end, header)`` of every value below the first row; nothing where the rows do not have one width."""
    lines = text.split("\n")[:_MOST_ROWS]
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) < 2:
        return
    sign = max(_SIGNS, key=lines[0].count)
    width = lines[0].count(sign)
    if not width or any(line.count(sign) != width for line in lines):
        return
    headers = [one.strip(" \r\"'") for one in lines[0].split(sign)]
    at = len(lines[0]) + 1
    for line in lines[1:]:
        for header, value in zip(headers, line.split(sign), strict=True):
            if value.strip():
                yield at, at + len(value), header
            at += len(value) + 1
