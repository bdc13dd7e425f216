"""Two versions of a list: what was added, removed and changed, field by field, in both languages and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from drawn_lists import lists
from hypothesis import HealthCheck, Phase, given, settings

from catalog.decision import Scope
from catalog.text import Text
from negative_list import (
    AnyOf,
    Difference,
    Effect,
    Entry,
    NegativeList,
    Status,
    Term,
    diff_lists,
    load_starter,
)
from negative_list.condition import FieldPattern, RowCount
from negative_list.diff import MAX_SHOWN
from negative_list.effect import AggregateOnly, Deny, OlderThan

STARTER = load_starter()
FIRST = STARTER.entries[0]


def against(*entries: Entry, **more: Any) -> Difference:
    return diff_lists(STARTER, replace(STARTER, version="next", entries=entries, **more))


def fields(entry: Entry) -> dict[str, tuple[str, str]]:
    (change,) = against(entry, *STARTER.entries[1:]).entries
    assert (change.entry_id, change.kind) == ("starter-01", "changed")
    return {f"{one.clause}/{one.field}": (one.before, one.after) for one in change.fields}


def clause(**changed: Any) -> Entry:
    return replace(FIRST, clauses=(replace(FIRST.clauses[0], **changed),))


def test_the_same_list_under_another_version_does_not_differ() -> None:
    stamped = tuple(replace(e, identity=replace(e.identity, list_version="next")) for e in STARTER.entries)
    same = against(*stamped[::-1])
    assert not same
    assert [line.zh for line in same.lines()] == ["starter-2026.1 与 next 内容相同"]


def test_entries_added_and_removed_are_told_as_wholes() -> None:
    new = replace(FIRST, identity=replace(FIRST.identity, entry_id="mine-01"))
    found = against(*STARTER.entries[1:], new)
    assert [(one.entry_id, one.kind) for one in found.entries] == [
        ("mine-01", "added"),
        ("starter-01", "removed"),
    ]
    assert [line.en.split(" Religion")[0] for line in found.lines()] == [
        "added mine-01",
        "removed starter-01",
    ]
    assert found.lines()[0].zh.startswith("新增 mine-01 信用信息")


def test_identity_and_governance_are_told_field_by_field() -> None:
    entry = replace(
        FIRST,
        identity=replace(FIRST.identity, description=Text("新", "new"), domain="any"),
        governance=replace(
            FIRST.governance, status=Status.DRAFT, valid_to=date(2027, 1, 1), approved_by=None
        ),
    )
    assert fields(entry) == {
        "/domain": ("credit", "any"),
        "/description": (f"{FIRST.identity.description.zh} / {FIRST.identity.description.en}", "新 / new"),
        "/valid_to": ("", "2027-01-01"),
        "/status": ("approved", "draft"),
        "/approved_by": ("kaizha:starter-reviewer", ""),
    }


def test_a_clause_is_told_condition_by_condition_and_effect_by_effect() -> None:
    term = Term("t", (FieldPattern("x"),))
    entry = clause(
        when=(*FIRST.clauses[0].when, AnyOf((RowCount(5), term))),
        effects=(
            Effect(AggregateOnly(10), Scope.COLUMN, (term,)),
            Effect(Deny(), Scope.ROWS, rows=OlderThan(5, (term,))),
        ),
        stage="planned",
    )
    assert fields(entry) == {
        "forbidden field/when[2]": ("", "rows: 5 | t"),
        "forbidden field/stage": ("", "planned"),
        "forbidden field/effects[0]": ("deny on dataset", "aggregate_only(k=10) on t"),
        "forbidden field/effects[1]": ("", "deny on rows older than 5 years by t"),
    }


def test_a_clause_added_renamed_or_moved_is_told() -> None:
    new = replace(FIRST.clauses[0], name="new")
    assert fields(replace(FIRST, clauses=(*FIRST.clauses, new))) == {
        "new/clause": ("", "credit & forbidden_in_credit ⇒ deny on dataset")
    }
    assert set(fields(replace(FIRST, clauses=(new,)))) == {"new/clause", "forbidden field/clause"}
    two = replace(FIRST, clauses=(*FIRST.clauses, new))
    moved = replace(two, clauses=two.clauses[::-1])
    (change,) = diff_lists(replace(STARTER, entries=(two,)), replace(STARTER, entries=(moved,))).entries
    assert [one.field for one in change.fields] == ["order of clauses"]


def test_a_term_redefined_is_told_around_the_difference_in_every_entry_that_uses_it() -> None:
    long = "a|" * 400
    old = clause(when=(AnyOf((Term("t", (FieldPattern(long + "b"),)),)),))
    new = clause(when=(AnyOf((Term("t", (FieldPattern(long + "c"),)),)),))
    (change,) = diff_lists(replace(STARTER, entries=(old,)), replace(STARTER, entries=(new,))).entries
    (field,) = change.fields
    assert field.field == "terms.t"
    assert field.before.startswith("…")
    assert (field.before[-1], field.after[-1]) == ("b", "c")
    assert len(field.before) <= MAX_SHOWN


def test_the_lists_own_title_is_told_first() -> None:
    found = against(*STARTER.entries, title=Text("名", "name"))
    assert found.lines()[0].en.startswith("title: ")
    assert found.lines()[0].en.endswith("→ 名 / name")


def test_a_difference_is_json_and_lines_in_both_languages() -> None:
    found = against(clause(stage="source"), *STARTER.entries[2:])
    told = json.loads(json.dumps(found.to_json()))
    assert (told["before"], told["after"]) == ("starter-2026.1", "next")
    assert [one["kind"] for one in told["entries"]] == ["changed", "removed"]
    assert told["entries"][0]["fields"] == [
        {"clause": "forbidden field", "field": "stage", "before": "", "after": "source"}
    ]
    assert [line.zh for line in found.lines()][1] == "  forbidden field / stage：（无） → source"


@pytest.mark.parametrize("swap", [False, True])
@settings(max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(lists())
def test_no_difference_is_told_of_a_list_and_itself_and_some_of_any_other(
    swap: bool, drawn: NegativeList
) -> None:
    assert not diff_lists(drawn, drawn)
    pair = (drawn, STARTER) if swap else (STARTER, drawn)
    kinds = [one.kind for one in diff_lists(*pair).entries]
    assert kinds.count("added") == len(pair[1].entries)
    assert kinds.count("removed") == len(pair[0].entries)
