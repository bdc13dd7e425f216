"""A sheet applied to its base version: a draft of what was changed, and no change that is not said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from subjects import TODAY

from catalog.errors import BadInput, Conflict, KaizhaError
from negative_list import NegativeList, Status, apply_sheet, load_starter
from negative_list.sheet_parse import parse_sheet
from negative_list.sheet_render import render_sheet

STARTER = load_starter()
Rows = dict[str, list[list[Any]]]


def at(rows: Rows, sheet: str, column: str) -> int:
    return next(place for place, heading in enumerate(rows[sheet][0]) if heading.split()[0] == column)


def put(rows: Rows, sheet: str, line: int, **cells: str) -> None:
    for column, cell in cells.items():
        rows[sheet][line - 1][at(rows, sheet, column)] = cell


def draft(*edits: Callable[[Rows], None], base: NegativeList = STARTER, on: date = TODAY) -> NegativeList:
    rows: Rows = {key: [list(row) for row in table] for key, table in render_sheet(STARTER).items()}
    for edit in edits:
        edit(rows)
    return apply_sheet(base, parse_sheet(rows), version="draft-1", drafted_by="甲", on=on)


def refused(*edits: Callable[[Rows], None], **more: Any) -> KaizhaError:
    with pytest.raises(KaizhaError) as caught:
        draft(*edits, **more)
    return caught.value


def cells(error: KaizhaError) -> dict[str, str]:
    assert isinstance(error, BadInput)
    return {f"{one.where.sheet}!{one.where.cell}": one.message.en for one in error.flaws}


def only_entries(*ids: str) -> Callable[[Rows], None]:
    """What an officer does who deletes all other rows; words stay."""

    def edit(rows: Rows) -> None:
        for sheet, column in (("entries", "id"), ("clauses", "entry"), ("effects", "entry")):
            place = at(rows, sheet, column)
            rows[sheet] = [row for n, row in enumerate(rows[sheet]) if n == 0 or row[place] in ids]

    return edit


def describe(rows: Rows) -> None:
    put(rows, "entries", 2, change="change 修改", description_zh="改过的描述")


def test_an_unchanged_sheet_is_the_base_under_the_version_of_the_draft() -> None:
    made = draft()
    assert made.version == "draft-1"
    assert [
        replace(e, identity=replace(e.identity, list_version=STARTER.version)) for e in made.entries
    ] == list(STARTER.entries)
    assert {entry.identity.list_version for entry in made.entries} == {"draft-1"}


def test_a_changed_entry_is_a_draft_that_nobody_has_approved_and_the_rest_stays() -> None:
    made = draft(describe)
    changed, rule = made.entries[0], made.entries[0].governance
    assert changed.identity.description.zh == "改过的描述"
    assert (rule.status, rule.drafted_by, rule.approved_by) == (Status.DRAFT, "甲", None)
    assert not changed.in_force(TODAY)
    assert [e.governance for e in made.entries[1:]] == [e.governance for e in STARTER.entries[1:]]


def test_an_absent_row_is_not_a_deletion() -> None:
    made = draft(describe, only_entries("starter-01"))
    assert [e.entry_id for e in made.entries] == [e.entry_id for e in STARTER.entries]
    assert made.entries[0].governance.status is Status.DRAFT
    assert all(entry.in_force(TODAY) for entry in made.entries[1:])


def test_a_retired_entry_is_withdrawn_and_not_in_force() -> None:
    made = draft(lambda rows: put(rows, "entries", 3, change="retire"))
    assert made.entries[1].governance.status is Status.WITHDRAWN
    assert replace(made.entries[1].governance, status=Status.APPROVED) == STARTER.entries[1].governance
    assert not made.entries[1].in_force(TODAY)


def add_entry(rows: Rows) -> None:
    for sheet in ("entries", "clauses", "effects"):
        rows[sheet].append(list(rows[sheet][1]))
    last = len(rows["entries"])
    put(
        rows, "entries", last, change="新增", id="mine-01", seq="35", status="", drafted_by="", approved_by=""
    )
    put(rows, "clauses", len(rows["clauses"]), entry="mine-01")
    put(rows, "effects", len(rows["effects"]), entry="mine-01")


def test_an_added_entry_comes_last_as_a_draft() -> None:
    made = draft(add_entry)
    assert [e.entry_id for e in made.entries[-2:]] == ["starter-34", "mine-01"]
    assert made.entries[-1].governance.status is Status.DRAFT
    assert made.entries[-1].governance.drafted_by == "甲"
    assert made.entries[-1].clauses == STARTER.entries[0].clauses


def test_a_sheet_of_another_version_is_refused_with_the_way_out() -> None:
    error = refused(describe, base=replace(STARTER, version="starter-2027.1"))
    assert isinstance(error, Conflict)
    assert "starter-2027.1" in error.message.zh
    assert "Export the list again" in error.remedy.en
    assert str(error.where) == "list!A2, column base_version"


@pytest.mark.parametrize(
    ("edit", "cell", "said"),
    [
        (lambda rows: put(rows, "entries", 2, description_zh="改"), "entries!A2", "differs from the base"),
        (lambda rows: put(rows, "clauses", 2, remedy_zh="改"), "entries!A2", "differs from the base"),
        (lambda rows: put(rows, "laws", 2, en="Other"), "entries!A2", "differs from the base"),
        (lambda rows: put(rows, "entries", 2, change="change"), "entries!A2", "nothing of the entry has changed"),
        (lambda rows: put(rows, "entries", 2, change="add"), "entries!A2", "the base version has this entry"),
        (lambda rows: put(rows, "entries", 2, change="retire", category="改"), "entries!A2", "edited as well"),
        (lambda rows: (add_entry(rows), put(rows, "entries", 36, change="keep")), "entries!A36", "no such entry"),
        (lambda rows: put(rows, "list", 2, official="yes"), "list!D2", "cannot be changed by a workbook"),
        (
            lambda rows: put(rows, "entries", 2, change="change", valid_to="2026-11-23"),
            "entries!P2",
            "expired on 2026-11-23",
        ),
        (lambda rows: put(rows, "entries", 2, change="change", supersedes="nobody"), "entries!T2", "does not have"),
        (
            lambda rows: put(rows, "clauses", 2, when_3="themes: water", when_4="themes: credit")
            or put(rows, "entries", 2, change="change"),
            "clauses!G2",
            "never met",
        ),
        (
            lambda rows: put(rows, "clauses", 2, when_3="entities: MOBILE; MOBILES") or put(rows, "entries", 2, change="change"),
            "clauses!F2",
            "unknown kind of information: MOBILES",
        ),
    ],
)  # fmt: skip
def test_a_change_that_is_not_what_it_says_is_refused_at_its_cell(edit: Any, cell: str, said: str) -> None:
    told = cells(refused(edit))
    assert said in told[cell], told


def test_a_term_may_not_change_under_entries_that_have_no_row() -> None:
    def loosen(rows: Rows) -> None:
        line = next(n for n, row in enumerate(rows["terms"], 1) if row[0] == "person_name")
        put(rows, "terms", line, value="姓名")
        put(rows, "entries", 3, change="change")

    told = cells(refused(loosen, only_entries("starter-02")))
    terms = {said for cell, said in told.items() if cell.startswith("terms!")}
    assert terms == {"has changed, and entries without a row here use it too"}
    everywhere = cells(refused(loosen))
    assert len(everywhere) > 3  # every other entry that names persons still says keep
    assert all(cell.startswith("entries!A") for cell in everywhere)


def test_a_number_may_not_be_that_of_an_entry_without_a_row() -> None:
    def renumber(rows: Rows) -> None:
        put(rows, "entries", 2, change="change", seq="9")

    assert "no row here" in cells(refused(renumber, only_entries("starter-01")))["entries!C2"]


def test_the_last_day_of_validity_is_still_valid() -> None:
    made = draft(lambda rows: put(rows, "entries", 2, change="change", valid_to=TODAY.isoformat()))
    assert made.entries[0].governance.valid_to == TODAY


@pytest.mark.parametrize(("version", "drafter"), [("", "甲"), (STARTER.version, "甲"), ("draft-1", "")])
def test_a_draft_has_a_version_and_a_drafter_of_its_own(version: str, drafter: str) -> None:
    with pytest.raises(BadInput, match="version of its own"):
        apply_sheet(
            STARTER, parse_sheet(render_sheet(STARTER)), version=version, drafted_by=drafter, on=TODAY
        )
