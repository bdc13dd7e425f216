"""How text is cut into terms for search: every Chinese character and every pair of neighbours, and the words of other
scripts without case; so that a Chinese word of two characters is one term, found whatever stands around it.

The same idea as the search file's (docs/adr/0020): no dictionary, no stemmer, nothing to guess.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["folded", "of_query", "of_text"]

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+", re.UNICODE)
_IS_HAN = re.compile(rf"[{_HAN}]")


def folded(text: str) -> str:
    """Without case and width."""
    return unicodedata.normalize("NFKC", text).casefold()


def of_text(text: str) -> frozenset[str]:
    """Every term under which a text is to be found."""
    found: set[str] = set()
    for piece in _PIECE.findall(folded(text)):
        if _IS_HAN.match(piece):
            found.update(piece)
            found.update(piece[i : i + 2] for i in range(len(piece) - 1))
        else:
            found.add(piece)
            found.add(_singular(piece))
    return frozenset(found)


def of_query(text: str) -> tuple[str, ...]:
    """The terms that a text which is looked for must all have: of Chinese the pairs, or the one character there is."""
    found: list[str] = []
    for piece in _PIECE.findall(folded(text)):
        if _IS_HAN.match(piece):
            found += [piece[i : i + 2] for i in range(len(piece) - 1)] if len(piece) > 1 else [piece]
        else:
            found.append(_singular(piece))
    return tuple(dict.fromkeys(found))


def _singular(word: str) -> str:
    """An English plural without its s; anything else as it is. No more stemming than that."""
    if len(word) > 3 and word.isascii() and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
