"""A list as sheets of cells: the same list comes back, and a broken cell is named while nothing is read."""

from __future__ import annotations

from drawn_lists import lists
from hypothesis import HealthCheck, given, settings

from negative_list import NegativeList, load_starter
from negative_list.sheet_parse import parse_sheet
from negative_list.sheet_render import render_sheet

STARTER = load_starter()


def test_the_starter_list_comes_back_from_its_sheets() -> None:
    sheet = parse_sheet(render_sheet(STARTER))
    assert sheet.content == STARTER
    assert set(sheet.changes.values()) == {"keep"}


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(lists())
def test_any_list_comes_back_from_its_sheets(drawn: NegativeList) -> None:
    assert repr(parse_sheet(render_sheet(drawn)).content) == repr(drawn)
