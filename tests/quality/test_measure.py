"""Measuring: verdicts kept apart, positions instead of cells, one scan, and laws held against a naive reading."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tables import load, suite_of

from catalog.dataset import Column, ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import Unavailable
from quality import Measurement, Verdict, measure, profile, propose_suite
from quality.plan import aggregate

NOT_NULL, UNIQUE = "expect_column_values_to_not_be_null", "expect_column_values_to_be_unique"
BETWEEN, MATCH = "expect_column_values_to_be_between", "expect_column_values_to_match_regex"
IN_SET = "expect_column_values_to_be_in_set"
CANARY = "金丝雀-7731-CANARY"


class Recording:
    """The engine, with the selects it was asked."""

    def __init__(self, engine: DuckDBEngine) -> None:
        self.engine = engine
        self.asked: list[exp.Select] = []

    def fetch(self, select: exp.Select) -> pa.Table:
        self.asked.append(select)
        return self.engine.fetch(select)


def test_a_failing_rule_gives_the_positions_of_its_rows(engine: DuckDBEngine) -> None:
    schema = load(engine, {"a": ColumnType.INTEGER}, {"a": [1, 99, None, 98]})
    (result,) = measure(engine, "t", schema, suite_of((BETWEEN, {"column": "a", "max_value": 10}))).results
    assert (result.verdict, result.failed_rows) == (Verdict.FAIL, (2, 4))
    assert (result.elements, result.considered, result.unexpected) == (4, 3, 2)
    assert result.satisfied_percent == pytest.approx(100 / 3)


def test_what_the_profile_has_counted_is_not_counted_again_and_comes_out_the_same(
    engine: DuckDBEngine,
) -> None:
    columns = {"a": ColumnType.DOUBLE, "b": ColumnType.TEXT}
    schema = load(engine, columns, {"a": [1.0, float("nan"), None, 2.0], "b": ["x", "y", "z", "x"]})
    suite = suite_of(
        *((NOT_NULL, {"column": name}) for name in columns),
        (
            NOT_NULL,
            {"column": "a", "row_condition": 'col("b") == "x"', "condition_parser": "great_expectations"},
        ),
        *((UNIQUE, {"column": name}) for name in columns),
        (BETWEEN, {"column": "a", "max_value": 1}),
    )
    recording = Recording(engine)
    found = profile(engine, "t", schema)
    known = measure(recording, "t", schema, suite, profiled=found)
    assert known == measure(engine, "t", schema, suite)
    asked = recording.asked[0].sql("duckdb")
    assert "DISTINCT" not in asked
    assert 'NOT COALESCE((NOT "b" IS NULL), FALSE)) AS' not in asked


def test_at_most_twenty_positions_come_back(engine: DuckDBEngine) -> None:
    schema = load(engine, {"a": ColumnType.INTEGER}, {"a": [5] * 50})
    suite = suite_of((UNIQUE, {"column": "a"}), (NOT_NULL, {"column": "a", "row_condition": "a > 9"}))
    unique, vacuous = measure(engine, "t", schema, suite).results
    assert unique.failed_rows == tuple(range(1, 21))
    assert unique.unexpected == 50
    assert (vacuous.verdict, vacuous.elements) == (Verdict.PASS, 0)


def test_all_rules_are_one_select_and_only_failing_ones_ask_again(engine: DuckDBEngine) -> None:
    schema = load(engine, {"a": ColumnType.INTEGER, "b": ColumnType.TEXT}, {"a": [1, 2], "b": ["x", None]})
    spy = Recording(engine)
    rules = (
        (UNIQUE, {"column": "a"}),
        (BETWEEN, {"column": "a", "min_value": 0}),
        (MATCH, {"column": "b", "regex": "x"}),
    )
    measure(spy, "t", schema, suite_of(*rules))  # type: ignore[arg-type]
    assert len(spy.asked) == 1
    measure(spy, "t", schema, suite_of(*rules, (NOT_NULL, {"column": "b"})))  # type: ignore[arg-type]
    assert len(spy.asked) == 3


def test_a_rule_on_a_missing_column_is_an_error_that_says_which_was_meant(engine: DuckDBEngine) -> None:
    schema = load(engine, {"district": ColumnType.TEXT}, {"district": ["a"]})
    wrong, right = measure(
        engine, "t", schema, suite_of((NOT_NULL, {"column": "distric"}), (NOT_NULL, {"column": "district"}))
    ).results
    assert wrong.verdict is Verdict.ERROR
    assert wrong.remedy is not None
    assert 'Did you mean "district"?' in wrong.remedy.en
    assert right.verdict is Verdict.PASS


@pytest.mark.parametrize("pattern", ["(?=a)a", "(?<!x)a", r"(a)\1", "(unclosed", "a{3000}"])
def test_a_pattern_re2_rejects_is_an_error_and_the_others_run(engine: DuckDBEngine, pattern: str) -> None:
    schema = load(engine, {"b": ColumnType.TEXT}, {"b": ["a"]})
    suite = suite_of((MATCH, {"column": "b", "regex": pattern}), (MATCH, {"column": "b", "regex": "^a$"}))
    refused, run = measure(engine, "t", schema, suite).results
    assert (refused.verdict, run.verdict) == (Verdict.ERROR, Verdict.PASS)
    assert refused.remedy is not None
    assert "RE2 has no lookaround" in refused.remedy.en


def test_an_unknown_expectation_is_an_error_with_the_nearest_name(engine: DuckDBEngine) -> None:
    schema = load(engine, {"b": ColumnType.TEXT}, {"b": ["a"]})
    (result,) = measure(
        engine, "t", schema, suite_of(("expect_column_values_to_be_uniqe", {"column": "b"}))
    ).results
    assert result.verdict is Verdict.ERROR
    assert result.remedy is not None
    assert UNIQUE in result.remedy.en


def test_a_rule_the_engine_cannot_compute_is_an_error_and_the_others_run(engine: DuckDBEngine) -> None:
    big = "9" * 28
    schema = load(
        engine,
        {"a": ColumnType.DECIMAL, "b": ColumnType.DECIMAL},
        {"a": [pa.scalar(1).as_py()] * 2, "b": [1, 2]},
    )
    engine.connection.execute(f"UPDATE t SET a = {big}")
    rules = [
        ("expect_multicolumn_sum_to_equal", {"column_list": ["a"] * 12, "sum_total": 3}),
        (UNIQUE, {"column": "b"}),
    ]
    found = measure(engine, "t", schema, suite_of(*rules))
    assert [one.verdict for one in found.results] == [Verdict.ERROR, Verdict.PASS]
    assert big not in json.dumps(found.to_json())


def test_a_table_that_cannot_be_read_is_unavailable_and_says_nothing_of_the_engine(
    engine: DuckDBEngine,
) -> None:
    schema = (Column("a", ColumnType.TEXT),)
    for asking in (
        lambda: measure(engine, CANARY, schema, suite_of((NOT_NULL, {"column": "a"}))),
        lambda: profile(engine, CANARY, schema),
    ):
        with pytest.raises(Unavailable) as refused:
            asking()
        assert CANARY not in str(refused.value)
        assert refused.value.__context__ is None  # the engine's message travels with no handler's trace


def test_nan_is_a_missing_cell(engine: DuckDBEngine) -> None:
    schema = load(engine, {"x": ColumnType.DOUBLE}, {"x": [1.0, float("nan"), None]})
    (result,) = measure(engine, "t", schema, suite_of((NOT_NULL, {"column": "x"}))).results
    assert result.unexpected == 2


def test_a_key_is_counted_exactly(engine: DuckDBEngine) -> None:
    cells = [*range(20_000), 77]
    schema = load(engine, {"k": ColumnType.INTEGER}, {"k": cells})
    (result,) = measure(engine, "t", schema, suite_of((UNIQUE, {"column": "k"}))).results
    assert (result.verdict, result.unexpected, result.failed_rows) == (Verdict.FAIL, 2, (78, 20_001))


def test_no_cell_is_in_a_measurement(engine: DuckDBEngine) -> None:
    words = [f"{CANARY}-{index % 3}" for index in range(60)]
    numbers = [771_700_000 + index % 7 for index in range(60)]
    schema = load(
        engine,
        {"名": ColumnType.TEXT, "n": ColumnType.INTEGER, "金额": ColumnType.INTEGER},
        {"名": words, "n": numbers, "金额": numbers},
    )
    proposed = propose_suite(schema, profile(engine, "t", schema), ["n"])
    assert CANARY in json.dumps(
        proposed, ensure_ascii=False
    )  # the suite does quote them, so the next lines can fail
    extra = suite_of(
        (UNIQUE, {"column": "名"}),
        (BETWEEN, {"column": "名", "min_value": 1}),
        (IN_SET, {"column": "名", "value_set": words[:1]}),
        (MATCH, {"column": "名", "regex": "^x"}),
        (NOT_NULL, {"column": "名", "row_condition": f"名 == '{words[0]}'"}),
        ("expect_column_max_to_be_between", {"column": "n", "max_value": 3}),
        ("expect_column_sum_to_be_between", {"column": "n", "max_value": 3}),
        ("expect_column_mean_to_be_between", {"column": "n", "max_value": 3}),
        ("expect_column_value_lengths_to_equal", {"column": "名", "value": 1}),
        ("expect_column_values_to_be_nonsense", {"column": "名"}),
    )
    proposed["expectations"] += extra["expectations"]
    found = measure(engine, "t", schema, proposed)
    assert {one.verdict for one in found.results} == set(Verdict)
    for text in (found.to_json(), found.to_gx_json(), found.summary.to_json()):
        plain = json.dumps(text, ensure_ascii=False)
        assert CANARY not in plain
        assert not re.search(r"7717\d{5}", plain)


def test_a_measurement_survives_json(engine: DuckDBEngine) -> None:
    schema = load(engine, {"a": ColumnType.INTEGER}, {"a": [1, 1, None]})
    suite = suite_of(
        (UNIQUE, {"column": "a"}), (NOT_NULL, {"column": "zz"}), ("expect_table_row_count_to_be_between", {})
    )
    found = measure(engine, "t", schema, suite, rejected_rows=2)
    assert Measurement.from_json(json.loads(json.dumps(found.to_json()))) == found


CELLS = st.lists(st.none() | st.integers(-3, 3), min_size=0, max_size=12)
LAWS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _naive(cells: list[int | None], low: int, high: int) -> dict[str, tuple[int, int]]:
    """Rule → (considered, unexpected), read off the definition."""
    present = [one for one in cells if one is not None]
    seen = Counter(present)
    return {
        BETWEEN: (len(present), sum(not low <= one <= high for one in present)),
        NOT_NULL: (len(cells), len(cells) - len(present)),
        UNIQUE: (len(present), sum(seen[one] > 1 for one in present)),
        IN_SET: (len(present), sum(one not in (low, high) for one in present)),
    }


def _measured(engine: DuckDBEngine, cells: list[int | None], low: int, high: int) -> Any:
    schema = load(engine, {"a": ColumnType.INTEGER}, {"a": cells})
    rules = (
        (BETWEEN, {"column": "a", "min_value": low, "max_value": high}),
        (NOT_NULL, {"column": "a"}),
        (UNIQUE, {"column": "a"}),
        (IN_SET, {"column": "a", "value_set": [low, high]}),
    )
    return measure(engine, "t", schema, suite_of(*rules))


@LAWS
@given(cells=CELLS, low=st.integers(-3, 0), high=st.integers(0, 3))
def test_counts_and_positions_are_those_of_a_naive_reading(
    engine: DuckDBEngine, cells: list[int | None], low: int, high: int
) -> None:
    found = _measured(engine, cells, low, high)
    expected = _naive(cells, low, high)
    assert {one.type: (one.considered, one.unexpected) for one in found.results} == expected
    between = found.results[0]
    failing = tuple(row for row, one in enumerate(cells, 1) if one is not None and not low <= one <= high)
    assert between.failed_rows == failing
    assert all(one.score is None or 0 <= one.score <= 1 for one in found.dimensions)


@LAWS
@given(cells=CELLS, more=st.lists(st.integers(-1, 1), max_size=4))
def test_rows_that_satisfy_a_rule_never_lower_its_share(
    engine: DuckDBEngine, cells: list[int | None], more: list[int]
) -> None:
    before = _measured(engine, cells, -1, 1).results[0].satisfied_percent
    after = _measured(engine, cells + more, -1, 1).results[0].satisfied_percent
    assert before is None or after >= before


@LAWS
@given(cells=st.lists(st.none() | st.floats(allow_infinity=False, width=32), max_size=30))
def test_measuring_twice_gives_the_same(engine: DuckDBEngine, cells: list[float | None]) -> None:
    schema = load(engine, {"x": ColumnType.DOUBLE}, {"x": cells})
    suite = propose_suite(schema, profile(engine, "t", schema))
    assert measure(engine, "t", schema, suite) == measure(engine, "t", schema, suite)


def test_the_report_of_great_expectations_loads_nothing_from_outside(engine: DuckDBEngine) -> None:
    pytest.importorskip("great_expectations", reason="its report is what is rendered")
    from quality.expectations_gx import render_report

    schema = load(engine, {"<script>a": ColumnType.TEXT}, {"<script>a": [CANARY, None]})
    rules = (
        (NOT_NULL, {"column": "<script>a"}),
        (MATCH, {"column": "<script>a", "regex": "(?=x)"}),
        (IN_SET, {"column": "<script>a", "value_set": [CANARY]}),
        ("expect_the_moon", {}),
    )
    for language, word in (("zh", "数据质量报告"), ("en", "Data quality report")):
        page = render_report(measure(engine, "t", schema, suite_of(*rules)), language)  # type: ignore[arg-type]
        assert word in page
        assert "expect_the_moon" in page
        assert "must never be null" in page  # GX's own sentence for the rule
        assert not re.search(r"https?:|<script|<img|<link|<iframe|\son\w+=", page)
        assert CANARY not in page


def test_quality_imports_no_engine_of_its_own() -> None:
    root = Path(__file__).parents[2] / "quality"
    sources = {path.name: path.read_text() for path in root.glob("*.py")}
    assert [
        name
        for name, text in sources.items()
        if re.search(r"^\s*(import|from) (duckdb|pandas|privacy)", text, re.M)
    ] == []
    assert [
        name for name, text in sources.items() if "great_expectations" in re.sub(r'"[^"]*"', "", text)
    ] == ["expectations_gx.py"]


DISTINCT = exp.Count(this=exp.Distinct(expressions=[exp.column("name", quoted=True)]))


@pytest.mark.parametrize(
    "terms",
    [
        (DISTINCT,),
        (DISTINCT, exp.Count(this=exp.Star())),
        (exp.Anonymous(this="histogram", expressions=[exp.column("name", quoted=True)]),),
        (exp.EQ(this=DISTINCT, expression=exp.Literal.number(2)),),
    ],
    ids=["distinct alone", "beside a count", "an aggregate of the engine's own", "distinct within a test"],
)
def test_the_one_select_answers_one_row_whatever_its_terms(
    terms: tuple[exp.Expr, ...], engine: DuckDBEngine
) -> None:
    engine.connection.execute("CREATE OR REPLACE TABLE few AS SELECT unnest(['a', 'a', 'b']) AS name")
    (answer,) = engine.fetch(aggregate("few", terms)).to_pylist()
    assert answer["t0"] in (2, True, [("a", 2), ("b", 1)])
