"""The grade of a dataset: that of its strictest visible field, where masking has lowered a field's grade by a stated rule.

After the Zhejiang guide (DB33/T 2350-2021) and GB/T 43697-2024: a dataset is graded no lower than its fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from catalog.decision import MaskOperator
from catalog.finding import Classification, Grade
from catalog.text import Text
from privacy.mask import GENERALISING

__all__ = ["RESIDUAL", "grade_of", "residual_grade"]

RESIDUAL: Mapping[MaskOperator, tuple[Grade, Text]] = MappingProxyType({
    MaskOperator.PARTIAL: (Grade.L2, Text("去标识化不等于匿名化（个保法第七十三条）", "de-identified is not anonymised (PIPL art. 73)")),
    MaskOperator.REDACT_SPANS: (Grade.L2, Text("自由文本的识别不完全", "detection in free text is not complete")),
    **dict.fromkeys(
        sorted(GENERALISING - {MaskOperator.SNAP_GRID}),
        (Grade.L2, Text("与其他字段组合仍可识别", "still identifies in combination")),
    ),
    MaskOperator.SNAP_GRID: (Grade.L2, Text("约 1 公里精度的位置", "a position to about 1 km")),
    MaskOperator.REDACT: (Grade.L1, Text("只余是否有值", "only whether there is a value remains")),
})  # fmt: skip
"""Grade a masked field keeps at most, and why. KEEP changes nothing; a dropped field has no grade."""


def residual_grade(classification: Classification) -> Grade | None:
    """The grade of one field after its operator; None when it is dropped. Masking never raises a grade."""
    if classification.operator is MaskOperator.DROP:
        return None
    if classification.operator is MaskOperator.KEEP:
        return classification.grade
    return min(classification.grade, RESIDUAL[classification.operator][0])


def grade_of(classifications: Iterable[Classification]) -> Grade:
    """The strictest residual grade of the visible columns; L1 when none is left."""
    grades = [grade for one in classifications if (grade := residual_grade(one)) is not None]
    return max(grades, default=Grade.L1)
