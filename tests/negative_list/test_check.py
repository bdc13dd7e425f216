"""What is wrong with a list that reads well: every problem, with entry, clause, field and remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import inf, nan
from typing import Any

import pytest
from subjects import TODAY

from catalog.dataset import ColumnType
from catalog.decision import MaskOperator, Scope
from catalog.predicate import Operator
from catalog.subject import TimeGranularity
from catalog.text import Text
from negative_list import (
    AnyOf,
    Clause,
    Effect,
    Entry,
    NegativeList,
    Status,
    Term,
    check_list,
    load_starter,
    parse_list,
    render_list,
)
from negative_list.condition import (
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
from negative_list.effect import AggregateOnly, Delay, Deny, Mask, OlderThan, RowsWhere

STARTER = load_starter()
MODEL = STARTER.entries[0]
NAME = Term("name", (FieldPattern("姓名"),))
DATES = Term("dates", (Types((ColumnType.DATE,)),))
AMOUNT = Term("amount", (Types((ColumnType.INTEGER, ColumnType.DOUBLE)),))
SHAPE = Term("shape", (Types((ColumnType.GEOMETRY,)),))


def clause(*when: Any, **more: Any) -> Clause:
    groups = tuple(one if isinstance(one, AnyOf) else AnyOf((one,)) for one in when)
    known: dict[str, Any] = {"effects": (Effect(Deny()),), "remedy": Text("改", "change")} | more
    return Clause("c", groups, known.pop("effects"), known.pop("remedy"), **known)


def a_list(*clauses: Clause, **governance: Any) -> NegativeList:
    entry = replace(
        MODEL, clauses=clauses or MODEL.clauses, governance=replace(MODEL.governance, **governance)
    )
    return replace(STARTER, entries=(entry,))


def problems(whole: NegativeList, **more: Any) -> dict[str, str]:
    found = check_list(whole, TODAY, **more)
    for one in found:
        assert all((one.message.zh, one.message.en, one.remedy.zh, one.remedy.en)), one
        assert set(one.to_json()) == {"entry", "clause", "field", "message", "remedy"}
    return {one.name: one.message.en for one in found}


def test_the_starter_list_has_no_problem_on_any_day_until_its_review() -> None:
    for on in (date(2021, 11, 1), TODAY, date(2027, 6, 30)):
        assert check_list(STARTER, on) == ()


def test_a_list_from_toml_is_checked_alike() -> None:
    whole = a_list(clause(NAME, RowCount(10)), valid_to=TODAY - timedelta(1))
    assert "expired" in problems(parse_list(render_list(whole), "a.toml"))["starter-01.valid_to"]


CONDITIONS: tuple[tuple[Any, str], ...] = (
    (FieldPattern("("), "RE2 cannot use"),
    (FieldPattern("(?=x)"), "RE2 cannot use"),
    (FieldPattern(""), "no condition"),
    (RowCount(-1), "below 1"),
    (RowCount(0), "below 1"),
    (DistinctSubjects(0), "below 1"),
    (PointsPerSubject(0), "below 1"),
    (LagUnder(0), "below 1"),
    (GeoFinerThan(0), "finer than 0 m"),
    (GeoFinerThan(nan), "finer than 0 m"),
    (ContourAtMost(0), "finer than 0 m"),
    (CoverageOver(-1), "not negative"),
    (CoverageOver(nan), "not negative"),
    (TimeFinerThan(TimeGranularity.SECOND), "finer than a second"),
    (Joinable(1), "below 2"),
    (Themes(("transprot",)), "unknown theme: transprot"),
    (Themes(()), "empty theme"),
    (Keywords(("", "x")), "empty word"),
    (Publishers(()), "empty word"),
    (Entities(("MOBILES",)), "unknown kind of information: MOBILES"),
    (Entities(("MOBILE",), 0.0), "hit ratio"),
    (Entities(("MOBILE",), 1.1), "hit ratio"),
    (Elements(("DE00000",)), "unknown data element: DE00000"),
    (Roles(()), "no condition"),
    (Types(()), "no condition"),
)


@pytest.mark.parametrize(("condition", "said"), CONDITIONS, ids=str)
def test_a_condition_that_makes_no_sense_is_told_where_it_stands(condition: Any, said: str) -> None:
    known = frozenset({"DE00001"})
    in_clause = problems(a_list(clause(NAME, condition)), elements=known)
    (where,) = in_clause
    assert where.startswith("starter-01.c.when[1].")
    assert said in in_clause[where]
    in_term = problems(a_list(clause(Term("t", (condition,)))), elements=known)
    assert said in in_term["starter-01.c.terms.t"]
    in_unless = problems(a_list(clause(NAME, unless=(AnyOf((condition,)),))), elements=known)
    assert any(where.startswith("starter-01.c.unless[0].") for where in in_unless)


SENSIBLE: tuple[Any, ...] = (
    RowCount(1), LagUnder(1), GeoFinerThan(0.001), ContourAtMost(0.5), CoverageOver(0), Joinable(2),
    TimeFinerThan(TimeGranularity.MINUTE), Themes(("water",)), Entities(("MOBILE",), 1.0), Entities(("MOBILE",), 0.001),
    Elements(("DE00001",)), FieldPattern("x"), Keywords(("x",)), LeastGrade(4),  # type: ignore[arg-type]
)  # fmt: skip


@pytest.mark.parametrize("condition", SENSIBLE, ids=str)
def test_the_least_that_makes_sense_is_no_problem(condition: Any) -> None:
    assert problems(a_list(clause(NAME, condition)), elements=frozenset({"DE00001"})) == {}


def test_codes_of_data_elements_are_taken_where_it_is_not_known_which_there_are() -> None:
    assert problems(a_list(clause(Elements(("DE00000",))))) == {}


WATER, CREDIT, BOTH = Themes(("water",)), Themes(("credit",)), Themes(("water", "credit"))
IN_TERM = Term("wet", (WATER, Term("wetter", (WATER,))))


@pytest.mark.parametrize(
    ("one", "where"),
    [
        (clause(WATER, CREDIT), "when[1]"),
        (clause(BOTH, NAME, WATER, CREDIT), "when[3]"),
        (clause(AnyOf((WATER, IN_TERM)), CREDIT), "when[1]"),
        (clause(Publishers(("甲",)), Publishers(("乙",))), "when[1]"),
        (clause(NAME, unless=(AnyOf((NAME,)),)), "unless[0]"),
        (clause(NAME, RowCount(5), unless=(AnyOf((WATER,)), AnyOf((NAME, WATER)))), "unless[1]"),
    ],
)
def test_a_clause_that_can_never_be_met_is_told(one: Clause, where: str) -> None:
    assert "never met" in problems(a_list(one))[f"starter-01.c.{where}"]


@pytest.mark.parametrize(
    "one",
    [
        clause(BOTH, WATER),
        clause(WATER, AnyOf((CREDIT, NAME))),
        clause(AnyOf((WATER, NAME)), CREDIT),
        clause(NAME, unless=(AnyOf((WATER,)),)),
        clause(AnyOf((NAME, WATER)), unless=(AnyOf((NAME,)),)),
    ],
)
def test_a_clause_that_can_be_met_is_not(one: Clause) -> None:
    assert problems(a_list(one)) == {}


def rows(rule: Any, spelling: Any = None) -> Effect:
    return Effect(spelling or Deny(), Scope.ROWS, rows=rule)


def where(term: Term, operator: Operator, value: Any) -> Effect:
    return rows(RowsWhere(term, operator, value))


EFFECTS: tuple[tuple[Effect, str, str], ...] = (
    (Effect(AggregateOnly(1)), ".k", "protects nobody"),
    (Effect(AggregateOnly(5, 0)), ".rounding", "below 1"),
    (Effect(AggregateOnly(5, 1, 0.0)), ".epsilon", "not above 0"),
    (Effect(AggregateOnly(5, 1, -1.0)), ".epsilon", "not above 0"),
    (Effect(AggregateOnly(5, 1, nan)), ".epsilon", "not above 0"),
    (Effect(Delay(0)), ".days", "less than a day"),
    (Effect(Mask(MaskOperator.GENERALISE_YEAR), Scope.COLUMN, (SHAPE,)), ".operator", "fits none"),
    (Effect(Mask(MaskOperator.SNAP_GRID), Scope.COLUMN, (DATES,)), ".operator", "fits none"),
    (Effect(Deny(), Scope.COLUMN), ".on", "column effect"),
    (Effect(Deny(), Scope.DATASET, (NAME,)), ".on", "column effect"),
    (Effect(Deny(), Scope.ROWS), ".rows", "denial with a rule"),
    (rows(OlderThan(5, (DATES,)), Delay(3)), ".rows", "denial with a rule"),
    (Effect(Deny(), rows=OlderThan(5, (DATES,))), ".rows", "denial with a rule"),
    (rows(OlderThan(0, (DATES,))), ".years", "from 1 to 100"),
    (rows(OlderThan(5, ())), ".by", "no condition"),
    (where(AMOUNT, Operator.CONTAINS, "x"), ".is", "contains fits none"),
    (where(AMOUNT, Operator.EQ, "x"), ".is", "not of the types"),
    (where(DATES, Operator.GT, 5), ".is", "not of the types"),
    (where(SHAPE, Operator.GT, "x"), ".is", "gt fits none"),
    (where(NAME, Operator.GT, True), ".is", "no order"),
    (where(NAME, Operator.CONTAINS, 5), ".is", "text only"),
    (where(NAME, Operator.ISNULL, "x"), ".is", "true or false"),
    (where(NAME, Operator.IN, "x"), ".is", "several values"),
    (where(NAME, Operator.EQ, ("x", "y")), ".is", "several values"),
    (where(NAME, Operator.IN, ()), ".is", "several values"),
    (where(NAME, Operator.MATCHES, "("), ".is", "RE2 cannot use"),
)


@pytest.mark.parametrize(("effect", "field", "said"), EFFECTS)
def test_an_effect_that_is_impossible_is_told(effect: Effect, field: str, said: str) -> None:
    assert (
        said
        in problems(a_list(clause(NAME, effects=(Effect(Deny()), effect))))[f"starter-01.c.effects[1]{field}"]
    )


@pytest.mark.parametrize(
    "effect",
    [
        Effect(AggregateOnly(2, 1, inf)),
        Effect(AggregateOnly(2, 1, 0.01)),
        Effect(Delay(1)),
        Effect(Mask(MaskOperator.GENERALISE_YEAR), Scope.COLUMN, (DATES, NAME)),
        Effect(Mask(MaskOperator.DROP), Scope.COLUMN, (SHAPE,)),
        where(AMOUNT, Operator.GTE, 5),
        where(DATES, Operator.LT, date(2026, 1, 1)),
        where(SHAPE, Operator.ISNULL, True),
        where(NAME, Operator.IN, ("x", 5)),
        rows(OlderThan(100, (DATES,))),
    ],
)
def test_an_effect_that_is_possible_is_not(effect: Effect) -> None:
    assert problems(a_list(clause(NAME, effects=(effect,)))) == {}


GOVERNANCE: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"valid_to": date(2021, 10, 31)}, "valid_to", "before valid_from"),
    ({"valid_to": TODAY - timedelta(1)}, "valid_to", "expired"),
    ({"supersedes": "starter-99"}, "supersedes", "does not have"),
    ({"supersedes": "starter-01"}, "supersedes", "itself"),
    ({"legal_basis": ()}, "legal_basis", "missing"),
    (
        {"legal_basis": (replace(MODEL.governance.legal_basis[0], title=Text("法", " ")),)},
        "legal_basis",
        "lacks",
    ),
    ({"drafted_by": " "}, "drafted_by", "nobody"),
    ({"approved_by": MODEL.governance.drafted_by}, "approved_by", "two people"),
    ({"approved_by": None}, "approved_by", "by nobody"),
)


@pytest.mark.parametrize(("changed", "field", "said"), GOVERNANCE)
def test_authority_and_dates_are_told(changed: dict[str, Any], field: str, said: str) -> None:
    assert said in problems(a_list(**changed))[f"starter-01.{field}"]


def test_the_last_day_is_valid_and_a_withdrawn_entry_may_have_expired() -> None:
    assert problems(a_list(valid_to=TODAY)) == {}
    assert problems(a_list(valid_to=TODAY - timedelta(1), status=Status.WITHDRAWN)) == {}
    assert problems(a_list(status=Status.DRAFT, approved_by=None)) == {}


IDENTITY: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"domain": "transprot"}, "domain", "unknown domain"),
    ({"scenario": Text("", "x")}, "scenario", "lacks"),
    ({"description": Text("述", "")}, "description", "lacks"),
    ({"category": " "}, "category", "is empty"),
    ({"seq": 0}, "seq", "start at 1"),
    ({"list_version": "other"}, "list_version", "not the version"),
)


@pytest.mark.parametrize(("changed", "field", "said"), IDENTITY)
def test_identity_and_texts_are_told(changed: dict[str, Any], field: str, said: str) -> None:
    entry = replace(MODEL, identity=replace(MODEL.identity, **changed))
    assert said in problems(replace(STARTER, entries=(entry,)))[f"starter-01.{field}"]


def test_what_occurs_twice_is_told() -> None:
    def entry(name: str, **changed: Any) -> Entry:
        return replace(MODEL, identity=replace(MODEL.identity, entry_id=name, **changed))

    assert (
        "more than once"
        in problems(replace(STARTER, entries=(MODEL, entry("starter-01", seq=2))))["starter-01.id"]
    )
    assert "more than once" in problems(replace(STARTER, entries=(MODEL, entry("b"))))["b.seq"]
    assert "two clauses" in problems(a_list(clause(NAME), clause(NAME)))["starter-01.c.name"]
    two = (clause(NAME), replace(clause(Term("name", (FieldPattern("名"),))), name="d"))
    assert "two meanings" in problems(a_list(*two))["starter-01.d.terms.name"]
    law = MODEL.governance.legal_basis[0]
    other = (law, replace(law, title=Text("别", "Other")))
    assert "two meanings" in problems(a_list(legal_basis=other))["starter-01.legal_basis"]


def test_clauses_groups_and_the_list_itself_are_told() -> None:
    assert (
        "no clause" in problems(replace(STARTER, entries=(replace(MODEL, clauses=()),)))["starter-01.clause"]
    )
    assert "no effect" in problems(a_list(clause(NAME, effects=())))["starter-01.c.effects"]
    assert "no condition" in problems(a_list(clause()))["starter-01.c.when"]
    assert "no condition" in problems(a_list(clause(AnyOf(()))))["starter-01.c.when[0]"]
    assert "lacks" in problems(a_list(clause(NAME, remedy=Text("改", ""))))["starter-01.c.remedy"]
    assert "RE2" in problems(a_list(clause(Group("g", ("x",), "("))))["starter-01.c.groups.g"]
    assert "RE2" in problems(a_list(clause(Term("t", (FieldPattern("x"),), "("))))["starter-01.c.terms.t"]
    assert "no condition" in problems(a_list(clause(Group("g", (), ""))))["starter-01.c.groups.g"]
    assert "lacks" in problems(replace(STARTER, title=Text("", "x")))["title"]
    assert "no version" in problems(replace(STARTER, version=""))["version"]
