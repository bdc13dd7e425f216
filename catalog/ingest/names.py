"""Column names: trimmed, unique, printable. What had to be changed is said, never hidden."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.errors import BadInput, TooLarge, Where
from catalog.text import Text

__all__ = ["MAX_NAME_CHARS", "column_names"]

RESERVED = ("_row", "file_row_number")  # the engine numbers rows under these names
MAX_NAME_CHARS = 200
_BREAKS = re.compile(r"\s*[\r\n\t\v\f\u2028\u2029]+\s*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\ufeff\u200b]")


def column_names(
    given: Sequence[str], file: str, line: int | None, max_columns: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Usable names for the given ones, and those that were changed (beyond trimming).

    Line breaks inside a name become one space; an empty name becomes ``column_N``; a repeated one (also one that
    differs in letter case only, as SQL folds case) gets ``_2``, ``_3``…; the engine's own names are renamed.

    Raises BadInput: control characters, or a name over 200 characters; TooLarge: too many columns.
    """
    if len(given) > max_columns:
        raise TooLarge(
            Text(
                f"列数 {len(given):,} 超过上限 {max_columns:,}",
                f"{len(given):,} columns are over the cap of {max_columns:,}",
            ),
            Text("请把宽表转为长表，或拆分后提交", "Turn the wide table into a long one, or split it"),
            Where(file=file, line=line),
        )
    taken: set[str] = set(RESERVED)
    reserved = {_clean(name).casefold() for name in given}
    names: list[str] = []
    changed: list[str] = []
    for position, raw in enumerate(given, start=1):
        wanted = _clean(raw)
        if _CONTROL.search(wanted):
            raise BadInput(
                Text("列名中有控制字符", "A column name holds control characters"),
                Text("请修改该列的列名", "Rename that column"),
                Where(file=file, line=line, column=f"#{position}"),
            )
        if len(wanted) > MAX_NAME_CHARS:
            raise BadInput(
                Text(
                    f"列名超过 {MAX_NAME_CHARS} 个字符", f"A column name is over {MAX_NAME_CHARS} characters"
                ),
                Text(
                    "请缩短列名；若表头不在这一行，请指定 header_row",
                    "Shorten it; if the header is on another line, answer header_row",
                ),
                Where(file=file, line=line, column=f"#{position}"),
            )
        name = _unique(wanted or f"column_{position}", taken, reserved)
        if name != wanted:
            changed.append(name)
        taken.add(name.casefold())
        names.append(name)
    return tuple(names), tuple(changed)


def _clean(raw: str) -> str:
    return _BREAKS.sub(" ", _INVISIBLE.sub("", raw)).strip()


def _unique(wanted: str, taken: set[str], reserved: set[str]) -> str:
    if wanted.casefold() not in taken:
        return wanted
    number = 2
    while (name := f"{wanted}_{number}").casefold() in taken or name.casefold() in reserved:
        number += 1
    return name
