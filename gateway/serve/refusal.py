"""Refusals of a query that say what would work: the nearest name there is, and the names there are."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["bad", "short", "unknown"]


def bad(message: Text, remedy: Text, where: Where) -> BadInput:
    return BadInput(message, remedy, where)


def short(name: str) -> str:
    """A caller's name as far as a message repeats it."""
    return name if len(name) <= 80 else name[:79] + "…"


def unknown(
    name: str, parameter: str, names: Sequence[str], what: Text, column: str | None = None
) -> BadInput:
    """`name` is none of `names`, which are `what`."""
    close = get_close_matches(name[:80], names, n=1, cutoff=0.6)
    shown = ", ".join(names[:50]) + ("…" if len(names) > 50 else "")
    zh, en = (f"是否指“{close[0]}”？", f'Did you mean "{close[0]}"? ') if close else ("", "")
    return BadInput(
        Text(f"“{short(name)}”不是可用的{what.zh}", f'"{short(name)}" is not {what.en} here'),
        Text(f"{zh}可用：{shown}", f"{en}Use one of: {shown}"),
        Where(parameter=short(parameter), column=short(column) if column else None),
    )
