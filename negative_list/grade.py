"""Who may see a field of which grade by default: the policy of one jurisdiction, and the laws that any policy keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from catalog.decision import Audience
from catalog.finding import Grade
from catalog.text import Text
from negative_list.entry import Basis

__all__ = ["JURISDICTION", "GradePolicy", "GradeRule", "broken_law"]

JURISDICTION = "CN"  # whose policy holds where none is named


@dataclass(frozen=True, slots=True)
class GradeRule:
    """What becomes of a field of one grade: its default audience, and what the place calls that."""

    audience: Audience
    access: Text


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """The rules of one jurisdiction, with their basis. A grade without a rule opens to nobody."""

    name: Text
    rules: Mapping[Grade, GradeRule]
    legal_basis: tuple[Basis, ...]

    def audience(self, grade: Grade) -> Audience:
        rule = self.rules.get(grade)
        return rule.audience if rule else Audience.NOBODY

    @property
    def basis(self) -> tuple[str, ...]:
        """The legal basis as reasons cite it."""
        return tuple(str(one) for one in self.legal_basis)


def broken_law(policy: GradePolicy) -> tuple[Grade, Text] | None:
    """The first grade whose audience breaks a law of grading, and which law; None where all are kept.

    Two laws: a higher grade never opens to more people than a lower one, and only L1 opens to everybody (DB33/T
    2350-2021: L2 and above are restricted).
    """
    for lower, higher in pairwise(Grade):
        if policy.audience(higher) < policy.audience(lower):
            return higher, Text(
                f"级别更高，开放范围却大于 {lower}", f"it opens to more people than {lower}, which is lower"
            )
    for grade in Grade:
        if grade is not Grade.L1 and policy.audience(grade) is Audience.PUBLIC:
            return grade, Text("只有 L1 可以向公众开放", "only L1 may open to everybody")
    return None
