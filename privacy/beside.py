"""What the place of a word in its text tells: a name alone between signs beside a number, before a title or a colon, in a
list; a position, or a house, that is a person's because the person stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.names import is_name
from privacy.patterns import HAN
from privacy.phrases import NAME_ROLE, ORGANISATION_NEAR, STREET, TITLE
from privacy.surnames import SURNAME

__all__ = [
    "BESIDE",
    "houses",
    "names_alone",
    "names_by_place",
    "of_an_office",
    "positions",
    "speaks_of_a_person",
]

_NAME = f"{SURNAME}[{HAN}]{{1,2}}"
_SEX = "[ ]?[,，、|/;； (（\\-]{1,2}[男女]"
_BEGINNING = "(?:^|[】\\])][ ]?|[0-9][ ])"
_NUMBER = "[0-9][.、)）][ ]?"
_LONGITUDE = "(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])[.][0-9]{4,}"
_LATITUDE = "(?:1[89]|[2-4][0-9]|5[0-3])[.][0-9]{4,}"
_AND = "[°度]?[^0-9.\\-]{1,30}?"
_DEGREES = "[0-9]{1,3}[°度][ ]?[0-9]{1,2}[′'分][ ]?[0-9]{1,2}(?:[.][0-9]{1,4})?[″\"秒]"

_WORD = re.compile(f"(?<![{HAN}])[{HAN}](?:[{HAN}]{{1,3}}|[ ]{{1,2}}[{HAN}]{{1,2}})(?![{HAN}])")
_SEXED = re.compile(f"(?<![{HAN}])([{HAN}]{{2,4}}){_SEX}(?![{HAN}])")
_TITLED = re.compile(f"({_NAME})(?={TITLE})")
_SPOKEN = re.compile(f"{_BEGINNING}({_NAME})[ ]?(?:[:：]|[0-9]{{1,2}}:[0-9]{{2}})")
_IN_LIST = re.compile(
    f"(?<![{HAN}])({_NAME})(?=[、,，/])|(?<=[、,，/])({_NAME})(?![{HAN}])|(?<=、)({_NAME})(?=等)"
)
_IN_NUMBERS = re.compile(f"{_NUMBER}({_NAME})(?![{HAN}])")
_AT_A_PLACE = re.compile(
    f"(?<![{HAN}])({_NAME})(?=(?:现在|当前|目前|最后|实时)?(?:位于|的?位置|定位|坐标|轨迹|上报|签到|出现|于[0-9]|在[0-9]))"
)
_POSITION = re.compile(
    f"(?<![0-9.])(?:{_LONGITUDE}{_AND}{_LATITUDE}|{_LATITUDE}{_AND}{_LONGITUDE}|{_DEGREES}[^0-9]{{0,6}}{_DEGREES}[NSEW东西南北]?)(?![0-9.])"
)
_HOUSE = re.compile(STREET)
_ROLE = re.compile(f"(?:{NAME_ROLE})[ :：]{{0,3}}[{HAN}]")
_OFFICE = re.compile(ORGANISATION_NEAR)
_HOMES_OF_AN_OFFICE = re.compile(
    f"(?:{ORGANISATION_NEAR}|厂|所|站)(?=家属|宿舍|生活区|职工|小区|公寓|新村|大院)"
)

BESIDE = "|".join(
    (
        f"[{HAN}]{_SEX}",
        f"[{HAN}]{TITLE}",
        f"{_BEGINNING}{_NAME}[ ]?(?:[:：]|[0-9])",
        f"{_NAME}[、,，/]{_NAME}",
        f"{_NUMBER}{_NAME}",
        "[0-9][.][0-9]{4,}[^0-9.]{1,30}[0-9]{2,3}[.][0-9]{4}",
        "[0-9][°度][ ]?[0-9]{1,2}[′'分]",
    )
)
"""RE2: every text in which a name is found by its place, or a position."""


def names_alone(text: str) -> Iterator[tuple[int, int]]:
    """Names that stand alone between signs, asked beside something of a person or a position: rarer ones too."""
    for word in _WORD.finditer(text):
        if is_name(word.group().replace(" ", ""), rare=True):
            yield word.span()


def names_by_place(text: str) -> Iterator[tuple[int, int]]:
    """Names with a sex or a title beside them (王芳，女; 王芳老师), before a colon (王芳：), in a list of names, or at a
    place (王芳位于…)."""
    if "男" in text or "女" in text:
        yield from _named(text, _SEXED)
    yield from _named(text, _TITLED)
    yield from _named(text, _SPOKEN)
    yield from _named(text, _AT_A_PLACE, rare=True)
    for pattern in (_IN_LIST, _IN_NUMBERS):
        sure, all_ = list(_named(text, pattern)), list(_named(text, pattern, rare=True))
        if len(all_) > 1 and 2 * len(sure) >= len(all_):
            yield from all_


def _named(text: str, pattern: re.Pattern[str], *, rare: bool = False) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        group = match.lastindex or 1
        if is_name(match.group(group), rare=rare):
            yield match.span(group)


def positions(text: str) -> Iterator[tuple[int, int]]:
    """Longitude and latitude within China, to 10 m or finer (four decimals and more, or seconds)."""
    for pair in _POSITION.finditer(text):
        yield pair.span()


def speaks_of_a_person(text: str) -> bool:
    """Whether a word stands in the text that only a person is called by."""
    return _ROLE.search(text) is not None


def houses(text: str) -> Iterator[tuple[int, int]]:
    """Houses of a street or village, where no office is named."""
    if _OFFICE.search(text) is None:
        for house in _HOUSE.finditer(text):
            yield house.span()


def of_an_office(text: str, start: int, end: int) -> bool:
    """Whether the address is an organisation's: one is named right before it or in it."""
    around = _HOMES_OF_AN_OFFICE.sub("", text[max(0, start - 16) : end])
    return _OFFICE.search(around) is not None and "室" not in text[start:end]
