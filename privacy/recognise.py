"""Find personal information in one text: which entity, where, and whether its check digit holds.

The same shapes become the RE2 gate (`gate_pattern`), which a column engine runs over every cell, and the exact finder
(`find`) for the cells it lets through; `find` never finds what the gate does not flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from catalog.finding import FieldRole
from privacy.alphabet import DISGUISED, fold, squeeze
from privacy.names import is_name, name_end
from privacy.recognisers import BY_ENTITY, RECOGNISERS, Recogniser, Shape

__all__ = ["Span", "find", "gate_pattern", "is_whole"]

_NO_ENTITIES: frozenset[str] = frozenset()
_SURROUNDINGS = re.compile("(?:\\.0+)?[ '\"“”‘’`;；,，。.|、()（）]*")


@dataclass(frozen=True, slots=True)
class Span:
    """`entity` at ``text[start:end]``; `valid` is its checksum or structure, None where it has none."""

    entity: str
    start: int
    end: int
    valid: bool | None


@dataclass(frozen=True, slots=True)
class _Probe:
    row: Recogniser
    pattern: re.Pattern[str]


def find(text: str, hinted: frozenset[str] = _NO_ENTITIES) -> tuple[Span, ...]:
    """Non-overlapping spans of `text`, left to right; `hinted` are the entities its column's header names.

    Where spans overlap, a valid one wins over a merely shaped one (but an ID-shaped number is never taken for a
    company's code because one check digit in 31 agrees), then the order of `RECOGNISERS`.
    """
    text = fold(text)
    found = [span for probe in _probes(hinted) for span in _search(probe, text, hinted)]
    found += [
        span for probe in _alone_probes() for span in _search(probe, text, hinted) if is_whole(text, span)
    ]
    if not found:
        return ()
    found += _names_beside(text, found)
    kept: list[Span] = []
    for span in sorted(found, key=_rank):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def _names_beside(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Names that stand alone between signs in a text that holds something else of a person, or a telephone number."""
    if not any(BY_ENTITY[span.entity].role is FieldRole.IDENTIFIER for span in found):
        return
    for word in _WORD.finditer(text):
        if is_name(word.group()):
            yield Span("PERSON_NAME", *word.span(), None)


def is_whole(text: str, span: Span) -> bool:
    """Whether nothing but quotes, blanks or a spreadsheet's ``.0`` surrounds the span."""
    around = (fold(text[: span.start]), fold(text[span.end :]))
    return all(_SURROUNDINGS.fullmatch(part) is not None for part in around)


def gate_pattern(hinted: frozenset[str] = _NO_ENTITIES) -> str:
    """One RE2 pattern that matches every text in which `find(text, hinted)` finds something.

    Lookarounds become consumed characters or text ends (for *whether* there is a match the two are the same), and a
    text whose folding could matter passes unread.
    """
    shapes = [shape for row in RECOGNISERS for shape in row.shapes]
    shapes += [shape for row in RECOGNISERS if row.entity in hinted or row.bare_alone for shape in row.bare]
    return "|".join([*map(_gate, shapes), DISGUISED])


def _gate(shape: Shape) -> str:
    left = f"(?:^|[^{shape.not_before}])" if shape.not_before else ""
    # A looser core need not end where the core does.
    right = f"(?:[^{shape.not_after}]|$)" if shape.not_after and not shape.gate else ""
    return f"{left}(?:{shape.before})(?:{shape.gate or shape.core}){right}"


@cache
def _exact(shape: Shape) -> re.Pattern[str]:
    left = f"(?<![{shape.not_before}])" if shape.not_before else ""
    right = f"(?![{shape.not_after}])" if shape.not_after else ""
    return re.compile(f"{left}(?:{shape.before})({shape.core}){right}")


@cache
def _probes(hinted: frozenset[str]) -> tuple[_Probe, ...]:
    return tuple(
        _Probe(row, _exact(shape))
        for row in RECOGNISERS
        for shape in (*row.shapes, *(row.bare if row.entity in hinted else ()))
    )


@cache
def _alone_probes() -> tuple[_Probe, ...]:
    return tuple(_Probe(row, _exact(shape)) for row in RECOGNISERS if row.bare_alone for shape in row.bare)


def _search(probe: _Probe, text: str, hinted: frozenset[str]) -> Iterable[Span]:
    at = 0
    while match := probe.pattern.search(text, at):
        span = _judged(probe.row, text, *match.span(1), hinted)
        if span is not None:
            yield span
        # A rejected match may hide an overlapping good one.
        at = match.start() + 1 if span is None or not span.valid else max(span.end, match.start() + 1)


def _judged(row: Recogniser, text: str, start: int, end: int, hinted: frozenset[str]) -> Span | None:
    if row.entity == "PERSON_NAME":
        stop = name_end(text, start, end)
        return None if stop is None else Span(row.entity, start, stop, None)
    by_chance = _in_decimal(text, start, end) or _in_hash(text, start, end)
    if by_chance and row.entity in _NUMBERS_OF_CHANCE:
        return None
    if row.validate is None:
        return Span(row.entity, start, end, None)
    raw = text[start:end]
    valid = row.validate(squeeze(raw) if row.entity != "IP" else raw)
    checked = valid and len(squeeze(raw)) != 15  # the old 15-digit number has no check digit
    if not checked and row.entity == "RESIDENT_ID" and by_chance:
        return None
    span = Span(row.entity, start, end, valid)
    shaped = not row.only_valid or row.entity in hinted or (raw.startswith("62") and is_whole(text, span))
    return span if valid or shaped else None


def _in_decimal(text: str, start: int, end: int) -> bool:
    """Whether the digits are the fraction or the whole part of a decimal number (a spreadsheet's ``.0`` is none)."""
    return (
        _FRACTION_BEFORE.search(text[max(0, start - 2) : start]) is not None
        or _FRACTION_AFTER.match(text, end) is not None
    )


def _in_hash(text: str, start: int, end: int) -> bool:
    """Whether the digits stand inside a hexadecimal digest or a UUID."""
    around = _HEX_TAIL.search(text[max(0, start - 128) : start]), _HEX_HEAD.match(text, end)
    token = (
        f"{around[0].group() if around[0] else ''}{text[start:end]}{around[1].group() if around[1] else ''}"
    )
    digits = token.replace("-", "")
    return len(digits) >= _SHORTEST_DIGEST and not digits.isdigit() and _HEX_HEAD.fullmatch(token) is not None


_WORD = re.compile("(?<![一-龥])[一-龥]{2,4}(?![一-龥])")
_SHORTEST_DIGEST = 24
_HEX_HEAD = re.compile("[0-9A-Fa-f\\-]{1,128}")
_HEX_TAIL = re.compile("[0-9A-Fa-f\\-]{1,128}$")
_NUMBERS_OF_CHANCE = frozenset({"MOBILE", "LANDLINE", "BANK_CARD"})
_FRACTION_BEFORE = re.compile("[0-9]\\.$")
_FRACTION_AFTER = re.compile("\\.(?!0*(?![0-9]))[0-9]")
_ORDER = {row.entity: place for place, row in enumerate(RECOGNISERS)}


def _rank(span: Span) -> tuple[bool, int, int]:
    return (span.valid is False and span.entity != "RESIDENT_ID", _ORDER[span.entity], span.start - span.end)
