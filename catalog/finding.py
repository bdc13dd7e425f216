"""What was found about the people behind the data: findings per column, the class of each field, its grade."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from catalog.decision import MaskOperator
from catalog.text import Text

__all__ = ["NOTHING_FOUND", "Classification", "Confidence", "FieldRole", "Finding", "Grade"]


NOTHING_FOUND = Text("未发现个人信息", "no personal information found")


class Grade(IntEnum):
    """Grades of the Zhejiang guide (DB33/T 2350-2021): L1 not sensitive … L4 not to be opened."""

    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4

    def __str__(self) -> str:
        return self.name


class FieldRole(StrEnum):
    """What a field contributes to identifying somebody."""

    IDENTIFIER = "identifier"
    QUASI_IDENTIFIER = "quasi-identifier"
    SENSITIVE = "sensitive"
    NONE = "none"


class Confidence(StrEnum):
    """`LOW` is always decided by a person, never accepted by `--yes`."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal information found in one column. Ratios are over non-null cells, 0..1; no value is kept.

    `entity` is a recogniser's name (``RESIDENT_ID``, ``MOBILE``…), `cells` how many cells hold it,
    `valid_ratio` the share of those whose checksum or structure is valid (None where the entity has none),
    `whole_cell` whether the entity is the cell, or stands inside longer text.
    """

    column: str
    entity: str
    cells: int
    hit_ratio: float
    valid_ratio: float | None
    confidence: Confidence
    whole_cell: bool
    personal: bool
    evidence: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """The class of one field with the operator and grade proposed for it, and the findings it rests on.

    `least` is the grade that its personal findings demand, below which nobody grades it; `proposed` the grade that was
    proposed, where an officer's word has put another in its place.
    """

    column: str
    role: FieldRole
    entity: str | None
    grade: Grade
    operator: MaskOperator
    confidence: Confidence
    findings: tuple[Finding, ...] = ()
    why: Text = NOTHING_FOUND
    least: Grade = Grade.L1
    proposed: Grade | None = None

    @property
    def strictest(self) -> Grade:
        """The grade that the entries of a list are asked about: no officer's word lifts an entry."""
        return self.grade if self.proposed is None else max(self.grade, self.proposed)
