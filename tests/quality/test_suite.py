"""Reading suites: what is malformed is refused by name, what is unknown becomes an error and is never skipped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tables import suite_of

from catalog.errors import BadInput
from catalog.predicate import All, Any_, Comparison, Not, Operator
from quality import Dimension, parse_suite
from quality.condition import UnreadableCondition, read_condition
from quality.rules import Between, Bounds, Unknown

BETWEEN = "expect_column_values_to_be_between"


def _one(kind: str, kwargs: dict[str, Any], **meta: Any) -> Any:
    (rule,) = parse_suite(suite_of((kind, kwargs), **meta))
    return rule


def test_an_expectation_becomes_a_typed_rule_with_its_dimension() -> None:
    rule = _one(
        BETWEEN,
        {"column": "d", "min_value": "2020-01-01", "strict_min": True, "mostly": 0.9},
        dimension="时效性",
    )
    assert rule.check == Between("d", Bounds(date(2020, 1, 1), None, True, False))
    assert (rule.mostly, rule.dimension) == (0.9, Dimension.TIMELINESS)


def test_without_a_dimension_in_meta_the_type_decides() -> None:
    assert _one("expect_column_values_to_not_be_null", {"column": "a"}).dimension is Dimension.COMPLETENESS


def test_an_unknown_type_is_kept_as_an_unknown_rule() -> None:
    assert _one("expect_the_moon", {"column": "a"}).check == Unknown("expect_the_moon")


@pytest.mark.parametrize(
    ("kind", "kwargs", "kwarg"),
    [
        (BETWEEN, {"min_value": 1}, "column"),
        (BETWEEN, {"column": "a"}, "min_value"),
        (BETWEEN, {"column": "a", "min_value": "soon"}, "min_value"),
        (BETWEEN, {"column": "a", "min_value": 5, "max_value": 1}, "min_value"),
        (BETWEEN, {"column": "a", "min_value": 5, "max_value": "2020-01-01"}, "max_value"),
        (BETWEEN, {"column": "a", "min_value": float("nan")}, "min_value"),
        (BETWEEN, {"column": "a", "min_value": 1, "mostly": 1.5}, "mostly"),
        (BETWEEN, {"column": "a", "min_value": 1, "strict_min": "yes"}, "strict_min"),
        (BETWEEN, {"column": "a", "minimum": 1}, "minimum"),
        (
            BETWEEN,
            {"column": "a", "min_value": 1, "row_condition": "__import__('os').system('true')"},
            "row_condition",
        ),
        ("expect_column_values_to_be_in_set", {"column": "a", "value_set": "abc"}, "value_set"),
        ("expect_compound_columns_to_be_unique", {"column_list": ["a"]}, "column_list"),
        (
            "expect_column_pair_values_to_be_equal",
            {"column_A": "a", "column_B": "b", "ignore_row_if": "x"},
            "ignore_row_if",
        ),
        ("expect_table_row_count_to_be_between", {"min_value": "2020-01-01"}, "min_value"),
    ],
)
def test_a_malformed_expectation_is_refused_naming_it_and_its_kwarg(
    kind: str, kwargs: dict[str, Any], kwarg: str
) -> None:
    with pytest.raises(BadInput) as refused:
        _one(kind, kwargs)
    assert kind in refused.value.message.en
    assert f'"{kwarg}"' in refused.value.message.en
    assert refused.value.remedy.zh


@pytest.mark.parametrize(
    "suite", [{}, {"expectations": {}}, {"expectations": [3]}, {"expectations": [{"type": 1}]}, [], None]
)
def test_what_is_not_a_suite_is_refused(suite: Any) -> None:
    with pytest.raises(BadInput):
        parse_suite(suite)


def test_an_unknown_dimension_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        _one(BETWEEN, {"column": "a", "min_value": 1}, dimension="beauty")
    assert "meta.dimension" in refused.value.message.en


def test_two_rules_alike_have_two_ids() -> None:
    rules = parse_suite(
        suite_of((BETWEEN, {"column": "a", "min_value": 1}), (BETWEEN, {"column": "a", "min_value": 2}))
    )
    assert len({rule.id for rule in rules}) == 2


NULL = Comparison("a", Operator.ISNULL, True)
GREATER = Comparison("a", Operator.GT, 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('col("a") > 1', GREATER),
        ("a > 1", GREATER),
        ("街道 == '静安'", Comparison("街道", Operator.EQ, "静安")),
        ("a > 1 and b in ['x', 'y']", All((GREATER, Comparison("b", Operator.IN, ("x", "y"))))),
        ("a > 1 or a.isnull()", Any_((GREATER, NULL))),
        ('col("a").notNull()', Comparison("a", Operator.ISNULL, False)),
        ("a != -1", Any_((Not(Comparison("a", Operator.EQ, -1)), NULL))),
        ("not (a > 1)", Any_((Not(GREATER), NULL))),
        (
            "not (a > 1 and a.isnull())",
            Any_((Any_((Not(GREATER), NULL)), Comparison("a", Operator.ISNULL, False))),
        ),
        ({"type": "pass_through", "pass_through_filter": "a > 1"}, GREATER),
        (
            {
                "type": "and",
                "conditions": [
                    {"type": "comparison", "column": {"name": "a"}, "operator": ">", "parameter": 1},
                    {"type": "nullity", "column": {"name": "a"}, "is_null": True},
                ],
            },
            All((GREATER, NULL)),
        ),
    ],
)
def test_row_conditions_become_predicates(given: Any, expected: Any) -> None:
    assert read_condition(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a",
        "a > b",
        "a + 1 > 2",
        "1 < a < 3",
        "f(a) > 1",
        "a.b > 1",
        "a > (lambda: 1)()",
        "(" * 400 + "a",
        "a > 1;" * 900,
        {},
    ],
)
def test_other_row_conditions_are_not_read(given: Any) -> None:
    with pytest.raises(UnreadableCondition):
        read_condition(given)
