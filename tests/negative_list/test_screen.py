"""Screening: what counts, what fails closed, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from subjects import TODAY, a_class, a_finding, a_subject, matches

from catalog.dataset import Access, Column, ColumnType
from catalog.decision import OPEN, SHUT, Audience, Decision, MaskOperator, Scope, Terms, Visibility
from catalog.finding import Confidence, FieldRole, Grade
from catalog.subject import Subject, TimeGranularity
from catalog.text import Text
from negative_list import (
    ACCESS_RULE,
    DEFERRED,
    EXEMPTED,
    GRADE_RULE,
    UNCLASSIFIED_RULE,
    AnyOf,
    Clause,
    Effect,
    Entry,
    Status,
    Term,
    decided,
    default_audience,
    explain,
    explain_json,
    is_refused,
    load_starter,
    screen,
    useful_columns,
    withheld_columns,
)
from negative_list.condition import (
    Condition,
    ContourAtMost,
    CoverageOver,
    DistinctSubjects,
    Elements,
    Entities,
    FieldPattern,
    GeoFinerThan,
    Group,
    Joinable,
    Keywords,
    LagUnder,
    LeastGrade,
    PointsPerSubject,
    Publishers,
    Roles,
    RowCount,
    Themes,
    TimeFinerThan,
    Types,
)
from negative_list.effect import AggregateOnly, Conditional, Delay, Deny, Mask, Spelling, spelled, terms_of

STARTER = load_starter().entries


def an_entry(*when: Condition, effects: tuple[Effect, ...] = (Effect(Deny()),), **clause: Any) -> Entry:
    groups = tuple(AnyOf((condition,)) for condition in when)
    model = STARTER[0]
    return replace(
        model,
        identity=replace(model.identity, entry_id="mine"),
        clauses=(Clause("c", groups, effects, Text("改正", "correct it"), **clause),),
    )


def concerned(subject: Subject, *when: Condition) -> bool:
    return bool(matches(an_entry(*when), subject, TODAY))


PARK = a_subject("公园名录", "culture", ["名称", "地址"])

# condition, what meets it, what just does not
CONDITIONS: tuple[tuple[str, Condition, dict[str, Any], dict[str, Any]], ...] = (
    ("rows", RowCount(100), {"rows": 100}, {"rows": 99}),
    ("subjects", DistinctSubjects(5), {"distinct_subjects": 5}, {"distinct_subjects": 4}),
    ("points", PointsPerSubject(2), {"points_per_subject": 2}, {"points_per_subject": 1}),
    ("precision", GeoFinerThan(50), {"geo_precision_m": 49.9}, {"geo_precision_m": 50.0}),
    ("coverage", CoverageOver(25), {"coverage_km2": 25.1}, {"coverage_km2": 25.0}),
    ("contour", ContourAtMost(20), {"contour_m": 20.0}, {"contour_m": 20.1}),
    (
        "time",
        TimeFinerThan(TimeGranularity.MONTH),
        {"time_granularity": TimeGranularity.DAY},
        {"time_granularity": TimeGranularity.MONTH},
    ),
    ("lag", LagUnder(7), {"latest_on": TODAY - timedelta(days=6)}, {"latest_on": TODAY - timedelta(days=7)}),
)


@pytest.mark.parametrize(
    ("condition", "meets", "misses"), [c[1:] for c in CONDITIONS], ids=[c[0] for c in CONDITIONS]
)
def test_a_condition_on_a_fact_holds_up_to_its_threshold(
    condition: Condition, meets: Any, misses: Any
) -> None:
    assert concerned(a_subject("t", "other", ["a"], **meets), condition)
    assert not concerned(a_subject("t", "other", ["a"], **misses), condition)


FACTS = [(c[1], next(iter(c[2]))) for c in CONDITIONS if c[0] != "rows"]


@pytest.mark.parametrize(("condition", "fact"), FACTS, ids=[fact for _, fact in FACTS])
def test_an_unknown_fact_counts_as_met_and_one_that_does_not_apply_as_not_met(
    condition: Condition, fact: str
) -> None:
    assert concerned(a_subject("t", "other", ["a"], unknown=frozenset({fact})), condition)
    assert not concerned(a_subject("t", "other", ["a"]), condition)


def test_evidence_to_the_contrary_has_to_be_seen() -> None:
    spared = an_entry(Themes(("culture",)), unless=(AnyOf((RowCount(100), GeoFinerThan(50))),))
    assert matches(spared, replace(PARK, facts=replace(PARK.facts, rows=1)), TODAY)
    assert not matches(spared, PARK, TODAY)
    unknown = replace(PARK, facts=replace(PARK.facts, rows=1, unknown=frozenset({"geo_precision_m"})))
    assert matches(spared, unknown, TODAY)


@pytest.mark.parametrize(
    ("title", "word", "held"),
    [
        ("1:2000 地形图", "1:2000", True),
        ("1：2000 地形图", "1:2000", True),
        ("1:20000 地形图", "1:2000", False),
        ("Trail map", "rail", False),
        ("RAIL map", "rail", True),
        ("轨道交通站点", "轨道交通", True),
    ],
)
def test_a_latin_word_is_found_whole_and_a_chinese_one_anywhere(title: str, word: str, held: bool) -> None:
    assert concerned(a_subject(title, "other", ["a"]), Keywords((word,))) == held


def test_keywords_look_into_the_description_only_where_asked() -> None:
    subject = a_subject("名录", "other", ["a"], description="不含患者就诊信息")
    assert not concerned(subject, Keywords(("就诊",)))
    assert concerned(subject, Keywords(("就诊",), description=True))


def test_conditions_on_the_publisher_the_group_and_the_theme() -> None:
    assert concerned(PARK, Publishers(("某局",)))
    assert not concerned(PARK, Publishers(("另一局",)))
    assert concerned(a_subject("小学生名册", "other", ["a"]), Group("minors", ("小学生",), ""))
    assert concerned(a_subject("名册", "other", ["监护人"]), Group("minors", ("小学生",), "监护人"))
    assert not concerned(PARK, Group("minors", ("小学生",), "监护人"))
    assert not concerned(PARK, Themes(("health",)))


def test_conditions_on_columns_bind_the_columns_that_meet_them() -> None:
    classes = {
        "电话": a_class("电话", entity="MOBILE", grade=Grade.L3, findings=(a_finding("电话", "MOBILE", 0.6),))
    }
    subject = a_subject("t", "other", ["电话", "名称", "时间:timestamp"], classes=classes)
    bound = {
        "entity": Entities(("MOBILE",)),
        "grade": LeastGrade(Grade.L3),
        "pattern": FieldPattern("^电话$"),
    }
    for condition in bound.values():
        assert [m.columns for m in matches(an_entry(condition), subject, TODAY)] == [("电话",)]
    assert [m.columns for m in matches(an_entry(Types((ColumnType.TIMESTAMP,))), subject, TODAY)] == [
        ("时间",)
    ]
    assert not concerned(subject, Entities(("MOBILE",), least_hit_ratio=0.61))
    assert not concerned(subject, Roles((FieldRole.IDENTIFIER,)))


def test_a_low_confidence_finding_is_left_to_a_person() -> None:
    low = a_finding("甲", "PERSON_NAME", 0.9, Confidence.LOW)
    classes = {"甲": a_class("甲", entity="PERSON_NAME", confidence=Confidence.LOW, findings=(low,))}
    assert not concerned(a_subject("t", "other", ["甲"], classes=classes), Entities(("PERSON_NAME",)))


def test_a_column_is_known_by_its_title_and_by_its_data_element() -> None:
    schema = (Column("c1", ColumnType.TEXT, title=Text("车牌号", "Plate"), element="DE00021"),)
    subject = replace(PARK, schema=schema, classifications={"c1": a_class("c1")})
    assert concerned(subject, FieldPattern("车牌"))
    assert concerned(subject, FieldPattern(r"^plate$"))
    assert concerned(subject, Elements(("DE00021",)))
    assert not concerned(subject, Elements(("DE00022",)))


def test_a_terms_unless_takes_columns_out_again() -> None:
    term = Term("visit", (FieldPattern("就诊"),), unless="人次")
    assert concerned(a_subject("t", "other", ["就诊日期"]), term)
    assert not concerned(a_subject("t", "other", ["就诊人次"]), term)


@pytest.mark.parametrize(
    "written", ["plateNumber", "plate_number", "PLATE-NUMBER", "Plate.Number", "ｐｌａｔｅ number"]
)
def test_a_heading_is_known_however_it_is_written(written: str) -> None:
    assert concerned(a_subject("t", "other", [written]), FieldPattern(r"\bplate number\b"))


@pytest.mark.parametrize("pattern", ["^乙$", r"\A乙\z", "(?-m)^乙$", "(?i)^乙$", "丙 1|^乙$"])
def test_anchors_are_a_headings_own_ends(pattern: str) -> None:
    assert [
        m.columns
        for m in matches(
            an_entry(FieldPattern(pattern)), a_subject("t", "other", ["甲", "乙", "丁乙"]), TODAY
        )
    ] == [("乙",)]


# ---- in force


def test_only_approved_entries_within_their_dates_count() -> None:
    entry = an_entry(RowCount(1))
    rule = entry.governance
    dated = replace(entry, governance=replace(rule, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30)))
    days = {
        date(2025, 12, 31): False,
        date(2026, 1, 1): True,
        date(2026, 6, 30): True,
        date(2026, 7, 1): False,
    }
    assert {day: screen(PARK, [dated], day).dataset == SHUT for day in days} == days
    for status in set(Status) - {Status.APPROVED}:
        assert screen(PARK, [replace(entry, governance=replace(rule, status=status))], TODAY).dataset == OPEN
    assert screen(PARK, [replace(entry, governance=replace(rule, approved_by=None))], TODAY).dataset == OPEN
    assert (
        screen(PARK, [replace(entry, governance=replace(rule, approved_by=rule.drafted_by))], TODAY).dataset
        == OPEN
    )


def test_a_matcher_that_fails_denies_and_says_so() -> None:
    decision = screen(PARK, [an_entry(FieldPattern("("))], TODAY)
    assert decision.dataset == SHUT
    (reason,) = decision.reasons
    assert reason.clause == "unevaluable"
    assert reason.entry_id == "mine"


def test_a_rows_effect_without_a_rule_shuts_the_dataset() -> None:
    ruleless = an_entry(RowCount(1), effects=(Effect(Deny(), Scope.ROWS),))
    assert screen(PARK, [ruleless], TODAY).dataset == SHUT


def test_a_deferred_entry_is_told_by_its_first_clause() -> None:
    joinable = an_entry(Joinable(5))
    (first,) = joinable.clauses
    second = replace(first, name="d", remedy=Text("二", "second"))
    (reason,) = screen(PARK, [replace(joinable, clauses=(first, second, second))], TODAY).reasons
    assert (reason.effect, reason.clause, reason.remedy) == (DEFERRED, "c", first.remedy)


# ---- evidence


@pytest.mark.parametrize(
    ("ratios", "cells"), [((), 7777), ((0.3,), 300), ((0.3, 0.9, 0.5), 900)], ids=["none", "one", "several"]
)
def test_the_evidence_of_a_column_is_its_cells_or_else_the_rows(ratios: Sequence[float], cells: int) -> None:
    classes = {"a": a_class("a", findings=tuple(a_finding("a", "MOBILE", ratio) for ratio in ratios))}
    entry = an_entry(FieldPattern("^a$"), effects=(Effect(Mask(MaskOperator.DROP), Scope.COLUMN),))
    subject = a_subject("t", "other", ["a"], classes=classes, rows=7777)
    (reason,) = screen(subject, [entry], TODAY).reasons
    assert (reason.column, reason.evidence_count) == ("a", cells)
    (whole,) = screen(subject, [an_entry(FieldPattern("^a$"))], TODAY).reasons
    assert (whole.column, whole.evidence_count) == (None, 7777)


def test_an_unclassified_column_can_be_masked_without_failing() -> None:
    entry = an_entry(FieldPattern("^a$"), effects=(Effect(Mask(MaskOperator.DROP), Scope.COLUMN),))
    subject = replace(a_subject("t", "other", ["a"], rows=7777), classifications={})
    decision = screen(subject, [entry], TODAY)
    assert decision.dataset == OPEN
    assert {reason.evidence_count for reason in decision.reasons if reason.entry_id == "mine"} == {7777}


# ---- exemptions


def test_an_exemption_lifts_one_entry_and_is_told_in_the_explanation() -> None:
    subject = a_subject("公园名录", "culture", ["名称", "地址"], rows=4321)
    listed = [an_entry(RowCount(100)), *STARTER]
    decision = screen(subject, listed, TODAY, exempt=frozenset({"mine"}))
    assert decision.dataset == OPEN
    (reason,) = (one for one in decision.reasons if one.effect == EXEMPTED)
    assert (reason.entry_id, reason.clause, reason.scope) == ("mine", "c", Scope.DATASET)
    assert (reason.threshold, reason.actual, reason.evidence_count) == ("rows ≥ 100", "rows 4321", 4321)
    assert reason not in decided(decision)
    assert any("mine" in line.en and "lifted by an exemption" in line.en for line in explain(decision))
    assert any(one["effect"] == EXEMPTED for one in explain_json(decision)["reasons"])
    assert screen(subject, listed, TODAY, exempt=frozenset({"another"})).dataset == SHUT


def test_what_an_exemption_lifts_gives_no_reason_for_what_stays_behind() -> None:
    subject = a_subject("公园名录", "culture", ["名称"], access=Access.PROHIBITED)
    decision = screen(subject, [an_entry(RowCount(1)), *STARTER], TODAY, exempt=frozenset({"mine"}))
    assert {reason.entry_id for reason in withheld_columns(decision, subject.schema)["名称"]} == {ACCESS_RULE}


def test_an_exemption_from_what_does_not_apply_leaves_no_reason() -> None:
    over = an_entry(RowCount(1), effects=(Effect(Delay(1)),))
    subject = a_subject("t", "other", ["a"], latest_on=TODAY - timedelta(days=9))
    assert screen(subject, [over], TODAY, exempt=frozenset({"mine"})).reasons == frozenset()


def test_an_entry_that_fails_cannot_be_exempted() -> None:
    decision = screen(PARK, [an_entry(FieldPattern("("))], TODAY, exempt=frozenset({"mine"}))
    assert decision.dataset == SHUT


# ---- rules that need no list


def test_an_unclassified_column_is_shut_and_the_rest_is_not() -> None:
    subject = replace(PARK, classifications={"名称": a_class("名称")})
    decision = screen(subject, [], TODAY)
    assert decision.column("地址") == SHUT
    assert decision.column("名称") == OPEN
    (reason,) = withheld_columns(decision, subject.schema)["地址"]
    assert reason.entry_id == UNCLASSIFIED_RULE
    assert not is_refused(decision, subject.schema)


def test_what_its_publisher_prohibits_is_refused_and_what_it_opens_conditionally_is_for_grantees() -> None:
    shut = a_subject("t", "other", ["a"], access=Access.PROHIBITED)
    decision = screen(shut, [], TODAY)
    assert is_refused(decision, shut.schema)
    (reason,) = decision.reasons
    assert (reason.entry_id, reason.effect, reason.clause) == (ACCESS_RULE, "deny", "prohibited")
    assert "may not be opened" in reason.text.en
    conditional = screen(a_subject("t", "other", ["a"], access=Access.CONDITIONAL), [], TODAY)
    assert conditional.dataset == Terms(audience=Audience.GRANTED)
    (reason,) = conditional.reasons
    assert (reason.effect, reason.clause) == ("conditional()", "conditional")
    assert "on conditions" in reason.text.en


@pytest.mark.parametrize("confidence", Confidence)
def test_a_doubtful_grade_is_left_to_a_person_at_the_source(confidence: Confidence) -> None:
    classes = {"a": a_class("a", grade=Grade.L3, operator=MaskOperator.REDACT, confidence=confidence)}
    decision = screen(a_subject("t", "other", ["a"], classes=classes), [], TODAY)
    assert ("a" in decision.columns) is (confidence is Confidence.HIGH)


@pytest.mark.parametrize("grade", [Grade.L1, Grade.L4])
def test_grades_of_an_unknown_jurisdiction_shut_their_columns_without_a_basis(grade: Grade) -> None:
    subject = a_subject("t", "other", ["a"], classes={"a": a_class("a", grade=grade)})
    decision = screen(subject, [], TODAY, jurisdiction="XX")
    assert decision.columns["a"] == SHUT
    assert {reason.legal_basis for reason in decision.reasons} == {()}


@pytest.mark.parametrize(
    ("grade", "operator", "stage", "column", "dataset"),
    [
        (Grade.L1, MaskOperator.KEEP, "source", OPEN, OPEN),
        (Grade.L3, MaskOperator.KEEP, "source", OPEN, OPEN),  # graded again, and held, as planned output
        (Grade.L3, MaskOperator.KEEP, "planned", OPEN, Terms(audience=Audience.GRANTED)),
        (Grade.L2, MaskOperator.KEEP, "planned", OPEN, Terms(audience=Audience.GRANTED)),
        (
            Grade.L3,
            MaskOperator.REDACT,
            "planned",
            OPEN,
            Terms(audience=Audience.GRANTED),
        ),  # masked, and graded
        (Grade.L4, MaskOperator.KEEP, "source", SHUT, OPEN),
        (Grade.L4, MaskOperator.KEEP, "planned", SHUT, OPEN),
        (
            Grade.L4,
            MaskOperator.REDACT,
            "source",
            Terms(visibility=Visibility.MASKED, operators=frozenset({MaskOperator.REDACT})),
            OPEN,
        ),
    ],
)
def test_a_grade_sets_the_default_audience(
    grade: Grade, operator: MaskOperator, stage: Any, column: Terms, dataset: Terms
) -> None:
    classes = {"a": a_class("a", grade=grade, operator=operator)}
    decision = screen(a_subject("t", "other", ["a"], stage=stage, classes=classes), [], TODAY)
    assert decision.columns.get("a", OPEN) == column
    assert decision.dataset == dataset
    assert {reason.entry_id for reason in decision.reasons} <= {GRADE_RULE}


@pytest.mark.parametrize("stage", ["source", "planned"])
@pytest.mark.parametrize("operator", [MaskOperator.KEEP, MaskOperator.REDACT])
def test_the_lowest_grade_asks_for_nothing(stage: Any, operator: MaskOperator) -> None:
    classes = {"a": a_class("a", grade=Grade.L1, operator=operator)}
    assert screen(a_subject("t", "other", ["a"], stage=stage, classes=classes), [], TODAY) == Decision()


@pytest.mark.parametrize(
    ("jurisdiction", "basis"), [("CN", "GB/T 43697-2024"), ("CN-ZJ", "DB33/T 2350-2021")]
)
@pytest.mark.parametrize("grade", [Grade.L3, Grade.L4])
def test_a_grade_names_the_legal_basis_of_its_jurisdiction(
    grade: Grade, jurisdiction: str, basis: str
) -> None:
    classes = {"a": a_class("a", grade=grade)}
    subject = a_subject("t", "other", ["a"], stage="planned", classes=classes)
    (reason,) = screen(subject, [], TODAY, jurisdiction=jurisdiction).reasons
    assert basis in " ".join(reason.legal_basis)
    assert reason.clause == grade.name


def test_an_unknown_jurisdiction_opens_to_nobody() -> None:
    assert default_audience(Grade.L1, "XX") is Audience.NOBODY
    assert screen(PARK, [], TODAY, jurisdiction="XX").dataset == SHUT
    assert default_audience(Grade.L2, "CN-ZJ") is Audience.GRANTED


# ---- effects and outcome

SPELLINGS: tuple[tuple[Spelling, Terms, str], ...] = (
    (Deny(), SHUT, "deny"),
    (AggregateOnly(10, 5), Terms(Visibility.AGGREGATE, k=10, rounding=5), "aggregate_only(k=10, rounding=5)"),
    (
        Mask(MaskOperator.DROP),
        Terms(Visibility.MASKED, operators=frozenset({MaskOperator.DROP})),
        "mask(drop)",
    ),
    (
        Conditional(("research",), True, ("university",)),
        Terms(audience=Audience.GRANTED, purposes=frozenset({"research"})),
        "conditional(purpose=research, agreement, to=university)",
    ),
    (Delay(7), Terms(not_before=date(2026, 11, 27)), "delay(7)"),
)


@pytest.mark.parametrize(("spelling", "terms", "words"), SPELLINGS, ids=[words for _, _, words in SPELLINGS])
def test_the_words_of_the_list_spell_products(spelling: Spelling, terms: Terms, words: str) -> None:
    facts = a_subject("t", "other", ["a"], latest_on=date(2026, 11, 20)).facts
    assert terms_of(spelling, facts, TODAY) == terms
    assert spelled(spelling) == words


def test_a_delay_that_is_over_asks_for_nothing_and_one_that_cannot_be_reckoned_for_a_grant() -> None:
    old = a_subject("t", "other", ["a"], latest_on=TODAY - timedelta(days=7)).facts
    assert terms_of(Delay(7), old, TODAY) == OPEN
    assert terms_of(Delay(7), PARK.facts, TODAY) == Terms(audience=Audience.GRANTED)


@pytest.mark.parametrize("scope", [Scope.DATASET, Scope.COLUMN])
def test_an_effect_that_asks_for_nothing_leaves_neither_terms_nor_a_reason(scope: Scope) -> None:
    over = an_entry(FieldPattern("^a$"), effects=(Effect(Delay(7), scope),))
    assert (
        screen(a_subject("t", "other", ["a"], latest_on=TODAY - timedelta(days=7)), [over], TODAY)
        == Decision()
    )
    due = screen(a_subject("t", "other", ["a"], latest_on=TODAY - timedelta(days=6)), [over], TODAY)
    assert due.column("a") == Terms(not_before=TODAY + timedelta(days=1))


def test_a_dataset_left_with_a_row_number_only_is_refused() -> None:
    subject = a_subject("t", "other", ["序号", "姓名"])
    term = Term("n", (FieldPattern("姓名"),))
    drop = an_entry(term, effects=(Effect(Mask(MaskOperator.DROP), Scope.COLUMN, (term,)),))
    decision = screen(subject, [drop], TODAY)
    assert useful_columns(decision, subject.schema) == ()
    assert is_refused(decision, subject.schema)
    assert not is_refused(screen(subject, [], TODAY), subject.schema)


def test_a_reason_names_entry_clause_evidence_threshold_and_remedy() -> None:
    subject = a_subject(
        "居民用电", "energy", ["户号", "用电量:double"], rows=4321, time_granularity=TimeGranularity.HOUR
    )
    decision = screen(subject, STARTER, TODAY)
    (reason,) = (r for r in decision.reasons if r.entry_id == "starter-27")
    assert (reason.clause, reason.effect, reason.evidence_count) == (
        "household meter",
        "aggregate_only(k=15)",
        4321,
    )
    assert reason.threshold == "meter_household & consumption & time finer than month"
    assert reason.actual == '户号; 用电量, "用电"; time_granularity hour'
    assert reason.list_version == "starter-2026.1"
    assert "15" in reason.remedy.zh


def test_an_explanation_says_it_in_both_languages_with_the_way_out() -> None:
    subject = a_subject("公交车辆", "transport", ["车牌号", "线路"])
    decision = screen(subject, STARTER, TODAY)
    lines = explain(decision)
    assert (lines[0].zh, lines[0].en) == ("数据集：可无条件开放", "Dataset: may be opened to everybody")
    (plate,) = (line for line in lines if line.en.startswith("starter-06"))
    assert "字段“车牌号” → mask(drop)" in plate.zh
    assert "怎样才能通过：车牌列不随公开数据发布" in plate.zh
    assert "To pass: The plate stays out of the open file" in plate.en
    told = explain_json(decision)
    assert told["verdict"] == {"zh": "可无条件开放", "en": "may be opened to everybody"}
    assert told["columns"]["车牌号"]["en"] == "masked (drop)"
    assert any(r["entry"] == "starter-34" and r["effect"] == "deferred" for r in told["reasons"])
    assert "judged at publish" in next(line.en for line in lines if "starter-34" in line.en)
