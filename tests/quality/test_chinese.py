"""Our own expectations: credit codes, division codes, dates and places, held against other implementations of each."""

from __future__ import annotations

import random
from datetime import date

import pytest
from tables import load, suite_of

from catalog.dataset import ColumnType
from catalog.engine.duckdb_engine import DuckDBEngine
from privacy.checksums import uscc_ok
from quality import Verdict, measure

OK = "expect_column_values_to_be_"
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _failed(engine: DuckDBEngine, kind: str, cells: list[str | None]) -> list[str | None]:
    schema = load(engine, {"a": ColumnType.TEXT}, {"a": cells})
    return [
        cell
        for cell in cells
        if cell is not None
        and measure(
            engine,
            "t",
            schema,
            suite_of((kind, {"column": "a", "row_condition": f'col("a") == "{cell}"'})),
        )
        .results[0]
        .verdict
        is not Verdict.PASS
    ]


def test_credit_codes_are_those_that_pass_the_check_of_gb_32100(engine: DuckDBEngine) -> None:
    rng = random.Random(7)
    bodies = [
        "91" + "".join(rng.choices("0123456789", k=6)) + "".join(rng.choices(SIGNS, k=9)) for _ in range(40)
    ]
    cells = [body + last for body in bodies for last in SIGNS]
    schema = load(engine, {"a": ColumnType.TEXT}, {"a": [*cells, None, "91", ""]})
    (result,) = measure(engine, "t", schema, suite_of((OK + "credit_code", {"column": "a"}))).results
    good = sum(uscc_ok(cell) for cell in cells)
    assert good == 40
    assert (result.considered, result.unexpected) == (len(cells) + 2, len(cells) - good + 2)


@pytest.mark.parametrize(
    ("cells", "failed"),
    [
        (["310000", "310101", "310100", "310101001", "310101001002", "000000", "310001", "990101", "31010", "3101o1"],
         ["000000", "310001", "990101", "31010", "3101o1"]),
    ],
)  # fmt: skip
def test_division_codes_have_the_form_of_gb_2260(
    engine: DuckDBEngine, cells: list[str | None], failed: list[str]
) -> None:
    assert _failed(engine, OK + "division_code", cells) == failed


def test_chinese_dates_name_days_that_exist(engine: DuckDBEngine) -> None:
    good = ["2024-02-29", "2024/2/9", "2024年12月31日", "20240229", "２０２４年1月5日"]
    bad = ["2023-02-29", "2024-13-01", "2024年2月30日", "20240431", "昨天", "2024-1-1x", "0000-01-01", ""]
    assert _failed(engine, OK + "chinese_date", [*good, *bad]) == bad


def test_places_lie_in_china(engine: DuckDBEngine) -> None:
    schema = load(
        engine,
        {"经度": ColumnType.DOUBLE, "纬度": ColumnType.DOUBLE},
        {"经度": [121.47, 31.23, 139.7, None, None], "纬度": [31.23, 121.47, 35.7, 31.0, None]},
    )
    kwargs = {"column_A": "经度", "column_B": "纬度"}
    (result,) = measure(
        engine, "t", schema, suite_of(("expect_column_pair_values_to_be_in_china", kwargs))
    ).results
    assert (result.considered, result.unexpected, result.failed_rows) == (4, 3, (2, 3, 4))


def test_a_format_of_a_column_that_is_no_text_is_an_error(engine: DuckDBEngine) -> None:
    schema = load(engine, {"a": ColumnType.DATE}, {"a": [date(2024, 1, 1)]})
    (result,) = measure(engine, "t", schema, suite_of((OK + "chinese_date", {"column": "a"}))).results
    assert result.verdict is Verdict.ERROR
