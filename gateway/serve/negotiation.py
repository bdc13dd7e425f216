"""Which form and which coding of an answer a client takes (RFC 9110, section 12.5): pure, and remembered by header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from catalog.errors import NotAcceptable, Where
from catalog.text import Text

__all__ = ["CODINGS", "best_coding", "best_suffix", "not_acceptable"]

CODINGS = ("zstd", "br", "gzip")
"""Codings that are offered, the cheapest for what they save first: of several that a client likes alike it decides."""

_REMEMBERED = 1_024
_LONGEST = 1_024
"""Of a longer header only the beginning is read: nobody means so many forms."""


@lru_cache(_REMEMBERED)
def best_suffix(accept: bytes, offered: tuple[tuple[str, str], ...]) -> str | None:
    """The suffix whose media type the header prefers; `offered` are (suffix, media type), the most usual first. None
    where it takes none of them; the first where it says nothing."""
    ranges = list(_weighted(accept))
    if not ranges:
        return offered[0][0]
    weighed = [(_weight(media_type, ranges), suffix) for suffix, media_type in offered]
    best = max(weight for weight, _ in weighed)
    return next(suffix for weight, suffix in weighed if weight == best) if best > 0 else None


def not_acceptable(media_types: Sequence[str]) -> NotAcceptable:
    """None of these is what the client takes."""
    names = ", ".join(media_types)
    return NotAcceptable(
        Text("没有 Accept 所要的格式", "There is no form that Accept names"),
        Text(
            f"可用：{names}，或用路径后缀如 .csv",
            f"Use one of: {names}; or an ending of the path such as .csv",
        ),
        Where(parameter="Accept"),
    )


@lru_cache(_REMEMBERED)
def best_coding(accept_encoding: bytes) -> str | None:
    """The coding the header prefers of `CODINGS`; None = as it is."""
    given = dict(_weighted(accept_encoding))
    rest = given.get("*", 0.0)
    weighed = [(given.get(one, rest), one) for one in CODINGS]
    best = max(weight for weight, _ in weighed)
    if best <= 0 or given.get("identity", 0.0) > best:
        return None
    return next(one for weight, one in weighed if weight == best)


def _weighted(header: bytes) -> Iterator[tuple[str, float]]:
    """Names in lower case and their weights, 0..1; a weight that cannot be read counts as none."""
    for item in header[:_LONGEST].decode("latin-1").lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if not name:
            continue
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                digits = parameter[2:].replace(".", "", 1)
                plain = digits.isascii() and digits.isdigit() and len(digits) < 8
                weight = min(float(parameter[2:]), 1.0) if plain else 0.0
        yield name, weight


def _weight(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """That of the most specific range that names the type."""
    whole = f"{media_type.partition('/')[0]}/*"
    for name in (media_type, whole, "*/*"):
        if weights := [weight for one, weight in ranges if one == name]:
            return max(weights)
    return 0.0
