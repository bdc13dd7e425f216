"""Great Expectations on pandas is the oracle: on every supported type of expectation, over tables with nulls,
duplicates, dates and Chinese text, our verdict and our count of unexpected rows are its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from gx_oracle import TYPES, Ask, difference, frame, open_oracle
from tables import Cells, load, suite_of

from catalog.engine.duckdb_engine import DuckDBEngine
from quality import CUSTOM, EXPECTATIONS, Verdict, measure

NEW_YEAR = datetime(2020, 1, 1)  # noqa: DTZ001 - the column has no zone
WORDS = ("静安", "黄浦区", "a", "ab", "A1", "", "310000", "31000x", "é", "𠮷野家", "x y", "ｆｕｌｌ")


def _table(seed: int, rows: int, null_share: float) -> Cells:
    rng = random.Random(seed)

    def some(make: Any) -> list[Any]:
        return [None if rng.random() < null_share else make() for _ in range(rows)]

    return {
        "id": [index * 3 for index in range(rows)],
        "n": some(lambda: rng.randint(-3, 6)),
        "m": some(lambda: rng.randint(-3, 6)),
        "x": some(lambda: rng.choice([0.5, 1.25, -2.0, 7.75, 3.0])),
        "t": some(lambda: rng.choice(WORDS)),
        "u": some(lambda: rng.choice(WORDS[:4])),
        "d": some(lambda: date(2020, 1, 1) + timedelta(days=rng.randint(0, 900))),
        "s": some(lambda: NEW_YEAR + timedelta(hours=rng.randint(0, 9000))),
        "b": some(lambda: rng.random() < 0.7),
        "empty": [None] * rows,
    }


def _condition(column: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}


OK = "expect_column_values_to_"
CASES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("expect_column_to_exist", {"column": "t"}),
    ("expect_column_to_exist", {"column": "nope"}),
    ("expect_column_to_exist", {"column": "n", "column_index": 1}),
    ("expect_column_to_exist", {"column": "n", "column_index": 4}),
    ("expect_column_to_exist", {"column": "n", "column_index": 40}),
    ("expect_column_to_exist", {"column": "n", "column_index": 0}),
    (OK + "not_be_null", {"column": "t"}),
    (OK + "not_be_null", {"column": "t", "mostly": 0.7}),
    (OK + "not_be_null", {"column": "id"}),
    (OK + "not_be_null", {"column": "x"}),
    (OK + "not_be_null", {"column": "empty", "mostly": 0}),
    (OK + "not_be_null", {"column": "t", "row_condition": _condition("n", ">", 1)}),
    (OK + "not_be_null", {"column": "t", "row_condition": _condition("n", "!=", 1)}),
    (OK + "not_be_null", {"column": "t", "row_condition": _condition("u", "NOT_IN", ["a", "静安"])}),
    (
        OK + "not_be_null",
        {"column": "id", "row_condition": {"type": "nullity", "column": {"name": "t"}, "is_null": True}},
    ),
    (OK + "be_null", {"column": "t"}),
    (OK + "be_null", {"column": "t", "mostly": 0.2}),
    (OK + "be_null", {"column": "empty"}),
    (OK + "be_unique", {"column": "id"}),
    (OK + "be_unique", {"column": "n"}),
    (OK + "be_unique", {"column": "t", "mostly": 0.3}),
    (OK + "be_unique", {"column": "empty"}),
    (OK + "be_unique", {"column": "n", "row_condition": _condition("x", "<=", 1.25)}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["n", "m"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["n", "x", "t"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["id", "t"]}),
    (
        "expect_compound_columns_to_be_unique",
        {"column_list": ["n", "u"], "ignore_row_if": "any_value_is_missing"},
    ),
    (
        "expect_compound_columns_to_be_unique",
        {"column_list": ["n", "u"], "ignore_row_if": "never", "mostly": 0.5},
    ),
    (OK + "be_between", {"column": "n", "min_value": 0, "max_value": 4}),
    (
        OK + "be_between",
        {"column": "n", "min_value": 0, "max_value": 4, "strict_min": True, "strict_max": True},
    ),
    (OK + "be_between", {"column": "n", "max_value": "4", "mostly": 0.8}),
    (OK + "be_between", {"column": "x", "min_value": 0.5, "max_value": 7.75}),
    (OK + "be_between", {"column": "x", "min_value": 0.5, "strict_min": True}),
    (OK + "be_between", {"column": "d", "min_value": "2020-06-01", "max_value": "2021-06-01"}),
    (OK + "be_between", {"column": "s", "min_value": "2020-03-01T05:00:00"}),
    (OK + "be_between", {"column": "b", "min_value": 1, "max_value": 1}),
    (OK + "be_between", {"column": "t", "min_value": 1, "max_value": 5}),
    (OK + "be_between", {"column": "empty", "min_value": 1}),
    (OK + "be_in_set", {"column": "t", "value_set": ["静安", "a", "", None]}),
    (OK + "be_in_set", {"column": "u", "value_set": list(WORDS[:4])}),
    (OK + "be_in_set", {"column": "n", "value_set": [1, 2, 3.0]}),
    (OK + "be_in_set", {"column": "n", "value_set": ["1", "2"]}),
    (OK + "be_in_set", {"column": "n", "value_set": []}),
    (OK + "be_in_set", {"column": "x", "value_set": [0.5, 3]}),
    (OK + "be_in_set", {"column": "t", "value_set": ["a"], "row_condition": _condition("n", "IN", [1, 2])}),
    (OK + "not_be_in_set", {"column": "t", "value_set": ["静安", "a"]}),
    (OK + "not_be_in_set", {"column": "n", "value_set": ["1"]}),
    (OK + "not_be_in_set", {"column": "s", "value_set": ["2020-01-02T00:00:00"]}),
    (OK + "not_be_in_set", {"column": "t", "value_set": [], "mostly": 0.9}),
    (OK + "match_regex", {"column": "t", "regex": "^[0-9]{6}$"}),
    (OK + "match_regex", {"column": "t", "regex": "a"}),
    (OK + "match_regex", {"column": "t", "regex": "^.{2,3}$", "mostly": 0.4}),
    (OK + "match_regex", {"column": "n", "regex": "^[0-9]+$"}),
    (OK + "match_regex", {"column": "d", "regex": "^2020-"}),
    (OK + "not_match_regex", {"column": "t", "regex": "[\u4e00-\u9fff]"}),
    (OK + "not_match_regex", {"column": "t", "regex": "\\s", "mostly": 0.95}),
    ("expect_column_value_lengths_to_be_between", {"column": "t", "min_value": 1, "max_value": 3}),
    (
        "expect_column_value_lengths_to_be_between",
        {"column": "t", "min_value": 1, "max_value": 3, "strict_max": True},
    ),
    (
        "expect_column_value_lengths_to_be_between",
        {"column": "t", "max_value": 2, "strict_max": True, "mostly": 0.3},
    ),
    ("expect_column_value_lengths_to_be_between", {"column": "id", "min_value": 1, "max_value": 2}),
    ("expect_column_value_lengths_to_equal", {"column": "u", "value": 2}),
    ("expect_column_value_lengths_to_equal", {"column": "t", "value": 1, "mostly": 0.1}),
    (OK + "be_of_type", {"column": "id", "type_": "int"}),
    (OK + "be_of_type", {"column": "id", "type_": "str"}),
    (OK + "be_of_type", {"column": "x", "type_": "float64"}),
    (OK + "be_of_type", {"column": "t", "type_": "str"}),
    (OK + "be_in_type_list", {"column": "x", "type_list": ["int64", "float64"]}),
    (OK + "be_in_type_list", {"column": "x", "type_list": ["int64", "str"]}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "id", "column_B": "x"}),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "x", "column_B": "id", "or_equal": True},
    ),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "x", "column_B": "id", "ignore_row_if": "either_value_is_missing", "mostly": 0.1},
    ),
    ("expect_column_pair_values_to_be_equal", {"column_A": "t", "column_B": "u"}),
    ("expect_column_pair_values_to_be_equal", {"column_A": "n", "column_B": "m", "ignore_row_if": "neither"}),
    (
        "expect_column_pair_values_to_be_equal",
        {"column_A": "n", "column_B": "m", "ignore_row_if": "either_value_is_missing", "mostly": 0.1},
    ),
    ("expect_multicolumn_sum_to_equal", {"column_list": ["id", "x"], "sum_total": 6.5}),
    (
        "expect_multicolumn_sum_to_equal",
        {
            "column_list": ["id", "x"],
            "sum_total": 6.5,
            "ignore_row_if": "any_value_is_missing",
            "mostly": 0.01,
        },
    ),
    ("expect_table_row_count_to_be_between", {"min_value": 1, "max_value": 45}),
    ("expect_table_row_count_to_be_between", {"min_value": 1000}),
    ("expect_table_row_count_to_be_between", {}),
    ("expect_table_row_count_to_equal", {"value": 40}),
    ("expect_table_column_count_to_equal", {"value": 10}),
    ("expect_table_column_count_to_equal", {"value": 9}),
    ("expect_table_column_count_to_be_between", {"min_value": 3, "max_value": 9}),
    ("expect_table_columns_to_match_set", {"column_set": list(TYPES)}),
    ("expect_table_columns_to_match_set", {"column_set": ["t", "n"]}),
    ("expect_table_columns_to_match_set", {"column_set": ["t", "n"], "exact_match": False}),
    ("expect_table_columns_to_match_set", {"column_set": ["t", "zz"], "exact_match": False}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": list(TYPES)}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": list(reversed(TYPES))}),
    ("expect_column_min_to_be_between", {"column": "id", "min_value": 0, "max_value": 0}),
    ("expect_column_min_to_be_between", {"column": "id", "min_value": 0, "strict_min": True}),
    ("expect_column_max_to_be_between", {"column": "id", "min_value": 10, "max_value": 200}),
    ("expect_column_max_to_be_between", {"column": "x", "max_value": 3}),
    ("expect_column_max_to_be_between", {"column": "x"}),
    ("expect_column_min_to_be_between", {"column": "s", "min_value": "2020-01-01T00:00:00"}),
    ("expect_column_max_to_be_between", {"column": "s", "max_value": "2020-01-01T00:00:00"}),
    ("expect_column_min_to_be_between", {"column": "t", "min_value": 3}),
    ("expect_column_mean_to_be_between", {"column": "x", "min_value": 0, "max_value": 4}),
    (
        "expect_column_mean_to_be_between",
        {"column": "id", "max_value": 5.5, "row_condition": _condition("id", "<", 12)},
    ),
    ("expect_column_mean_to_be_between", {"column": "empty", "max_value": 5.5}),
    ("expect_column_sum_to_be_between", {"column": "id", "min_value": 1, "max_value": 3000}),
    ("expect_column_sum_to_be_between", {"column": "x", "max_value": 1}),
    ("expect_column_sum_to_be_between", {"column": "t", "max_value": 1}),
    ("expect_column_unique_value_count_to_be_between", {"column": "n", "min_value": 2, "max_value": 9}),
    ("expect_column_unique_value_count_to_be_between", {"column": "t", "max_value": 3}),
    ("expect_column_unique_value_count_to_be_between", {"column": "empty", "max_value": 0}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "id", "min_value": 1}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "t", "max_value": 0.2}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "empty", "max_value": 0.2}),
    ("expect_column_median_to_be_between", {"column": "x", "min_value": 0, "max_value": 4}),
    ("expect_column_median_to_be_between", {"column": "id", "max_value": 5.5, "strict_max": True}),
    ("expect_column_median_to_be_between", {"column": "empty", "max_value": 5.5}),
    ("expect_column_stdev_to_be_between", {"column": "x", "min_value": 1, "max_value": 3.5}),
    ("expect_column_stdev_to_be_between", {"column": "id", "max_value": 5}),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "t", "min_value": 0.7}),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "empty", "min_value": 0.1}),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "id", "min_value": 1}),
    (
        "expect_column_quantile_values_to_be_between",
        {
            "column": "x",
            "quantile_ranges": {
                "quantiles": [0.1, 0.5, 0.9],
                "value_ranges": [[-2, 1], [None, 4], [0, None]],
            },
        },
    ),
    (
        "expect_column_quantile_values_to_be_between",
        {"column": "id", "quantile_ranges": {"quantiles": [0.25], "value_ranges": [[29.999, 30.001]]}},
    ),
    ("expect_column_distinct_values_to_be_in_set", {"column": "u", "value_set": list(WORDS[:4])}),
    ("expect_column_distinct_values_to_be_in_set", {"column": "n", "value_set": [1, 2]}),
    ("expect_column_distinct_values_to_contain_set", {"column": "n", "value_set": [1, 2]}),
    ("expect_column_distinct_values_to_contain_set", {"column": "n", "value_set": [1, "1"]}),
    ("expect_column_distinct_values_to_contain_set", {"column": "u", "value_set": ["a", "zz"]}),
    ("expect_column_distinct_values_to_equal_set", {"column": "u", "value_set": list(WORDS[:4])}),
    ("expect_column_distinct_values_to_equal_set", {"column": "u", "value_set": list(WORDS[:5])}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "u", "value_set": ["a", "ab"]}),
    (
        "expect_column_most_common_value_to_be_in_set",
        {"column": "u", "value_set": list(WORDS[:4]), "ties_okay": True},
    ),
    ("expect_column_most_common_value_to_be_in_set", {"column": "n", "value_set": [1, 2, 3]}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "empty", "value_set": ["a"]}),
    (OK + "match_regex_list", {"column": "t", "regex_list": ["^a", "[0-9]"]}),
    (OK + "match_regex_list", {"column": "t", "regex_list": ["a", "1"], "match_on": "all", "mostly": 0.05}),
    (OK + "not_match_regex_list", {"column": "t", "regex_list": ["^a", "[0-9]"], "mostly": 0.5}),
    (OK + "match_strftime_format", {"column": "t", "strftime_format": "%Y%m"}),
    (OK + "match_strftime_format", {"column": "t", "strftime_format": "%Y%m", "mostly": 0.01}),
    (
        "expect_column_pair_values_to_be_in_set",
        {"column_A": "t", "column_B": "u", "value_pairs_set": [["a", "a"], ["静安", None], [None, "ab"]]},
    ),
    (
        "expect_column_pair_values_to_be_in_set",
        {
            "column_A": "n",
            "column_B": "u",
            "value_pairs_set": [[n, u] for n in range(-3, 7) for u in WORDS[:4]],
            "ignore_row_if": "either_value_is_missing",
        },
    ),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "m"]}),
    (
        "expect_select_column_values_to_be_unique_within_record",
        {"column_list": ["t", "u"], "ignore_row_if": "any_value_is_missing", "mostly": 0.7},
    ),
    (
        "expect_select_column_values_to_be_unique_within_record",
        {"column_list": ["n", "m", "u"], "ignore_row_if": "never", "mostly": 0.2},
    ),
    (OK + "be_unique", {"column": "missing_column"}),
    ("expect_column_sum_to_be_between", {"column": "missing_column", "min_value": 0}),
)

TABLES = {
    "nulls and duplicates": _table(1, 40, 0.25),
    "no nulls": _table(2, 40, 0.0),
    "empty": _table(5, 0, 0.0),
}


@pytest.fixture(scope="module")
def oracle() -> Ask:
    return open_oracle()


@pytest.mark.parametrize("name", TABLES)
def test_verdicts_and_counts_are_those_of_great_expectations(
    name: str, engine: DuckDBEngine, oracle: Ask
) -> None:
    cells = TABLES[name]
    schema = load(engine, TYPES, cells)
    theirs = oracle(frame(cells), CASES)
    ours = measure(engine, "t", schema, suite_of(*CASES)).results
    differences = [difference(*each) for each in zip(CASES, theirs, ours, strict=True)]
    assert [one for one in differences if one] == []


def test_every_supported_type_is_put_to_the_oracle() -> None:
    assert {kind for kind, _ in CASES} == set(EXPECTATIONS) - set(CUSTOM)


def test_the_oracle_sees_all_three_verdicts(engine: DuckDBEngine) -> None:
    schema = load(engine, TYPES, TABLES["nulls and duplicates"])
    found = {one.verdict for one in measure(engine, "t", schema, suite_of(*CASES)).results}
    assert found == set(Verdict)
