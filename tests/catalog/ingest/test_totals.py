"""Totals among the data are left out where the numbers prove them, asked about where they do not, and data is never lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ingest import Limits
from catalog.ingest.totals import Part, adds_up, line_of
from tests.catalog.ingest.nasty import book

HEAD = "区县,街道,人数\n"


def lines(*rows: str, head: str = HEAD) -> str:
    return head + "".join(f"{row}\n" for row in rows)


PROVEN = {
    "subtotals and a grand total": ("西,甲,12", "西,乙,30", "小计,,42", "东,丙,7", "小计,,7", "合计,,49"),
    "named after their group": ("西,甲,12", "西,乙,30", "西小计,,42", "东,丙,7", "东,丁,1", "东小计,,8"),
    "in the second column": ("西,甲,12", "西,乙,30", "西,小计,42", "东,丙,7", "东,丁,1", "东,小计,8"),
    "as Excel's outline names them": (
        "西,甲,12",
        "西,乙,30",
        "西 汇总,,42",
        "东,丙,7",
        "东,丁,1",
        "东 汇总,,8",
    ),
    "on top": ("合计,,49", "西,甲,12", "西,乙,30", "东,丙,7"),
    "on top of each group": ("西合计,,42", "西,甲,12", "西,乙,30", "东合计,,8", "东,丙,7", "东,丁,1"),
    "written with separators": ('西,甲,"1,200"', "西,乙,300", '合　计,,"1,500"'),
}


@pytest.mark.parametrize("rows", PROVEN.values(), ids=PROVEN)
def test_totals_that_add_up_are_left_out_counted_and_said(desk: Any, rows: tuple[str, ...]) -> None:
    reading = desk.read(lines(*rows))
    data = [row.replace('"', "") for row in rows if "计" not in row and "汇总" not in row]
    assert len(desk.rows(reading)) == len(data)
    assert all(one.certain for one in reading.choices)
    out = [int(one.value) for one in reading.choices if one.what in ("subtotal_rows", "footer_rows")]
    assert sum(out) == len(rows) - len(data)
    kept = desk.read(lines(*rows), subtotal_rows="keep", footer_rows="keep")
    assert kept.rows == len(rows)


def test_totals_that_begin_with_the_word_and_do_not_add_up_are_asked(desk: Any, choice: Any) -> None:
    reading = desk.read(lines("西,甲,12", "西,乙,30", "小计,,43", "东,丙,7"))
    assert reading.rows == 3
    assert choice(reading, "subtotal_rows") == ("1", False)


@pytest.mark.parametrize("label", ["西小计,,43", "西,小计,43", "其他合计,,5"])
def test_a_row_that_is_only_named_like_a_total_stays_and_is_asked_about(
    desk: Any, choice: Any, label: str
) -> None:
    reading = desk.read(lines("西,甲,12", "西,乙,30", label, "东,丙,7"))
    assert reading.rows == 4
    assert choice(reading, "subtotal_rows") == ("0", False)


def test_a_total_in_the_second_column_above_its_group_is_no_proof(desk: Any, choice: Any) -> None:
    """Tables of one row a category have rows such as 性别 = 合计 that are data like the others."""
    reading = desk.read(lines("西,合计,42", "西,男,12", "西,女,30", "东,合计,8", "东,男,7", "东,女,1"))
    assert reading.rows == 6
    assert choice(reading, "subtotal_rows") == ("0", False)


def test_every_number_has_to_add_up(desk: Any, choice: Any) -> None:
    head = "区县,人数,户数\n"
    assert choice(desk.read(lines("甲,1,2", "乙,3,4", "合计,4,6", "丙,9,9", head=head)), "subtotal_rows")[1]
    assert not choice(desk.read(lines("甲,1,2", "乙,3,4", "合计,4,7", "丙,9,9", head=head)), "subtotal_rows")[
        1
    ]


def test_shares_averages_and_ranks_need_not_add_up(desk: Any, choice: Any) -> None:
    head = "序号,区县,人数,人口密度,占比\n"
    reading = desk.read(lines("1,甲,10,3.5,25%", "2,乙,30,4.5,75%", ",合计,40,4.2,100%", head=head))
    assert choice(reading, "footer_rows") == ("1", True)


def test_rounding_is_forgiven_in_decimals_and_nowhere_else(desk: Any, choice: Any) -> None:
    rows = ["甲,,1.1", "乙,,2.3", "丙,,3.2"]
    assert choice(desk.read(lines(*rows, "合计,,6.7")), "footer_rows") == ("1", True)
    assert choice(desk.read(lines(*rows, "合计,,7.9")), "footer_rows") == ("1", False)
    assert choice(desk.read(lines("甲,,11", "乙,,23", "合计,,35")), "footer_rows") == ("1", False)


def test_subtotals_in_a_sheet_with_merged_groups(desk: Any, choice: Any) -> None:
    grid = [
        ["区县", "街道", "人数"],
        ["西湖区", "文新", 1],
        [None, "翠苑", 2],
        [None, "小计", 3],
        ["上城区", "湖滨", 4],
        [None, "小计", 4],
        ["总计", None, 7],
    ]
    reading = desk.read(book(grid, "A2:A4", "A5:A6"), "t.xlsx")
    assert desk.rows(reading) == [("西湖区", "文新", 1), ("西湖区", "翠苑", 2), ("上城区", "湖滨", 4)]
    assert all(one.certain for one in reading.choices)


def test_a_category_named_like_a_total_in_thousands_of_rows_stays(desk: Any, choice: Any) -> None:
    reading = desk.read(lines(*("合计,男,2\n合计,女,1\n西,男,1" for _ in range(3_000))))
    assert reading.rows == 9_000
    assert choice(reading, "subtotal_rows") == ("0", False)


def test_a_whole_number_off_by_one_in_a_thousand_million_is_no_total(desk: Any, choice: Any) -> None:
    assert choice(desk.read(lines("甲,,1", "乙,,999999998", "合计,,1000000000")), "footer_rows") == (
        "1",
        False,
    )


def test_a_large_file_finds_its_totals_too(desk: Any, choice: Any) -> None:
    rows = [f"西,街道{n},{n}" for n in range(1, 2_001)]
    content = lines(*rows, f"西,小计,{2_000 * 2_001 // 2}", "东,丙,7")
    reading = desk.read(content, limits=Limits(parallel_from_bytes=1))
    assert reading.rows == 2_001
    assert choice(reading, "subtotal_rows") == ("1", True)


@given(
    st.lists(st.lists(st.integers(1, 10**9), min_size=2, max_size=5), min_size=1, max_size=6),
    st.integers(1, 9),
)
def test_true_totals_are_always_proven_and_false_ones_never(groups: list[list[int]], off: int) -> None:
    names = ("区县", "人数")
    parts = [*(Part(len(group), (0.0, float(sum(group)))) for group in groups), Part(0, (0.0, 0.0))]
    true = [line_of(at, ("小计", str(sum(group)))) for at, group in enumerate(groups)]
    assert all(adds_up([line for line in true if line], parts, names))
    # More than everything together, so no stretch of rows can add up to it.
    everything = sum(map(sum, groups))
    false = [line_of(at, ("小计", str(everything + off + at))) for at in range(len(groups))]
    assert not any(adds_up([line for line in false if line], parts, names))
