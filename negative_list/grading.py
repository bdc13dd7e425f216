"""An officer's word on the grade of one field: what it was said of, and what it comes to when the field is seen again.

It can raise a grade freely. It lowers one no further than the findings demand, and only while the field is what it was
when the word was given: of a field that has changed, a lower grade is no word any more, a higher one still is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from catalog.dataset import Column
from catalog.finding import Classification, FieldRole, Grade
from catalog.text import Text

__all__ = ["Grading", "SeenField", "graded_output", "graded_source", "seen_field"]


@dataclass(frozen=True, slots=True)
class SeenField:
    """What tells a field from one that has changed: its type, the data element it is bound to, and what was found."""

    type: str
    element: str | None
    role: FieldRole
    entity: str | None
    proposed: Grade


@dataclass(frozen=True, slots=True)
class Grading:
    """Who graded a field of a dataset, when and why; `seen` is the field as it was then."""

    dataset_id: str
    column: str
    grade: Grade
    seen: SeenField
    reason: str
    by: str
    at: datetime

    def why(self, proposed: Grade) -> Text:
        """The evidence of an officer's grade. Their reason is written for colleagues and is not part of it."""
        return Text(
            f"合规人员于 {self.at:%Y-%m-%d} 定为 {self.grade}（建议为 {proposed}）",
            f"graded {self.grade} by a compliance officer on {self.at:%Y-%m-%d} (proposed: {proposed})",
        )


def seen_field(column: Column, known: Classification) -> SeenField:
    """A field of the source as it is seen now, whatever an officer has said of its grade."""
    proposed = known.grade if known.proposed is None else known.proposed
    return SeenField(column.type.name.lower(), column.element, known.role, known.entity, proposed)


def graded_source(column: Column, known: Classification, said: Grading | None) -> Classification:
    """The class of a field as received, under an officer's word where there is one."""
    if said is None or (seen_field(column, known) != said.seen and said.grade <= known.grade):
        return known
    return _under(known, max(said.grade, known.least), said)


def graded_output(source: Classification, found: Classification, said: Grading | None) -> Classification:
    """The class of a field of the planned output, whose source was judged as `source`.

    `found` has the grade that masking leaves behind, or that the output's scan gives, whichever is higher. The officer's
    word stands in its place, down to what the scan demands; of a field that has changed only a higher one does.
    """
    stands = source.proposed is not None  # it was taken for the field as received
    if said is None or not (stands or said.grade > found.grade):
        return found
    return _under(found, max(said.grade, found.least), said)


def _under(known: Classification, grade: Grade, said: Grading) -> Classification:
    why = said.why(known.grade) if grade is said.grade else known.why
    return replace(known, grade=grade, proposed=known.grade, why=why)
