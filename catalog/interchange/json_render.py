"""What renderers of JSON share: members that say nothing are left out, words become a text or texts by language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.record import Words

__all__ = ["filled", "in_languages"]


def filled(found: Mapping[str, Any]) -> dict[str, Any]:
    """The members that say something."""
    return {name: one for name, one in found.items() if one not in (None, "", [], {})}


def in_languages(words: Words) -> Any:
    """A text; texts by language (JSON-LD values) where there are several; None for no words."""
    if len(words) < 2:
        return words[0][1] if words else None
    return [{"@language": tag or "und", "@value": text} for tag, text in words]
