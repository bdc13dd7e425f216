"""Which of many RE2 patterns a text holds, found in one search and remembered, since column names repeat in a city.

A text that the combined search cannot judge is judged pattern by pattern: a search that gave up never means "none".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import re2

__all__ = ["PatternSet", "compiled", "compiles"]

MOST_REMEMBERED = 100_000  # texts, about 30 MB; all are forgotten at once then
SET_BYTES = 64 << 20  # of the combined automaton; RE2's default of 8 MiB holds about a thousand patterns
ALWAYS = ""  # held by every text: an answer without it is a search that gave up


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """The RE2 program of a pattern; raises re2.error. (RE2: linear time whatever a person writes.)"""
    return re2.compile(pattern)


def compiles(pattern: str) -> bool:
    """Whether RE2 takes the pattern."""
    try:
        compiled(pattern)
    except (re2.error, UnicodeEncodeError, TypeError):
        return False
    return True


class PatternSet:
    """Patterns searched together. Those that do not compile are left out; `holds` raises for them as it always would."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns: list[str] = [ALWAYS, *sorted({one for one in patterns if compiles(one)} - {ALWAYS})]
        self._known = frozenset(self._patterns)
        self._set = _combined(self._patterns)
        self._remembered: dict[str, frozenset[str]] = {}

    def __contains__(self, pattern: str) -> bool:
        return pattern in self._known

    def held(self, text: str) -> frozenset[str]:
        """The patterns of the set that `text` holds. Raises UnicodeEncodeError (half a surrogate pair)."""
        known = self._remembered.get(text)
        if known is not None:
            return known
        found = self._search(text)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[text] = found
        return found

    def holds(self, pattern: str, text: str) -> bool:
        """Whether `text` holds `pattern`, be it of the set or not. Raises re2.error, UnicodeEncodeError."""
        if pattern in self._known:
            return pattern in self.held(text)
        return bool(compiled(pattern).search(text))

    def _search(self, text: str) -> frozenset[str]:
        places = self._set.Match(text) if self._set else None
        held = frozenset(self._patterns[place] for place in places or ())
        if ALWAYS in held:
            return held
        return frozenset(pattern for pattern in self._patterns if compiled(pattern).search(text))


def _combined(patterns: list[str]) -> Any:
    """The automaton of all patterns; None where it would be too large, or where there is nothing to combine."""
    options = re2.Options()
    options.max_mem = SET_BYTES
    options.log_errors = False
    combined = re2.Set.SearchSet(options)
    try:
        for pattern in patterns:
            combined.Add(pattern)
        combined.Compile()
    except re2.error:
        return None
    return combined
