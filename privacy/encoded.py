"""Text inside text: percent-encoding, character references, Unicode escapes and Base64, unwrapped one layer at a time.

`ENCODED` is the gate's half: an RE2 pattern that flags every text in which `unwrapped` could show an identifier. Digits
in Base64 have a form of their own: of eleven digits in a row, wherever they begin, three groups of three fall on its
four-character blocks, and each such block is one character of each of four small classes.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

__all__ = ["ENCODED", "unwrapped"]

_DIGITS_BLOCK = "[MNO][DTjz][AEIMQUYcgk][wxyz0-5]"
"""Three ASCII digits (0x30 to 0x39) in Base64 (RFC 4648)."""
_HAN_BLOCK = "[56][A-Za-z0-9+/_\\-]{3}"
"""Base64 of a Han character's UTF-8 (E4 to E9 in front), where it falls on a block."""
_PERCENT = "%[0-9A-Fa-f]{2}"
_REFERENCE = "&#(?:[0-9]{1,6}|[xX][0-9A-Fa-f]{1,5});"
_ESCAPE = "\\\\[uU][0-9A-Fa-f]{4}"

ENCODED = (
    f"(?:{_DIGITS_BLOCK}){{3}}|^[ ]*(?:{_HAN_BLOCK}){{2,}}={{0,2}}[ ]*$|{_PERCENT}|{_REFERENCE}|{_ESCAPE}"
)
"""RE2 and Python: what may hide an identifier or a name."""

_TOKEN = re.compile("[A-Za-z0-9+/_\\-]{8,}={0,2}")
_BASE64 = re.compile(f"(?:{_DIGITS_BLOCK}){{3}}|^(?:{_HAN_BLOCK}){{2,}}={{0,2}}$")
_ESCAPES = re.compile("\\\\[uU]([0-9A-Fa-f]{4})")
_RUNS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = tuple(
    (re.compile(pattern), decode)
    for pattern, decode in (
        (f"[^\\s&=?%\"'<>]{{0,64}}(?:{_PERCENT}[^\\s&=?%\"'<>]{{0,64}}){{1,512}}", unquote),
        (f"(?:{_REFERENCE}|[0-9Xx]){{1,512}}", html.unescape),
        (
            f"(?:{_ESCAPE}|[0-9Xx]){{1,512}}",
            lambda text: _ESCAPES.sub(lambda one: chr(int(one.group(1), 16)), text),
        ),
    )
)


def unwrapped(text: str) -> Iterator[tuple[int, int, str]]:
    """``(start, end, inside)``: each encoded stretch of `text` and what it says; nothing where it decodes to nothing
    else, or not to text."""
    for pattern, decode in _RUNS:
        for match in pattern.finditer(text):
            inside = decode(match.group())
            if inside != match.group():
                yield *match.span(), inside
    for match in _TOKEN.finditer(text):
        if _BASE64.search(match.group()) and (plain := _base64(match.group())) is not None:
            yield *match.span(), plain


def _base64(token: str) -> str | None:
    core = token.rstrip("=").translate(_URL_SAFE)
    try:
        return base64.b64decode(core + "=" * (-len(core) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None  # no Base64, or not of text


_URL_SAFE = str.maketrans("-_", "+/")
