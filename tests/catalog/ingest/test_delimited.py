"""Delimited and fixed-width text: the table is found, every record is accounted for, nothing is swallowed."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, TooLarge
from catalog.ingest import Limits
from catalog.ingest.duckdb_csv import CsvBody, load_clean
from catalog.ingest.records import Dialect

# Nothing that a reader may drop (blank rows), retype (digits, dates, words for yes) or refuse (NUL).
CELL = st.one_of(
    st.just(""),
    st.text(st.sampled_from("ab,;\"\n\r\t| 文三路'\\"), min_size=1, max_size=8).map(lambda text: f"x{text}y"),
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12))
    return [["full", *row[1:]] for row in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables(), end=st.sampled_from(["\n", "\r\n"]), parallel=st.booleans())
def test_a_written_table_reads_back_cell_by_cell(
    desk: Any, rows: list[list[str]], end: str, parallel: bool
) -> None:
    names = [f"name{letter}" for letter in "abcde"[: len(rows[0])]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerows([names, *rows])
    limits = Limits(parallel_from_bytes=0 if parallel else 1 << 40)
    # The delimiter is stated: with a handful of random cells another one may explain the file as well.
    reading = desk.read(text.getvalue(), limits=limits, delimiter=",", quote='"', header_row="1")
    assert [column.name for column in reading.schema] == names
    assert desk.rows(reading) == [tuple(cell or None for cell in row) for row in rows]
    assert reading.rejected_rows == 0


def test_the_parallel_reader_is_really_used_on_a_clean_file_and_gives_the_same(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import catalog.ingest.delimited as delimited

    content = "name,价格\n" + "".join(f'"店铺, {n}",{n}.5\n' for n in range(500))
    careful = desk.rows(desk.read(content))
    monkeypatch.setattr(delimited, "load_rows", lambda *_: pytest.fail("the careful way was taken"))
    assert desk.rows(desk.read(content, limits=Limits(parallel_from_bytes=0))) == careful


@pytest.mark.parametrize(
    "line",
    ['"never closed,2,3', "1,2", "1,2,3,4", '"closed"x,2,3', ""],
    ids=["open quote", "short", "long", "after the quote", "blank"],
)
def test_one_bad_line_in_a_large_file_is_seen_by_both_ways(desk: Any, line: str) -> None:
    content = (
        "a,b,c\n"
        + "".join(f"x{n},y,z\n" for n in range(300))
        + line
        + "\n"
        + "".join(f"v{n},y,z\n" for n in range(300))
    )
    for limit in (0, 1 << 40):
        reading = desk.read(content, limits=Limits(parallel_from_bytes=limit))
        assert (reading.rows, reading.rejected_rows) == (600, 1 if line else 0)
        assert [one.line for one in reading.rejected] == ([302] if line else [])


def test_a_quote_that_never_closes_costs_its_own_line_only(desk: Any, choice: Any) -> None:
    reading = desk.read('id,name,city\n1,甲,杭州\n2,"乙,宁波\n3,丙,温州\n4,丁,绍兴\n')
    assert [row[1] for row in desk.rows(reading)] == ["甲", "丙", "丁"]
    (rejected,) = reading.rejected
    assert (rejected.line, rejected.column) == (3, "name")
    assert choice(reading, "rejected_rows") == ("1", False)


def test_a_stray_quote_closed_by_another_takes_no_good_row_with_it(desk: Any) -> None:
    reading = desk.read(
        'id,name,city\n1,甲,杭州\n2,"乙,宁波\n3,丙,温州\n4,丁",绍兴,多\n5,戊,金华\n6,己,衢州\n'
    )
    assert [row[1] for row in desk.rows(reading)] == ["甲", "丙", "戊", "己"]
    assert [one.line for one in reading.rejected] == [3, 5]


def test_a_parallel_reader_that_loses_a_row_is_not_believed(tmp_path: Path) -> None:
    class Lossy(DuckDBEngine):
        def create_table(self, table: str, select: exp.Select) -> None:
            super().create_table(table, select.limit(99))

    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "x,y\n" * 100)
    for engine, expected in ((DuckDBEngine(tmp_path / "1"), 100), (Lossy(tmp_path / "2"), None)):
        with engine:
            assert load_clean(engine, "raw", CsvBody(path, Dialect(","), 2, 1, 1_000)) == expected


def test_ragged_rows_are_reported_with_line_and_column_and_never_their_text(desk: Any) -> None:
    reading = desk.read("a,b,c\n1,2,3\n4,5\n秘密,6,7,8\n7,8,9\n10,11,12\n")
    assert reading.rows == 3
    assert [(one.line, one.column) for one in reading.rejected] == [(3, "c"), (4, None)]
    assert not any("秘密" in f"{one.why.zh}{one.why.en}" for one in reading.rejected)


def test_the_steward_who_accepts_the_rejected_rows_is_not_asked_again(desk: Any, choice: Any) -> None:
    content = "a,b\n1,2\n3\n4,5\n5,6\n"
    assert choice(desk.read(content), "rejected_rows") == ("1", False)
    assert choice(desk.read(content, rejected_rows="1"), "rejected_rows") == ("1", True)
    assert choice(desk.read(content, rejected_rows="7"), "rejected_rows") == ("1", False)


def test_more_rejected_than_read_is_refused_with_a_remedy(desk: Any) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read("a,b,c\n1,2,3\n4,5,6\n1\n1,2\n1,2,3,4\n1,2,3,4,5\n", delimiter=",")
    assert caught.value.where.line == 4
    assert "header_row" in caught.value.remedy.en


def test_titles_above_and_totals_and_notes_below_are_not_data(desk: Any, choice: Any) -> None:
    reading = desk.read(
        "杭州市用水量统计表\n单位：吨\n\n区县,年份,用水量\n上城区,2023,120\n拱墅区,2023,95\n合计,,215\n注：不含工业用水\n数据来源：水务局\n"
    )
    assert desk.rows(reading) == [("上城区", 2023, 120), ("拱墅区", 2023, 95)]
    assert choice(reading, "header_row") == ("4", True)
    assert choice(reading, "skipped_rows")[0] == "1-2"
    assert {one.value for one in reading.choices if one.what == "footer_rows"} == {"2", "1"}
    assert all(one.certain for one in reading.choices if one.what == "footer_rows")


def test_a_total_that_does_not_add_up_is_asked_about(desk: Any, choice: Any) -> None:
    assert choice(desk.read("区县,用水量\n上城区,120\n拱墅区,95\n合计,216\n"), "footer_rows") == ("1", False)


def test_totals_are_kept_on_request(desk: Any) -> None:
    content = "区县,用水量\n上城区,120\n拱墅区,95\n合计,215\n"
    assert desk.read(content).rows == 2
    assert desk.read(content, footer_rows="keep").rows == 3


def test_a_place_whose_name_begins_like_a_total_is_data(desk: Any) -> None:
    assert desk.read("站点,人数\n总管塘,12\n合计桥,15\n").rows == 2


def test_a_repeated_header_and_blank_rows_are_dropped_and_told(desk: Any, choice: Any) -> None:
    reading = desk.read("code;name\n01;甲\n\ncode;name\n;\n02;乙\n")
    assert desk.rows(reading) == [("01", "甲"), ("02", "乙")]
    assert choice(reading, "repeated_header") == ("1", True)
    assert choice(reading, "blank_rows") == ("1", True)
    assert choice(reading, "delimiter") == (";", True)


def test_a_label_row_below_the_header_is_not_data(desk: Any, choice: Any) -> None:
    reading = desk.read(
        "region,population,gdp\n地区,人口,生产总值\n杭州,1252,20059\n宁波,969,16452\n温州,976,8730\n绍兴,539,7791\n"
    )
    assert reading.rows == 4
    assert choice(reading, "label_row") == ("2", True)
    assert [row[1] for row in desk.rows(reading)] == [1252, 969, 976, 539]


def test_a_file_without_header_keeps_its_first_row(desk: Any, choice: Any) -> None:
    reading = desk.read("1,30.5,2024-01-01\n2,31.5,2024-01-02\n3,29.5,2024-01-03\n")
    assert reading.rows == 3
    assert [column.name for column in reading.schema] == ["column_1", "column_2", "column_3"]
    assert choice(reading, "header_row") == ("none", False)


def test_years_can_be_names_of_columns(desk: Any) -> None:
    reading = desk.read("地区,2021,2022,2023\n杭州,1.5,2.5,3.5\n宁波,4.5,5.5,6.5\n")
    assert [column.name for column in reading.schema] == ["地区", "2021", "2022", "2023"]


def test_the_header_row_can_be_answered(desk: Any, choice: Any) -> None:
    content = "甲,乙\n丙,丁\n戊,己\n"
    assert choice(desk.read(content, header_row="2"), "header_row") == ("2", True)
    assert desk.read(content, header_row="2").rows == 1
    assert desk.read(content, header_row="none").rows == 3
    with pytest.raises(BadInput):
        desk.read(content, header_row="99")


def test_names_are_unique_trimmed_and_never_the_engines_own(desk: Any, choice: Any) -> None:
    reading = desk.read("_row, name ,name,,NAME\nx,y,z,w,v\nx,y,z,w,v\n", header_row="1")
    assert [column.name for column in reading.schema] == ["_row_2", "name", "name_2", "column_4", "NAME_3"]
    assert choice(reading, "names")[1]
    assert desk.rows(reading) == [("x", "y", "z", "w", "v")] * 2


def test_columns_with_neither_name_nor_value_are_left_out(desk: Any) -> None:
    assert [column.name for column in desk.read("id,name,,\n1,x,,\n2,y,,\n").schema] == ["id", "name"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，"])
def test_delimiters_are_found_by_regular_width(desk: Any, separator: str) -> None:
    rows = [
        ["name", "note", "n"],
        *([f"甲{n}", f"a b; c, {n}" if separator in "\t|" else "plain", str(n)] for n in range(9)),
    ]
    reading = desk.read("\n".join(separator.join(row) for row in rows) + "\n")
    assert (reading.rows, len(reading.schema)) == (9, 3)


def test_fixed_width_columns_are_found_and_a_missing_marker_is_asked_about(
    desk: Any, choice: Any, types: Any
) -> None:
    lines = [f"{70000 + n} {2017:5d} {117 + n / 10:8.3f} {-9999 if n == 3 else n:6d}" for n in range(12)]
    reading = desk.read("\n".join(lines) + "\n", "observed.txt")
    assert types(reading) == {
        "column_1": "INTEGER",
        "column_2": "INTEGER",
        "column_3": "DOUBLE",
        "column_4": "INTEGER",
    }
    assert choice(reading, "delimiter")[0] == "fixed"
    assert choice(reading, "missing_marker") == ("kept", False)
    answered = desk.read("\n".join(lines) + "\n", "observed.txt", missing_marker="-9999")
    assert desk.rows(answered)[3][3] is None
    assert choice(answered, "missing_marker") == ("-9999", True)


def test_backslash_escapes_and_blanks_before_quotes_are_recognised(desk: Any) -> None:
    escaped = desk.read('a,b\n"say \\"hi\\", now",2\n"x \\"y\\", z",3\n')
    assert desk.rows(escaped)[0] == ('say "hi", now', 2)
    padded = desk.read('a, b\n"x, y", "p, q"\n"z, w", "r, s"\n')
    assert desk.rows(padded) == [("x, y", "p, q"), ("z, w", "r, s")]


def test_only_carriage_returns_end_lines_too(desk: Any) -> None:
    assert desk.rows(desk.read("a,b\rx,1\ry,2\r")) == [("x", 1), ("y", 2)]


@pytest.mark.parametrize("content", ["", "\n\n  \n", "a,b\n"], ids=["empty", "blank", "header only"])
def test_nothing_to_read_is_refused_with_a_remedy(desk: Any, content: str) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read(content)
    assert caught.value.remedy.en


def test_caps_are_kept(desk: Any) -> None:
    with pytest.raises(TooLarge):
        desk.read(
            ",".join(f"c{n}" for n in range(30)) + "\n" + ",".join("1" * 30) + "\n",
            limits=Limits(max_columns=20),
        )
    with pytest.raises(TooLarge):
        desk.read("a,b\n" + "x,y\n" * 50, limits=Limits(max_rows=20))
    for parallel in (0, 1 << 40):
        with pytest.raises(TooLarge):
            desk.read(
                "a,b\nx," + "y" * 500 + "\n", limits=Limits(max_cell_chars=100, parallel_from_bytes=parallel)
            )


def test_an_unknown_answer_is_refused(desk: Any) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read("a,b\n1,2\n", colour="red")
    assert caught.value.where.parameter == "colour"


def test_control_characters_in_a_name_are_refused(desk: Any) -> None:
    with pytest.raises(BadInput) as caught:
        desk.read("a,b\x07c\nx,1\ny,2\n")
    assert caught.value.where.line == 1


def test_the_raw_table_and_the_transcoded_copy_are_gone_afterwards(desk: Any) -> None:
    desk.read("编码,名称\n01,甲乙丙丁\n".encode("gb18030"))
    tables = desk.engine.connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    assert tables == [("received",)]
    assert [file.name for file in (desk.folder / "spool").iterdir()] == ["received.parquet"]


def test_how_wide_the_next_table_is_says_nothing_of_this_one(desk: Any, choice: Any) -> None:
    reading = desk.read("区县,数量\n西湖区,12\n上城区,30\n\n街道,户数,备注\n文新,5,无\n翠苑,6,无\n")
    assert desk.rows(reading) == [("西湖区", 12), ("上城区", 30)]
    assert choice(reading, "next_table") == ("5", False)
    assert not reading.rejected_rows
