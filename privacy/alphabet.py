"""One alphabet behind many: full-width, spaced and dashed spellings of digits, letters and separators, folded.

Folding is one character to one, so a span found in the folded text is the span in the original. `DISGUISED` is the
other half of the bargain: the RE2 gate reads original text, and flags any cell whose folding could matter.
"""

from __future__ import annotations

import unicodedata

__all__ = ["DISGUISED", "FOLD", "fold", "squeeze"]

_SPACES = "\t\n\v\f\r\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_DOTS = "\u00b7\u2022\u2027\u30fb\uff0e\uff65"
_OTHER = str.maketrans("＠＋＿％＃［］／＝", "@+_%#[]/=")

_SEPARATORS_FOLDED = dict.fromkeys(map(ord, _SPACES), " ") | dict.fromkeys(map(ord, _DASHES), "-")
_SEPARATORS_FOLDED |= dict.fromkeys(map(ord, _DOTS), ".") | {
    code: chr(plain) for code, plain in _OTHER.items()
}
# Every character that Unicode calls a digit: other scripts', full-width, mathematical, superscript, circled.
_LETTERS_FOLDED = {
    code: str(digit)
    for code in range(0x80, 0x20000)
    if (digit := unicodedata.digit(chr(code), None)) is not None
}
_LETTERS_FOLDED |= {0xFF21 + i: chr(65 + i) for i in range(26)} | {0xFF41 + i: chr(97 + i) for i in range(26)}
_LETTERS_FOLDED |= dict.fromkeys((0x0425, 0x0445, 0x03A7, 0x03C7, 0x2169), "X")  # Cyrillic, Greek, Roman ten

FOLD: dict[int, str] = _SEPARATORS_FOLDED | _LETTERS_FOLDED
"""Code point → plain character. Chinese brackets and colons are not folded: patterns name them."""


def _class(codes: dict[int, str]) -> str:
    return "[" + "".join(f"\\x{{{code:x}}}" for code in sorted(codes)) + "]"


_BETWEEN = '[ .\\-()（）:：是为"]{0,6}'
DISGUISED = (
    f"{_class(_LETTERS_FOLDED)}|[0-9A-Za-z]{_BETWEEN}{_class(_SEPARATORS_FOLDED)}"
    f"|{_class(_SEPARATORS_FOLDED)}{_BETWEEN}[0-9A-Za-z]"
)
"""RE2: a folded letter or digit anywhere, or a folded separator beside a plain one."""

_HAN_DIGITS = str.maketrans("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸", "0001234567891123456789236")
_SQUEEZED: dict[int, str | int | None] = {
    **FOLD,
    **_HAN_DIGITS,
    **dict.fromkeys(map(ord, " -.'()（）_/,，、|"), None),
    **{code: None for code, plain in FOLD.items() if plain in " -."},
}


def fold(text: str) -> str:
    """The text in plain characters; same length, so positions carry over."""
    return text if text.isascii() and text.isprintable() else text.translate(FOLD)


def squeeze(text: str) -> str:
    """A found span as its validator wants it: folded, separators out, upper case, Chinese digits as digits."""
    return text.upper() if text.isalnum() and text.isascii() else text.translate(_SQUEEZED).upper()
