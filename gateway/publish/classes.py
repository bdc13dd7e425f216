"""The classes of fields once people and standards have spoken: an officer's answers and gradings, the grades of elements, and
what masking leaves of a class in the output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from catalog.dataset import Schema
from catalog.decision import MaskOperator
from catalog.finding import Classification, Confidence, FieldRole, Grade
from catalog.text import Text
from gateway.publish.plan import NOT_PERSONAL
from gateway.publish.request import ACCEPT
from negative_list import Grading, graded_output, graded_source
from privacy import GENERALISING, residual_grade

__all__ = ["as_answered", "as_elements", "as_graded", "cleared", "doubtful", "left_over"]

OF_ITS_ELEMENT = Text("所绑定数据元的级别", "the grade of the data element it is bound to")


def as_answered(
    classes: Mapping[str, Classification], answers: Mapping[str, str]
) -> Mapping[str, Classification]:
    """Classes with an officer's word on low-confidence findings taken in: an answered doubt is no doubt."""
    settled = {}
    for name, one in classes.items():
        if _is_cleared(one, answers):
            why = Text(
                "合规人员确认不是个人信息", "an officer has confirmed that this is no personal information"
            )
            one = Classification(
                name, FieldRole.NONE, None, Grade.L1, MaskOperator.KEEP, Confidence.HIGH, one.findings, why
            )
        settled[name] = one
    return MappingProxyType(settled)


def cleared(classes: Mapping[str, Classification], answers: Mapping[str, str]) -> frozenset[str]:
    """The columns of which an officer has said that a doubtful finding is not personal."""
    return frozenset(name for name, one in classes.items() if _is_cleared(one, answers))


def _is_cleared(one: Classification, answers: Mapping[str, str]) -> bool:
    return one.confidence is Confidence.LOW and answers.get(f"column:{one.column}") == NOT_PERSONAL


def as_graded(
    schema: Schema, classes: Mapping[str, Classification], gradings: Mapping[str, Grading]
) -> Mapping[str, Classification]:
    return MappingProxyType(
        {one.name: graded_source(one, classes[one.name], gradings.get(one.name)) for one in schema}
    )


def as_elements(
    classes: Mapping[str, Classification], grades: Mapping[str, Grade]
) -> Mapping[str, Classification]:
    """A field is proposed no lower a grade than the standard element that it is bound to has."""
    return {
        name: one
        if grades.get(name, Grade.L1) <= one.grade
        else replace(one, grade=grades[name], why=OF_ITS_ELEMENT)
        for name, one in classes.items()
    }


def left_over(
    source: Classification,
    operator: MaskOperator,
    found: Classification,
    graded: str | None,
    said: Grading | None,
) -> Classification:
    """The class of a column of the output: what the new scan says, but no lower a grade than masking leaves behind,
    unless an officer has graded it (`said` of this field, or else `graded` of the whole output); a quasi-identifier that
    was generalised, or left as it is while its neighbours were masked, is still one."""
    received = replace(source, operator=operator, grade=source.proposed or source.grade)
    proposed = replace(found, grade=max(found.grade, residual_grade(received) or Grade.L1))
    judged = graded_output(source, proposed, said)
    if judged is proposed and graded and graded != ACCEPT and Grade[graded] < proposed.grade:
        judged = replace(proposed, grade=Grade[graded], proposed=proposed.grade)
    unchanged = operator is MaskOperator.KEEP and found.role is FieldRole.NONE
    role = source.role if unchanged or operator in GENERALISING else found.role
    return replace(judged, role=role)


def doubtful(
    source: Mapping[str, Classification], output: Mapping[str, Classification]
) -> Mapping[str, Classification]:
    """Classes of the source, with doubts that only the output shows (say, once rows are gone) brought in."""
    new = {
        name: one
        for name, one in output.items()
        if one.confidence is Confidence.LOW and source[name].confidence is Confidence.HIGH
    }
    return MappingProxyType({**source, **new})
