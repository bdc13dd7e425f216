"""A type needs every cell; digits that name something stay text; no digit is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.engine.render import literal
from catalog.ingest.forms import FORMS
from catalog.ingest.han_dates import han_number

UNITS = [form.unit for form in FORMS if form.unit]


def column(desk: Any, name: str, cells: list[str]) -> tuple[str, list[Any]]:
    reading = desk.read(
        "\n".join([f"其他,{name}", *(f"甲{n},{cell}" for n, cell in enumerate(cells))]) + "\n",
        delimiter=",",
        header_row="1",
    )
    assert reading.rows == len(cells)
    return reading.schema[1].type.name, [row[1] for row in desk.rows(reading)]


CASES = [
    ("count", ["1", "-20", "0"], "INTEGER"),
    ("count", ["1", "+2"], "TEXT"),
    ("count", ["1", "2.0"], "DOUBLE"),
    ("count", ["1", "0x1F"], "TEXT"),
    ("count", ["1", "1_000"], "TEXT"),
    ("count", ["1", "1，000"], "INTEGER"),
    ("count", ["1", ""], "INTEGER"),
    ("count", ["007", "012"], "TEXT"),
    ("count", ["9223372036854775808", "1"], "TEXT"),
    ("price", ["1.50", "2"], "DOUBLE"),
    ("price", ["1.5", "nan"], "TEXT"),
    ("price", ["1.5", "inf"], "TEXT"),
    ("price", ["1.5", "00.5"], "TEXT"),
    ("price", ["1.5", "-01.5"], "TEXT"),
    ("price", ["1.5e-3", "2.5"], "DOUBLE"),
    ("price", ["1E5", "2E7"], "TEXT"),
    ("price", ["12345678901234567.12", "1.5"], "DECIMAL"),
    ("price", ["0.1234567890123456789", "1.5"], "TEXT"),
    ("lat", ["39.910924547299565", "30.1"], "DOUBLE"),
    ("flag", ["是", "否", ""], "BOOLEAN"),
    ("flag", ["true", "FALSE"], "BOOLEAN"),
    ("flag", ["是", "true"], "TEXT"),
    ("flag", ["yes", "no"], "TEXT"),
    ("day", ["2024-03-05", "1999-12-31"], "DATE"),
    ("day", ["2024-02-30", "2024-01-01"], "TEXT"),
    ("day", ["2024/3/5", "2024/12/31"], "DATE"),
    ("day", ["2024年3月5日", "2024年12月31日"], "DATE"),
    ("day", ["03/05/2024", "04/05/2024"], "TEXT"),
    ("day", ["二〇二四年三月五日", "二零二四年十二月三十一日"], "DATE"),
    ("day", ["民国一百一十三年三月五日", "民國元年十月十日"], "DATE"),
    ("day", ["二〇二四年三月五日", "2024年3月6日"], "DATE"),
    ("day", ["二〇二四年二月三十日", "二〇二四年三月一日"], "TEXT"),
    ("day", ["二〇二四年正月初五", "二〇二四年三月一日"], "TEXT"),
    ("day", ["二〇二四年三月", "二〇二四年四月"], "TEXT"),
    ("day", ["二〇二四年十三月一日", "二〇二四年三月一日"], "TEXT"),
    ("day", ["二〇二四年三月五日", "待定中"], "TEXT"),
    ("day", ["2024-03-05", "2024/3/6", "2024年3月7日", "2024.3.8"], "DATE"),
    ("day", ["2024-03-05", "3/6/2024"], "TEXT"),
    ("day", ["2024-03-05", "2024/2/30"], "TEXT"),
    ("day", ["infinity", "epoch"], "TEXT"),
    ("at", ["2024-03-05 10:00:00", "2024-03-05T11:00:00.5"], "TIMESTAMP"),
    ("at", ["2024-03-05T10:00:00Z", "2024-03-05T10:00:00+08:00"], "TIMESTAMP"),
    ("at", ["2024-03-05T10:00:00Z", "2024-03-05T10:00:00"], "TEXT"),
    ("at", ["2024-03-05 10:00:00.1234567"], "TEXT"),
    ("at", ["2024/3/5 9:05", "2024/12/31 23:59:59"], "TIMESTAMP"),
    ("邮编", ["310000", "325000"], "TEXT"),
    ("区县代码", ["330102", "330105"], "TEXT"),
    ("countryCode", ["1", "86"], "TEXT"),
    ("phone_number", ["5551", "88888"], "TEXT"),
    ("联系方式", ["13800138000", "15912345678"], "TEXT"),
    ("证件", ["330102199001011234", "330102199001011235"], "TEXT"),
    ("id", ["1", "2", "10"], "INTEGER"),
    ("station_id", ["70004", "70007"], "TEXT"),
    ("province", ["11", "12"], "TEXT"),
    ("Country Population", ["11", "12"], "INTEGER"),
    ("电话数量", ["11", "12"], "INTEGER"),
    ("decode_ms", ["11", "12"], "INTEGER"),
    ("empty", ["", ""], "TEXT"),
]


@pytest.mark.parametrize(
    ("name", "cells", "expected"), CASES, ids=[f"{name}:{'|'.join(cells)}" for name, cells, _ in CASES]
)
def test_a_column_has_the_type_that_all_its_cells_have(
    desk: Any, name: str, cells: list[str], expected: str
) -> None:
    kind, values = column(desk, name, cells)
    assert kind == expected
    if kind == "TEXT":
        assert values == [cell or None for cell in cells]


WRITTEN = {
    "2024.3.5", "民国113年3月5日", "113/12/31", "1,234", "1,234.5", "12.5%", *(f"1.5{unit}" for unit in UNITS),
    "3000万", "1.2亿元",
    '="0012"', "0012\t", "贰零贰肆年零叁月零伍日", "民国一一三年元月廿五日",
}  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dates(date(1912, 1, 1), date(2110, 12, 31)), min_size=1, max_size=30))
def test_a_date_in_chinese_numerals_is_the_day_it_names(desk: Any, days: list[date]) -> None:
    forms = (
        lambda day: f"{digits(day.year)}年{han_number(day.month)}月{han_number(day.day)}日",
        lambda day: (
            f"{digits(day.year)}年{han_number(day.month).zfill(2).replace('0', '零')}月{han_number(day.day)}号"
        ),
        lambda day: f"民国{han_number(day.year - 1911)}年{han_number(day.month)}月{han_number(day.day)}日",
        lambda day: f"民国{digits(day.year - 1911)}年{day.month}月{han_number(day.day)}日",
    )
    cells = [forms[at % len(forms)](day) for at, day in enumerate(days)]
    assert column(desk, "day", cells) == ("DATE", days)


def digits(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("贰零贰肆年零叁月零伍日", date(2024, 3, 5)),
        ("二〇二四年元月廿五日", date(2024, 1, 25)),
        ("二○二四年一十二月卅一日", date(2024, 12, 31)),
        ("民国一百一十三年壹月壹拾伍日", date(2024, 1, 15)),
        ("民國百十三年三月五號", date(2024, 3, 5)),
        ("民国元年十月十日", date(1912, 10, 10)),
        ("民国一百零一年三月五日", date(2012, 3, 5)),
    ],
)
def test_numerals_of_cheques_and_almanacs_are_read(desk: Any, choice: Any, cell: str, day: date) -> None:
    reading = desk.read(f"名,日期\n甲,{cell}\n乙,{cell}\n")
    assert desk.rows(reading) == [("甲", day), ("乙", day)]
    assert choice(reading, "han_dates") == ("日期", True)
    kept = desk.read(f"名,日期\n甲,{cell}\n乙,{cell}\n", han_dates="keep")
    assert desk.rows(kept) == [("甲", cell), ("乙", cell)]


def test_one_counterexample_far_from_the_sample_is_enough(desk: Any, types: Any) -> None:
    cells = ["12"] * 30_000
    cells[12_345] = "no"
    assert column(desk, "count", cells)[0] == "TEXT"


def test_a_zone_is_converted_to_utc_and_said(desk: Any, choice: Any) -> None:
    reading = desk.read("at,n\n2024-03-05T08:00:00+08:00,1\n2024-03-05T08:00:00Z,2\n")
    assert [row[0].hour for row in desk.rows(reading)] == [0, 8]
    assert choice(reading, "time_zone") == ("UTC", True)


def test_kept_codes_are_named_in_a_choice(desk: Any, choice: Any) -> None:
    assert choice(desk.read("编码,数\n01,1\n02,2\n"), "text_identifiers") == ("编码", True)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.decimals(-(10**12), 10**12, places=6, allow_nan=False), min_size=1, max_size=20))
def test_no_digit_of_a_number_is_lost(desk: Any, numbers: list[Decimal]) -> None:
    cells = [format(number, "f") for number in numbers]
    kind, values = column(desk, "amount", cells)
    if kind == "TEXT":
        assert values == cells
    else:
        assert [
            Decimal(repr(value)) if isinstance(value, float) else Decimal(value) for value in values
        ] == numbers


def test_what_the_sample_lets_pass_contains_what_the_engine_accepts(desk: Any) -> None:
    """`looks` may only exclude what `holds` excludes too; otherwise the sample would decide the type."""
    literals = {cell for _, cells, _ in CASES for cell in cells if cell}
    cells = sorted(
        literals | WRITTEN | {"1.", ".5", "-.5", "5e-1", "1e400", "24:00", "2024-1-1", "0", "-0", "TRUE"}
    )
    for form in FORMS:
        terms = ", ".join(f"coalesce({form.holds(literal(cell)).sql('duckdb')}, false)" for cell in cells)
        held = desk.engine.connection.execute(f"SELECT {terms}").fetchone()
        assert any(held), form.name
        assert [
            cell for cell, holds in zip(cells, held, strict=True) if holds and not form.looks.fullmatch(cell)
        ] == []
