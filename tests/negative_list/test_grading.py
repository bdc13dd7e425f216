"""An officer's word on a grade: it raises freely, lowers no further than findings and entries let it, and lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.dataset import Column, ColumnType
from catalog.decision import MaskOperator, Scope
from catalog.finding import Classification, Confidence, FieldRole, Grade
from catalog.text import Text
from negative_list import (
    GRADE_RULE,
    REGRADE_RULE,
    AnyOf,
    Clause,
    Effect,
    Grading,
    graded_output,
    graded_source,
    load_starter,
    screen,
    seen_field,
)
from negative_list.condition import LeastGrade
from negative_list.effect import Deny
from tests.negative_list.subjects import TODAY, a_subject

FIELD = Column("站名", ColumnType.TEXT)
AT = datetime(2026, 3, 1, tzinfo=UTC)
grades = st.sampled_from(list(Grade))


def known(proposed: Grade = Grade.L1, least: Grade = Grade.L1) -> Classification:
    return Classification(
        "站名", FieldRole.NONE, None, proposed, MaskOperator.KEEP, Confidence.HIGH, least=least
    )


def word(grade: Grade, of: Classification, column: Column = FIELD) -> Grading:
    return Grading("stops", "站名", grade, seen_field(column, of), "密", "anna", AT)


@given(grades, grades, grades)
def test_a_word_stands_but_for_what_the_findings_demand(said: Grade, proposed: Grade, least: Grade) -> None:
    field = known(max(proposed, least), least)
    graded = graded_source(FIELD, field, word(said, field))
    assert graded.grade == max(said, least)
    assert graded.strictest == max(said, field.grade)
    assert seen_field(FIELD, graded) == seen_field(
        FIELD, field
    )  # what was said changes nothing of what was seen


@given(grades, grades, grades)
def test_of_a_field_that_has_changed_only_a_higher_grade_is_still_a_word(
    said: Grade, proposed: Grade, found: Grade
) -> None:
    changed = replace(FIELD, type=ColumnType.INTEGER)
    field = known(proposed)
    source = graded_source(changed, field, word(said, field))
    assert source.grade == max(said, proposed)
    output = graded_output(source, known(max(found, proposed)), word(said, field))
    assert output.grade >= max(said, proposed)


@given(grades, grades, grades, grades)
def test_in_the_output_a_word_stands_but_for_what_its_scan_demands(
    said: Grade, proposed: Grade, found: Grade, least: Grade
) -> None:
    field = known(proposed)
    source = graded_source(FIELD, field, word(said, field))
    output = graded_output(source, known(max(found, least), least), word(said, field))
    assert output.grade == max(said, least)
    assert graded_output(field, known(found), None).grade == found


def test_another_element_or_finding_is_another_field() -> None:
    said = word(Grade.L1, known(Grade.L2))
    for column, field in (
        (replace(FIELD, element="DE00001"), known(Grade.L2)),
        (FIELD, known(Grade.L3)),
        (FIELD, replace(known(Grade.L2), entity="MOBILE")),
        (FIELD, replace(known(Grade.L2), role=FieldRole.QUASI_IDENTIFIER)),
    ):
        assert graded_source(column, field, said) == field
    assert graded_source(FIELD, known(Grade.L2), said).grade is Grade.L1


def test_a_lower_word_lifts_no_entry() -> None:
    like = load_starter().entries[-1]
    deny = Clause("graded", (AnyOf((LeastGrade(Grade.L2),)),), (Effect(Deny(), Scope.DATASET),), Text("", ""))
    entry = replace(like, identity=replace(like.identity, entry_id="T-1", domain="any"), clauses=(deny,))

    def named(field: Classification) -> set[str]:
        subject = a_subject("t", "other", ["站名"], stage="planned", classes={"站名": field})
        return {one.entry_id for one in screen(subject, [entry], TODAY).reasons}

    lowered = graded_source(FIELD, known(Grade.L2), word(Grade.L1, known(Grade.L2)))
    assert lowered.grade is Grade.L1
    assert named(lowered) == {"T-1"}
    assert named(known(Grade.L1)) == set()
    raised = graded_source(FIELD, known(), word(Grade.L3, known()))
    assert named(raised) == {"T-1", REGRADE_RULE}


@pytest.mark.parametrize(
    ("grade", "proposed", "rule"),
    [
        (Grade.L2, None, GRADE_RULE),
        (Grade.L2, Grade.L2, GRADE_RULE),
        (Grade.L2, Grade.L3, GRADE_RULE),  # lowered, and not far enough to open
        (Grade.L3, Grade.L2, REGRADE_RULE),
        (Grade.L2, Grade.L1, REGRADE_RULE),
    ],
)
def test_an_officers_grade_is_named_as_the_rule_only_where_it_is_higher(
    grade: Grade, proposed: Grade | None, rule: str
) -> None:
    field = replace(known(grade), proposed=proposed)
    subject = a_subject("t", "other", ["站名"], stage="planned", classes={"站名": field})
    assert {one.entry_id for one in screen(subject, [], TODAY).reasons} == {rule}


def test_why_a_field_is_graded_so_does_not_tell_the_officers_reason() -> None:
    why = graded_source(FIELD, known(), word(Grade.L3, known())).why
    assert "密" not in why.zh + why.en
    assert "2026-03-01" in why.zh
    assert "L1" in why.en
