"""Find personal information in one text: which entity, where, and whether its check digit holds.

The same rows become the RE2 gate (`gate_pattern`), which a column engine runs over every cell, and the exact finder
(`find`) for the cells it lets through; `find` never finds what the gate does not flag (ADR 0017).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any

import re2

from catalog.dataset import Column, ColumnType
from catalog.finding import FieldRole
from privacy.alphabet import DISGUISED, fold, squeeze
from privacy.beside import (
    BESIDE,
    houses,
    names_alone,
    names_by_place,
    of_an_office,
    positions,
    speaks_of_a_person,
)
from privacy.chance import CHANCES, by_chance
from privacy.checksums import address
from privacy.headers import hinted_by, is_plain_name
from privacy.names import NAME_SHAPE, are_names, name_end
from privacy.patterns import RUNS
from privacy.plain_text import HIDDEN, MARKED, plain_text
from privacy.recognisers import BY_ENTITY, RECOGNISERS, Recogniser, Shape
from privacy.rows_inside import ROWS, rows_inside

__all__ = ["Span", "exact_pattern", "find", "gate_pattern", "is_whole"]

_NO_ENTITIES: frozenset[str] = frozenset()
_SURROUNDINGS = re.compile("(?:\\.0+)?[ '\"“”‘’`;；,，。.|、()（）<>《》【】「」『』{}\\[\\]]*")


@dataclass(frozen=True, slots=True)
class Span:
    """`entity` at ``text[start:end]``; `valid` is its checksum or structure, None where it has none."""

    entity: str
    start: int
    end: int
    valid: bool | None


@dataclass(frozen=True, slots=True)
class _Probe:
    """`alone`: only where the match is the whole cell. `more`: a further value behind one that a label announced."""

    row: Recogniser
    shape: Shape
    pattern: re.Pattern[str]
    alone: bool
    more: re.Pattern[str] | None


class _Special(Enum):
    """What is found in another way than by a recogniser's pattern."""

    BESIDE = BESIDE
    NAMES = NAME_SHAPE


@dataclass(frozen=True, slots=True)
class _Sieve:
    """The gate of one text: all gates as one automaton, which says whose exact patterns to try."""

    patterns: Any
    probes: tuple[tuple[_Probe | _Special, ...], ...]
    hidden: frozenset[int]


def find(text: str, hinted: frozenset[str] = _NO_ENTITIES, *, alone: bool = True) -> tuple[Span, ...]:
    """Non-overlapping spans of `text`, left to right; `hinted` are the entities its column's header names. Without
    `alone`, a text that is a name and nothing else is left to its column to judge.

    Where spans overlap, a valid one wins over a merely shaped one (but an ID-shaped number is never taken for a
    company's code because one check digit in 31 agrees), then one that holds another over what it holds, then the order
    of `RECOGNISERS`. What is found inside an encoded stretch is the whole stretch.
    """
    plain, sieve = fold(text), _sieve(hinted)
    caught = _caught(sieve, plain)
    if not sieve.hidden & caught and "<" not in text and "\n" not in text:
        return _find(plain, sieve, caught, hinted, alone)
    reading = plain_text(text)
    found = _find(reading.text, sieve, _caught(sieve, reading.text), hinted, alone)
    spans = [Span(one.entity, *reading.of(one.start, one.end), one.valid) for one in found]
    return _apart([*spans, *_in_rows(text)])


def _in_rows(text: str) -> Iterator[Span]:
    """What the values of rows inside the cell hold, under the names that stand above them."""
    for start, end, header in rows_inside(text):
        hints = hinted_by(header)
        if hints or is_plain_name(Column(header, ColumnType.TEXT)):
            for span in find(text[start:end], hints):
                yield Span(span.entity, start + span.start, start + span.end, span.valid)


def _caught(sieve: _Sieve, plain: str) -> frozenset[int]:
    """The places of the gates that the text passes. A lone surrogate, which no table can hold, is read as a question mark."""
    return frozenset(sieve.patterns.Match(plain.encode("utf-8", "replace")) or ())


def _apart(found: Sequence[Span]) -> tuple[Span, ...]:
    """Spans that came to touch, because one encoded stretch holds both or a row was read twice, as one."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and span.start < kept[-1].end:
            last = kept.pop()
            span = Span(last.entity, last.start, max(last.end, span.end), last.valid)
        kept.append(span)
    return tuple(kept)


def _find(
    plain: str, sieve: _Sieve, caught: frozenset[int], hinted: frozenset[str], alone: bool
) -> tuple[Span, ...]:
    if not caught:
        return ()
    found: list[Span] = []
    labelled: set[Span] = set()
    beside = False
    for probe in chain.from_iterable(map(sieve.probes.__getitem__, sorted(caught))):
        if isinstance(probe, _Probe):
            spans = _search(probe, plain, hinted, found)
            if probe.alone:
                spans = [span for span in spans if is_whole(plain, span)]
            found += spans
            labelled.update(spans if probe.shape.announced and probe.row.entity not in _WORDED else ())
        elif probe is _Special.NAMES and alone and are_names(plain, rare="PERSON_NAME" in hinted):
            found.append(Span("PERSON_NAME", len(plain) - len(plain.lstrip()), len(plain.rstrip()), None))
        elif probe is _Special.BESIDE:
            beside = True
    if found or beside:
        found += _beside(plain, found)
    if len(found) < 2:
        return tuple(found)
    kept: list[Span] = []
    whole = [one for one in found if one in labelled or not _only_shaped(one)]
    for span in sorted(found, key=lambda one: _rank(one, whole, labelled)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def _beside(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """What stands beside something of a person, or beside each other: names, positions, a house."""
    for start, end in () if text.isascii() else names_by_place(text):
        yield Span("PERSON_NAME", start, end, None)
    of_a_person = any(
        BY_ENTITY[span.entity].role is FieldRole.IDENTIFIER or span.entity == "BIRTH_DATE" for span in found
    )
    places = list(positions(text))
    names = list(names_alone(text)) if of_a_person or places else []
    for start, end in names:
        yield Span("PERSON_NAME", start, end, None)
    if of_a_person or names or speaks_of_a_person(text):
        for start, end in places:
            yield Span("LOCATION", start, end, None)
    if not (of_a_person or names):
        return
    for start, end in houses(text):
        yield Span("ADDRESS", start, end, None)


def is_whole(text: str, span: Span) -> bool:
    """Whether nothing but quotes, blanks or a spreadsheet's ``.0`` surrounds the span."""
    around = (fold(text[: span.start]), fold(text[span.end :]))
    return all(_SURROUNDINGS.fullmatch(part) is not None for part in around)


def gate_pattern(hinted: frozenset[str] = _NO_ENTITIES, *, alone: bool = True) -> str:
    """One RE2 pattern that matches every text in which `find(text, hinted, alone=alone)` finds something.

    Each shape states its own gate, most share one; a text whose folding could matter passes unread.
    """
    shapes = dict.fromkeys(shape.gate for _, shape, _ in _forms(hinted))
    longer = sorted(set(shapes) & RUNS.keys(), key=RUNS.__getitem__)[1:]  # the shortest run is in all of them
    shapes = {gate: None for gate in shapes if gate not in longer}
    others = [one.value for one in _Special if alone or one is not _Special.NAMES]
    return "|".join([*(f"(?:{gate})" for gate in shapes), DISGUISED, HIDDEN, MARKED, ROWS, *others])


def _forms(hinted: frozenset[str]) -> Iterator[tuple[Recogniser, Shape, bool]]:
    """Every shape looked for under such a header, and whether only where it is the whole cell."""
    for row in RECOGNISERS:
        for shape in row.shapes:
            yield row, shape, False
        for shape in row.alone:
            yield row, shape, True
        for shape in row.bare if row.entity in hinted else ():
            yield row, shape, False


@cache
def exact_pattern(shape: Shape) -> re.Pattern[str]:
    """The finder's pattern of a shape, over plain text (`privacy.plain_text`); group 1 is the span."""
    left = f"(?<![{shape.not_before}])" if shape.not_before else ""
    right = f"(?![{shape.not_after}])" if shape.not_after else ""
    return re.compile(f"{left}(?:{shape.before})({shape.core}){right}{shape.after}")


def _further(shape: Shape) -> re.Pattern[str] | None:
    if not shape.announced:
        return None
    right = f"{shape.not_after and f'[{shape.not_after}]|'}[ ]?[:：=]"
    return re.compile(f"[ ,，、;；/|及和]{{1,3}}(?!{_DATE_AHEAD})({shape.core})(?!{right})")


_DATE_AHEAD = "(?:19|20)[0-9]{2}[年./\\-]"


@cache
def _sieve(hinted: frozenset[str]) -> _Sieve:
    options = re2.Options()
    options.max_mem = _SIEVE_MEMORY
    patterns = re2.Set.SearchSet(options)
    probes: dict[str, list[_Probe | _Special]] = {}
    for row, shape, alone in _forms(hinted):
        probes.setdefault(shape.gate, []).append(
            _Probe(row, shape, exact_pattern(shape), alone, _further(shape))
        )
    for special in _Special:
        probes[special.value] = [special]
    probes[HIDDEN] = []
    for pattern in probes:
        patterns.Add(pattern)
    patterns.Compile()
    return _Sieve(patterns, tuple(map(tuple, probes.values())), frozenset({len(probes) - 1}))


_SIEVE_MEMORY = 256 << 20  # bytes the automaton's states may fill; it starts with few


def _search(probe: _Probe, text: str, hinted: frozenset[str], found: Sequence[Span]) -> list[Span]:
    """The spans of one shape; a loose one is not asked again about what a stricter one of its row has `found`."""
    spans: list[Span] = []
    sure = (
        [one for one in found if one.valid and one.entity == probe.row.entity] if probe.shape.checked else []
    )
    at = 0
    while match := probe.pattern.search(text, at):
        if sure and any(one.start <= match.start(1) and match.end(1) <= one.end for one in sure):
            at = match.end(1)
            continue
        span = _judged(probe, text, *match.span(1), hinted)
        if span is not None:
            spans.append(span)
        # A rejected match may hide an overlapping good one.
        at = match.start() + 1 if span is None or span.valid is False else max(span.end, match.start() + 1)
        while span is not None and probe.more is not None and (more := probe.more.match(text, span.end)):
            span = _judged(probe, text, *more.span(1), hinted)
            if span is not None:
                spans.append(span)
                at = max(at, span.end)
    return spans


def _judged(probe: _Probe, text: str, start: int, end: int, hinted: frozenset[str]) -> Span | None:
    row, shape = probe.row, probe.shape
    if row.entity == "PERSON_NAME":
        stop = name_end(text, start, end)
        return None if stop is None else Span(row.entity, start, stop, None)
    if row.entity == "ADDRESS" and of_an_office(text, start, end):
        return None
    announced = shape.announced or row.entity in hinted
    of_chance = not announced and row.entity in _NUMBERS_OF_CHANCE
    if row.validate is None:
        chance = of_chance and by_chance(row.entity, text, start, end)
        return None if chance else Span(row.entity, start, end, None)
    ends = [end, *_shorter(text, start, end)] if shape.checked else [end]
    if of_chance:
        ends = [stop for stop in ends if not by_chance(row.entity, text, start, stop)]
    stop = next((stop for stop in ends if row.validate(_meant(row, text[start:stop]))), None)
    if not ends or (stop is None and shape.checked):
        return None
    valid, end = stop is not None, stop or end
    checked = valid and len(squeeze(text[start:end])) != 15  # the old 15-digit number has no check digit
    if not checked and row.entity == "RESIDENT_ID" and by_chance(row.entity, text, start, end):
        return None
    zeros = _ZERO_FRACTION.match(text, end)  # a spreadsheet's .0 goes with its number
    span = Span(row.entity, start, zeros.end() if zeros else end, valid)
    shaped = not row.only_valid or announced or (text.startswith("62", start) and is_whole(text, span))
    return span if valid or shaped else None


def _meant(row: Recogniser, raw: str) -> str:
    """A found span as its validator wants it: an address keeps its signs."""
    return squeeze(raw) if row.entity != "IP" else address(raw)


def _shorter(text: str, start: int, end: int) -> Iterator[int]:
    """Where else a number in groups may end, the longest first: before each sign in it."""
    for at in range(end - 1, start, -1):
        if not text[at].isalnum() and text[at - 1].isalnum():
            yield at


_WORDED = frozenset({"PERSON_NAME", "ADDRESS"})  # words end where a number begins, whatever their label says
_ZERO_FRACTION = re.compile("\\.0{1,2}(?![0-9.])")
_NUMBERS_OF_CHANCE = frozenset(CHANCES) - {"RESIDENT_ID"}  # whose check digit is asked first
_ORDER = {row.entity: place for place, row in enumerate(RECOGNISERS)}


def _only_shaped(span: Span) -> bool:
    return span.valid is False and span.entity not in {"RESIDENT_ID", "RESIDENCE_PERMIT", "PLATE"}


def _rank(span: Span, whole: Sequence[Span], labelled: Set[Span]) -> tuple[bool, bool, bool, bool, int, int]:
    """The order in which overlapping spans are taken; `whole`: the found ones that are more than shaped, `labelled`:
    those that a label announced."""
    part = any(
        other.start <= span.start
        and span.end <= other.end
        and other.end - other.start > span.end - span.start
        for other in whole
    )
    shaped = _only_shaped(span) and span not in labelled
    nobodys = span.entity == "USCC" and any(one.start < span.end and span.start < one.end for one in labelled)
    unsaid = span not in labelled or span.valid is False
    return (shaped, part, nobodys, unsaid, _ORDER[span.entity], span.start - span.end)
