"""Who may see a field of which grade by default, per jurisdiction: a table, because it changes by place and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.decision import Audience
from catalog.finding import Grade

__all__ = ["GRADE_POLICIES", "GradePolicy", "default_audience"]


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """The default audience of each grade in one jurisdiction, with its basis."""

    audiences: Mapping[Grade, Audience]
    legal_basis: tuple[str, ...]


GRADE_POLICIES: Mapping[str, GradePolicy] = {
    # No national text maps L1-L4 to access; GB/T 43697-2024 knows core, important and general data only.
    "CN": GradePolicy(
        {
            Grade.L1: Audience.PUBLIC,
            Grade.L2: Audience.GRANTED,
            Grade.L3: Audience.GRANTED,
            Grade.L4: Audience.NOBODY,
        },
        ("数据安全法 Data Security Law art. 21", "GB/T 43697-2024"),
    ),
    "CN-ZJ": GradePolicy(
        {
            Grade.L1: Audience.PUBLIC,
            Grade.L2: Audience.GRANTED,
            Grade.L3: Audience.GRANTED,
            Grade.L4: Audience.NOBODY,
        },
        (
            "浙江省公共数据分类分级指南 Zhejiang guide to classifying and grading public data (DB33/T 2350-2021 / 2351)",
        ),
    ),
}


def default_audience(grade: Grade, jurisdiction: str = "CN") -> Audience:
    """The default audience of a grade. An unknown jurisdiction or grade opens to nobody."""
    policy = GRADE_POLICIES.get(jurisdiction)
    return policy.audiences.get(grade, Audience.NOBODY) if policy else Audience.NOBODY
