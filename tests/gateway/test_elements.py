"""The register of data elements: all of a form or nothing, versions that never change, adoption that is counted."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from starlette.testclient import TestClient

from catalog.contract import Contract, Field
from catalog.dataset import ColumnType
from catalog.element import DataElement, claims_of, parse_format
from catalog.element_form import COLUMNS, read_elements, write_elements
from catalog.elements.csv_starter import load_starter_elements
from catalog.errors import BadInput, NotAllowed
from catalog.finding import Grade
from catalog.ingest import local
from catalog.registry import queries
from catalog.registry.elements import current_elements, element_record
from catalog.text import Text
from gateway.access import OWNER, Person, Role
from gateway.app import create_app
from gateway.elements import import_elements
from gateway.gate import Gate
from gateway.governance.intake import import_list
from gateway.settings import ServeSettings
from negative_list import load_starter, render_list

ONE = DataElement(
    "CT00001", 1, "数据局", Text("线路", "Line"), Text("公交线路", "A bus line"), ColumnType.TEXT, "an..8"
)


def form(tmp_path: Path, *elements: DataElement) -> Path:
    path = tmp_path / "elements.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(write_elements(elements))
    return path


def take(gate: Gate, path: Path, person: Person = OWNER) -> Any:
    return import_elements(gate, person, local(path, 1 << 20))


def test_a_fresh_home_has_the_starter_set(gate: Gate) -> None:
    with gate.registry.reading() as snapshot:
        assert tuple(current_elements(snapshot).values()) == load_starter_elements()


def test_every_starter_element_is_sound_and_labelled_a_starter() -> None:
    for one in load_starter_elements():
        assert list(one.problems()) == []
        assert "starter" in one.owner
        assert one.name.zh != one.name.en


def test_a_form_is_registered_once_with_who_and_when(gate: Gate, tmp_path: Path) -> None:
    office = Person("ou", frozenset({Role.DATA_OFFICE}))
    assert (take(gate, form(tmp_path, ONE), office).added) == 1
    again = take(gate, form(tmp_path, ONE), office)
    assert (again.added, again.known) == (0, 1)
    with gate.registry.reading() as snapshot:
        record = element_record(snapshot, "CT00001")
        (event,) = [
            one.event for one in queries.leaf_rows(snapshot) if one.event["kind"] == "elements-registered"
        ]
    assert (record.element, record.registered_by, record.versions) == (ONE, "ou", (1,))
    assert (event["elements"], event["by"]) == (["CT00001@1"], "ou")


def test_a_steward_does_not_write_the_register(gate: Gate, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        take(gate, form(tmp_path, ONE), Person("s", frozenset({Role.STEWARD})))


def test_a_registered_version_never_changes_and_the_next_one_stands_beside_it(
    gate: Gate, tmp_path: Path
) -> None:
    take(gate, form(tmp_path, ONE))
    changed = replace(ONE, format="an..9")
    with pytest.raises(BadInput, match="registered with another content") as refused:
        take(gate, form(tmp_path, changed))
    assert (refused.value.where.line, refused.value.where.cell) == (2, "B2")
    take(gate, form(tmp_path, replace(changed, version=3)))
    with pytest.raises(BadInput, match="has the newer version 3"):
        take(gate, form(tmp_path, replace(changed, version=2)))
    with gate.registry.reading() as snapshot:
        assert element_record(snapshot, "CT00001").element.format == "an..9"
        assert element_record(snapshot, "CT00001", 1).element == ONE


def test_a_workbook_is_read_as_its_csv_is(gate: Gate, tmp_path: Path) -> None:
    book = Workbook()
    header, *rows = write_elements([ONE, replace(ONE, code="CT00002", format="n..4", grade=Grade.L2)])
    book.active.append([one.title.zh for one in COLUMNS])
    for row in rows:
        book.active.append(
            [int(cell) if name == "version" else cell for name, cell in zip(header, row, strict=True)]
        )
    path = tmp_path / "elements.xlsx"
    book.save(path)
    assert take(gate, path).added == 2


FLAWS: tuple[tuple[str, str, str, str], ...] = (
    ("code", "C T", "A2", "cannot be the code"),
    ("version", "one", "B2", "is no version"),
    ("version", "0", "B2", "begin at 1"),
    ("name_en", "", "E2", "English name is missing"),
    ("type", "string", "H2", "is no known type"),
    ("format", "x9", "I2", "no representation format"),
    ("format", "n..8,2", "I2", "does not suit the type text"),
    ("values", "a||b", "J2", "empty or a doubled value"),
    ("minimum", "low", "K2", "is no number"),
    ("minimum", "3", "K2", "only numbers have bounds"),
    ("grade", "L5", "N2", "is no grade"),
)


@pytest.mark.parametrize(("key", "cell", "place", "said"), FLAWS, ids=[f"{one[0]}={one[1]}" for one in FLAWS])
def test_a_wrong_cell_is_named_and_nothing_is_taken(
    gate: Gate, tmp_path: Path, key: str, cell: str, place: str, said: str
) -> None:
    header, row = write_elements([ONE])
    row[header.index(key)] = cell
    path = tmp_path / "elements.csv"
    other = write_elements([replace(ONE, code="CT00009")])[1]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows((header, row, other))
    with pytest.raises(BadInput) as refused:
        take(gate, path)
    assert (refused.value.where.cell, refused.value.where.column) == (place, key)
    assert said in refused.value.message.en
    assert not cell.strip("0") or cell not in refused.value.message.en + refused.value.remedy.en
    with gate.registry.reading() as snapshot:
        assert "CT00009" not in current_elements(snapshot)


def test_a_header_the_form_does_not_know_is_refused_with_what_it_may_mean(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "elements.csv"
    path.write_text("code,versoin\nA,1\n", "utf-8")
    with pytest.raises(BadInput) as refused:
        take(gate, path)
    assert 'did you mean "version"?' in refused.value.message.en
    assert refused.value.where.cell == "B1"


@given(st.data())
def test_elements_written_and_read_are_the_same(data: st.DataObject) -> None:
    kind = data.draw(
        st.sampled_from([ColumnType.TEXT, ColumnType.INTEGER, ColumnType.DOUBLE, ColumnType.DATE])
    )
    number = kind in (ColumnType.INTEGER, ColumnType.DOUBLE)
    words = st.text('甲乙线ab1,，"', min_size=1, max_size=6)
    one = DataElement(
        code="X1",
        version=data.draw(st.integers(1, 999)),
        owner=data.draw(words),
        name=Text(data.draw(words), data.draw(words)),
        definition=Text(data.draw(words), data.draw(words)),
        type=kind,
        format="an..8" if kind is ColumnType.TEXT else "",
        values=tuple(data.draw(st.lists(words, unique=True))) if kind is ColumnType.TEXT else (),
        minimum=data.draw(st.sampled_from([None, 0.0, -2.5])) if number else None,
        maximum=data.draw(st.sampled_from([None, 7.0, 8.25])) if number else None,
        unit=data.draw(st.sampled_from([None, "km2"])),
        grade=data.draw(st.sampled_from(Grade)),
        source=data.draw(st.sampled_from(["", "GB/T 2260"])),
    )
    assert read_elements(write_elements([one]), "x.csv") == (one,)


@pytest.mark.parametrize(
    ("notation", "kind", "claim"),
    [
        ("n6", ColumnType.TEXT, {"regex": "^[0-9]{6,6}$"}),
        ("an3..18", ColumnType.TEXT, {"regex": "^[A-Za-z0-9]{3,18}$"}),
        ("c..40", ColumnType.TEXT, {"min_value": 1, "max_value": 40}),
        (
            "n..10,2",
            ColumnType.DECIMAL,
            {"min_value": -(10**8), "max_value": 10**8, "strict_min": True, "strict_max": True},
        ),
    ],
)
def test_a_format_claims_what_it_says(notation: str, kind: ColumnType, claim: dict[str, Any]) -> None:
    (one,) = claims_of("x", kind, replace(ONE, type=kind, format=notation))
    assert one["kwargs"] == {"column": "x", **claim}
    assert one["meta"]["element"] == "CT00001"


@pytest.mark.parametrize("notation", ["", "n", "6", "n0", "n5..3", "n..3,3", "a..3,1", "z6", "n..6 "])
def test_what_is_no_format_is_none(notation: str) -> None:
    assert parse_format(notation) is None


def test_adoption_counts_bound_fields_of_released_ones_by_publisher(
    gate: Gate, publish: Any, tmp_path: Path
) -> None:
    path = tmp_path / "d.csv"
    path.write_text("区划代码,说明\n330102,上城\n330105,拱墅\n", "utf-8")
    publish(path, dataset_id="d", contract=Contract((Field("区划代码", element="KZ00001"),)))
    client = TestClient(create_app(ServeSettings(home=gate.settings.home)))
    with client:
        told = client.get("/api/v1/elements").json()
        one = client.get("/api/v1/elements/KZ00001").json()
        counts = client.get("/api/v1/counts").json()
        assert client.get("/api/v1/elements/KZ99999").status_code == 404
        assert client.get("/api/v1/elements/KZ00001?version=2").status_code == 404
    assert told["adoption"] == [{"publisher": "测试局", "fields": 2, "bound": 1}]
    assert counts["adoption"] == told["adoption"]
    assert len(told["elements"]) == len(load_starter_elements())
    assert (one["format"], one["versions"]) == ("n6", [1])


def test_a_list_that_asks_for_an_unregistered_element_is_refused_where_it_does(
    gate: Gate, tmp_path: Path
) -> None:
    starter = load_starter()
    text = render_list(replace(starter, version="x-1", official=False))
    for code, fine in (("KZ99999", False), ("KZ00024", True)):
        path = tmp_path / f"{code}.toml"
        path.write_text(text.replace("when = [", f'when = [{{ elements = ["{code}"] }}, ', 1), "utf-8")
        if fine:
            import_list(gate, OWNER, local(path, 1 << 22), "toml")
        else:
            with pytest.raises(BadInput, match="unknown data element: KZ99999"):
                import_list(gate, OWNER, local(path, 1 << 22), "toml")


def test_the_register_goes_out_as_it_came_in(gate: Gate) -> None:
    with gate.registry.reading() as snapshot:
        shown = list(current_elements(snapshot).values())
    assert read_elements(write_elements(shown), "x.csv") == tuple(shown)
    assert json.dumps(write_elements(shown), ensure_ascii=False)
