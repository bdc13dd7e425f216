"""Row rules, judged by the rows that a real engine keeps back under them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from subjects import TODAY, a_subject

from catalog.dataset import ColumnType
from catalog.decision import SHUT
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import condition, is_true
from negative_list import load_starter, screen
from negative_list.rows import years_before

STARTER = load_starter().entries


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(Path(tmp_path_factory.mktemp("spool")), threads=1, memory_mb=512) as opened:
        yield opened


def opened(
    engine: DuckDBEngine, title: str, theme: str, column: str, cells: list[object], beside: list[str]
) -> list[object]:
    """The cells whose rows may leave: those of which the exclusions say, for certain, that they are not excluded."""
    name, _, kind = column.partition(":")
    subject = a_subject(title, theme, [column, *beside])
    decision = screen(subject, STARTER, TODAY)
    assert decision.rows, "no row rule applied"
    assert decision.dataset != SHUT
    types = {c.name: c.type for c in subject.schema}
    sql = ColumnType[kind.upper()].sql if kind else "VARCHAR"
    engine.connection.execute(f'create or replace table t (n int, "{name}" {sql})')
    engine.connection.executemany("insert into t values (?, ?)", [[n, cell] for n, cell in enumerate(cells)])
    select = exp.select("n").from_("t").order_by("n")
    for exclusion in decision.rows:
        select = select.where(is_true(exp.not_(exp.paren(condition(exclusion.predicate, types)))))
    return [cells[n] for n in engine.fetch(select)["n"].to_pylist()]


MINOR = years_before(TODAY, 14)  # who is born that day is 14 today


@pytest.mark.parametrize(
    ("column", "grown", "kept_back"),
    [
        ("出生日期:date", [MINOR, date(1960, 5, 1)], [date(2012, 11, 25), date(2020, 1, 1), None]),
        ("出生日期:timestamp", ["2012-11-24 23:59:59"], ["2012-11-25 00:00:00", None]),
        ("出生日期", ["2011-12-31", "1960年5月", "1960/5/1", "19600501"], ["2012-01-01", "2019", "不详", "", None]),
        ("出生日期:integer", [20121124, 19600501, 1960, 2011, 201210], [20121125, 2012, 201211, 20200101, 7, None]),
        ("出生年份:integer", [2011, 1960], [2012, 2013, 0, None]),
        ("年龄:integer", [14, 80, 130], [13, 0, 999, None]),
        ("年龄:double", [14.0], [13.9, None]),
        ("年龄", ["14", "14岁", "18-30岁", "65岁以上", "20 years"], ["13", "13岁", "20个月", "5-14", "一岁", "", None]),
        ("身份证号", ["11010519491231002X", "330106201211241234", "130503670401001"],
         ["330106201211251234", "330106201912311234", "3301**", "", None]),
    ],
)  # fmt: skip
def test_persons_under_14_and_persons_of_unknown_age_stay_behind(
    engine: DuckDBEngine, column: str, grown: list[object], kept_back: list[object]
) -> None:
    beside = ["姓名"]
    assert opened(engine, "活动报名", "culture", column, [*kept_back, *grown], beside) == grown


@settings(max_examples=40, deadline=None)
@given(born=st.dates(date(1900, 1, 1), TODAY))
def test_whoever_is_under_14_by_the_calendar_stays_behind_whatever_column_tells(
    engine: DuckDBEngine, born: date
) -> None:
    of_age = born <= MINOR
    number = f"330106{born:%Y%m%d}1234"
    assert bool(opened(engine, "报名", "culture", "身份证号", [number], ["姓名"])) == of_age
    assert bool(opened(engine, "报名", "culture", "出生日期:date", [born], ["姓名"])) == of_age


@pytest.mark.parametrize(
    ("column", "recent", "kept_back"),
    [
        ("认定日期:date", [date(2021, 11, 24), TODAY], [date(2021, 11, 23), None]),
        ("认定日期:timestamp", ["2021-11-24 00:00:00"], ["2021-11-23 23:59:59", None]),
        ("认定日期", ["2022-01-01", "2026年3月"], ["2021-12-31", "2001", "不详", None]),
        ("认定日期:integer", [20211124, 202112, 2022], [20211123, 202111, 2021, None]),
    ],
)
def test_negative_records_older_than_five_years_and_undated_ones_stay_behind(
    engine: DuckDBEngine, column: str, recent: list[object], kept_back: list[object]
) -> None:
    assert opened(engine, "失信名单", "credit", column, [*kept_back, *recent], ["名称"]) == recent


def test_where_no_column_tells_the_date_or_the_age_the_dataset_is_denied() -> None:
    for title, theme, columns in (
        ("失信名单", "credit", ["名称", "失信行为"]),
        ("活动报名", "culture", ["姓名", "性别"]),
        ("儿童名册", "culture", ["儿童姓名"]),
    ):
        decision = screen(a_subject(title, theme, columns), STARTER, TODAY)
        assert decision.dataset == SHUT
        assert not decision.rows


def test_a_profession_shows_that_nobody_is_a_minor() -> None:
    decision = screen(a_subject("执业律师", "judicial", ["姓名", "性别", "执业证号"]), STARTER, TODAY)
    assert decision.dataset != SHUT
    assert not decision.rows


def test_rows_are_judged_at_the_source_and_not_again_on_the_planned_output() -> None:
    decision = screen(a_subject("活动报名", "culture", ["姓名", "性别"], stage="planned"), STARTER, TODAY)
    assert decision.dataset != SHUT


@pytest.mark.parametrize(
    ("on", "years", "then"),
    [
        (date(2026, 3, 1), 14, date(2012, 3, 1)),
        (date(2024, 2, 29), 14, date(2010, 2, 28)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
    ],
)
def test_years_are_counted_by_the_calendar(on: date, years: int, then: date) -> None:
    assert years_before(on, years) == then
