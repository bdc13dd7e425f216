"""Which language a reader gets: what the address asks for, else what the browser prefers, else Chinese."""

from __future__ import annotations

from typing import cast, get_args

from catalog.text import Language

__all__ = ["choose_language"]


def choose_language(asked: str, accept_language: str) -> Language:
    """`asked` is the ``lang`` parameter, `accept_language` the header (RFC 9110, 12.5.4; quality 0 = unwanted).

    >>> choose_language("", "en-GB,en;q=0.9,zh;q=0.3")
    'en'
    >>> choose_language("", "fr, *;q=0.1")
    'zh'
    """
    for language in get_args(Language):
        if asked == language:
            return cast(Language, language)
    wanted = {"zh": 0.0, "en": 0.0}
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        if primary in wanted:
            wanted[primary] = max(wanted[primary], _quality(parameter))
    return "en" if wanted["en"] > wanted["zh"] else "zh"


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
