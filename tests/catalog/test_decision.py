"""The algebra of decisions by example: what is open, what each part adds, and in which order strictness goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from types import MappingProxyType

import pytest

from catalog.decision import (
    OPEN,
    SHUT,
    Audience,
    Decision,
    MaskOperator,
    Reason,
    RowExclusion,
    Scope,
    Terms,
    Visibility,
)
from catalog.predicate import Comparison, Operator
from catalog.text import Text

WORDS = Text("有", "there is")
WHY = Reason("e", "1", Scope.DATASET, "deny", WORDS, WORDS)
ROW = RowExclusion(Comparison("a", Operator.EQ, 1), "e")
MASKED = Terms(Visibility.MASKED, operators=frozenset({MaskOperator.DROP}))


def test_strictness_is_numbered_from_open_to_strict() -> None:
    """The numbers are stored with releases, so they may not move."""
    assert [(one.name, one.value) for one in Visibility] == [
        ("RAW", 0),
        ("MASKED", 1),
        ("AGGREGATE", 2),
        ("NONE", 3),
    ]
    assert [(one.name, one.value) for one in Audience] == [("PUBLIC", 0), ("GRANTED", 1), ("NOBODY", 2)]


def test_open_asks_for_nothing_and_shut_shows_nothing_to_nobody() -> None:
    assert (OPEN.visibility, OPEN.audience, OPEN.not_before) == (Visibility.RAW, Audience.PUBLIC, None)
    assert (OPEN.k, OPEN.rounding, OPEN.epsilon, OPEN.purposes) == (1, 1, inf, None)
    assert (SHUT.visibility, SHUT.audience) == (Visibility.NONE, Audience.NOBODY)


STRICTER: tuple[tuple[str, Terms, Terms], ...] = (
    ("visibility", Terms(Visibility.MASKED), Terms(Visibility.AGGREGATE)),
    ("audience", Terms(), Terms(audience=Audience.GRANTED)),
    ("a date", Terms(), Terms(not_before=date(2026, 1, 1))),
    ("a later date", Terms(not_before=date(2026, 1, 1)), Terms(not_before=date(2026, 1, 2))),
    ("k", Terms(k=5), Terms(k=6)),
    ("rounding", Terms(rounding=5), Terms(rounding=10)),
    ("epsilon", Terms(epsilon=1.0), Terms(epsilon=0.5)),
    ("purposes", Terms(), Terms(purposes=frozenset({"a"}))),
    ("fewer purposes", Terms(purposes=frozenset({"a", "b"})), Terms(purposes=frozenset({"a"}))),
    ("operators", Terms(), Terms(operators=frozenset({MaskOperator.DROP}))),
)


@pytest.mark.parametrize(("mild", "strict"), [one[1:] for one in STRICTER], ids=[one[0] for one in STRICTER])
def test_the_stricter_wins_whichever_comes_first(mild: Terms, strict: Terms) -> None:
    assert mild.join(strict) == strict.join(mild) == strict
    assert strict.at_least(mild) is True
    assert mild.at_least(strict) is False


def test_purposes_of_both_are_the_common_ones() -> None:
    a, b = Terms(purposes=frozenset({"a", "b"})), Terms(purposes=frozenset({"b", "c"}))
    assert a.join(b).purposes == frozenset({"b"})
    assert a.join(Terms(purposes=frozenset({"c"}))).purposes == frozenset()


FULL = Decision(OPEN.join(Terms(k=5)), MappingProxyType({"a": MASKED}), frozenset({ROW}), frozenset({WHY}))
PARTS = (
    Decision(dataset=Terms(k=5)),
    Decision(columns=MappingProxyType({"a": MASKED})),
    Decision(rows=frozenset({ROW})),
)


@pytest.mark.parametrize("left_out", PARTS, ids=["dataset", "columns", "rows"])
def test_a_decision_is_as_strict_as_another_in_every_part_or_not_at_all(left_out: Decision) -> None:
    rest = Decision.of(part for part in PARTS if part is not left_out)
    assert FULL.at_least(rest) is True
    assert rest.at_least(left_out) is False
    assert rest.at_least(FULL) is False
    assert rest.join(left_out).because(WHY) == FULL
    assert Decision.of([rest, left_out, Decision(reasons=frozenset({WHY}))]) == FULL


def test_reasons_do_not_make_a_decision_stricter() -> None:
    assert Decision().at_least(Decision().because(WHY))
    assert replace(FULL, reasons=frozenset()).at_least(FULL)


def test_reasons_are_added_to_those_there_are() -> None:
    other = replace(WHY, entry_id="other")
    assert Decision().because(WHY).because(other, other).reasons == {WHY, other}


def test_a_column_bears_its_own_terms_and_the_datasets() -> None:
    assert FULL.column("a") == Terms(Visibility.MASKED, k=5, operators=frozenset({MaskOperator.DROP}))
    assert FULL.column("b") == Terms(k=5)


def test_several_columns_are_joined_name_by_name() -> None:
    a, b = (
        Decision(columns=MappingProxyType({"a": MASKED})),
        Decision(columns=MappingProxyType({"a": SHUT, "b": MASKED})),
    )
    both = {"a": MASKED.join(SHUT), "b": MASKED}
    assert a.join(b).columns == b.join(a).columns == Decision.of([a, b]).columns == both
