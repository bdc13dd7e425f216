"""Profiles and proposals: counts are true, proposals hold on their own data, and what proves nothing is not scored."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import load

from catalog.dataset import ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput
from quality import Dimension, Verdict, measure, parse_suite, profile, propose_suite

ON = date(2026, 3, 1)
ROWS = 200
TYPES = {
    "编号": ColumnType.TEXT,
    "区县": ColumnType.TEXT,
    "手机": ColumnType.TEXT,
    "纬度": ColumnType.DOUBLE,
    "价格": ColumnType.DECIMAL,
    "登记日期": ColumnType.DATE,
    "有效期至": ColumnType.DATE,
    "备注": ColumnType.TEXT,
}


def _cells() -> dict[str, list[Any]]:
    return {
        "编号": [f"{index:08d}" for index in range(ROWS)],
        "区县": [["静安", "黄浦", "徐汇"][index % 3] for index in range(ROWS)],
        "手机": [f"138{index:08d}" for index in range(ROWS)],
        "纬度": [31.0 + index / ROWS for index in range(ROWS)],
        "价格": [Decimal(index) / 4 for index in range(ROWS)],
        "登记日期": [date(2020, 1, 1) + timedelta(days=index) for index in range(ROWS)],
        "有效期至": [date(2030, 1, 1) + timedelta(days=index) for index in range(ROWS)],
        "备注": [None if index % 4 == 0 else "说明" * (index % 60 + 1) for index in range(ROWS)],
    }


def _rules(suite: dict[str, Any], column: str) -> dict[str, dict[str, Any]]:
    return {
        one["type"].removeprefix("expect_column_"): one
        for one in suite["expectations"]
        if one["kwargs"].get("column") == column
    }


def _proposed(engine: DuckDBEngine, cells: dict[str, list[Any]], **more: Any) -> tuple[Any, dict[str, Any]]:
    schema = load(engine, TYPES, cells)
    return schema, propose_suite(schema, profile(engine, "t", schema), **more)


def test_a_profile_counts_what_is_there(engine: DuckDBEngine) -> None:
    schema = load(engine, TYPES, _cells())
    seen = profile(engine, "t", schema)
    remark, district, price = (seen.column(name) for name in ("备注", "区县", "价格"))
    assert (seen.rows, remark.nulls, remark.distinct, remark.distinct_exact) == (ROWS, 50, 45, True)
    assert (remark.min_length, remark.max_length) == (4, 120)
    assert district.values == ("徐汇", "静安", "黄浦")
    assert (price.low, price.high) == (Decimal(0), Decimal("49.75"))
    assert seen.column("手机").shapes == {"mobile": ROWS}


def test_each_column_gets_the_rules_its_shape_asks_for(engine: DuckDBEngine) -> None:
    _, suite = _proposed(engine, _cells(), on=ON)
    assert "values_to_be_unique" in _rules(suite, "编号")
    assert _rules(suite, "编号")["values_to_match_regex"]["kwargs"]["regex"] == "^[0-9]{8}$"
    assert set(_rules(suite, "区县")["values_to_be_in_set"]["kwargs"]["value_set"]) == {
        "静安",
        "黄浦",
        "徐汇",
    }
    assert _rules(suite, "手机")["values_to_match_regex"]["meta"]["scored"] is True
    assert _rules(suite, "纬度")["values_to_be_between"]["kwargs"]["max_value"] == 90
    assert _rules(suite, "备注")["values_to_not_be_null"]["kwargs"]["mostly"] == 0.75
    assert any(
        one["kwargs"].get("max_value") == ON.isoformat()
        for one in suite["expectations"]
        if one["kwargs"].get("column") == "登记日期"
    )


def test_a_date_of_things_to_come_may_lie_in_the_future(engine: DuckDBEngine) -> None:
    schema, suite = _proposed(engine, _cells(), on=ON)
    assert all(
        one["kwargs"].get("max_value") != ON.isoformat()
        for one in suite["expectations"]
        if one["kwargs"].get("column") == "有效期至"
    )
    assert measure(engine, "t", schema, suite).count(Verdict.FAIL) == 0


def test_a_registration_date_in_the_future_fails(engine: DuckDBEngine) -> None:
    cells = _cells()
    cells["登记日期"][7] = date(2099, 1, 1)
    schema, suite = _proposed(engine, cells, on=ON)
    failed = [one for one in measure(engine, "t", schema, suite).results if one.verdict is Verdict.FAIL]
    assert [(one.kwargs["column"], one.failed_rows) for one in failed] == [("登记日期", (8,))]


def test_a_repeated_identifier_is_a_finding_not_a_reading(engine: DuckDBEngine) -> None:
    cells = _cells()
    cells["编号"][9] = cells["编号"][8]
    schema, suite = _proposed(engine, cells)
    failed = [one for one in measure(engine, "t", schema, suite).results if one.verdict is Verdict.FAIL]
    assert [one.failed_rows for one in failed] == [(9, 10)]


def test_what_is_read_off_the_data_is_marked_and_not_scored(engine: DuckDBEngine) -> None:
    schema, suite = _proposed(engine, _cells(), keys=[["编号", "区县"]])
    rules = parse_suite(suite)
    assert all(rule.proposed for rule in rules)
    unscored = {rule.type for rule in rules if not rule.scored}
    assert "expect_column_values_to_be_in_set" in unscored
    assert "expect_column_values_to_not_be_null" not in unscored
    found = measure(engine, "t", schema, suite)
    assert "not scored" in found.summary.en
    assert found.score(Dimension.COMPLETENESS) == pytest.approx((7 + 0.75) / 8)
    assert found.score(Dimension.CONSISTENCY) is None


def test_a_declared_key_must_be_a_column(engine: DuckDBEngine) -> None:
    with pytest.raises(BadInput):
        _proposed(engine, _cells(), keys=["nope"])


FEW = {
    "t": ColumnType.TEXT,
    "n": ColumnType.INTEGER,
    "x": ColumnType.DOUBLE,
    "p": ColumnType.DECIMAL,
    "d": ColumnType.DATE,
}
DECIMALS = st.decimals(-(10**12), 10**12, places=9, allow_nan=False, allow_infinity=False)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.none() | st.text(max_size=4),
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(),
            st.none() | DECIMALS,
            st.none() | st.dates(min_value=date(1, 1, 1)),
        ),
        max_size=30,
    )
)
def test_a_rule_that_is_not_scored_holds_on_the_data_it_was_drawn_from(
    engine: DuckDBEngine, rows: list[tuple[Any, ...]]
) -> None:
    schema = load(engine, FEW, {name: [row[index] for row in rows] for index, name in enumerate(FEW)})
    found = measure(engine, "t", schema, propose_suite(schema, profile(engine, "t", schema)))
    assert [one.message.en for one in found.results if one.verdict is not Verdict.PASS] == []
