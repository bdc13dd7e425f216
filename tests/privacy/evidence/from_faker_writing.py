"""The ways in which people and programs write a value otherwise than as it is: width, groups, invisible characters, escapes,
encodings. Each takes the value and gives what stands in the cell; the whole of it is the span."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from random import Random
from urllib.parse import quote

__all__ = [
    "Writing",
    "as_it_is",
    "base64_json",
    "base64_of",
    "chinese_numerals",
    "formal_numerals",
    "full_width",
    "full_width_digits",
    "grouped",
    "html_references",
    "lower_case",
    "percent_all",
    "percent_reserved",
    "unicode_escapes",
    "zero_width",
]

Writing = Callable[[Random, str], str]

# Where people break a number of so many signs.
GROUPS: dict[int, tuple[tuple[int, ...], ...]] = {
    7: ((3, 4), (2, 5)),
    8: ((4, 4), (2, 6)),
    9: ((1, 4, 4), (3, 3, 3), (1, 8)),
    10: ((3, 3, 4), (2, 4, 4)),
    11: ((3, 4, 4), (3, 4, 4), (4, 3, 4), (3, 3, 5)),
    12: ((4, 4, 4), (3, 3, 3, 3)),
    15: ((6, 6, 3),),
    16: ((4, 4, 4, 4),),
    17: ((3, 6, 8), (4, 4, 4, 5), (8, 9)),
    18: ((6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4)),
    19: ((4, 4, 4, 4, 3), (6, 13), (6, 4, 4, 5)),
}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


def as_it_is(rng: Random, value: str) -> str:
    return value


def lower_case(rng: Random, value: str) -> str:
    return value.lower()


def full_width(rng: Random, value: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in value)


def full_width_digits(rng: Random, value: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign in "0123456789" else sign for sign in value)


def grouped(*separators: str, sizes: tuple[int, ...] = ()) -> Writing:
    """One separator, the same throughout, at the `sizes` given, else the groups usual for the length (fours if none are)."""

    def write(rng: Random, value: str) -> str:
        usual = GROUPS.get(len(value), ((4,) * (len(value) // 4) + (len(value) % 4,),))
        parts, at = [], 0
        for size in sizes or rng.choice(usual):
            parts.append(value[at : at + size])
            at += size
        return rng.choice(separators).join(part for part in parts if part)

    return write


def zero_width(rng: Random, value: str) -> str:
    """One to three invisible characters inside, never at an end."""
    places = set(rng.sample(range(1, len(value)), min(rng.randint(1, 3), len(value) - 1)))
    return "".join(
        (rng.choice(INVISIBLE) if place in places else "") + sign for place, sign in enumerate(value)
    )


def chinese_numerals(rng: Random, value: str) -> str:
    zero = rng.choice("〇零")
    return value.translate(str.maketrans("0123456789", zero + "一二三四五六七八九"))


def formal_numerals(rng: Random, value: str) -> str:
    return value.translate(str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖"))


def percent_all(rng: Random, value: str) -> str:
    """Every byte of the UTF-8 as %XX, which is allowed (RFC 3986) though not needed."""
    return "".join(f"%{byte:02X}" for byte in value.encode())


def percent_reserved(rng: Random, value: str) -> str:
    return quote(value, safe="")


def html_references(rng: Random, value: str) -> str:
    pattern = rng.choice(("&#{:d};", "&#x{:x};", "&#x{:X};"))
    return "".join(pattern.format(ord(sign)) for sign in value)


def unicode_escapes(rng: Random, value: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in value)


def base64_of(rng: Random, value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def base64_json(*keys: str) -> Writing:
    """A JSON object in which the value stands behind one of `keys`, as Base64: the span is all of it."""

    def write(rng: Random, value: str) -> str:
        body = {
            "seq": rng.randint(1, 999),
            rng.choice(keys): value,
            "channel": rng.choice(("app", "web", "窗口")),
        }
        return base64.b64encode(json.dumps(body, ensure_ascii=rng.random() < 0.5).encode()).decode()

    return write
