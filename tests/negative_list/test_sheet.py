"""A list as sheets of cells: the same list comes back, and a broken cell is named while nothing is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from drawn_lists import HARD, lists, literals, texts
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from catalog.errors import BadInput, Flaw
from catalog.text import Text
from negative_list import NegativeList, Term, load_starter
from negative_list.condition import Entities, FieldPattern
from negative_list.sheet import SHEETS, Cell, Turned, cell_name
from negative_list.sheet_parse import parse_sheet
from negative_list.sheet_render import render_sheet
from negative_list.sheet_text import (
    items,
    read_alternative,
    read_basis,
    read_literals,
    unquoted,
    write_alternative,
    write_basis,
    write_items,
    write_literals,
    write_text,
)

STARTER = load_starter()
SHEET = {key: [list(row) for row in rows] for key, rows in render_sheet(STARTER).items()}
# Shrinking a whole list takes minutes; the parts have laws of their own below, which shrink in a moment.
no_shrinking = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
)


def flaws_of(tables: Any) -> tuple[Flaw, ...]:
    with pytest.raises(BadInput) as caught:
        parse_sheet(tables, "a.xlsx")
    assert caught.value.flaws
    for flaw in caught.value.flaws:
        assert all((flaw.message.zh, flaw.message.en, flaw.remedy.zh, flaw.remedy.en))
    return caught.value.flaws


def places(flaws: tuple[Flaw, ...]) -> list[str]:
    return [f"{flaw.where.sheet}!{flaw.where.cell}" for flaw in flaws]


def with_cell(sheet: str, line: int, column: str, cell: Cell) -> dict[str, list[list[Cell]]]:
    """The starter's sheets with one other cell: line from 1, column by key."""
    changed: dict[str, list[list[Cell]]] = {key: [list(row) for row in rows] for key, rows in SHEET.items()}
    changed[sheet][line - 1][at(sheet, column)] = cell
    return changed


def at(sheet: str, column: str) -> int:
    return next(place for place, heading in enumerate(SHEET[sheet][0]) if str(heading).split()[0] == column)


def named(sheet: str, line: int, column: str) -> str:
    return f"{sheet}!{cell_name(at(sheet, column), line)}"


# ---- round trips


def test_the_starter_list_comes_back_from_its_sheets() -> None:
    sheet = parse_sheet(render_sheet(STARTER))
    assert sheet.content == STARTER
    assert set(sheet.changes.values()) == {"keep"}
    assert all(isinstance(cell, str) for rows in SHEET.values() for row in rows for cell in row)


@settings(no_shrinking, max_examples=60)
@given(lists())
def test_any_list_comes_back_from_its_sheets(drawn: NegativeList) -> None:
    assert repr(parse_sheet(render_sheet(drawn)).content) == repr(drawn)


@given(texts)
def test_a_text_reads_back_from_a_cell(text: str) -> None:
    assert unquoted(write_text(text)) == text
    assert unquoted(f"  {write_text(text)}\n") == text


@given(texts)
def test_nothing_is_written_that_a_workbook_cannot_hold_or_reads_as_an_escape(text: str) -> None:
    for written in (write_text(text), write_text(f"_x0041_{text}"), write_items([text, "_x000D_"])):
        assert not re.search("_x[0-9A-Fa-f]{4}_", written)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", written)


@given(st.lists(texts | st.just("")), st.sampled_from(["\n", "; "]))
def test_a_list_of_texts_reads_back_from_a_cell(several: list[str], separator: str) -> None:
    assert list(items(write_items(several, separator))) == several


@given(st.lists(st.tuples(texts, texts | st.just(""))))
def test_legal_bases_read_back_from_a_cell(bases: list[tuple[str, str]]) -> None:
    assert list(read_basis("\n".join(write_basis(*one) for one in bases))) == bases


@given(st.lists(literals))
@example([5, "5", 5.0, "5.0", True, "true", "2026-01-31", ""])
def test_values_read_back_with_their_types(values: list[Any]) -> None:
    assert repr(list(read_literals(write_literals(values)))) == repr(values)


@given(texts)
def test_a_term_of_any_name_reads_back_as_that_term(name: str) -> None:
    term = Term(name, (FieldPattern("x"),))
    assert read_alternative(write_alternative(term), {name: term}, {}) == term


@pytest.mark.parametrize("text", HARD)
def test_an_at_sign_in_a_name_is_no_hit_ratio(text: str) -> None:
    for ratio in (0.5, 0.25):
        entities = Entities((text, "PLATE"), ratio)
        assert read_alternative(write_alternative(entities), {}, {}) == entities


def test_one_name_with_two_meanings_is_refused_and_not_written_by_halves() -> None:
    entry = STARTER.entries[5]
    other = replace(
        entry.clauses[0],
        when=(replace(entry.clauses[0].when[0], conditions=(Term("plate", (FieldPattern("x"),)),)),),
    )
    twice = replace(
        STARTER,
        entries=(
            entry,
            replace(entry, identity=replace(entry.identity, entry_id="b", seq=99), clauses=(other,)),
        ),
    )
    with pytest.raises(BadInput, match="without loss"):
        render_sheet(twice)


def test_a_text_longer_than_a_cell_is_refused() -> None:
    with pytest.raises(BadInput, match="without loss"):
        render_sheet(replace(STARTER, title=Text("长" * 32_768, "long")))


# ---- what a person may do


def test_keys_labels_and_other_orders_are_read_alike() -> None:
    sheet = with_cell("entries", 2, "change", "保留")
    sheet["entries"][2][at("entries", "change")] = "KEEP"
    sheet["entries"][3][at("entries", "domain")] = "credit"
    sheet["effects"][1][at("effects", "effect")] = "不予开放"
    reversed_columns = {key: [row[::-1] for row in rows] for key, rows in sheet.items()}
    assert parse_sheet(reversed_columns).content == STARTER


def test_blank_rows_and_blanks_around_texts_do_not_count() -> None:
    sheet: dict[str, list[list[Cell]]] = {
        key: [*rows[:1], ["", " "], *rows[1:]] for key, rows in SHEET.items()
    }
    sheet["entries"][2][at("entries", "category")] = f"  {STARTER.entries[0].identity.category}\n"
    assert parse_sheet(sheet).content == STARTER


def test_a_number_or_date_is_taken_where_a_number_or_date_is_asked_for() -> None:
    sheet = with_cell("entries", 2, "seq", Turned("number", "1"))
    sheet["entries"][1][at("entries", "valid_from")] = Turned("day", "2021-11-01")
    sheet["entries"][1][at("entries", "exemptible")] = Turned("flag", "true")
    assert parse_sheet(sheet).content == STARTER


def test_terms_may_stand_in_any_order() -> None:
    sheet = SHEET | {"terms": [SHEET["terms"][0], *SHEET["terms"][:0:-1]]}
    read = parse_sheet(sheet).content
    assert {e.entry_id for e in read.entries} == {e.entry_id for e in STARTER.entries}


# ---- what is refused, and where

BROKEN: tuple[tuple[str, int, str, Cell, str], ...] = (
    ("entries", 17, "valid_from", "soon", "is not a date"),
    ("entries", 17, "valid_from", "2026-02-30", "is not a date"),
    ("entries", 17, "valid_to", Turned("number", "46000"), "into a number"),
    ("entries", 17, "id", Turned("number", "1"), "into a number"),
    ("entries", 17, "change", "", "none of the choices"),
    ("entries", 17, "change", "delete", "none of the choices"),
    ("entries", 17, "domain", "transprot", "none of the choices"),
    ("entries", 17, "legal_basis", "ppil art. 28", "unknown law"),
    ("entries", 17, "legal_basis", "", "a legal basis is needed"),
    ("entries", 17, "description_en", "", "must not be empty"),
    ("entries", 17, "seq", "0", "not a whole number"),
    ("entries", 17, "category", Turned("day", "2026-01-02"), "into a date"),
    ("entries", 17, "examples", 'a "b', "not closed"),
    ("entries", 17, "approved_by", "kaizha:starter-drafter", "two people"),
    ("clauses", 9, "when_1", "plat", "unknown term"),
    ("clauses", 9, "when_2", "colour: red", "unknown condition"),
    ("clauses", 9, "when_2", "fields: (车", "not a pattern"),
    ("clauses", 9, "when_2", "fields: (?=车)", "not a pattern"),
    ("clauses", 9, "when_2", "rows: many", "whole number"),
    ("clauses", 9, "when_2", "rows: 0", "at least 1"),
    ("clauses", 9, "when_2", "themes: transprot", "unknown theme"),
    ("clauses", 9, "when_2", "group: nobody", "unknown group"),
    ("clauses", 9, "unless_1", "time_finer_than: fortnight", "unknown step"),
    ("clauses", 9, "stage", "later", "none of the choices"),
    ("clauses", 9, "remedy_zh", " ", "must not be empty"),
    ("clauses", 9, "entry", "starter-99", "no entry"),
    ("effects", 9, "k", "1", "whole number"),
    ("effects", 5, "operator", "blur", "none of the choices"),
    ("effects", 9, "days", "7", "does not belong"),
    ("effects", 9, "on", "plate; plat", "unknown term"),
    ("terms", 4, "value", "[", "not a pattern"),
    ("terms", 9, "condition", "colour", "none of the choices"),
    ("groups", 2, "fields", "(", "not a pattern"),
    ("laws", 9, "zh", Turned("formula"), "is a formula"),
    ("laws", 9, "source", "heard", "none of the choices"),
    ("list", 2, "title_en", Turned("merged"), "merged cell"),
    ("list", 2, "form", "9", "another version of the form"),
)  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=[f"{b[0]}-{b[2]}-{b[4]}" for b in BROKEN])
def test_a_flaw_names_sheet_row_and_cell(broken: tuple[str, int, str, Cell, str]) -> None:
    sheet, line, column, cell, said = broken
    flaws = flaws_of(with_cell(sheet, line, column, cell))
    here = [flaw for flaw in flaws if places((flaw,)) == [named(sheet, line, column)]]
    assert here, places(flaws)
    assert said in here[0].message.en
    assert (here[0].where.file, here[0].where.line, here[0].where.column) == ("a.xlsx", line, column)


CELLS = [
    (form.key, line, column)
    for form in SHEETS
    for line, row in enumerate(SHEET[form.key], 1)
    for column, cell in enumerate(row)
    if cell
]


@settings(deadline=None, max_examples=120)
@given(st.sampled_from(CELLS), st.sampled_from(["formula", "merged", "time"]))
def test_one_broken_cell_is_named_and_nothing_is_read(place: tuple[str, int, int], kind: Any) -> None:
    sheet, line, column = place
    changed: dict[str, list[list[Cell]]] = {key: [list(row) for row in rows] for key, rows in SHEET.items()}
    changed[sheet][line - 1][column] = Turned(kind)
    assert f"{sheet}!{cell_name(column, line)}" in places(flaws_of(changed))[:3]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([c for c in CELLS if c[1] > 1]), min_size=2, max_size=6, unique=True))
def test_every_broken_cell_is_told_in_one_reading(several: list[tuple[str, int, int]]) -> None:
    changed: dict[str, list[list[Cell]]] = {key: [list(row) for row in rows] for key, rows in SHEET.items()}
    for sheet, line, column in several:
        changed[sheet][line - 1][column] = Turned("formula")
    told = places(flaws_of(changed))
    assert {f"{sheet}!{cell_name(column, line)}" for sheet, line, column in several} <= set(told)


def drop_sheet(sheet: Any) -> None:
    del sheet["laws"]


def drop_column(sheet: Any) -> None:
    for row in sheet["effects"]:
        del row[3]


def repeat_entry(sheet: Any) -> None:
    sheet["entries"].append(sheet["entries"][1])


def repeat_clause(sheet: Any) -> None:
    sheet["clauses"].append(sheet["clauses"][1])


def drop_clause(sheet: Any) -> None:
    del sheet["clauses"][1]


def circle(sheet: Any) -> None:
    sheet["terms"].append(["loop", "term", "loop", ""])


def deep(sheet: Any) -> None:
    sheet["terms"] += [[f"t{n}", "term", f"t{n + 1}", ""] for n in range(5000)]


def beside(sheet: Any) -> None:
    sheet["laws"][3] += ["", "note"]


def two_versions(sheet: Any) -> None:
    sheet["list"].append(sheet["list"][1])


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (drop_sheet, "laws!None", "missing"),
        (drop_column, "effects!None", "lacks the headings scope"),
        (repeat_entry, "entries!B2", "occurs twice"),
        (repeat_clause, "clauses!B54", "another clause"),
        (drop_clause, "entries!B2", "no clause"),
        (circle, "terms!C187", "circle"),
        (deep, "terms!C208", "circle, or too deeply"),
        (beside, "laws!F4", "without a heading"),
        (two_versions, "list!None", "exactly one row"),
    ],
)  # fmt: skip
def test_what_refers_to_nothing_or_occurs_twice_is_refused(
    change: Callable[[Any], None], place: str, said: str
) -> None:
    changed = {key: [list(row) for row in rows] for key, rows in SHEET.items()}
    change(changed)
    flaws = flaws_of(changed)
    assert any(places((flaw,)) == [place] and said in flaw.message.en for flaw in flaws), [
        (places((flaw,)), flaw.message.en) for flaw in flaws
    ]


def test_the_message_itself_names_the_first_cells_and_counts_the_rest() -> None:
    sheet = {key: [list(row) for row in rows] for key, rows in SHEET.items()}
    for line in range(2, 12):
        sheet["laws"][line - 1][at("laws", "en")] = ""
    with pytest.raises(BadInput) as caught:
        parse_sheet(sheet)
    assert "laws!C2" in caught.value.message.en
    assert "laws!C2" in caught.value.message.zh
    assert "Flaws in the workbook: 10;" in caught.value.message.en
    assert "5 more" in caught.value.message.en
    assert caught.value.flaws[0].to_json()["where"] == {
        "sheet": "laws",
        "line": 2,
        "column": "en",
        "cell": "C2",
    }
