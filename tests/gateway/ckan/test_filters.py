"""Filters of the datastore in the forms of 2.11 and 2.12, as conditions; and that nothing of a value is in a refusal."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.dataset import Column, ColumnType
from catalog.predicate import All, Any_, Comparison, Not, Operator
from gateway.ckan.errors import CkanError
from gateway.ckan.filters import read_filters
from gateway.serve.query import EVERYTHING

COLUMNS = {
    "a": Column("a", ColumnType.TEXT),
    "n": Column("n", ColumnType.INTEGER),
    "$x": Column("$x", ColumnType.TEXT),
    "b": Column("b", ColumnType.BOOLEAN),
    "_id": Column("_row", ColumnType.INTEGER),
}
EQ, IN, GTE, LTE, GT = Operator.EQ, Operator.IN, Operator.GTE, Operator.LTE, Operator.GT
CASES: list[tuple[dict[str, Any], Any]] = [
    ({}, EVERYTHING),
    ({"a": "x"}, Comparison("a", EQ, "x")),
    ({"a": 5}, Comparison("a", EQ, "5")),
    ({"n": "5"}, Comparison("n", EQ, 5)),
    ({"n": 5.0}, Comparison("n", EQ, 5)),
    ({"b": True}, Comparison("b", EQ, True)),
    ({"a": None}, Comparison("a", Operator.ISNULL, True)),
    ({"a": "x", "n": 1}, All((Comparison("a", EQ, "x"), Comparison("n", EQ, 1)))),
    ({"n": [1, 2]}, Any_((Comparison("n", IN, (1, 2)),))),
    ({"n": [1, None]}, Any_((Comparison("n", IN, (1,)), Comparison("n", Operator.ISNULL, True)))),
    ({"n": {"gte": 1, "lte": 2}}, All((Comparison("n", GTE, 1), Comparison("n", LTE, 2)))),
    ({"n": [{"gte": 1}, {"lte": -2}]}, Any_((Comparison("n", GTE, 1), Comparison("n", LTE, -2)))),
    ({"n": {"in": [1, 2]}}, Any_((Comparison("n", IN, (1, 2)),))),
    ({"n": {"ne": None}}, Not(Comparison("n", Operator.ISNULL, True))),
    ({"$or": [{"a": "x"}, {"n": 1}]}, Any_((Comparison("a", EQ, "x"), Comparison("n", EQ, 1)))),
    ({"$$x": "y"}, Comparison("$x", EQ, "y")),
    ({"$x": "y"}, Comparison("$x", EQ, "y")),
    ({"_id": {"gt": 7}}, Comparison("_row", GT, 7)),
]


@pytest.mark.parametrize(("given_", "expected"), CASES, ids=[repr(one) for one, _ in CASES])
def test_a_filter_is_the_condition_that_it_says(given_: dict[str, Any], expected: Any) -> None:
    assert read_filters(given_, COLUMNS) == expected


@pytest.mark.parametrize(
    "given_",
    [
        {"no-such": 1},
        {"n": "secret-value"},
        {"n": {"like": 1}},
        {"n": {}},
        {"n": [[1]]},
        {"$or": {"a": 1}},
        {"$not": []},
        {"a": "x\0"},
        {"n": {"gt": None}},
        {"n": 2**70},
    ],
)
def test_what_is_none_is_refused_without_its_value(given_: dict[str, Any]) -> None:
    with pytest.raises(CkanError) as refused:
        read_filters(given_, COLUMNS)
    assert refused.value.status == 409
    assert "secret-value" not in str(refused.value.fields)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "n", "$or", "$$x", "gt", "eq", "in", "z"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*COLUMNS, "$or", "$and", "z"]), JSON, max_size=3))
def test_whatever_comes_is_a_condition_or_a_refusal(given_: dict[str, Any]) -> None:
    with contextlib.suppress(CkanError):
        read_filters(given_, COLUMNS)
