"""The list as a real workbook: written by xlsxwriter, edited as people edit, hostile as strangers are."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from drawn_lists import lists
from hypothesis import HealthCheck, Phase, given, settings

from catalog.errors import BadInput, TooLarge
from catalog.ingest import local
from negative_list import NegativeList, Sheet, load_starter
from negative_list.calamine_sheet import MAX_BYTES, load_sheet
from negative_list.sheet import README, SHEETS
from negative_list.xlsxwriter_sheet import write_sheet

STARTER = load_starter()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_sheet(STARTER, tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def load(path: Path) -> Sheet:
    return load_sheet(local(path, 1 << 30))


def edited(path: Path, edit: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def sheet(book: Any, key: str) -> Any:
    return next(page for page in book if page.title.split()[0] == key)


def test_the_starter_list_comes_back_from_a_workbook(path: Path) -> None:
    read = load(path)
    assert read.content == STARTER
    assert read.file == "list.xlsx"


def test_a_workbook_saved_by_another_program_reads_the_same(path: Path) -> None:
    assert load(edited(path, lambda book: None)).content == STARTER


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(lists())
def test_any_list_comes_back_from_a_workbook(tmp_path_factory: Any, drawn: NegativeList) -> None:
    out = tmp_path_factory.getbasetemp() / "drawn.xlsx"
    write_sheet(drawn, out)
    assert repr(load(out).content) == repr(drawn)


def test_one_list_always_gives_the_same_bytes(path: Path) -> None:
    stream = io.BytesIO()
    write_sheet(STARTER, stream)
    assert stream.getvalue() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:  # the hour of writing does not stand in it
        assert b">2026-01-01T00:00:00Z</dcterms:created>" in archive.read("docProps/core.xml")


def test_a_person_finds_panes_widths_wrapped_text_lists_and_an_explanation(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert [page.title for page in book] == [README, *(one.name for one in SHEETS)]
    entries = sheet(book, "entries")
    assert entries.freeze_panes == "C2"
    assert entries.column_dimensions["J"].width > 30
    assert entries["J2"].alignment.wrap_text
    assert {cell.number_format for row in entries.iter_rows() for cell in row if cell.value} == {"@"}
    rules = {str(rule.sqref): rule.formula1 for rule in entries.data_validations.dataValidation}
    assert "keep 保留" in rules["A2:A5001"]
    assert README in rules["E2:E5001"]  # too many domains for a rule: the list stands beside the explanation
    explained = "\n".join(str(cell.value) for row in book[README].iter_rows(max_col=2) for cell in row)
    assert "An import makes a draft" in explained
    assert "导入只产生草稿" in explained


def test_a_pattern_that_begins_with_an_equals_sign_is_text_and_no_formula(path: Path) -> None:
    def add(book: Any) -> None:
        cell = sheet(book, "terms").cell(4, 3)
        cell.value, cell.data_type = "=1+1", "s"

    read = load(edited(path, add)).content
    assert "=1+1" in repr(read)


def put(key: str, cell: str, value: Any) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        sheet(book, key)[cell].value = value

    return edit


def test_a_date_or_number_typed_into_its_own_column_is_taken(path: Path) -> None:
    def edit(book: Any) -> None:
        put("entries", "O2", date(2021, 11, 1))(book)
        put("entries", "C2", 1)(book)
        put("entries", "V2", True)(book)

    assert load(edited(path, edit)).content == STARTER


@pytest.mark.parametrize(
    ("key", "cell", "value", "said"),
    [
        ("entries", "H2", 7, "into a number"),
        ("entries", "H2", datetime(2026, 1, 2), "into a date"),  # noqa: DTZ001
        ("entries", "H2", datetime(2026, 1, 2, 3, 4), "into a time"),  # noqa: DTZ001
        ("entries", "H2", True, "into a truth value"),
        ("entries", "H2", "=1+1", "is a formula"),
        ("entries", "O2", "=TODAY()", "is a formula"),
        ("clauses", "D2", '=HYPERLINK("x")', "is a formula"),
    ],
)
def test_what_the_spreadsheet_made_of_a_cell_is_refused_by_name(
    path: Path, key: str, cell: str, value: Any, said: str
) -> None:
    with pytest.raises(BadInput) as caught:
        load(edited(path, put(key, cell, value)))
    (flaw, *_) = caught.value.flaws
    assert (flaw.where.sheet, flaw.where.cell) == (key, cell)
    assert said in flaw.message.en
    assert "Text" in flaw.remedy.en


def test_a_formula_is_refused_with_whatever_result_it_shows(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(out)) as book:
        for one in SHEETS:
            page = book.add_worksheet(one.name)
            page.write_row(0, 0, [field.key if not field.many else f"{field.key}_1" for field in one.fields])
            page.write_formula(1, 0, '="starter-2026.1"', None, "starter-2026.1")
    with pytest.raises(BadInput) as caught:
        load(out)
    assert ("list", "A2") in [(flaw.where.sheet, flaw.where.cell) for flaw in caught.value.flaws]


def test_merged_cells_are_refused_by_name(path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        load(edited(path, lambda book: sheet(book, "laws").merge_cells("B3:C4")))
    assert ("laws", "B3") in [(flaw.where.sheet, flaw.where.cell) for flaw in caught.value.flaws]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_refused_by_name(path: Path, state: str) -> None:
    def hide(book: Any) -> None:
        sheet(book, "terms").sheet_state = state

    with pytest.raises(BadInput, match="hidden sheet"):
        load(edited(path, hide))


def test_a_sheet_of_another_kind_is_refused_by_name(path: Path) -> None:
    with pytest.raises(BadInput, match="no sheet of a negative list") as caught:
        load(edited(path, lambda book: book.create_sheet("My notes")))
    assert caught.value.flaws[0].where.sheet == "My notes"


def rezipped(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, change(name, part))


def a_million_rows(path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(5000, 1_005_000))
    rezipped(
        path,
        lambda name, part: (
            part.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet3" in name else part
        ),
    )


def a_far_cell(path: Path) -> None:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    rezipped(path, lambda name, part: part.replace(b"</sheetData>", cell) if "sheet3" in name else part)


def a_bomb(path: Path) -> None:
    rezipped(path, lambda name, part: part + b" " * (300 << 20) if "sheet3" in name else part)


def an_entity(path: Path) -> None:
    mark = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    rezipped(path, lambda name, part: part.replace(b"<worksheet", mark, 1) if "sheet3" in name else part)


def slow_markup(path: Path) -> None:
    rezipped(path, lambda name, part: part + b"<c " * (8 << 20) if "sheet3" in name else part)


def too_many_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0" * MAX_BYTES)


def no_zip(path: Path) -> None:
    path.write_bytes(b"entry,clause\n1,2\n")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def no_relations(path: Path) -> None:
    rezipped(
        path,
        lambda name, part: (
            part.replace(b"worksheets/sheet3.xml", b"worksheets/none.xml") if "rels" in name else part
        ),
    )


@pytest.mark.parametrize(
    ("hurt", "kind"),
    [
        (a_million_rows, TooLarge),
        (a_far_cell, TooLarge),
        (a_bomb, TooLarge),
        (too_many_bytes, TooLarge),
        (an_entity, BadInput),
        (slow_markup, BadInput),
        (no_zip, BadInput),
        (half, BadInput),
        (no_relations, BadInput),
    ],
)
def test_a_hostile_workbook_is_refused_in_seconds(
    path: Path, hurt: Callable[[Path], None], kind: type[BadInput]
) -> None:
    hurt(path)
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        load(path)
    assert time.monotonic() - began < 10
    assert caught.value.remedy.zh
    assert caught.value.remedy.en
