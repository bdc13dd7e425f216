"""What a cell says once everything that only dresses it is off: percent-encoding, character references, Unicode escapes and
Base64 unwrapped, marks without width gone, tags of layout a blank, other scripts' digits folded; and where in the cell
each character of it comes from.

`HIDDEN` is the gate's half: an RE2 pattern that flags every cell whose unwrapping could matter.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from privacy.alphabet import fold

__all__ = ["HIDDEN", "MARKED", "PlainText", "plain_text"]

_LAYERS = 3
"""How many dresses may lie over each other."""

_PERCENT = "%[0-9A-Fa-f]{2}"
_REFERENCE = "&(?:#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,5}|[A-Za-z]{2,8});"
_ESCAPE = "\\\\u[0-9A-Fa-f]{4}"
_B64 = "A-Za-z0-9+/_\\-"
_BLOCK = f"[I-Za-v4-6][{_B64}]{{3}}"
_BASE64 = f"(?:(?:{_BLOCK}){{3,}}(?:[{_B64}]{{2,3}})?={{0,2}}|(?:{_BLOCK}){{2}}[{_B64}]{{2,3}}={{1,2}})"
"""Base64 (RFC 4648) of text: every fourth character carries the upper six bits of a byte, which in printable ASCII and in
UTF-8 leave only these; twelve characters at least, or ten and the signs that fill it up."""
_NO_WIDTH = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u20e3\ufe00-\ufe0f\ufeff"
_LAYOUT = "(?i:t[dhr]|table|tbody|thead|span|div|p|b|i|u|br|li|ul|ol|em|strong|font|a|h[1-6]|label|dd|dt|dl)"

HIDDEN = f"{_PERCENT}|{_REFERENCE}|{_ESCAPE}|[{_NO_WIDTH}]|(?:^|[^{_B64}]){_BASE64}(?:$|[^{_B64}=])"
"""RE2 and Python: what may hide an identifier or a name."""

MARKED = '[一-龥][ ]?</?[A-Za-z!]|[A-Za-z"]>[ ]?[一-龥]'
"""RE2: words with a tag beside them, which may part what belongs together."""

_STYLE = "(?:class|style|id|width|align|valign|colspan|rowspan)"
_DRESS = re.compile(
    f"(?P<percent>(?:{_PERCENT})+)|(?P<reference>{_REFERENCE})|(?P<escape>(?:{_ESCAPE})+)"
    f"|(?P<base64>(?<![{_B64}]){_BASE64}(?![{_B64}=]))"
    f'|(?P<layout></?{_LAYOUT}(?:[ ]{_STYLE}="[^<>"]{{0,100}}")*[ ]?/?>|<!\\[CDATA\\[|\\]\\]>)'
    f"|(?P<nothing>[{_NO_WIDTH}]+)"
)
_ONE_ESCAPE = re.compile("\\\\u([0-9A-Fa-f]{4})")
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class PlainText:
    """`text`, and for each of its characters the ``[start, end)`` it stands for in the cell; `places` None: its own."""

    text: str
    places: tuple[tuple[int, int], ...] | None = None

    def of(self, start: int, end: int) -> tuple[int, int]:
        """Where in the cell ``text[start:end]`` (not empty) stands; an encoded stretch is taken whole."""
        if self.places is None:
            return start, end
        inside = self.places[start:end]
        return min(place[0] for place in inside), max(place[1] for place in inside)


def plain_text(cell: str) -> PlainText:
    """The cell as it is meant to be read."""
    text, places = cell, None
    for _ in range(_LAYERS):
        if _DRESS.search(text) is None:
            break
        characters: list[str] = []
        origins: list[tuple[int, int]] = []
        for piece, start, end in _undressed(text):
            begin, finish = (start, end) if places is None else (places[start][0], places[end - 1][1])
            whole = (begin, finish)
            if len(piece) == end - start and piece == text[start:end]:
                origins += [(at, at + 1) for at in range(start, end)] if places is None else places[start:end]
            else:
                origins += [whole] * len(piece)
            characters.append(piece)
        if (undressed := "".join(characters)) == text:
            break
        text, places = undressed, tuple(origins)
    return PlainText(fold(text), places)


def _undressed(text: str) -> Iterator[tuple[str, int, int]]:
    """``(piece, start, end)``: the text in order, each stretch as what it says."""
    at = 0
    for match in _DRESS.finditer(text):
        if at < match.start():
            yield text[at : match.start()], at, match.start()
        yield _said(match), *match.span()
        at = match.end()
    if at < len(text):
        yield text[at:], at, len(text)


def _said(match: re.Match[str]) -> str:
    given = match.group()
    match match.lastgroup:
        case "percent":
            return unquote(given)
        case "reference":
            return html.unescape(given)
        case "escape":
            return _ONE_ESCAPE.sub(lambda one: chr(int(one.group(1), 16)), given)
        case "base64":
            return _base64(given)
        case "layout":
            return ";"  # no sign that stands inside a number
        case _:
            return ""


def _base64(token: str) -> str:
    """The text it encodes; itself where it encodes none."""
    if token.isdigit():
        return token  # a number, which by chance is Base64 of something
    core = token.rstrip("=").translate(_URL_SAFE)
    try:
        said = base64.b64decode(core + "=" * (-len(core) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return token  # no Base64, or not of text
    return said if said.replace("\n", "").replace("\t", "").isprintable() else token
