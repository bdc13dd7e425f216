"""Lists written as running text, for tables of words and sentences that are read more often than changed."""

from __future__ import annotations

__all__ = ["lines", "words"]


def words(*blocks: str) -> tuple[str, ...]:
    """What white space parts."""
    return tuple(word for block in blocks for word in block.split())


def lines(block: str) -> tuple[str, ...]:
    """The lines of a block, without indentation; blank ones left out."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())
