"""What stands beside something of a person and is theirs: a name alone between signs, a position."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.names import is_name

__all__ = ["BESIDE", "names_alone", "positions", "sexed_names"]


def names_alone(text: str) -> Iterator[tuple[int, int]]:
    """Names that stand alone between signs."""
    for word in _WORD.finditer(text):
        if is_name(word.group().replace(" ", "")):
            yield word.span()


def sexed_names(text: str) -> Iterator[tuple[int, int]]:
    """Names with a sex beside them: 王芳，女."""
    for word in _SEXED.finditer(text):
        if is_name(word.group(1)):
            yield word.span(1)


def positions(text: str) -> Iterator[tuple[int, int]]:
    """Longitude and latitude within China, to 10 m or finer (four decimals and more)."""
    for pair in _POSITION.finditer(text):
        yield pair.span()


_HAN = "一-龥"
_WORD = re.compile(f"(?<![{_HAN}])[{_HAN}](?:[{_HAN}]{{1,3}}|[ ][{_HAN}]{{1,2}})(?![{_HAN}])")
_SEX = "[ ]?[,，、|/;； (（]{1,2}[男女]"
_SEXED = re.compile(f"(?<![{_HAN}])([{_HAN}]{{2,4}}){_SEX}(?![{_HAN}])")
_LONGITUDE = "(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])[.][0-9]{4,}"
_LATITUDE = "(?:1[89]|[2-4][0-9]|5[0-3])[.][0-9]{4,}"
_AND = "[ ,，;；/|]{1,3}(?:纬度|lat|latitude|N|北纬)?[ :：=]{0,2}"
_PAIR = f"(?:{_LONGITUDE}{_AND}{_LATITUDE}|{_LATITUDE}{_AND}{_LONGITUDE})"
_POSITION = re.compile(f"(?<![0-9.]){_PAIR}(?![0-9.])")

BESIDE = f"[{_HAN}]{_SEX}|[0-9][.][0-9]{{4,}}{_AND}[0-9]{{2,3}}[.][0-9]{{4}}"
"""RE2: every text in which a name is found by the sex beside it, or a position."""
