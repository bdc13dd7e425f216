"""What keeps a hard negative from being personal by chance: identity numbers, cards, mobile and vehicle numbers are
recognised by their standards, and a value that holds one is thrown away and drawn anew."""

from __future__ import annotations

import re
from datetime import date

from tests.privacy.evidence.standards.numbers import CARD_HEADS, MOBILE_HEADS, gb11643_check, luhn_digit
from tests.privacy.evidence.standards.places import PROVINCES

__all__ = ["innocent"]

REGIONS = frozenset((*PROVINCES, "71", "81", "82", "83"))
HEADS = tuple({head for head, _ in CARD_HEADS} | {"62"})
LONG_RUN = re.compile(r"(?<![0-9])[0-9]{15,}[Xx]?")
MOBILE_RUN = re.compile(r"(?<![0-9])(?:0|86|0086)?(1[0-9]{10})(?![0-9])")
# Seventeen characters with a letter among them may be a vehicle: one in eleven passes its check, none is kept.
VEHICLE = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[A-Za-z])[0-9A-HJ-NPR-Za-hj-npr-z]{17}(?![0-9A-Za-z])")


def _day(text: str) -> bool:
    try:
        return date(1900, 1, 1) <= date(int(text[:4]), int(text[4:6]), int(text[6:])) <= date(2030, 1, 1)
    except ValueError:
        return False


def _identity(window: str) -> bool:
    """18 characters: region or 9, date, check character; the foreigner's card has its nation where regions go on."""
    begins = window[:2] in REGIONS or window[0] == "9"
    return begins and _day(window[6:14]) and gb11643_check(window[:17]) == window[17].upper()


def _card(window: str) -> bool:
    return window.startswith(HEADS) and luhn_digit(window[:-1]) == window[-1]


def _long(run: str) -> bool:
    """Whether a run of digits holds an identity number or a card, wherever it begins."""
    figures = run.rstrip("Xx")
    if (
        len(figures) == 15
        and figures[:2] in REGIONS
        and (_day("19" + figures[6:12]) or _day("20" + figures[6:12]))
    ):
        return True
    if any(_identity(run[start : start + 18]) for start in range(len(run) - 17)):
        return True
    return any(
        _card(figures[start : start + length])
        for length in (16, 17, 18, 19)
        for start in range(len(figures) - length + 1)
    )


def innocent(text: str) -> bool:
    """Whether no part of `text` is a valid identity number, card, mobile number or vehicle number."""
    if any(_long(run) for run in LONG_RUN.findall(text)):
        return False
    if any(number[:3] in MOBILE_HEADS for number in MOBILE_RUN.findall(text)):
        return False
    return VEHICLE.search(text) is None
