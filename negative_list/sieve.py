"""Which clauses of a list could concern a subject at all: necessary conditions, one bit each, asked before judging.

Every condition of a list has a bit. One pass over a subject sets the bits of those that may be met; a clause none of
whose alternatives may be met is left out without being judged. What cannot be told from here is always let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from catalog.dataset import Column
from catalog.finding import Classification, Grade
from catalog.subject import Facts, Joined, TimeGranularity
from negative_list.condition import (
    Condition,
    Elements,
    Entities,
    FieldPattern,
    Group,
    Keywords,
    LeastGrade,
    Publishers,
    Roles,
    Term,
    Themes,
    Types,
)
from negative_list.pattern_set import compiles
from negative_list.view import FACT_OF, View, fold, word_pattern

__all__ = ["Needs", "Sieve", "Sifted"]

NUMBERS = (int, float)
FACT_TYPES: dict[str, type | tuple[type, ...]] = {
    "rows": NUMBERS,
    "distinct_subjects": NUMBERS,
    "points_per_subject": NUMBERS,
    "geo_precision_m": NUMBERS,
    "coverage_km2": NUMBERS,
    "contour_m": NUMBERS,
    "time_granularity": TimeGranularity,
    "latest_on": date,
    "joined": Joined,
}


@dataclass(frozen=True, slots=True)
class Sifted:
    """Bits of the conditions of a list: `possible` may be met, `unsure` may fail to evaluate."""

    possible: int
    unsure: int


@dataclass(frozen=True, slots=True)
class Needs:
    """What a clause needs: of each group of `when` one bit; `bits` are all of them.

    `unjudgeable`: some condition fails whatever the subject, so that the clause has to be evaluated (and to fail).
    """

    groups: tuple[int, ...]
    bits: int
    unjudgeable: bool

    def may_be_met(self, sifted: Sifted) -> bool:
        """Whether evaluating the clause could come to anything but "not met"."""
        if self.unjudgeable or self.bits & sifted.unsure:
            return True
        possible = sifted.possible
        for group in self.groups:  # noqa: SIM110 - a generator costs three times as much, 300 times a dataset
            if not possible & group:
                return False
        return True


@dataclass(slots=True)
class _Bits:
    """Where a value occurs, which conditions may be met: value → bits."""

    of: dict[object, int] = field(default_factory=dict)

    def add(self, values: Iterable[object], bit: int) -> None:
        for value in values:
            self.of[value] = self.of.get(value, 0) | bit

    def any(self, values: Iterable[object]) -> int:
        found = 0
        for value in values:
            found |= self.of.get(value, 0)
        return found

    @property
    def all(self) -> int:
        return self.any(self.of)


class Sieve:
    """The conditions of a list, sorted by what they ask for. Built once, used for any number of subjects."""

    def __init__(self) -> None:
        self._bit_of: dict[Condition, int] = {}
        self._next = 1
        self._unjudgeable = 0
        self._themes, self._publishers = _Bits(), _Bits()
        self._title_words, self._prose_words, self._patterns = _Bits(), _Bits(), _Bits()
        self._elements, self._types = _Bits(), _Bits()
        self._entities, self._roles, self._grades = _Bits(), _Bits(), _Bits()
        self._facts = _Bits()

    def needs(self, groups: Iterable[Iterable[Condition]]) -> Needs:
        """Take in a clause's `when` and say what it needs."""
        masks, sound = [], True
        for group in groups:
            mask = 0
            for condition in group:
                bits, judged = self._of(condition)
                mask, sound = mask | bits, sound and judged
            masks.append(mask)
        bits = 0
        for mask in masks:
            bits |= mask
        return Needs(tuple(masks), bits, not sound)

    def sift(self, view: View) -> Sifted:
        """The bits of one subject."""
        try:
            return self._sift(view)
        except Exception:  # what a subject of wrong types does to each condition, each has to say for itself
            return Sifted(0, self._all)

    @property
    def _all(self) -> int:
        return self._next - 1

    def _sift(self, view: View) -> Sifted:
        subject, dataset = view.subject, view.subject.dataset
        possible = self._themes.of.get(dataset.theme, 0) | self._publishers.of.get(fold(dataset.publisher), 0)
        possible |= self._title_words.any(view.words.held(view.title))
        possible |= self._prose_words.any(view.words.held(view.prose))
        possible |= self._patterns.any(view.bound)
        unsure = 0
        for column in subject.schema:
            possible |= self._of_column(column)
            known = subject.classifications.get(column.name)
            if known is not None:
                may, fail = self._of_class(known)
                possible, unsure = possible | may, unsure | fail
        may, fail = self._of_facts(subject.facts)
        return Sifted(possible | may, unsure | fail)

    def _of_column(self, column: Column) -> int:
        return self._types.of.get(column.type, 0) | self._elements.of.get(column.element, 0)

    def _of_class(self, known: Classification) -> tuple[int, int]:
        possible = self._entities.of.get(known.entity, 0) | self._roles.of.get(known.role, 0)
        possible |= self._grades.of.get(known.strictest, 0)
        unsure = 0 if isinstance(known.grade, Grade) else self._grades.all
        for one in known.findings:
            possible |= self._entities.of.get(one.entity, 0)
            if not isinstance(one.hit_ratio, NUMBERS):
                unsure |= self._entities.all
        return possible, unsure

    def _of_facts(self, facts: Facts) -> tuple[int, int]:
        possible = unsure = 0
        for name, bits in self._facts.of.items():
            value = getattr(facts, str(name))
            if name in facts.unknown or value is not None:
                possible |= bits
            if value is not None and not isinstance(value, FACT_TYPES[str(name)]):
                unsure |= bits
        return possible, unsure

    # ---- taking conditions in

    def _of(self, condition: Condition) -> tuple[int, bool]:
        """(the bits of which one has to be set for the condition to be met, whether it can be judged at all)."""
        if isinstance(condition, Term):
            parts = [self._of(inner) for inner in condition.conditions]
            bits = 0
            for part, _ in parts:
                bits |= part
            return bits, compiles(condition.unless) and all(judged for _, judged in parts)
        try:
            bit = self._bit_of.get(condition)
            if bit is None:
                bit, self._next = self._next, self._next << 1
                if not self._sorted_in(condition, bit):
                    self._unjudgeable |= bit
                self._bit_of[condition] = bit
        except Exception:  # of wrong types: fails when judged, too
            return 0, False
        return bit, not bit & self._unjudgeable

    def _sorted_in(self, condition: Condition, bit: int) -> bool:
        """File the condition under the values that may meet it; False where it cannot be judged, or is not known."""
        match condition:
            case Themes(keys):
                return self._filed(self._themes, keys, bit)
            case Publishers(names):
                return self._filed(self._publishers, [fold(name) for name in names], bit)
            case Keywords(words, description):
                return self._worded(self._prose_words if description else self._title_words, words, bit)
            case Group(_, words, pattern):
                held = not pattern or self._worded_as(self._patterns, [pattern], bit)
                return self._worded(self._prose_words, words, bit) and held
            case FieldPattern(pattern):
                return self._worded_as(self._patterns, [pattern], bit)
            case Elements(codes):
                return self._filed(self._elements, codes, bit)
            case Types(types):
                return self._filed(self._types, types, bit)
            case Roles(roles):
                return self._filed(self._roles, roles, bit)
            case Entities(names, least):
                return self._filed(self._entities, names, bit) and isinstance(least, NUMBERS)
            case LeastGrade(grade):
                return self._filed(self._grades, [one for one in Grade if one >= grade], bit)
            case _ if type(condition) in FACT_OF:
                self._facts.add([FACT_OF[type(condition)]], bit)
                (threshold,) = (getattr(condition, name) for name in condition.__slots__)
                return isinstance(threshold, NUMBERS)
        return False

    def _filed(self, under: _Bits, values: Sequence[str] | Sequence[Grade], bit: int) -> bool:
        under.add(values, bit)
        return isinstance(values, (tuple, list))  # in a text `in` would look for a part

    def _worded(self, under: _Bits, words: tuple[str, ...], bit: int) -> bool:
        return self._worded_as(under, [word_pattern(word) for word in words], bit)

    def _worded_as(self, under: _Bits, patterns: list[str], bit: int) -> bool:
        under.add(patterns, bit)
        return all(compiles(pattern) for pattern in patterns)
