"""Lists in TOML: read, written back to the same values, and errors that name file, entry and key."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from catalog.decision import MaskOperator, Scope
from catalog.errors import BadInput
from catalog.predicate import Operator
from negative_list import load_list, load_starter, parse_list, render_list
from negative_list.condition import Entities, GeoFinerThan, Keywords, Term, Themes
from negative_list.effect import Effect, Mask, RowsWhere

MINE = """
version = "mine-1"
title = { zh = "我的清单", en = "My list" }

[laws.pipl]
zh = "个人信息保护法"
en = "Personal Information Protection Law"

[groups.minors]
words = ["儿童"]

[terms.plate]
fields = '车牌|\\bplate\\b'
entities = { names = ["PLATE"], least_hit_ratio = 0.2 }
unless = '种类'

[terms.kind]
fields = '类别'

[[entry]]
id = "mine-01"
seq = 1
jurisdiction = "CN-ZJ"
domain = "transport"
scenario = { zh = "出行", en = "Mobility" }
category = "车辆"
subcategory = ""
description = { zh = "车牌", en = "Plates" }
examples = ["车牌号"]
data_kind = "personal"
legal_basis = ["pipl art. 28"]
valid_from = 2026-01-01
status = "approved"
drafted_by = "甲"
approved_by = "乙"

[[entry.clause]]
name = "plate"
when = ["plate", { themes = ["transport"], title = ["车辆"], geo_finer_than_m = 50 }, { group = "minors" }]
unless = ["kind"]
stage = "source"
effects = [{ mask = ["plate"], operator = "drop" }, { deny = "rows", where = "kind", is = "in", value = ["甲", "乙"] }]
remedy = { zh = "删去车牌", en = "Remove the plate" }
"""


def test_a_list_is_read_into_values() -> None:
    whole = parse_list(MINE, "mine.toml")
    (entry,) = whole.entries
    (clause,) = entry.clauses
    plate, anywhere, _ = clause.when
    (term,) = plate.conditions
    assert isinstance(term, Term)
    assert (term.name, term.unless) == ("plate", "种类")
    assert Entities(("PLATE",), 0.2) in term.conditions
    assert anywhere.conditions == (Themes(("transport",)), Keywords(("车辆",)), GeoFinerThan(50.0))
    mask, rows = clause.effects
    assert mask == Effect(Mask(MaskOperator.DROP), Scope.COLUMN, (term,))
    assert isinstance(rows.rows, RowsWhere)
    assert (rows.scope, rows.rows.operator, rows.rows.value) == (Scope.ROWS, Operator.IN, ("甲", "乙"))
    assert (
        str(entry.governance.legal_basis[0]) == "Personal Information Protection Law 个人信息保护法 art. 28"
    )
    assert not whole.official


@pytest.mark.parametrize("text", [MINE, render_list(load_starter())], ids=["mine", "starter"])
def test_a_list_renders_and_parses_back_to_the_same_value(text: str) -> None:
    whole = parse_list(text, "a.toml")
    assert parse_list(render_list(whole), "b.toml") == whole


def test_the_starter_in_the_package_renders_and_parses_back_to_the_same_value() -> None:
    starter = load_starter()
    assert parse_list(render_list(starter), "again.toml") == starter
    assert resources.files("negative_list.lists").joinpath("starter.toml").is_file()


BROKEN = (
    ("unknown key", 'seq = 1', 'seq = 1\ncolour = "red"', "mine-01.colour"),
    ("unknown term", 'when = ["plate"', 'when = ["plat"', "mine-01.clause[0].when[0]"),
    ("bad pattern", "fields = '类别'", "fields = '(类别'", "terms.kind.fields"),
    ("lookahead", "fields = '类别'", "fields = '(?=类别)'", "terms.kind.fields"),
    ("bad unless", "unless = '种类'", "unless = '['", "terms.plate.unless"),
    ("unknown theme", 'themes = ["transport"]', 'themes = ["transprot"]', "mine-01.clause[0].when[1].themes"),
    ("unknown law", '["pipl art. 28"]', '["ppil art. 28"]', "mine-01.legal_basis"),
    ("no basis", '["pipl art. 28"]', "[]", "mine-01.legal_basis"),
    ("one person", 'approved_by = "乙"', 'approved_by = "甲"', "mine-01.approved_by"),
    ("dates", "valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2025-01-01", "mine-01.valid_to"),
    ("not a date", "valid_from = 2026-01-01", 'valid_from = "soon"', "mine-01.valid_from"),
    ("data kind", 'data_kind = "personal"', 'data_kind = "private"', "mine-01.data_kind"),
    ("operator", 'operator = "drop"', 'operator = "blur"', "mine-01.clause[0].effects[0]"),
    ("two spellings", 'operator = "drop"', 'operator = "drop", deny = "dataset"', "mine-01.clause[0].effects[0]"),
    ("row rule", 'is = "in", value', 'was = "in", value', "mine-01.clause[0].effects[1]"),
    ("no condition", 'when = ["plate", {', 'when = ["plate", {}, {', "mine-01.clause[0].when[1]"),
    ("no remedy", 'remedy = { zh = "删去车牌", en = "Remove the plate" }', "", "mine-01.clause[0].remedy"),
    ("half a text", 'description = { zh = "车牌", en = "Plates" }', 'description = { zh = "车牌" }', "mine-01.description"),
    ("negative", "geo_finer_than_m = 50", "geo_finer_than_m = -1", "mine-01.clause[0].when[1].geo_finer_than_m"),
    ("ratio", "least_hit_ratio = 0.2", "least_hit_ratio = 1.2", "terms.plate.entities"),
    ("stage", 'stage = "source"', 'stage = "later"', "mine-01.clause[0].stage"),
    ("unused", "[terms.kind]", "[terms.stray]\nfields = 'x'\n[terms.kind]", "terms.stray"),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_an_error_names_file_entry_and_key(old: str, new: str, where: str) -> None:
    assert MINE.count(old) == 1
    with pytest.raises(BadInput) as caught:
        parse_list(MINE.replace(old, new), "mine.toml")
    assert (caught.value.where.file, caught.value.where.parameter) == ("mine.toml", where)
    assert where in caught.value.message.zh
    assert where in caught.value.message.en


def test_an_entry_id_occurs_once() -> None:
    entry = MINE[MINE.index("[[entry]]") :]
    with pytest.raises(BadInput, match="mine-01"):
        parse_list(MINE + entry, "mine.toml")


def test_a_file_that_is_no_toml_or_no_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("version = ", "utf-8")
    with pytest.raises(BadInput, match="Not valid TOML"):
        load_list(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="cannot be read"):
        load_list(tmp_path / "b.toml")
    (tmp_path / "c.toml").write_text(MINE, "utf-8")
    assert load_list(tmp_path / "c.toml") == parse_list(MINE, "c.toml")
