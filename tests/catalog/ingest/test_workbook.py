"""Workbooks: the table among titles, merged headers, notes and sheets; nothing that a stranger's zip may cost us."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from catalog.errors import BadInput, TooLarge
from catalog.ingest import Limits


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_of(rows: list[list[Any]]) -> tuple[openpyxl.Workbook, Any]:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    return book, sheet


def test_a_title_merged_headers_and_notes_are_not_data(desk: Any, choice: Any) -> None:
    book, sheet = sheet_of(
        [
            ["2023 年经济情况表", None, None, None, None],
            ["地区", "上半年", None, "下半年", None],
            [None, "收入", "支出", "收入", "支出"],
            ["杭州", 1.5, 2, 3, 4],
            ["宁波", 5, 6, 7.25, 8],
            ["合计", 6.5, 8, 10.25, 12],
            ["注：数据为初步统计", None, None, None, None],
        ]
    )
    for area in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(area)
    reading = desk.read(saved(book), "economy.xlsx")
    assert [column.name for column in reading.schema] == [
        "地区",
        "上半年_收入",
        "上半年_支出",
        "下半年_收入",
        "下半年_支出",
    ]
    assert desk.rows(reading) == [("杭州", 1.5, 2, 3.0, 4), ("宁波", 5.0, 6, 7.25, 8)]
    assert choice(reading, "header_row")[0] == "2-3"
    assert choice(reading, "footer_rows") == ("2", True)


def test_a_merged_cell_in_the_body_has_its_value_in_every_row(desk: Any) -> None:
    book, sheet = sheet_of(
        [["区县", "街道", "人数"], ["西湖区", "文新", 1], [None, "翠苑", 2], ["上城区", "湖滨", 3]]
    )
    sheet.merge_cells("A2:A3")
    assert [row[0] for row in desk.rows(desk.read(saved(book), "a.xlsx"))] == ["西湖区", "西湖区", "上城区"]


def test_the_largest_visible_sheet_is_taken_and_the_others_are_named(desk: Any, choice: Any) -> None:
    book, _ = sheet_of([["名称", "数"], ["甲", 1]])
    large = book.create_sheet("明细")
    for row in [["编号", "名称"], *([f"{n:03d}", f"项{n}"] for n in range(20))]:
        large.append(row)
    hidden = book.create_sheet("隐藏")
    for n in range(99):
        hidden.append(["秘密", n, n])
    hidden.sheet_state = "hidden"
    reading = desk.read(saved(book), "a.xlsx")
    assert reading.rows == 20
    assert choice(reading, "sheet") == ("明细", False)
    assert desk.read(saved(book), "a.xlsx", sheet="Sheet").rows == 1
    with pytest.raises(BadInput):
        desk.read(saved(book), "a.xlsx", sheet="没有")


def test_dates_codes_booleans_and_whole_numbers_keep_their_kind(desk: Any, types: Any, tmp_path: Any) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("表")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["代码", "日期", "是否", "面积", "人数"])
    for row, number in enumerate((1, 2), start=1):
        sheet.write_string(row, 0, f"0{number}")
        sheet.write_datetime(row, 1, date(2024, 3, number), day)
        sheet.write_boolean(row, 2, number == 1)
        sheet.write_number(row, 3, number / 10)
        sheet.write_number(row, 4, number)
    book.close()
    reading = desk.read(stream.getvalue(), "a.xlsx")
    assert types(reading) == {
        "代码": "TEXT",
        "日期": "DATE",
        "是否": "BOOLEAN",
        "面积": "DOUBLE",
        "人数": "INTEGER",
    }
    assert desk.rows(reading)[0] == ("01", date(2024, 3, 1), True, 0.1, 1)


def test_numbers_that_excel_has_damaged_are_told(desk: Any, choice: Any) -> None:
    book, _ = sheet_of([["姓名", "证号"], ["甲", 330102199001011234], ["乙", 330102199001011235]])
    assert choice(desk.read(saved(book), "a.xlsx"), "damaged_numbers") == ("2", False)


def test_a_workbook_named_csv_is_read_as_what_it_is(desk: Any) -> None:
    book, _ = sheet_of([["名称", "数"], ["甲", 1], ["乙", 2]])
    assert desk.read(saved(book), "table.csv").rows == 2


def rewritten(content: bytes, name: str, change: Any) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            part = old.read(entry)
            new.writestr(entry, change(part) if entry == name else part)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_bomb_a_far_reference_and_a_doctype_are_refused_before_parsing(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import catalog.ingest.calamine_workbook as edge

    book, _ = sheet_of([["名称", "数"], ["甲", 1]])
    content = saved(book)
    monkeypatch.setattr(
        edge.calamine.CalamineWorkbook, "from_path", lambda *_: pytest.fail("parsed"), raising=False
    )
    with pytest.raises(TooLarge):
        desk.read(rewritten(content, SHEET, lambda part: part + b" " * (40 << 20)), "a.xlsx")
    with pytest.raises(TooLarge):
        desk.read(
            rewritten(content, SHEET, lambda part: part.replace(b'r="B2"', b'r="XFD1048576"')), "a.xlsx"
        )
    with pytest.raises(BadInput, match="DOCTYPE"):
        desk.read(rewritten(content, SHEET, lambda part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + part), "a.xlsx")


def test_a_damaged_workbook_is_bad_input(desk: Any) -> None:
    book, _ = sheet_of([["名称", "数"], ["甲", 1]])
    content = saved(book)
    for broken in (
        content[: len(content) // 2],
        rewritten(content, SHEET, lambda part: part[:60]),
        rewritten(content, "xl/workbook.xml", lambda _: b"<"),
    ):
        with pytest.raises(BadInput):
            desk.read(broken, "a.xlsx")


def test_a_sheet_over_the_cap_is_refused(desk: Any) -> None:
    book, _ = sheet_of([["a", "b"], *([f"x{n}", n] for n in range(50))])
    with pytest.raises(TooLarge):
        desk.read(saved(book), "a.xlsx", limits=Limits(max_cells=20))


def test_a_cell_that_claims_to_stand_a_million_times_over_is_refused_before_parsing(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import catalog.ingest.calamine_workbook as edge

    monkeypatch.setattr(
        edge.calamine.CalamineWorkbook, "from_path", lambda *_: pytest.fail("parsed"), raising=False
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<d xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0"><table:table>'
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string"'
        ' table:number-columns-repeated="1000"/></table:table-row></table:table></d>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", content)
    with pytest.raises(TooLarge):
        desk.read(stream.getvalue(), "a.ods")


def test_a_zip_is_unpacked_within_bounds_and_asks_which_of_different_tables(desk: Any, choice: Any) -> None:
    def packed(**files: str) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
            for name, text in files.items():
                made.writestr(f"{name}.csv", text)
        return stream.getvalue()

    with pytest.raises(TooLarge):
        desk.read(packed(a="a,b\n" + "1,2\n" * 8_000_000), "a.zip")
    several = packed(one="a,b\n1,2\n", two="c,d\n3,4\n")
    with pytest.raises(BadInput) as caught:
        desk.read(several, "a.zip")
    assert "two.csv" in caught.value.remedy.en
    reading = desk.read(several, "a.zip", member="two.csv")
    assert desk.rows(reading) == [(3, 4)]
    assert choice(reading, "member") == ("two.csv", True)
    assert not list((desk.folder / "spool").glob("received-*"))
