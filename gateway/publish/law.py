"""What a dataset is judged by: a list in force, and what exemptions, officers and elements say of this one dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from catalog.decision import Decision
from catalog.finding import Grade
from catalog.subject import Subject
from negative_list import Index, NegativeList, screen
from negative_list.grading import Grading

__all__ = ["Law"]


@dataclass(frozen=True, slots=True)
class Law:
    """What a dataset is judged by: a list, made ready for many questions; and of this one dataset the entries that
    exemptions lift, what officers have said of its fields' grades, and the grades of the elements they are bound to."""

    entries: NegativeList
    index: Index
    exempt: frozenset[str] = frozenset()
    gradings: Mapping[str, Grading] = field(default_factory=dict)
    elements: Mapping[str, Grade] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        entries: NegativeList,
        exempt: frozenset[str] = frozenset(),
        gradings: Mapping[str, Grading] | None = None,
    ) -> Law:
        return cls(entries, Index(entries.entries), exempt, gradings or {})

    def lifting(self, exempt: frozenset[str]) -> Law:
        """The same list with other exemptions."""
        return replace(self, exempt=exempt)

    def screen(self, subject: Subject, on: date) -> Decision:
        return screen(subject, self.index, on, exempt=self.exempt)
