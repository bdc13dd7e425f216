"""Ways to write one number so that it still reads the same: scripts, separators, hidden characters, encodings.

A dress takes the plain value and gives the text a person or a program would write instead; what it hides can be undone
without knowing the value."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from random import Random

__all__ = ["CODED", "OPEN", "Dress", "cut", "full_width", "han_numerals"]

Groups = tuple[tuple[int, ...], ...]
Dress = Callable[[Random, str, Groups, str], str]
"""(randomness, plain value, usual groupings, a key that names the value) → the value as written."""

SCRIPTS = {
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "persian": "۰۱۲۳۴۵۶۷۸۹",
    "devanagari": "०१२३४५६७८९",
    "bengali": "০১২৩৪৫৬৭৮৯",
    "thai": "๐๑๒๓๔๕๖๗๘๙",
    "tibetan": "༠༡༢༣༤༥༦༧༨༩",
    "mathematical_bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "mathematical_mono": "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
}
CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
HIDDEN = ("\u200b", "\u200c", "\u200d", "\ufeff", "\u2060")
ODD_SPACES = ("\u3000", "\u2009", "\u202f", "\u2002", "\u2003", "\u2007")


def cut(value: str, sizes: tuple[int, ...]) -> list[str]:
    """`value` in pieces of the sizes given, the rest as a last piece."""
    pieces, start = [], 0
    for size in sizes:
        pieces.append(value[start : start + size])
        start += size
    pieces.append(value[start:])
    return [piece for piece in pieces if piece]


def _by(*separators: str, pieces: int = 2) -> Dress:
    """Groups with a sign between; of at least `pieces` pieces where such a grouping is usual (a number with one dot or one
    slash is a decimal or a fraction)."""

    def dress(rng: Random, value: str, groups: Groups, key: str) -> str:
        del key
        cuts = [cut(value.replace("-", ""), sizes) for sizes in groups or ((4,) * 5,)]
        return rng.choice(separators).join(
            rng.choice([parts for parts in cuts if len(parts) >= pieces] or cuts)
        )

    return dress


def _digits_as(table: str) -> Callable[[str], str]:
    translation = {ord(str(place)): character for place, character in enumerate(table)}
    return lambda value: value.translate(translation)


def full_width(rng: Random, value: str, groups: Groups, key: str) -> str:
    del rng, groups, key
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def full_width_partly(rng: Random, value: str, groups: Groups, key: str) -> str:
    """Some digits from a Chinese keyboard, some not."""
    start = rng.randrange(1, max(2, len(value) - 2))
    return full_width(rng, value[:start], groups, key) + value[start:]


def other_script(rng: Random, value: str, groups: Groups, key: str) -> str:
    del groups, key
    return _digits_as(rng.choice(list(SCRIPTS.values())))(value)


def circled(rng: Random, value: str, groups: Groups, key: str) -> str:
    del rng, groups, key
    return _digits_as(CIRCLED)(value)


def keycaps(rng: Random, value: str, groups: Groups, key: str) -> str:
    """Digits as the keys of a telephone, as messages write them to pass a filter."""
    del rng, groups, key
    return "".join(f"{c}\ufe0f\u20e3" if c.isdigit() else c for c in value)


def han_numerals(rng: Random, value: str, groups: Groups, key: str) -> str:
    del groups, key
    return _digits_as(rng.choice(("〇一二三四五六七八九", "零一二三四五六七八九", "○一二三四五六七八九")))(
        value
    )


def han_capitals(rng: Random, value: str, groups: Groups, key: str) -> str:
    del rng, groups, key
    return _digits_as("零壹贰叁肆伍陆柒捌玖")(value)


def han_spoken(rng: Random, value: str, groups: Groups, key: str) -> str:
    """As read out over the telephone: 幺 for 1."""
    del rng, groups, key
    return _digits_as("零幺二三四五六七八九")(value)


def spaced_out(rng: Random, value: str, groups: Groups, key: str) -> str:
    """One box of a form for each character."""
    del groups, key
    return rng.choice((" ", "-", "\u3000")).join(value)


def zero_width(rng: Random, value: str, groups: Groups, key: str) -> str:
    del key
    pieces = cut(value, rng.choice(groups or ((4,) * 5,)))
    return rng.choice(HIDDEN).join(pieces) if rng.random() < 0.6 else rng.choice(HIDDEN).join(value)


def uneven_spaces(rng: Random, value: str, groups: Groups, key: str) -> str:
    """Spaces where a scan or a hand put them."""
    del groups, key
    places = sorted(rng.sample(range(1, len(value)), k=rng.choice((1, 2))))
    return "".join((" " if place in places else "") + c for place, c in enumerate(value))


def lower_case(rng: Random, value: str, groups: Groups, key: str) -> str:
    del rng, groups, key
    return value.lower()


def percent_all(rng: Random, value: str, groups: Groups, key: str) -> str:
    """Every octet encoded, as RFC 3986 allows and filters are evaded."""
    del groups, key
    style = rng.choice(("%{:02X}", "%{:02x}"))
    return "".join(style.format(octet) for octet in value.encode())


def percent_separators(rng: Random, value: str, groups: Groups, key: str) -> str:
    del key
    return rng.choice(("%20", "%2D", "%C2%A0")).join(cut(value, rng.choice(groups or ((4,) * 5,))))


def html_references(rng: Random, value: str, groups: Groups, key: str) -> str:
    del groups, key
    style = rng.choice(("&#{};", "&#x{:x};", "&#x{:X};"))
    return "".join(style.format(ord(c)) for c in value)


def html_spaces(rng: Random, value: str, groups: Groups, key: str) -> str:
    del key
    return rng.choice(("&nbsp;", "&#160;", "&ensp;")).join(cut(value, rng.choice(groups or ((4,) * 5,))))


def unicode_escapes(rng: Random, value: str, groups: Groups, key: str) -> str:
    del groups, key
    style = rng.choice(("\\u{:04x}", "\\u{:04X}"))
    return "".join(style.format(ord(c)) for c in value)


def base64_number(rng: Random, value: str, groups: Groups, key: str) -> str:
    del rng, groups, key
    return b64encode(value.encode()).decode()


def base64_json(rng: Random, value: str, groups: Groups, key: str) -> str:
    del groups
    document = {"id": rng.randrange(10_000), key: value, "status": rng.choice(("ok", "待办", "1"))}
    encode = rng.choice((b64encode, urlsafe_b64encode))
    return encode(json.dumps(document, ensure_ascii=rng.random() < 0.5).encode()).decode()


OPEN: dict[str, Dress] = {
    "full_width": full_width,
    "full_width_partly": full_width_partly,
    "other_script": other_script,
    "circled_digits": circled,
    "keycap_digits": keycaps,
    "spaces": _by(" ", "  "),
    "dashes": _by("-"),
    "long_dashes": _by("–", "—", "－"),
    "dots": _by(".", pieces=3),
    "middle_dots": _by("·", "•"),
    "slashes": _by("/", pieces=3),
    "underscores": _by("_"),
    "nbsp": _by("\u00a0"),
    "odd_spaces": _by(*ODD_SPACES),
    "tabs": _by("\t"),
    "line_breaks": _by("\n", "\r\n"),
    "zero_width": zero_width,
    "soft_hyphens": _by("\u00ad"),
    "spaced_out": spaced_out,
    "uneven_spaces": uneven_spaces,
    "han_numerals": han_numerals,
    "han_capitals": han_capitals,
    "han_spoken": han_spoken,
    "lower_case": lower_case,
}
"""What stands in any text."""

CODED: dict[str, Dress] = {
    "percent_all": percent_all,
    "percent_separators": percent_separators,
    "html_references": html_references,
    "html_spaces": html_spaces,
    "unicode_escapes": unicode_escapes,
    "base64_number": base64_number,
    "base64_json": base64_json,
}
"""What programs write: stands in a field, a parameter or after a label, never glued to letters."""
