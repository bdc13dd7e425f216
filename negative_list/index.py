"""A list made ready for screening many subjects: its conditions sifted first, its patterns searched together.

The decision is the same with or without it; `screen` builds one where it is given plain entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from catalog.subject import Subject
from negative_list.condition import Condition, FieldPattern, Group, Keywords, Term
from negative_list.effect import OlderThan, RowsWhere, YoungerThan
from negative_list.entry import Clause, Entry
from negative_list.pattern_set import PatternSet
from negative_list.sieve import Needs, Sieve
from negative_list.view import View, word_pattern

__all__ = ["Index", "concerned"]


@dataclass(frozen=True, slots=True)
class _Listed:
    entry: Entry
    deferred: bool
    clauses: tuple[tuple[Clause, Needs], ...]


class Index:
    """Entries of a list, ready to be asked which of their clauses could concern a subject.

    Immutable but for what it remembers of headings and days; may be shared between screenings, and between threads.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._sieve = Sieve()
        self._listed = tuple(
            _Listed(
                entry,
                entry.deferred,
                tuple(
                    (clause, self._sieve.needs(group.conditions for group in clause.when))
                    for clause in entry.clauses
                ),
            )
            for entry in self.entries
        )
        self._patterns = PatternSet(_asked(self.entries, _of_headings))
        self._words = PatternSet(_asked(self.entries, _of_prose))
        self._in_force: dict[date, tuple[_Listed, ...]] = {}

    def view(self, subject: Subject, on: date) -> View:
        """The subject as the list's conditions see it."""
        return View(subject, on, self._patterns, self._words)

    def candidates(self, view: View) -> Iterator[tuple[Entry, tuple[Clause, ...], bool]]:
        """Entries in force on the view's day with their clauses that may be met, and whether the entry is deferred;
        entries with neither are left out. None is deferred once the join with what is open has been measured."""
        sifted = self._sieve.sift(view)
        facts = view.subject.facts
        unknown = (
            facts.unknown if isinstance(facts.unknown, frozenset) else ()
        )  # of wrong types: judged, and shut
        measured = facts.joined is not None or "joined" in unknown
        for listed in self._on(view.on):
            clauses = tuple(clause for clause, needs in listed.clauses if needs.may_be_met(sifted))
            deferred = listed.deferred and not measured
            if clauses or deferred:
                yield listed.entry, clauses, deferred

    def concerns(self, subject: Subject) -> bool:
        """Whether any entry could bear on `subject`, on whatever day and in whatever status.

        False: screening with these entries or without them decides the same.
        """
        sifted = self._sieve.sift(self.view(subject, date.min))
        return any(
            listed.deferred
            or any(
                clause.stage in (None, subject.stage) and needs.may_be_met(sifted)
                for clause, needs in listed.clauses
            )
            for listed in self._listed
        )

    def _on(self, day: date) -> tuple[_Listed, ...]:
        known = self._in_force.get(day)
        if known is None:
            known = tuple(listed for listed in self._listed if listed.entry.in_force(day))
            self._in_force = {day: known}  # one day is asked for at a time
        return known


def concerned(changed: Iterable[Entry], subject: Subject) -> bool:
    """Whether a change of entries could change the decision on `subject`.

    `changed` holds each entry that differs between two lists, as it was and as it is. For many subjects, build one
    `Index` of them and ask its `concerns`.
    """
    return Index(changed).concerns(subject)


def _asked(entries: Iterable[Entry], of: Callable[[Condition], Iterator[str]]) -> set[str]:
    patterns: set[str] = set()
    for entry in entries:
        # what cannot be read here is searched for on its own when judged, and fails there if it has to
        with suppress(Exception):
            patterns |= {pattern for condition in _conditions(entry) for pattern in of(condition)}
    return patterns


def _conditions(entry: Entry) -> Iterator[Condition]:
    """Every condition that judging the entry may ask: of `when` and `unless`, and the terms its effects name."""
    for clause in entry.clauses:
        for group in (*clause.when, *clause.unless):
            yield from group.conditions
        for effect in clause.effects:
            yield from effect.on
            match effect.rows:
                case OlderThan(_, by):
                    yield from by
                case YoungerThan(_, birth, resident_id, age, adult):
                    yield from (birth, resident_id, age, adult)
                case RowsWhere(term):
                    yield term


def _of_headings(condition: Condition) -> Iterator[str]:
    match condition:
        case Term(_, conditions, unless):
            yield unless
            for inner in conditions:
                yield from _of_headings(inner)
        case FieldPattern(pattern) | Group(_, _, pattern):
            yield pattern


def _of_prose(condition: Condition) -> Iterator[str]:
    match condition:
        case Term(_, conditions):
            for inner in conditions:
                yield from _of_prose(inner)
        case Keywords(words) | Group(_, words):
            yield from map(word_pattern, words)
