"""Facts measured on real tables: counts, precision, coverage, contour interval, step of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from catalog.dataset import Column, ColumnType, Schema
from catalog.decision import MaskOperator
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.facts import heading, measure_facts, subject_columns
from catalog.finding import Classification, Confidence, FieldRole, Grade
from catalog.subject import Facts, TimeGranularity

SECOND, MINUTE, QUARTER, HOUR, DAY, MONTH, YEAR = TimeGranularity


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(Path(tmp_path_factory.mktemp("spool")), threads=1, memory_mb=512) as opened:
        yield opened


def schema_of(columns: str) -> Schema:
    pairs = (written.partition(":") for written in columns.split("|"))
    return tuple(
        Column(name, ColumnType[kind.upper()] if kind else ColumnType.TEXT) for name, _, kind in pairs
    )


def facts(
    engine: DuckDBEngine, columns: str, rows: list[tuple[object, ...]], subjects: tuple[str, ...] = ()
) -> Facts:
    schema = schema_of(columns)
    declared = ", ".join(f'"{c.name}" {c.type.sql}' for c in schema)
    engine.connection.execute(f"create or replace table t (_row bigint, {declared})")
    marks = ", ".join("?" for _ in range(len(schema) + 1))
    if rows:
        engine.connection.executemany(
            f"insert into t values ({marks})", [(n, *row) for n, row in enumerate(rows, 1)]
        )
    return measure_facts(engine, "t", schema, subjects)


def test_subjects_are_counted_without_regard_to_case_and_blanks(engine: DuckDBEngine) -> None:
    plates = ["浙A1b", " 浙A1B", "浙A1B ", "浙C", "", None, "  "]
    found = facts(engine, "车牌", [(plate,) for plate in plates], ("车牌",))
    assert (found.rows, found.distinct_subjects, found.points_per_subject) == (7, 2, 3)


def test_of_several_subject_columns_the_most_telling_one_counts(engine: DuckDBEngine) -> None:
    found = facts(engine, "车牌|司机编号:integer", [("A", 1), ("B", 1), ("C", 1)], ("车牌", "司机编号"))
    assert (found.distinct_subjects, found.points_per_subject) == (3, 3)


def test_what_a_table_has_not_does_not_apply(engine: DuckDBEngine) -> None:
    assert facts(engine, "名称|数量:integer", [("a", 1)]) == Facts(rows=1)
    assert facts(engine, "名称|日期:date|经度:double|纬度:double", []).rows == 0


@pytest.mark.parametrize(
    ("decimals", "cells"), [(0, (120.0, 30.0)), (1, (120.5, 30.0)), (4, (120.1234, 30.5)), (6, (120.000001, 30.0)), (8, (120.0, 30.12345678))]
)  # fmt: skip
def test_precision_is_that_of_the_finest_coordinate(
    engine: DuckDBEngine, decimals: int, cells: tuple[float, float]
) -> None:
    found = facts(engine, "lng:double|lat:double", [(121.0, 29.0), cells])
    assert found.geo_precision_m == pytest.approx(
        96_300 * 10**-decimals, rel=0.01
    )  # a degree of longitude at 30° N


def test_every_pair_of_coordinates_is_looked_at(engine: DuckDBEngine) -> None:
    found = facts(
        engine,
        "上车经度:double|上车纬度:double|下车经度:double|下车纬度:double",
        [(120.0, 30.0, 120.12345, 30.0)],
    )
    assert found.geo_precision_m == pytest.approx(0.963, rel=0.01)


def test_coverage_is_the_area_of_the_bounding_box_on_the_sphere(engine: DuckDBEngine) -> None:
    found = facts(engine, "经度:double|纬度:double", [(120.0, 0.0), (121.0, 1.0)])
    assert found.coverage_km2 == pytest.approx(12_363, rel=0.001)


def test_projected_coordinates_are_metres(engine: DuckDBEngine) -> None:
    found = facts(engine, "X坐标:double|Y坐标:double", [(500_000.25, 3_300_000.0), (505_000.0, 3_306_000.0)])
    assert found.geo_precision_m == pytest.approx(0.01)
    assert found.coverage_km2 == pytest.approx(30, rel=0.001)


def test_a_geometry_tells_precision_and_coverage(engine: DuckDBEngine) -> None:
    line = '{"type":"LineString","coordinates":[[120.0,30.0],[120.5,30.25,12.123456]]}'
    point = '{"type": "Point", "coordinates": [ 121.0 , 31.125 ]}'
    found = facts(engine, "geometry:geometry", [(line,), (point,), (None,)])
    assert found.coverage_km2 == pytest.approx(11_960, rel=0.01)
    assert found.geo_precision_m == pytest.approx(0.0953, rel=0.01)
    assert found.unknown == frozenset()


@pytest.mark.parametrize("columns", ["经度|纬度", "坐标|名称", "经度:double|名称"])
def test_coordinates_that_cannot_be_read_are_unknown_not_absent(engine: DuckDBEngine, columns: str) -> None:
    cell: object = 120.5 if ":double" in columns else "东经一百二十度"
    assert facts(engine, columns, [(cell, "x")]).unknown == {"geo_precision_m", "coverage_km2"}


def test_coordinates_kept_as_text_are_measured(engine: DuckDBEngine) -> None:
    found = facts(engine, "经度|纬度", [("120.5", "30.1"), ("120.6", "30.2")])
    assert found.unknown == frozenset()
    assert found.geo_precision_m == pytest.approx(9_610, rel=0.01)


@pytest.mark.parametrize(
    ("columns", "cells", "step"),
    [
        ("时间:timestamp", ["2024-01-01 00:00:01", "2024-01-02 00:00:00"], SECOND),
        ("时间:timestamp", ["2024-01-01 00:01:00", "2024-01-01 08:00:00"], MINUTE),
        ("时间:timestamp", ["2024-01-01 00:15:00", "2024-01-01 08:00:00"], QUARTER),
        ("时间:timestamp", ["2024-01-01 08:00:00", "2024-01-02 09:00:00"], HOUR),
        ("时间:timestamp", ["2024-01-01 00:00:00", "2024-01-02 00:00:00"], DAY),
        ("日期:date", ["2024-01-02", "2024-03-01"], DAY),
        ("日期:date", ["2024-01-01", "2024-03-01"], MONTH),
        ("日期:date", ["2023-01-01", "2024-01-01"], YEAR),
        ("日期:date", ["2024-01-01", "2024-01-01"], DAY),
        ("时刻", ["08:00", "09:15"], QUARTER),
        ("时刻", ["08:00", "09:00"], HOUR),
        ("小时:integer", [8, 9], HOUR),
        ("月份", ["2024-01", "2024-02"], MONTH),
        ("年份:integer", [2023, 2024], YEAR),
        ("更新时间:timestamp", ["2024-01-01 00:00:01", "2024-01-02 00:00:00"], None),
        ("数量:integer", [1, 2], None),
    ],
)
def test_the_step_of_time_is_the_finest_that_the_values_show(
    engine: DuckDBEngine, columns: str, cells: list[object], step: TimeGranularity | None
) -> None:
    found = facts(engine, columns, [(cell,) for cell in cells])
    assert found.time_granularity is step
    assert found.unknown == frozenset()


def test_a_time_kept_as_text_is_unknown(engine: DuckDBEngine) -> None:
    assert facts(engine, "采集时间", [("昨天下午",)]).unknown == {"time_granularity", "latest_on"}


def test_a_curve_laid_sideways_tells_its_step(engine: DuckDBEngine) -> None:
    hours = "|".join(f"{hour}时" for hour in range(24))
    quarters = "|".join(f"{hour:02}：{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45))
    assert facts(engine, f"户号|日期:date|{hours}", []).time_granularity is HOUR
    assert facts(engine, f"户号|{quarters}", []).time_granularity is QUARTER


def test_the_latest_date_is_of_the_data_and_not_of_an_expiry(engine: DuckDBEngine) -> None:
    rows = [("2024-05-01", "2099-01-01"), ("2024-06-30", "2099-12-31")]
    assert facts(engine, "日期:date|有效期:date", rows).latest_on == date(2024, 6, 30)


def test_the_contour_interval_is_as_stated_or_the_least_step_of_heights(engine: DuckDBEngine) -> None:
    assert facts(engine, "等高距:double|高程:double", [(20, 100), (20, 101)]).contour_m == 20
    assert facts(engine, "高程:double", [(100,), (110,), (130,), (110,), (None,)]).contour_m == 10
    assert facts(engine, "等高线", [("一百米",)]).unknown == {"contour_m"}


def test_a_column_name_cannot_become_part_of_the_query(engine: DuckDBEngine) -> None:
    hostile = '经度"); drop table t; --'
    found = facts(engine, f"{hostile.replace(chr(34), '')}:double|纬度:double", [(120.5, 30.5)])
    assert found.rows == 1


def test_columns_that_number_subjects_are_proposed_by_heading_and_by_finding() -> None:
    schema = schema_of(
        "plateNo|vehicle_id|身份证号|号牌种类|企业联系电话|甲|站点编号|户号|patient_id|学生人数:integer"
    )
    found = Classification("甲", FieldRole.IDENTIFIER, "PLATE", Grade.L3, MaskOperator.DROP, Confidence.HIGH)
    names = subject_columns(schema, {"甲": found})
    assert names == ("plateNo", "vehicle_id", "身份证号", "甲", "户号", "patient_id")


@pytest.mark.parametrize(
    ("name", "words"),
    [("PatientName_2（备注）", "patient name 2 备注"), ("ID_Card", "id card"), ("IDCard", "id card"), ("ｌｎｇ", "lng"), (" a--b ", "a b")],
)  # fmt: skip
def test_a_heading_is_words(name: str, words: str) -> None:
    assert heading(name) == words


def test_a_bare_word_for_a_vehicle_person_or_device_heads_a_subject() -> None:
    schema = tuple(
        Column(name, ColumnType.TEXT) for name in ("veh", "车辆", "设备", "device type", "车辆类型")
    )
    assert subject_columns(schema, {}) == ("veh", "车辆", "设备")
