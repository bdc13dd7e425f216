"""Laws of comparing contracts, and each kind of change by its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.contract import Contract, Field, PersonalData
from catalog.contract_diff import Effect, diff, effect_of
from catalog.contract_json import contract_json, parse_contract
from catalog.contract_version import ContractVersion, next_version
from catalog.dataset import UPDATE_CYCLES, ColumnType
from catalog.errors import BadInput
from catalog.text import Text

TODAY = date(2026, 11, 24)
NUMBER = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
texts = st.sampled_from([None, Text("甲", "a"), Text("乙", "b")])


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    kind = draw(st.sampled_from([*ColumnType, None]))
    low, high = None, None
    if kind in NUMBER:
        low, high = draw(st.sampled_from([(None, None), (0.0, None), (None, 9.0), (0.0, 9.0), (3.0, 4.5)]))
    listed = kind in (ColumnType.TEXT, ColumnType.INTEGER)
    return Field(
        name=name,
        title=draw(texts),
        definition=draw(texts),
        type=kind,
        unit=draw(st.sampled_from([None, "km", "m"])),
        element=draw(st.sampled_from([None, "KZ00001", "KZ00002"])),
        required=draw(st.booleans()),
        values=tuple(draw(st.lists(st.sampled_from("123"), unique=True))) if listed else (),
        minimum=low,
        maximum=high,
        max_length=draw(st.sampled_from([None, 1, 9])) if kind is ColumnType.TEXT else None,
        crs=draw(st.sampled_from([None, "EPSG:4326", "EPSG:4490"])) if kind is ColumnType.GEOMETRY else None,
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    names = draw(st.lists(st.sampled_from("pqrs"), unique=True, max_size=4))
    mentioned = tuple(names[:1])
    personal = PersonalData(mentioned, Text("依据", "basis"), Text("目的", "purpose"), "P3Y")
    return Contract(
        fields=tuple(draw(fields(name)) for name in names),
        keys=tuple(draw(st.lists(st.sampled_from(names), unique=True))) if names else (),
        suite=draw(st.sampled_from([None, {"expectations": []}])),
        quality_threshold=draw(st.sampled_from([0.0, 0.6, 1.0])),
        update_cycle=draw(st.sampled_from([None, *UPDATE_CYCLES])),
        licence=draw(st.sampled_from([None, "CC-BY-4.0", "CC0-1.0"])),
        personal=draw(st.sampled_from([(), (personal,)])) if names else (),
    )


def breaks(old: Contract, new: Contract) -> bool:
    return effect_of(diff(old, new)) is Effect.BREAKING


@given(contracts(), contracts())
def test_there_is_no_change_exactly_where_both_say_the_same(a: Contract, b: Contract) -> None:
    assert diff(a, a) == ()
    assert (diff(a, b) == ()) == (a == b)


@settings(max_examples=400)
@given(st.data(), contracts())
def test_two_changes_in_a_row_that_do_not_break_do_not_break_together(
    data: st.DataObject, a: Contract
) -> None:
    b, c = data.draw(kin(a)), data.draw(contracts())
    c = data.draw(kin(b)) if data.draw(st.booleans()) else c
    if not breaks(a, b) and not breaks(b, c):
        assert not breaks(a, c)


@st.composite
def kin(draw: st.DrawFn, of: Contract) -> Contract:
    """A contract that differs from another in little, so that much of what is drawn does not break."""
    other = draw(contracts())
    member = draw(
        st.sampled_from(["fields", "keys", "licence", "update_cycle", "personal", "quality_threshold"])
    )
    if member != "fields" or not of.fields:
        return replace(of, **{member: getattr(other, member)})
    place = draw(st.integers(0, len(of.fields) - 1))
    one = draw(fields(of.fields[place].name))
    part = draw(st.sampled_from([name for name in Field.__slots__ if name != "name"]))
    changed = replace(of.fields[place], **{part: getattr(one, part)})
    return replace(of, fields=(*of.fields[:place], changed, *of.fields[place + 1 :]))


WIDEST = {"values": (), "minimum": None, "maximum": None, "max_length": None, "required": False, "type": None}


@given(contracts(), st.sets(st.sampled_from(sorted(WIDEST))))
def test_widening_never_breaks_and_undoing_it_does(a: Contract, parts: set[str]) -> None:
    wide = replace(
        a, fields=tuple(replace(one, **{part: WIDEST[part] for part in parts}) for one in a.fields)
    )
    assert not breaks(a, wide)
    assert breaks(wide, a) == (wide != a)


@given(contracts(), contracts())
def test_a_field_more_never_breaks_and_a_field_less_always_does(a: Contract, b: Contract) -> None:
    more = replace(a, fields=(*a.fields, Field("new")))
    assert effect_of(diff(a, more)) is Effect.ADDITIVE
    assert breaks(more, a)


@given(contracts())
def test_the_file_form_reads_back_to_the_same(a: Contract) -> None:
    assert parse_contract(contract_json(a), "c.json") == a


BASE = Field(
    "x",
    Text("名", "n"),
    Text("义", "d"),
    ColumnType.INTEGER,
    "km",
    "KZ00001",
    False,
    ("1", "2"),
    0,
    9,
    None,
    None,
)
CASES: tuple[tuple[dict[str, Any], Effect, str], ...] = (
    ({"type": ColumnType.DECIMAL, "values": ("1", "2")}, Effect.ADDITIVE, "widen"),
    ({"type": ColumnType.TEXT}, Effect.BREAKING, "narrow"),
    ({"unit": "m"}, Effect.BREAKING, "unit"),
    ({"unit": None}, Effect.BREAKING, "unit"),
    ({"element": "KZ00002"}, Effect.BREAKING, "element"),
    ({"required": True}, Effect.BREAKING, "narrow"),
    ({"values": ("1",)}, Effect.BREAKING, "enum-removal"),
    ({"values": ("1", "2", "3")}, Effect.ADDITIVE, "widen"),
    ({"values": ("2", "1")}, Effect.DESCRIPTIVE, "words"),
    ({"values": ()}, Effect.ADDITIVE, "widen"),
    ({"minimum": 1}, Effect.BREAKING, "narrow"),
    ({"minimum": -1}, Effect.ADDITIVE, "widen"),
    ({"maximum": 8}, Effect.BREAKING, "narrow"),
    ({"maximum": None}, Effect.ADDITIVE, "widen"),
    ({"max_length": 5}, Effect.BREAKING, "narrow"),
    ({"crs": "EPSG:4490"}, Effect.ADDITIVE, "crs"),
    ({"definition": Text("另", "other")}, Effect.DESCRIPTIVE, "words"),
    ({"name": "y"}, Effect.BREAKING, "rename"),
)


@pytest.mark.parametrize(("changed", "effect", "what"), CASES, ids=[f"{c[0]}" for c in CASES])
def test_each_change_of_a_field_has_its_effect_and_its_name(
    changed: dict[str, Any], effect: Effect, what: str
) -> None:
    old, new = Contract((BASE,)), Contract((replace(BASE, **changed),))
    assert [(one.effect, one.what, one.field) for one in diff(old, new)] == [(effect, what, "x")]


def test_another_reference_system_breaks() -> None:
    old = Contract((Field("g", type=ColumnType.GEOMETRY, crs="EPSG:4326"),))
    (one,) = diff(old, Contract((replace(old.fields[0], crs="EPSG:4490"),)))
    assert (one.effect, one.what) == (Effect.BREAKING, "crs")


def test_fields_that_say_the_same_are_not_taken_for_renamed() -> None:
    old = Contract((replace(BASE, name="a"), replace(BASE, name="b")))
    assert {one.what for one in diff(old, Contract((replace(BASE, name="c"),)))} == {"drop", "add"}


# ---- versions


def current(contract: Contract, version: str = "1.2.3") -> ContractVersion:
    return ContractVersion("d", version, contract, "owner", datetime(2026, 1, 1, tzinfo=UTC))


OLD = Contract((BASE, Field("z")))
BREAKS = Contract((BASE,))


@pytest.mark.parametrize(
    ("new", "number"),
    [
        (OLD, "1.2.3"),
        (replace(OLD, fields=(*OLD.fields, Field("w"))), "1.3.0"),
        (replace(OLD, quality_threshold=0.9), "1.2.4"),
        (replace(OLD, quality_threshold=0.9, version="1.5.0"), "1.5.0"),
        (replace(BREAKS, version="2.0.0", previous_until=TODAY), "2.0.0"),
    ],
)
def test_a_version_takes_the_number_that_its_changes_ask_for(new: Contract, number: str) -> None:
    assert next_version(current(OLD), new, TODAY, "c.json") == number


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"version": "2.0.0"},
        {"previous_until": TODAY},
        {"version": "1.9.0", "previous_until": TODAY},
        {"version": "2.0.0", "previous_until": TODAY - timedelta(days=1)},
    ],
    ids=str,
)
def test_a_breaking_change_without_new_major_and_last_day_is_refused_by_name(
    declared: dict[str, Any],
) -> None:
    with pytest.raises(BadInput) as refused:
        next_version(current(OLD), replace(BREAKS, **declared), TODAY, "c.json")
    assert refused.value.where.column == "z"
    assert "is dropped" in refused.value.message.en
    assert '"version": "2.0.0"' in refused.value.remedy.en
    assert [flaw.where.column for flaw in refused.value.flaws] == ["z"]


def test_a_registered_version_cannot_be_written_again() -> None:
    for version in ("1.2.3", "1.0.0"):
        with pytest.raises(BadInput, match=r"1\.2\.3 is in force"):
            next_version(current(OLD), replace(OLD, quality_threshold=0.9, version=version), TODAY, "c")


def test_the_first_version_is_the_one_asked_for_or_the_first() -> None:
    assert next_version(None, OLD, TODAY, "c") == "1.0.0"
    assert next_version(None, replace(OLD, version="3.1.4"), TODAY, "c") == "3.1.4"
