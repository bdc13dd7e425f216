"""docs/contract.md is held to catalog.contract and catalog.contract_json: its example is read, its tables name what the reader knows."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from catalog.contract import Contract, Field, PersonalData
from catalog.contract_json import parse_contract
from catalog.dataset import ColumnType
from catalog.errors import BadInput

PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def _first_cells(after: str) -> set[str]:
    """The code names in the first column of the first table after a phrase, its head left out."""
    body = PAGE.split(after, 1)[1].split("\n|---", 1)[1].split("\n\n", 1)[0]
    return set(re.findall(r"^\| `([^`]+)`", body, re.MULTILINE))


def test_the_example_is_a_contract_with_everything_the_page_explains() -> None:
    contract = parse_contract(json.loads(EXAMPLE), "docs/contract.md")
    assert contract.keys == ("站点名称",)
    assert contract.quality_threshold == 0.9
    assert contract.suite is not None
    assert len(contract.suite["expectations"]) == 3
    name, routes, since = contract.fields
    assert (name.type, name.element) == (ColumnType.TEXT, "KZ00021")
    assert routes.unit == "1"
    assert since.title is not None
    assert since.title.en == since.title.zh


def test_the_page_names_exactly_the_members_of_a_contract_and_of_a_field() -> None:
    assert _first_cells("## 各项 · Members") == {field.name for field in dataclasses.fields(Contract)}
    assert _first_cells("Each of `fields`") == {field.name for field in dataclasses.fields(Field)}
    assert _first_cells("Each of `personal`") == {field.name for field in dataclasses.fields(PersonalData)}


def test_the_page_names_exactly_the_types() -> None:
    assert _first_cells("## 类型 · Types") == {kind.value for kind in ColumnType}


def test_the_default_threshold_is_the_one_the_page_gives() -> None:
    assert f"{Contract().quality_threshold} unless said" in PAGE


def test_a_member_the_page_does_not_list_is_refused_with_its_name() -> None:
    with pytest.raises(BadInput) as refused:
        parse_contract({**json.loads(EXAMPLE), "fieldz": []}, "c.json")
    assert "fieldz" in refused.value.message.en
