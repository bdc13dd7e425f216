"""The sieve lets through what may be met and nothing else: exactly, kind by kind, since letting through too much only
costs time and no decision would tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from subjects import TODAY, a_class, a_finding, a_subject

from catalog.dataset import Column, ColumnType
from catalog.finding import FieldRole, Grade
from catalog.subject import Subject, TimeGranularity
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
    Term,
    Themes,
    TimeFinerThan,
    Types,
)
from negative_list.pattern_set import PatternSet
from negative_list.sieve import Needs, Sieve, Sifted
from negative_list.view import View, word_pattern

WORDS = ("公园", "按月", "小学生")
PATTERNS = ("监护人", "名称", "电话")

ASKED: dict[str, Condition] = {
    "theme": Themes(("culture", "health")),
    "publisher": Publishers(("另一局", "某局")),
    "title": Keywords(("公园",)),
    "prose": Keywords(("按月", "公园"), description=True),
    "group": Group("g", ("小学生",), "监护人"),
    "group of words": Group("h", ("按月",), ""),
    "pattern": FieldPattern("名称"),
    "element": Elements(("DE1",)),
    "type": Types((ColumnType.DATE, ColumnType.TIMESTAMP)),
    "role": Roles((FieldRole.IDENTIFIER,)),
    "entity": Entities(("MOBILE",)),
    "grade": LeastGrade(Grade.L3),
    "rows": RowCount(5),
    "subjects": DistinctSubjects(5),
    "points": PointsPerSubject(2),
    "precision": GeoFinerThan(50.0),
    "coverage": CoverageOver(25.0),
    "contour": ContourAtMost(20.0),
    "time": TimeFinerThan(TimeGranularity.MONTH),
    "lag": LagUnder(7),
    "join": Joinable(5),
}
TERM = Term("t", (Themes(("water",)), FieldPattern("电话")), unless="公")


def bits_of(sieve: Sieve, condition: Condition) -> int:
    needs = sieve.needs([[condition]])
    assert needs.unjudgeable is False
    assert needs.groups == (needs.bits,)
    return needs.bits


def taken_in() -> tuple[Sieve, dict[str, int]]:
    sieve = Sieve()
    return sieve, {name: bits_of(sieve, condition) for name, condition in ASKED.items()}


def the_view(subject: Subject) -> View:
    return View(subject, TODAY, PatternSet(PATTERNS), PatternSet(map(word_pattern, WORDS)))


def named(bits: int, places: dict[str, int]) -> set[str]:
    """The names of the conditions whose bits are set, where no other bits are."""
    assert not bits & ~sum(places.values())
    return {name for name, bit in places.items() if bits & bit}


def a_plain(*columns: str, title: str = "t", theme: str = "other", **more: Any) -> Subject:
    return a_subject(title, theme, columns or ("a",), publisher=more.pop("publisher", "别处"), **more)


def classed(**what: Any) -> Subject:
    return a_plain(classes={"a": a_class("a", **what)})


SOUND: tuple[tuple[str, Subject, set[str]], ...] = (
    ("nothing", a_plain(), set()),
    ("theme", a_plain(theme="health"), {"theme"}),
    ("publisher", a_plain(publisher="另一局"), {"publisher"}),
    ("title", a_plain(title="公园"), {"title", "prose"}),
    ("description", a_plain(description="按月，公园"), {"prose", "group of words"}),
    ("group", a_plain(title="小学生"), {"group"}),
    ("group's heading", a_plain("a", "监护人"), {"group"}),
    ("pattern", a_plain("名称"), {"pattern"}),
    (
        "element",
        replace(a_plain(), schema=(Column("a", ColumnType.TEXT, element="DE1"),)),
        {"element"},
    ),
    ("another element", replace(a_plain(), schema=(Column("a", ColumnType.TEXT, element="DE2"),)), set()),
    ("type", a_plain("a:date"), {"type"}),
    ("role", classed(role=FieldRole.IDENTIFIER), {"role"}),
    ("another role", classed(role=FieldRole.SENSITIVE), set()),
    ("entity", classed(entity="MOBILE"), {"entity"}),
    ("finding", classed(findings=(a_finding("a", "PLATE"), a_finding("a", "MOBILE"))), {"entity"}),
    ("another finding", classed(findings=(a_finding("a", "PLATE"),)), set()),
    ("the grade", classed(grade=Grade.L3), {"grade"}),
    ("a higher grade", classed(grade=Grade.L4), {"grade"}),
    ("a lower grade", classed(grade=Grade.L2), set()),
    ("unclassified", replace(a_plain(), classifications={}), set()),
    ("several columns", a_plain("名称", "监护人", "a:date"), {"pattern", "group", "type"}),
    ("subjects", a_plain(distinct_subjects=1), {"subjects"}),
    ("points", a_plain(points_per_subject=1), {"points"}),
    ("precision", a_plain(geo_precision_m=1.0), {"precision"}),
    ("coverage", a_plain(coverage_km2=1), {"coverage"}),
    ("contour", a_plain(contour_m=1.0), {"contour"}),
    ("time", a_plain(time_granularity=TimeGranularity.DAY), {"time"}),
    ("lag", a_plain(latest_on=date(2020, 1, 1)), {"lag"}),
    ("unknown", a_plain(unknown=frozenset({"latest_on", "contour_m"})), {"lag", "contour"}),
)


@pytest.mark.parametrize(("subject", "expected"), [one[1:] for one in SOUND], ids=[one[0] for one in SOUND])
def test_of_a_sound_subject_just_those_pass_whose_values_it_has(subject: Subject, expected: set[str]) -> None:
    sieve, places = taken_in()
    sifted = sieve.sift(the_view(subject))
    assert named(sifted.possible, places) == {*expected, "rows"}  # each has rows
    assert sifted.unsure == 0


def test_each_condition_has_a_bit_of_its_own_wherever_it_is_asked() -> None:
    sieve, places = taken_in()
    assert len(set(places.values())) == len(ASKED)
    assert all(bit.bit_count() == 1 for bit in places.values())
    assert {name: bits_of(sieve, condition) for name, condition in ASKED.items()} == places
    together = sieve.needs([[ASKED["theme"], ASKED["lag"]], [ASKED["lag"]], []])
    assert together.groups == (places["theme"] | places["lag"], places["lag"], 0)
    assert together.bits == places["theme"] | places["lag"]


def test_a_term_may_be_met_by_each_of_its_conditions() -> None:
    sieve = Sieve()
    water, phone = (bits_of(sieve, condition) for condition in TERM.conditions)
    assert bits_of(sieve, TERM) == water | phone
    assert bits_of(sieve, Term("u", (TERM, ASKED["lag"]))) == water | phone | bits_of(sieve, ASKED["lag"])
    assert bits_of(sieve, Term("nothing", ())) == 0
    assert sieve.sift(the_view(a_plain("电话"))) == Sifted(phone, 0)


# ---- what cannot be judged


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("rows", "9"),
        ("distinct_subjects", "9"),
        ("points_per_subject", "9"),
        ("geo_precision_m", "9"),
        ("coverage_km2", "9"),
        ("contour_m", "9"),
        ("time_granularity", 60),
        ("latest_on", "2026-11-20"),
    ],
)
def test_a_fact_of_the_wrong_type_makes_its_conditions_unsure_and_no_others(fact: str, value: object) -> None:
    sieve, places = taken_in()
    subject = a_plain()
    sifted = sieve.sift(the_view(replace(subject, facts=replace(subject.facts, **{fact: value}))))
    (name,) = named(sifted.unsure, places)
    assert name in named(sifted.possible, places)
    assert sieve.needs([[ASKED[name]], [ASKED["theme"]]]).may_be_met(sifted)
    assert not sieve.needs([[ASKED["lag" if name != "lag" else "time"]], [ASKED["theme"]]]).may_be_met(sifted)


@pytest.mark.parametrize(
    ("what", "unsure"),
    [
        ({"grade": "L4"}, {"grade"}),
        ({"findings": (replace(a_finding("a", "PLATE"), hit_ratio="all"),)}, {"entity"}),  # type: ignore[arg-type]
    ],
    ids=["grade", "ratio"],
)
def test_a_class_of_the_wrong_type_makes_its_conditions_unsure_and_no_others(
    what: dict[str, Any], unsure: set[str]
) -> None:
    sieve, places = taken_in()
    sifted = sieve.sift(the_view(classed(**what)))
    assert named(sifted.unsure, places) == unsure
    assert named(sifted.possible, places) == {"rows"}


def test_of_a_subject_that_cannot_be_sifted_every_condition_is_unsure() -> None:
    sieve, places = taken_in()
    every = sum(places.values())
    for odd in (a_plain(title="公\ud800园"), a_plain(theme=[]), a_plain(unknown=None)):  # type: ignore[arg-type]
        assert sieve.sift(the_view(odd)) == Sifted(0, every)
    assert Sieve().sift(the_view(a_plain(title="\ud800"))) == Sifted(0, 0)


@pytest.mark.parametrize(
    "broken",
    [
        Themes("culture and health"),  # type: ignore[arg-type] - `in` would look for a part of the text
        Types([[]]),  # type: ignore[arg-type, list-item]
        Keywords("公园", description=[]),  # type: ignore[arg-type]
        Keywords((1,)),  # type: ignore[arg-type]
        Group("g", ("公园",), "("),
        FieldPattern("("),
        Entities(("MOBILE",), "all"),  # type: ignore[arg-type]
        Entities("MOBILE"),  # type: ignore[arg-type]
        LeastGrade("L9"),  # type: ignore[arg-type]
        LagUnder("seven"),  # type: ignore[arg-type]
        object(),
        Term("t", (Themes(("water",)),), unless="("),
        Term("t", (FieldPattern("("), Themes(("water",)))),
        Term("t", (Themes(("water",)), FieldPattern("("))),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_clause_with_a_condition_that_cannot_be_judged_is_always_evaluated(broken: Any) -> None:
    sieve = Sieve()
    nothing = Sifted(0, 0)
    for groups in ([[broken]], [[TERM], [broken, TERM]], [[broken], [TERM]], [[TERM, broken], [TERM]]):
        needs = sieve.needs(groups)
        assert needs.unjudgeable is True
        assert needs.may_be_met(nothing)
        assert sieve.needs(groups) == needs  # the second time as the first
    assert sieve.needs([[TERM]]).unjudgeable is False


def test_a_clause_passes_where_each_group_may_be_met_or_one_condition_is_unsure() -> None:
    needs = Needs((0b0011, 0b0100), 0b0111, unjudgeable=False)
    assert needs.may_be_met(Sifted(0b0110, 0)) is True
    assert needs.may_be_met(Sifted(0b0101, 0)) is True
    assert needs.may_be_met(Sifted(0b1011, 0)) is False
    assert needs.may_be_met(Sifted(0b1100, 0)) is False
    assert needs.may_be_met(Sifted(0b0000, 0b0001)) is True
    assert needs.may_be_met(Sifted(0b0000, 0b1000)) is False
    assert Needs((), 0, unjudgeable=False).may_be_met(Sifted(0, 0)) is True
