"""What a view binds and says it has found, condition by condition, and that it looks once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from subjects import TODAY, a_class, a_finding, a_subject

from catalog.finding import Confidence, FieldRole, Grade
from catalog.subject import TimeGranularity
from negative_list.condition import (
    AnyOf,
    Condition,
    ContourAtMost,
    CoverageOver,
    DistinctSubjects,
    Entities,
    FieldPattern,
    GeoFinerThan,
    Group,
    Keywords,
    LagUnder,
    LeastGrade,
    PointsPerSubject,
    Publishers,
    Roles,
    RowCount,
    Term,
    Themes,
    TimeFinerThan,
)
from negative_list.pattern_set import PatternSet
from negative_list.view import Met, View, fold, word_pattern

PARK = a_subject("公园名录", "culture", ["名称", "地址"])


def judged(
    condition: Condition, title: str = "t", *columns: str, lenient: bool = True, **facts: Any
) -> Met | None:
    subject = a_subject(title, "other", columns or ("a",), **facts)
    return View(subject, TODAY).judge(condition, lenient=lenient)


@pytest.mark.parametrize(
    ("condition", "facts", "met"),
    [
        (RowCount(5), {"rows": 1000}, Met("rows ≥ 5", "rows 1000")),
        (DistinctSubjects(5), {"distinct_subjects": 9}, Met("subjects ≥ 5", "distinct_subjects 9")),
        (PointsPerSubject(2), {"points_per_subject": 3}, Met("points a subject ≥ 2", "points_per_subject 3")),
        (GeoFinerThan(0.5), {"geo_precision_m": 1 / 3}, Met("finer than 0.5 m", "geo_precision_m 0.3333")),
        (CoverageOver(25.0), {"coverage_km2": 123456.7}, Met("covers over 25 km²", "coverage_km2 1.235e+05")),
        (ContourAtMost(20.0), {"contour_m": 5.0}, Met("contour ≤ 20 m", "contour_m 5")),
        (
            TimeFinerThan(TimeGranularity.MONTH),
            {"time_granularity": TimeGranularity.DAY},
            Met("time finer than month", "time_granularity day"),
        ),
        (
            LagUnder(7),
            {"latest_on": TODAY - timedelta(days=1)},
            Met("lag under 7 days", "latest_on 2026-11-23"),
        ),
        (LagUnder(7), {"unknown": frozenset({"latest_on"})}, Met("lag under 7 days", "latest_on unknown")),
    ],
    ids=lambda one: type(one).__name__ if not isinstance(one, (dict, Met)) else "",
)
def test_a_fact_is_told_with_what_was_asked_of_it(condition: Condition, facts: Any, met: Met) -> None:
    assert judged(condition, **facts) == met
    assert judged(condition, **(facts | {"unknown": frozenset(facts)}), lenient=False) is None


def test_what_has_been_found_is_told_without_a_cell() -> None:
    view = View(PARK, TODAY)
    assert view.judge(Themes(("culture",))) == Met("theme", "theme culture")
    assert view.judge(Publishers(("某局",))) == Met("publisher", "publisher 某局")
    assert view.judge(Keywords(("公园", "没有", "名录"))) == Met("word", '"公园", "名录"')
    assert view.judge(Group("g", ("公园",), "名称")) == Met("group g", '"公园"')
    assert view.judge(Group("g", (), "名称|地址")) == Met("group g", "名称, 地址", ("名称", "地址"))
    assert view.judge(Group("g", ("没有",), "")) is None
    assert view.judge(FieldPattern("地址")) == Met("FieldPattern", "地址", ("地址",))


def test_a_group_of_alternatives_is_told_as_one() -> None:
    view = View(PARK, TODAY)
    several = AnyOf(
        (FieldPattern("地址"), Themes(("water",)), FieldPattern("名称|地址"), Keywords(("公园",)))
    )
    assert view.any_of(several) == Met(
        "FieldPattern | FieldPattern | word", '地址, 名称, 地址, "公园"', ("地址", "名称")
    )
    twice = AnyOf((FieldPattern("地址"), FieldPattern("地址$")))
    assert view.any_of(twice) == Met("FieldPattern | FieldPattern", "地址", ("地址",))
    assert view.any_of(AnyOf((Themes(("water",)),))) is None
    unknown = View(a_subject("t", "other", ["a"], unknown=frozenset({"contour_m"})), TODAY)
    assert unknown.any_of(AnyOf((ContourAtMost(5),))) is not None
    assert unknown.any_of(AnyOf((ContourAtMost(5),)), lenient=False) is None
    assert unknown.any_of(AnyOf((Term("t", (ContourAtMost(5),)),)), lenient=False) is None


def test_a_term_keeps_what_its_unless_does_not_take_out() -> None:
    term = Term(
        "visit", (FieldPattern("就诊"), Keywords(("就诊",)), Keywords(("就诊",), True)), unless="人次"
    )
    assert judged(term, "t", "就诊日期", "就诊人次") == Met("visit", "就诊日期", ("就诊日期",))
    assert judged(term, "t", "就诊人次") is None
    assert judged(term, "就诊", "就诊人次") == Met("visit", '"就诊"')  # no column, and yet the title says it
    assert judged(term, "就诊", "就诊日期") == Met("visit", '就诊日期, "就诊"', ("就诊日期",))
    assert judged(term, "t", "a") is None
    everything = Term("all", (FieldPattern("a|b"), FieldPattern("a")))
    assert judged(everything, "t", "b", "a") == Met("all", "b, a", ("b", "a"))
    assert View(a_subject("就诊", "other", ["就诊日期"]), TODAY).columns_of(term) == ("就诊日期",)
    assert View(PARK, TODAY).columns_of(term) == ()


@pytest.mark.parametrize(
    ("word", "text", "held"),
    [
        ("轨道交通", "x轨道交通y", True),
        ("rail", "x rail y", True),
        ("rail", "rail", True),
        ("rail", "rails", False),
        ("rail", "轨rail道", True),
        ("r轨", "xr轨y", False),
        ("r轨", "r轨y", True),
        ("轨r", "x轨r", True),
        ("轨r", "轨ry", False),
        ("1:2", "1:20", False),
        ("1:2", "21:2", False),
        ("(x)", "a(x)b", True),
        ("（Ｘ）", "a(x)b", True),
        ("é", "xéy", True),
    ],
)
def test_a_word_is_whole_at_its_latin_ends_only(word: str, text: str, held: bool) -> None:
    assert PatternSet().holds(word_pattern(word), fold(text)) is held


def test_of_a_column_nobody_has_classified_nothing_is_known() -> None:
    view = View(replace(PARK, classifications={}), TODAY)
    for asked in (Roles(tuple(FieldRole)), LeastGrade(Grade.L1), Entities(("MOBILE",))):
        assert view.judge(asked) is None


def test_a_role_binds_the_columns_that_have_it() -> None:
    classes = {"a": a_class("a", FieldRole.IDENTIFIER), "b": a_class("b", FieldRole.SENSITIVE)}
    view = View(a_subject("t", "other", ["a", "b", "c"], classes=classes), TODAY)
    assert view.judge(Roles((FieldRole.IDENTIFIER, FieldRole.SENSITIVE))) == Met("Roles", "a, b", ("a", "b"))
    assert view.judge(Roles((FieldRole.QUASI_IDENTIFIER,))) is None


def test_personal_information_is_looked_for_where_some_was_found() -> None:
    classes = {
        "a": a_class("a", entity="MOBILE"),
        "b": a_class("b", findings=(a_finding("b", "MOBILE"),)),
        "c": a_class("c"),
    }
    subject = a_subject("t", "other", ["a", "b", "c", "d"], classes=classes)
    view = View(replace(subject, classifications=classes), TODAY)
    assert [column.name for column in view.personal] == ["a", "b"]
    assert view.judge(Entities(("MOBILE",))) == Met("Entities", "a, b", ("a", "b"))


def test_a_class_that_its_own_finding_contradicts_does_not_bind() -> None:
    """Classified by what its cells hold, a column is bound by the share of them; by its heading alone, at once."""
    few = a_class(
        "a", entity="MOBILE", findings=(a_finding("a", "MOBILE", 0.2), a_finding("a", "PLATE", 0.9))
    )
    by_heading = a_class("b", entity="MOBILE", findings=(a_finding("b", "PLATE", 0.9),))
    view = View(a_subject("t", "other", ["a", "b"], classes={"a": few, "b": by_heading}), TODAY)
    assert view.judge(Entities(("MOBILE",), 0.5)) == Met("Entities", "b", ("b",))
    assert view.judge(Entities(("MOBILE",), 0.2)) == Met("Entities", "a, b", ("a", "b"))


def test_a_doubtful_class_does_not_bind_by_its_heading_either() -> None:
    low = a_class("a", entity="MOBILE", confidence=Confidence.LOW)
    view = View(a_subject("t", "other", ["a"], classes={"a": low}), TODAY)
    assert view.judge(Entities(("MOBILE",))) is None


def test_a_condition_is_judged_once_and_a_pattern_of_the_list_is_not_searched_for_again() -> None:
    view = View(PARK, TODAY, PatternSet(["名称", "没有"]))
    asked = FieldPattern("名称")
    assert view.bound["名称"] == {"名称": None}
    assert view.judge(asked) is view.judge(asked)
    assert view.judge(asked, lenient=False) is not view.judge(asked)
    assert (view.matches("名称", "名称"), view.matches("地址", "名称"), view.matches("地址", "没有")) == (
        True,
        False,
        False,
    )
    assert (view.matches("地址", "地"), view.holding("地")) == (True, ("地址",))
    view.bound.clear()
    assert (view.matches("名称", "名称"), view.holding("名称")) == (False, ())
