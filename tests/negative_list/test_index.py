"""The fast path answers what plain evaluation answers, and what a change cannot concern is left alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from drawn import STARTER, any_entries, any_lists, entries, subjects
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import screen_slowly
from subjects import TODAY, a_class, a_finding, a_subject

from catalog.dataset import ColumnType
from catalog.decision import OPEN, SHUT, Scope
from catalog.finding import FieldRole, Grade
from catalog.predicate import Operator
from catalog.subject import Facts, Subject, TimeGranularity
from catalog.text import Text
from negative_list import AnyOf, Clause, Effect, Entry, Index, Status, concerned, screen
from negative_list.condition import (
    Condition,
    ContourAtMost,
    CoverageOver,
    DistinctSubjects,
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
from negative_list.effect import Deny, OlderThan, RowsWhere, YoungerThan
from negative_list.view import FACT_OF, word_pattern

PARK = a_subject("公园名录", "culture", ["名称", "地址"])


def an_entry(*groups: tuple[Condition, ...], entry_id: str = "mine", **clause: object) -> Entry:
    model = STARTER[0]
    when = tuple(AnyOf(conditions) for conditions in groups)
    return replace(
        model,
        identity=replace(model.identity, entry_id=entry_id),
        clauses=(Clause("c", when, (Effect(Deny()),), Text("改", "change"), **clause),),  # type: ignore[arg-type]
    )


@settings(max_examples=400, deadline=None)
@given(subjects(), any_lists, st.frozensets(st.sampled_from([f"any-{n}" for n in range(1, 10)])))
def test_the_decision_is_that_of_plain_evaluation(
    subject: Subject, listed: list[Entry], exempt: frozenset[str]
) -> None:
    assert screen(subject, Index(listed), TODAY, exempt=exempt) == screen_slowly(
        subject, listed, TODAY, exempt=exempt
    )


@settings(max_examples=60, deadline=None)
@given(subjects())
def test_so_it_is_under_the_whole_starter_list(subject: Subject) -> None:
    assert screen(subject, STARTER_INDEX, TODAY) == screen_slowly(subject, STARTER, TODAY)


STARTER_INDEX = Index(STARTER)

NEVER = (Themes(("water",)),)
BROKEN: tuple[tuple[str, Condition], ...] = (
    ("a pattern RE2 does not take", FieldPattern("(")),
    ("a pattern inside a term", Term("t", (FieldPattern("("),))),
    ("a term's unless", Term("t", (FieldPattern("名称"),), unless="(")),
    ("a group's pattern", Group("g", (), "(")),
    ("half a surrogate pair", FieldPattern("\ud800")),
    ("a threshold that is no number", LagUnder("seven")),  # type: ignore[arg-type]
    ("a grade that is none", LeastGrade("L9")),  # type: ignore[arg-type]
    ("a condition nobody knows", object()),  # type: ignore[arg-type]
    ("a condition without a hash", Types([[]])),  # type: ignore[arg-type, list-item]
)


@pytest.mark.parametrize("broken", [one for _, one in BROKEN], ids=[name for name, _ in BROKEN])
@pytest.mark.parametrize("place", [0, 1], ids=["first", "second"])
def test_a_failing_condition_fails_where_plain_evaluation_fails(broken: Condition, place: int) -> None:
    groups = [NEVER, (broken,)] if place else [(broken,), NEVER]
    subject = replace(
        PARK,
        facts=replace(PARK.facts, latest_on=TODAY),
        classifications={"名称": a_class("名称"), "地址": a_class("地址")},
    )
    decision = screen(subject, [an_entry(*groups)], TODAY)
    assert decision == screen_slowly(subject, [an_entry(*groups)], TODAY)
    if place:
        assert not decision.reasons  # the first group has settled it
    elif not isinstance(broken, Types):  # which compares unequal, hash or no hash
        assert decision.dataset == SHUT


WRONG: dict[str, dict[str, Any]] = {
    "a date as text": {"facts": replace(PARK.facts, latest_on="2026-11-20")},  # type: ignore[arg-type]
    "a fact as text": {"facts": replace(PARK.facts, geo_precision_m="fine")},  # type: ignore[arg-type]
    "no list of the unknown": {"facts": replace(PARK.facts, unknown=None)},  # type: ignore[arg-type]
    "a title that cannot be encoded": {"dataset": replace(PARK.dataset, title="公\ud800园")},
    "a ratio as text": {
        "classifications": PARK.classifications
        | {"名称": a_class("名称", findings=(a_finding("名称", "MOBILE"),))}  # type: ignore[operator]
        | {"地址": a_class("地址", findings=(replace(a_finding("地址", "PLATE"), hit_ratio="all"),))}  # type: ignore[arg-type]
    },
}
ASKED = (
    LagUnder(7),
    GeoFinerThan(5),
    LeastGrade(Grade.L2),
    Keywords(("公园",)),
    RowCount(1),
    Entities(("PLATE",)),
)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("asked", ASKED, ids=[type(one).__name__ for one in ASKED])
def test_a_subject_of_wrong_types_is_judged_as_plain_evaluation_judges_it(
    wrong: dict[str, Any], asked: Condition
) -> None:
    subject = replace(PARK, **wrong)
    for groups in ([(asked,), NEVER], [NEVER, (asked,)], [(asked,)]):
        listed = [an_entry(*groups)]
        assert screen(subject, listed, TODAY) == screen_slowly(subject, listed, TODAY)


def test_a_grade_of_the_wrong_type_fails_as_plain_evaluation_fails() -> None:
    odd = replace(a_class("名称"), grade="L4")  # type: ignore[arg-type]
    subject = replace(PARK, classifications={"名称": odd, "地址": a_class("地址")})
    entry = an_entry((LeastGrade(Grade.L2),), NEVER)
    assert Index([entry]).concerns(subject)


# ---- what a change can concern


@settings(max_examples=200, deadline=None)
@given(subjects(), any_lists, st.lists(any_entries() | entries(), min_size=1, max_size=3))
def test_a_change_that_does_not_concern_a_subject_changes_nothing(
    subject: Subject, listed: list[Entry], changed: list[Entry]
) -> None:
    if not concerned(changed, subject):
        before = screen(subject, listed, TODAY)
        assert screen(subject, [*listed, *changed], TODAY) == before
        assert screen_slowly(subject, [*listed, *changed], TODAY) == before


@settings(max_examples=100, deadline=None)
@given(subjects(), st.sampled_from(STARTER))
def test_a_changed_starter_entry_leaves_alone_what_it_does_not_concern(
    subject: Subject, entry: Entry
) -> None:
    others = [one for one in STARTER if one is not entry]
    withdrawn = replace(entry, governance=replace(entry.governance, status=Status.WITHDRAWN))
    if not concerned([entry, withdrawn], subject):
        assert screen(subject, [*others, withdrawn], TODAY) == screen(subject, STARTER, TODAY)


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        (Themes(("culture",)), PARK),
        (Keywords(("公园",)), PARK),
        (Keywords(("按月",), description=True), a_subject("t", "other", ["a"], description="按月汇总")),
        (Publishers(("某局",)), PARK),
        (Group("g", (), "地址"), PARK),
        (FieldPattern("^名称$"), PARK),
        (Term("t", (FieldPattern("^名称$"),)), PARK),
        (Types((ColumnType.TEXT,)), PARK),
        (Roles((FieldRole.NONE,)), PARK),
        (LeastGrade(Grade.L1), PARK),
        (RowCount(1), PARK),
        (LagUnder(7), a_subject("t", "other", ["a"], unknown=frozenset({"latest_on"}))),
        (Joinable(5), PARK),
    ],
    ids=lambda one: type(one).__name__,
)
def test_only_candidates_are_concerned(asked: Condition, subject: Subject) -> None:
    """Each kind of condition makes its own datasets candidates, and an entry for another theme none of them."""
    assert concerned([an_entry((asked,))], subject)
    if not isinstance(asked, Joinable):
        assert not concerned([an_entry((asked,), NEVER)], subject)
        assert not concerned([an_entry((asked,), stage="planned")], subject)


def test_a_changed_entry_in_one_domain_is_not_evaluated_for_the_others() -> None:
    """Of the starter list's own samples of names, most entries concern none; so few clauses are judged at all."""
    index = Index(STARTER)
    view = index.view(PARK, TODAY)
    assert {entry.entry_id for entry, _, deferred in index.candidates(view) if not deferred} == set()
    clinic = index.view(a_subject("门诊记录", "health", ["患者姓名", "诊断", "年龄"]), TODAY)
    judged = [entry.entry_id for entry, clauses, _ in index.candidates(clinic) if clauses]
    assert 0 < len(judged) < len(STARTER) / 3


def test_entries_of_other_days_are_no_candidates() -> None:
    later = an_entry((RowCount(1),))
    later = replace(later, governance=replace(later.governance, valid_from=date(2027, 1, 1)))
    index = Index([later])
    assert screen(PARK, index, TODAY).dataset == OPEN
    assert screen(PARK, index, date(2027, 1, 1)).dataset == SHUT
    assert screen(PARK, index, TODAY).dataset == OPEN
    assert index.concerns(PARK)


def test_one_index_serves_many_threads_and_days() -> None:
    index, days = Index(STARTER), [TODAY - timedelta(days=n) for n in range(0, 2_000, 40)]
    subject = a_subject("门诊记录", "health", ["患者姓名", "诊断", "年龄"])
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda day: screen(subject, index, day), days * 4))
    assert found == [screen_slowly(subject, STARTER, day) for day in days] * 4


def test_the_entries_of_a_day_are_looked_for_once() -> None:
    index = Index(STARTER)
    assert index._on(TODAY) is index._on(TODAY)


def test_whatever_judging_an_entry_may_search_for_is_searched_for_together() -> None:
    """Searched on its own it would be found as well: only the time it takes would tell."""

    def term(pattern: str, *more: Condition) -> Term:
        return Term(pattern, (FieldPattern(pattern), *more), unless=f"not {pattern}")

    nested = Term("n", (term("nested", Group("g", ("nested word",), "group")),))
    effects = (
        Effect(Deny(), Scope.COLUMN, (term("on"),)),
        Effect(Deny(), Scope.ROWS, rows=OlderThan(3, (term("by"),))),
        Effect(Deny(), Scope.ROWS, rows=YoungerThan(14, *map(term, ("birth", "resident", "age", "adult")))),
        Effect(Deny(), Scope.ROWS, rows=RowsWhere(term("where"), Operator.EQ, 1)),
    )
    entry = an_entry((nested, FieldPattern("(")), (Keywords(("a", "b")),))
    (clause,) = entry.clauses
    clause = replace(clause, effects=effects, unless=(AnyOf((term("spared", Keywords(("c",))),)),))
    view = Index([replace(entry, clauses=(clause,))]).view(PARK, TODAY)
    names = ("nested", "on", "by", "birth", "resident", "age", "adult", "where", "spared")
    assert set(view.patterns._patterns) == {"", "group", *names, *(f"not {name}" for name in names)}
    assert set(view.words._patterns) == {"", *map(word_pattern, ("nested word", "a", "b", "c"))}


def test_every_condition_on_a_fact_names_its_fact() -> None:
    assert set(FACT_OF.values()) <= set(Facts.__slots__) - {"unknown"}
    assert set(FACT_OF) == {type(condition) for condition in FACT_CONDITIONS}


FACT_CONDITIONS = (
    RowCount(1),
    DistinctSubjects(1),
    PointsPerSubject(1),
    GeoFinerThan(1),
    CoverageOver(1),
    ContourAtMost(1),
    TimeFinerThan(TimeGranularity.DAY),
    LagUnder(1),
    Joinable(5),
)
