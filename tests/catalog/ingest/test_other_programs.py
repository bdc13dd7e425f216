"""What other programs leave in a table: page numbers, rules, guards against Excel, numbered columns, text before the table.

Each is told from data by what it is, is said, and can be refused; and what only looks like it stays.
"""

from __future__ import annotations

from typing import Any

import pytest

from catalog.ingest import Limits
from catalog.ingest.locate import is_numbering
from tests.catalog.ingest.nasty import DISTRICTS, PLAIN, book, with_sheet

PAGES = "编号,站名\n1,武林广场\n第1页 共2页,\n2,凤起路\n第 2 页,\n"


@pytest.mark.parametrize("limits", [None, Limits(parallel_from_bytes=1)], ids=["with care", "in parallel"])
def test_page_numbers_between_rows_are_left_out_and_said(desk: Any, choice: Any, limits: Any) -> None:
    reading = desk.read(PAGES, limits=limits)
    assert desk.rows(reading) == [(1, "武林广场"), (2, "凤起路")]
    assert choice(reading, "page_lines") == ("2", True)
    assert desk.read(PAGES, limits=limits, page_lines="keep").rows == 4


def test_a_page_number_beside_other_values_is_data(desk: Any) -> None:
    assert desk.read("页,内容\n第1页,目录\n第2页,正文\n").rows == 2
    assert desk.read("页\n第1页\n第2页\n").rows == 2


MARKDOWN = "| 区县 | 数量 |\n|:-----|-----:|\n" + "".join(f"| {a} | {b} |\n" for a, b in DISTRICTS)
PSQL = " 区县 | 数量 \n------+------\n" + "".join(f" {a} | {b:4d}\n" for a, b in DISTRICTS) + "(3 rows)\n"
MYSQL = (
    "+------+----+\n| 区县 | 数量 |\n+------+----+\n"
    + "".join(f"| {a} | {b} |\n" for a, b in DISTRICTS)
    + "+------+----+\n3 rows in set\n"
)


@pytest.mark.parametrize("text", [MARKDOWN, PSQL, MYSQL], ids=["Markdown", "psql", "mysql"])
def test_a_table_drawn_in_text_is_read_without_its_rules(desk: Any, text: str) -> None:
    reading = desk.read(text, "t.txt")
    assert desk.rows(reading) == DISTRICTS
    assert [one.name for one in reading.schema] == ["区县", "数量"]


def test_an_empty_cell_of_a_drawn_table_is_empty(desk: Any) -> None:
    text = " a | b \n---+---\n 1 |   \n   | 2 \n   |   \n 3 | 4 \n"
    assert desk.rows(desk.read(text, "t.txt")) == [(1, None), (None, 2), (3, 4)]


def test_dashes_for_no_value_are_no_rule(desk: Any) -> None:
    reading = desk.read("a|b|c\n1|x|2\n---|---|---\n3|y|4\n")
    assert reading.rows == 3
    assert desk.read("a,b\n1,2\n--,--\n3,4\n").rows == 3


def test_text_guarded_from_excel_is_what_it_holds(desk: Any, choice: Any) -> None:
    text = '名,编码,单号\n甲,="0012","330102199001011234\t"\n乙,="0345","330102199001011235\t"\n'
    reading = desk.read(text)
    assert desk.rows(reading) == [("甲", "0012", "330102199001011234"), ("乙", "0345", "330102199001011235")]
    assert choice(reading, "guarded_text") == ("编码, 单号", True)
    assert desk.rows(desk.read(text, guarded_text="keep"))[0][1:] == ('="0012"', "330102199001011234\t")


def test_one_cell_that_is_a_formula_leaves_the_column_as_it_is(desk: Any) -> None:
    reading = desk.read('名,编码\n甲,="0012"\n乙,=A1+B1\n')
    assert [row[1] for row in desk.rows(reading)] == ['="0012"', "=A1+B1"]


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        (["甲", "乙", "1", "2"], True),
        (["甲", "1"], False),
        (["甲", "1", "2"], True),
        (["栏次", "1", "2"], True),
        (["甲", "（1）", "（2）"], True),
        (["甲", "1", "3"], False),
        (["乙", "1", "2"], False),
        (["甲", "乙"], False),
        (["1", "2", "3"], False),
        (["甲方", "1", "2"], False),
    ],
)
def test_a_row_that_numbers_the_columns_of_a_form(row: list[str], numbers: bool) -> None:
    assert is_numbering(row) is numbers


def test_numbered_columns_are_no_row_and_may_be_kept(desk: Any, choice: Any) -> None:
    grid = [["指标", "本年", "上年"], ["甲", 1, 2], ["粮食", 1200, 3], ["油料", 300, 4], ["蔬菜", 5600, 5]]
    reading = desk.read(book(grid), "t.xlsx")
    assert reading.rows == 3
    assert choice(reading, "label_row") == ("2", True)
    assert desk.read(book(grid), "t.xlsx", label_row="keep").rows == 4


def test_things_called_by_the_stems_are_data(desk: Any) -> None:
    assert desk.read(book([["名", "人", "户"], ["甲", 1, 2], ["乙", 3, 4]]), "t.xlsx").rows == 2
    assert desk.read("名,人,户\n甲,1,2\n丁,3,4\n张,3,4\n").rows == 3
    assert desk.read("名,人\n甲,1\n张,2\n").rows == 2


@pytest.mark.parametrize("merged", [(), ("A1:A2", "B1:C1", "D1:E1")], ids=["as values", "merged"])
def test_numbered_columns_below_two_header_rows(desk: Any, choice: Any, merged: tuple[str, ...]) -> None:
    grid = [
        ["地区", "上半年", None, "下半年", None],
        [None, "收入", "支出", "收入", "支出"],
        ["甲", 1, 2, 3, 4],
        ["杭州", 11, 22, 33, 44],
        ["宁波", 55, 66, 77, 88],
    ]
    reading = desk.read(book(grid, *merged), "t.xlsx")
    assert desk.rows(reading) == [("杭州", 11, 22, 33, 44), ("宁波", 55, 66, 77, 88)]
    assert choice(reading, "label_row") == ("3", True)
    assert choice(reading, "header_row") == ("1-2", True)


def test_two_header_rows_without_groups_of_two_are_asked_about(desk: Any, choice: Any) -> None:
    sure = desk.read("地区,上半年,,下半年,\n,收入,支出,收入,支出\n杭州,1,2,3,4\n宁波,5,6,7,8\n")
    assert choice(sure, "header_row") == ("1-2", True)
    unsure = desk.read("地区,上半年,\n,收入,支出\n杭州,1,2\n宁波,5,6\n")
    assert choice(unsure, "header_row") == ("1-2", False)


def test_a_sheet_of_running_text_is_no_rival_of_the_table(desk: Any, choice: Any) -> None:
    table = [["区县", "数量"], *map(list, DISTRICTS)]
    notes = [[f"第 {n} 条说明"] for n in range(30)]
    assert choice(desk.read(book(table, then=with_sheet("说明", notes)), "t.xlsx"), "sheet") == (
        "Sheet",
        True,
    )
    rival = desk.read(book(table, then=with_sheet("另表", table)), "t.xlsx")
    assert choice(rival, "sheet")[1] is False


def test_the_end_mark_of_dos_is_no_row_and_one_within_is_not_lost(desk: Any) -> None:
    assert desk.rows(desk.read(PLAIN.encode() + b"\x1a")) == DISTRICTS
    assert desk.rows(desk.read(PLAIN.strip().encode() + b"\x1a")) == DISTRICTS
    assert desk.rows(desk.read("a,b\nx\x1a,1\ny,2\n"))[0] == ("x\x1a", 1)


def test_the_argument_of_a_call_is_a_document(desk: Any, choice: Any) -> None:
    reading = desk.read('cb([{"a": 1}, {"a": 2}]);\n', "t.json")
    assert desk.rows(reading) == [(1,), (2,)]
    assert choice(reading, "format") == ("jsonp", True)
