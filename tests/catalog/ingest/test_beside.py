"""Tables side by side are never merged into one wide table in silence, and one table with a free column stays one."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import BadInput
from catalog.ingest.beside import side_by_side
from tests.catalog.ingest.nasty import book

LEFT = [["区县", "数量"], ["西湖区", 12], ["上城区", 30], ["拱墅区", 7], ["余杭区", 9]]
RIGHT = [["街道", "户数", "备注"], ["文新", 5, "无"], ["翠苑", 6, "好"]]
ROWS_LEFT, ROWS_RIGHT = [tuple(row) for row in LEFT[1:]], [tuple(row) for row in RIGHT[1:]]


def beside(left: list[list[Any]], right: list[list[Any]], down: int = 0) -> list[list[Any]]:
    """Both tables in one grid, the second `down` rows lower, an empty column between."""
    right = [[None] * len(right[0])] * down + right
    return [
        [
            *(left[at] if at < len(left) else [None] * len(left[0])),
            None,
            *(right[at] if at < len(right) else [None] * len(right[0])),
        ]
        for at in range(max(len(left), len(right)))
    ]


def as_csv(grid: list[list[Any]], short: bool = False) -> str:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in grid]
    return "".join(f"{line.rstrip(',') if short else line}\n" for line in lines)


@pytest.mark.parametrize("form", ["csv", "csv with short lines", "xlsx"])
@pytest.mark.parametrize("down", [0, 1, 2], ids=["level", "one row lower", "two rows lower"])
def test_one_of_two_tables_is_read_and_the_other_asked_about(
    desk: Any, choice: Any, form: str, down: int
) -> None:
    grid = beside(LEFT, RIGHT, down)
    name = "t.xlsx" if form == "xlsx" else "t.csv"
    content = book(grid) if form == "xlsx" else as_csv(grid, "short" in form)
    reading = desk.read(content, name)
    assert desk.rows(reading) == ROWS_LEFT
    assert choice(reading, "table") == ("1", False)
    other = desk.read(content, name, table="2")
    assert desk.rows(other) == ROWS_RIGHT
    assert [one.name for one in other.schema] == ["街道", "户数", "备注"]
    assert choice(other, "table") == ("2", True)


def test_the_question_names_the_tables_and_their_columns(desk: Any) -> None:
    reading = desk.read(as_csv(beside(LEFT, RIGHT)))
    (said,) = [one.evidence for one in reading.choices if one.what == "table"]
    assert "第 2 张在 4-6 列（街道、户数、备注）" in said.zh
    assert "no. 2 in columns 4-6 (街道, 户数, 备注)" in said.en


def test_a_steward_may_say_that_it_is_one_table(desk: Any, choice: Any) -> None:
    reading = desk.read(as_csv(beside(LEFT[:3], RIGHT)), table="all")
    assert desk.rows(reading) == [("西湖区", 12, "文新", 5, "无"), ("上城区", 30, "翠苑", 6, "好")]
    assert choice(reading, "table") == ("all", True)


def test_a_table_that_is_not_there_is_refused_with_those_that_are(desk: Any) -> None:
    with pytest.raises(BadInput) as refused:
        desk.read(as_csv(beside(LEFT, RIGHT)), table="3")
    assert "1, 2, all" in refused.value.remedy.en
    with pytest.raises(BadInput):
        desk.read("a,b\n1,2\n", table="$.rows")


def test_titles_and_totals_belong_to_their_own_table(desk: Any, choice: Any) -> None:
    left = [["各区情况", None], *LEFT, ["合计", 58]]
    right = [["街道情况", None, None], *RIGHT, ["合计", 11, None]]
    grid = beside(left, right)
    for table, rows in (("1", ROWS_LEFT), ("2", ROWS_RIGHT)):
        reading = desk.read(book(grid), "t.xlsx", table=table)
        assert desk.rows(reading) == rows
        assert choice(reading, "footer_rows") == ("1", True)
        assert choice(reading, "skipped_rows") == ("1", True)


def test_something_in_the_gap_below_is_a_row_that_cannot_be_read(desk: Any) -> None:
    grid = beside(LEFT, RIGHT)
    many = grid + [["临安区", 3, None, None, None, None]] * 500 + [["富阳区", 4, "?", None, None, None]]
    reading = desk.read(as_csv(many))
    assert reading.rejected_rows == 1
    assert reading.rejected[0].line == len(many)
    assert reading.rows == len(many) - 2


@pytest.mark.parametrize(
    "grid",
    [
        [["区县", None, "数量"], ["西湖区", None, 12], ["上城区", None, 30]],
        [["区县", None, "收入", "支出"], ["西湖区", None, 12, 1], ["上城区", None, 30, 2]],
        [[1, "甲", None, "x", 5], [2, "乙", None, "y", 6], [3, "丙", None, "z", 7]],
        [["区县", "数量", None, "备注"], ["西湖区", 12, None, "好"], ["上城区", 30, None, None]],
    ],
    ids=["a column free for looks", "a stub of names", "no header", "remarks"],
)
def test_an_empty_column_within_one_table_is_no_border(grid: list[list[Any]]) -> None:
    rows = [["" if cell is None else str(cell) for cell in row] for row in grid]
    assert side_by_side(rows) == ()


def test_a_list_beside_a_table_that_goes_on_below_it_is_another_table() -> None:
    grid = beside(LEFT[:3], [["名单"], ["甲"], ["乙"], ["丙"], ["丁"]])
    found = side_by_side([["" if cell is None else str(cell) for cell in row] for row in grid])
    assert [(block.start, block.end) for block in found] == [(0, 2), (3, 4)]


def test_the_same_name_twice_is_two_lists() -> None:
    assert len(side_by_side([["姓名", "", "姓名"], ["甲", "", "丙"], ["乙", "", "丁"]])) == 2


def test_a_column_under_a_merged_heading_is_no_gap(desk: Any) -> None:
    grid = [
        ["街道", "地点", None, "户数", "人数"],
        ["文新", "一号楼", None, 5, 9],
        ["翠苑", "二号楼", None, 6, 8],
    ]
    reading = desk.read(book(grid, "B1:C1", "B2:C2", "B3:C3"), "t.xlsx")
    assert [one.name for one in reading.schema][-2:] == ["户数", "人数"]
    assert not [one for one in reading.choices if one.what == "table"]


def test_a_column_of_a_sheet_first_filled_far_below_is_not_dropped(desk: Any) -> None:
    grid = [["区县", "数量", None], *([["西湖区", 12, None]] * 600), ["上城区", 30, "见注"]]
    reading = desk.read(book(grid), "t.xlsx")
    assert desk.rows(reading)[-1] == ("上城区", 30, "见注")
