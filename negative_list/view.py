"""One subject as the conditions see it: headings folded once, each condition judged once however many entries ask."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import re2

from catalog.dataset import Column, Schema
from catalog.facts import heading
from catalog.finding import Confidence
from catalog.subject import Facts, Subject
from negative_list.condition import (
    AnyOf,
    Condition,
    ContourAtMost,
    CoverageOver,
    DistinctSubjects,
    Elements,
    Entities,
    FieldPattern,
    GeoFinerThan,
    Group,
    Joinable,
    Keywords,
    LagUnder,
    LeastGrade,
    PointsPerSubject,
    Publishers,
    Roles,
    RowCount,
    Term,
    Themes,
    TimeFinerThan,
    Types,
)
from negative_list.pattern_set import PatternSet, compiled

__all__ = ["FACT_OF", "Met", "View", "fold", "word_pattern"]

FACT_OF: Mapping[type, str] = {
    ContourAtMost: "contour_m",
    CoverageOver: "coverage_km2",
    DistinctSubjects: "distinct_subjects",
    GeoFinerThan: "geo_precision_m",
    Joinable: "joined",
    LagUnder: "latest_on",
    PointsPerSubject: "points_per_subject",
    RowCount: "rows",
    TimeFinerThan: "time_granularity",
}
NO_PATTERNS = PatternSet()


@dataclass(frozen=True, slots=True)
class Met:
    """That a condition is met: the columns it binds, and what was asked and found (never a cell's value)."""

    asked: str
    found: str
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class View:
    """A subject on a day. Not shared between screenings: it remembers what it has judged.

    `patterns` are those asked of headings, `words` those asked of the title and the description; what is not among
    them is searched on its own.
    """

    subject: Subject
    on: date
    patterns: PatternSet = NO_PATTERNS
    words: PatternSet = NO_PATTERNS
    seen: dict[int, tuple[Condition, Met | None]] = field(default_factory=dict)
    headings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bound: dict[str, dict[str, None]] = field(default_factory=dict)
    personal: Schema = ()
    title: str = ""
    prose: str = ""

    def __post_init__(self) -> None:
        self.headings = {column.name: _names(column) for column in self.subject.schema}
        self.bound = self._bind()
        self.personal = tuple(column for column in self.subject.schema if self._is_personal(column))
        dataset = self.subject.dataset
        self.title = fold(" ; ".join((dataset.title, *dataset.keywords)))
        self.prose = f"{self.title} ; {fold(dataset.description)}"

    def any_of(self, group: AnyOf, *, lenient: bool = True) -> Met | None:
        """All conditions of the group that are met, as one; None where none is.

        `lenient`: a fact that is unknown counts as met. Evidence to the contrary is asked for strictly.
        """
        met = [
            one for one in (self.judge(condition, lenient=lenient) for condition in group.conditions) if one
        ]
        return _together(met, " | ".join(one.asked for one in met)) if met else None

    def judge(self, condition: Condition, *, lenient: bool = True) -> Met | None:
        if not lenient:
            return self._judge(condition, lenient=False)
        known = self.seen.get(id(condition))  # by identity: a term's hash costs more than most judgements
        if known is None:
            known = self.seen[id(condition)] = (condition, self._judge(condition, lenient=True))
        return known[1]

    def columns_of(self, term: Term) -> tuple[str, ...]:
        met = self.judge(term)
        return met.columns if met else ()

    def matches(self, name: str, pattern: str) -> bool:
        """Whether one of a column's headings holds the pattern."""
        if pattern in self.patterns:
            return name in self.bound.get(pattern, ())
        return any(compiled(pattern).search(words) for words in self.headings[name])

    def holding(self, pattern: str) -> tuple[str, ...]:
        """The columns of which a heading holds the pattern, in the order of the schema."""
        if pattern in self.patterns:
            return tuple(self.bound.get(pattern, ()))
        return tuple(name for name in self.headings if self.matches(name, pattern))

    def _is_personal(self, column: Column) -> bool:
        known = self.subject.classifications.get(column.name)
        return known is not None and bool(known.entity or known.findings)

    def _bind(self) -> dict[str, dict[str, None]]:
        """Each pattern of the list → the columns that hold it."""
        bound: dict[str, dict[str, None]] = {}
        for name, headings in self.headings.items():
            for words in headings:
                for pattern in self.patterns.held(words):
                    bound.setdefault(pattern, {})[name] = None
        return bound

    def _judge(self, condition: Condition, *, lenient: bool) -> Met | None:
        match condition:
            case Term():
                return self._term(condition, lenient)
            case Themes(keys):
                theme = self.subject.dataset.theme
                return Met("theme", f"theme {theme}") if theme in keys else None
            case Keywords(words, description):
                return self._words(words, self.prose if description else self.title)
            case Publishers(names):
                publisher = self.subject.dataset.publisher
                return (
                    Met("publisher", f"publisher {publisher}")
                    if fold(publisher) in map(fold, names)
                    else None
                )
            case Group(name, words, pattern):
                return self._group(name, words, pattern)
            case FieldPattern() | Elements() | Entities() | Roles() | LeastGrade() | Types():
                return self._columns(condition)
            case _:
                return self._fact(condition, lenient)

    def _term(self, term: Term, lenient: bool) -> Met | None:
        met = [one for one in (self.judge(inner, lenient=lenient) for inner in term.conditions) if one]
        bound = dict.fromkeys(name for one in met for name in one.columns)
        kept = [name for name in bound if not (term.unless and self.matches(name, term.unless))]
        # met by a word or a fact, not by a column
        outside = dict.fromkeys(one.found for one in met if not one.columns)
        if not kept and not outside:
            return None
        return Met(term.name, ", ".join([*kept, *outside]), tuple(kept))

    def _group(self, name: str, words: tuple[str, ...], pattern: str) -> Met | None:
        met = self._words(words, self.prose)
        if met:
            return Met(f"group {name}", met.found)
        held = self.holding(pattern) if pattern else ()
        return Met(f"group {name}", ", ".join(held), held) if held else None

    def _columns(self, condition: Condition) -> Met | None:
        if isinstance(condition, FieldPattern):
            held = self.holding(condition.pattern)
        else:
            asked = self.personal if isinstance(condition, Entities) else self.subject.schema
            held = tuple(column.name for column in asked if self._holds(condition, column))
        return Met(type(condition).__name__, ", ".join(held), held) if held else None

    def _words(self, words: tuple[str, ...], text: str) -> Met | None:
        held = [word for word in words if self.words.holds(word_pattern(word), text)]
        return Met("word", ", ".join(f'"{word}"' for word in held)) if held else None

    def _holds(self, condition: Condition, column: Column) -> bool:
        known = self.subject.classifications.get(column.name)
        match condition:
            case Elements(codes):
                return column.element in codes
            case Types(types):
                return column.type in types
            case Entities(names, least) if known is not None:
                classed = known.entity in names and known.confidence is Confidence.HIGH
                found = any(
                    one.entity in names and one.confidence is Confidence.HIGH and one.hit_ratio >= least
                    for one in known.findings
                )
                by_heading = classed and not any(one.entity == known.entity for one in known.findings)
                return found or by_heading
            case Roles(roles) if known is not None:
                return known.role in roles
            case LeastGrade(grade) if known is not None:
                return known.strictest >= grade
        return False

    def _fact(self, condition: Condition, lenient: bool) -> Met | None:
        value, met, asked = _measured(condition, self.subject.facts, self.on)
        name = FACT_OF[type(condition)]
        if name in self.subject.facts.unknown:
            return Met(asked, f"{name} unknown") if lenient else None
        return Met(asked, f"{name} {_number(value)}") if met else None


def _measured(condition: Condition, facts: Facts, on: date) -> tuple[object, bool, str]:
    """(the fact's value, whether the condition is met, what was asked)."""
    match condition:
        case RowCount(least):
            return facts.rows, facts.rows >= least, f"rows ≥ {least}"
        case DistinctSubjects(least):
            count = facts.distinct_subjects
            return count, count is not None and count >= least, f"subjects ≥ {least}"
        case PointsPerSubject(least):
            points = facts.points_per_subject
            return points, points is not None and points >= least, f"points a subject ≥ {least}"
        case GeoFinerThan(metres):
            precise = facts.geo_precision_m
            return precise, precise is not None and precise < metres, f"finer than {metres:g} m"
        case CoverageOver(km2):
            area = facts.coverage_km2
            return area, area is not None and area > km2, f"covers over {km2:g} km²"
        case ContourAtMost(metres):
            step = facts.contour_m
            return step, step is not None and step <= metres, f"contour ≤ {metres:g} m"
        case TimeFinerThan(than):
            found = facts.time_granularity
            shown = found.name.lower() if found else None
            return shown, found is not None and found < than, f"time finer than {than.name.lower()}"
        case Joinable(least):
            k = (
                facts.joined.k if facts.joined else None
            )  # None before publish: `Index` reports it as deferred
            return k, k is not None and k < least, f"joined k ≥ {least}"
        case LagUnder(days):
            latest = facts.latest_on
            return latest, latest is not None and (on - latest).days < days, f"lag under {days} days"
    raise TypeError(f"no such condition: {type(condition).__name__}")


def fold(text: str) -> str:
    """Text for comparison: width and case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


_heading = lru_cache(maxsize=65_536)(heading)  # column names repeat


def _names(column: Column) -> tuple[str, ...]:
    if not column.title:
        return (_heading(column.name),)
    return _heading(column.name), _heading(column.title.zh), _heading(column.title.en)


@lru_cache(maxsize=4096)
def word_pattern(word: str) -> str:
    """RE2 for a word in folded text: whole where it begins or ends with a Latin letter or digit."""
    word = fold(word)
    start = r"(?:^|[^a-z0-9])" if word[:1].isascii() and word[:1].isalnum() else ""
    end = r"(?:[^a-z0-9]|$)" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return f"{start}{re2.escape(word)}{end}"


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _together(met: Sequence[Met], asked: str) -> Met:
    columns = tuple(dict.fromkeys(name for one in met for name in one.columns))
    found = ", ".join(dict.fromkeys(one.found for one in met))
    return Met(asked, found, columns)
