"""Every starter entry: what it is for, the look-alike it must leave alone, and the edge between both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from starter_cases import CASES, EDGES, STARTER, Case, Edge, concerned, decide
from subjects import TODAY, a_subject

from catalog.decision import Audience, MaskOperator, Scope
from catalog.subject import Joined
from negative_list import DEFERRED, Entry, is_refused, screen, withheld_columns
from negative_list.condition import Joinable


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_starter_entry_concerns_what_it_is_for_and_leaves_its_look_alike_alone(case: Case) -> None:
    _, decision = decide(case)
    assert concerned(case.entry, decision) == case.concerned


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.id)
def test_a_starter_entry_ends_where_it_says(edge: Edge) -> None:
    assert edge.does(decide(edge.inside)[1])
    assert not edge.does_outside(decide(edge.outside)[1])


@pytest.mark.parametrize(
    "case", [c for c in CASES if not c.concerned and c.entry != 33], ids=lambda case: case.id
)
def test_a_harmless_look_alike_is_not_refused(case: Case) -> None:
    subject, decision = decide(case)
    assert not is_refused(decision, subject.schema)
    assert decision.dataset.audience is Audience.PUBLIC or case.theme == "credit"


# Entry 34 is judged beside other datasets: its three kinds are the three tests of deferral below.
MOSAIC = 34


@pytest.mark.parametrize("entry", STARTER.entries, ids=lambda entry: entry.entry_id)
def test_every_entry_has_a_positive_a_negative_and_a_boundary_test(entry: Entry) -> None:
    number = entry.identity.seq
    kinds = {
        "positive": [case for case in CASES if case.entry == number and case.concerned],
        "negative": [case for case in CASES if case.entry == number and not case.concerned],
        "boundary": [edge for edge in EDGES if edge.entry == number],
    }
    lacking = [kind for kind, tests in kinds.items() if not tests]
    assert lacking == ([] if number != MOSAIC else [*kinds])


def test_there_are_34_entries_and_no_test_of_another() -> None:
    assert [entry.identity.seq for entry in STARTER.entries] == list(range(1, 35))
    assert {case.entry for case in CASES} | {edge.entry for edge in EDGES} == set(range(1, 34))


REFUSED = (1, 2, 5, 7, 8, 9, 10, 11, 12, 14, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.concerned and c.entry in REFUSED], ids=lambda case: case.id
)
def test_what_is_denied_or_aggregate_only_cannot_be_opened_as_rows(case: Case) -> None:
    subject, decision = decide(case)
    assert is_refused(decision, subject.schema)
    assert set(withheld_columns(decision, subject.schema)) == {column.name for column in subject.schema}


def test_the_legal_representatives_phone_stays_behind_and_the_rest_is_opened() -> None:
    subject = a_subject(
        "企业登记",
        "enterprise",
        ["企业名称", "统一社会信用代码", "法定代表人电话", "法定代表人身份证号", "注册资本:double"],
    )
    decision = screen(subject, STARTER.entries, TODAY)
    assert not is_refused(decision, subject.schema)
    withheld = withheld_columns(decision, subject.schema)
    assert set(withheld) == {"法定代表人电话", "法定代表人身份证号"}
    assert all("个人信息保护法" in r.legal_basis[0] for reasons in withheld.values() for r in reasons)


def test_a_listed_plate_is_withheld_with_its_legal_basis() -> None:
    subject = a_subject("公交车辆", "transport", ["车牌号", "线路"])
    decision = screen(subject, STARTER.entries, TODAY)
    (reason,) = withheld_columns(decision, subject.schema)["车牌号"]
    assert (reason.entry_id, reason.scope, reason.clause) == ("starter-06", Scope.COLUMN, "plate")
    assert reason.legal_basis[0] == "Personal Information Protection Law 个人信息保护法 art. 28"
    assert not is_refused(decision, subject.schema)


def test_an_aid_list_is_for_grantees_delayed_and_without_id_numbers() -> None:
    subject = a_subject("低保对象", "social", ["姓名", "身份证号", "低保类别"], latest_on=date(2026, 11, 20))
    decision = screen(subject, STARTER.entries, TODAY)
    assert decision.dataset.audience is Audience.GRANTED
    assert decision.dataset.not_before == date(2026, 11, 27)
    assert decision.dataset.purposes == frozenset({"statutory-notice"})
    assert decision.column("身份证号").operators == frozenset({MaskOperator.DROP})


def test_the_mosaic_entry_says_that_it_is_judged_at_publish_and_changes_nothing_here() -> None:
    subject = a_subject("公园", "culture", ["名称", "地址"])
    mosaic = [entry for entry in STARTER.entries if entry.entry_id == "starter-34"]
    decision = screen(subject, mosaic, TODAY)
    assert [reason.effect for reason in decision.reasons] == [DEFERRED]
    assert decision.dataset.audience is Audience.PUBLIC
    assert not is_refused(decision, subject.schema)


@pytest.mark.parametrize(
    ("joined", "unknown", "held"),
    [
        (Joined(4), False, True),
        (Joined(5), False, False),
        (Joined(None), False, False),
        (Joined(9), True, True),
    ],
    ids=["four", "five", "nothing to join", "not all compared"],
)
def test_the_mosaic_entry_is_judged_once_the_join_is_measured(
    joined: Joined, unknown: bool, held: bool
) -> None:
    subject = a_subject("公园", "culture", ["名称", "地址"])
    facts = replace(subject.facts, joined=joined, unknown=frozenset({"joined"} if unknown else ()))
    mosaic = [entry for entry in STARTER.entries if entry.entry_id == "starter-34"]
    decision = screen(replace(subject, facts=facts), mosaic, TODAY)
    assert [reason.effect for reason in decision.reasons if reason.effect == DEFERRED] == []
    assert (decision.dataset.audience is Audience.GRANTED) is held
    assert bool(decision.reasons) is held


def test_the_mosaic_entry_is_not_reported_outside_its_dates() -> None:
    subject = a_subject("公园", "culture", ["名称", "地址"])
    (mosaic,) = [entry for entry in STARTER.entries if entry.identity.seq == MOSAIC]
    first = mosaic.governance.valid_from
    assert [r.effect for r in screen(subject, [mosaic], first).reasons] == [DEFERRED]
    assert not screen(subject, [mosaic], first - timedelta(1)).reasons


def test_the_mosaic_entry_asks_for_groups_of_five() -> None:
    (mosaic,) = [entry for entry in STARTER.entries if entry.identity.seq == MOSAIC]
    assert list(mosaic.clauses[0].conditions()) == [Joinable(5)]  # a group of 4 is held, one of 5 or 6 is not


def test_the_list_says_that_it_is_a_starter_and_not_official() -> None:
    assert not STARTER.official
    assert "starter" in STARTER.title.en
    assert "非官方" in STARTER.title.zh
    assert all(entry.in_force(TODAY) for entry in STARTER.entries)
    assert [e.entry_id for e in STARTER.entries if not e.governance.exemptible] == ["starter-30"]


def test_laws_from_memory_are_marked_to_be_verified() -> None:
    sources = {basis.law: basis.source for entry in STARTER.entries for basis in entry.governance.legal_basis}
    assert sources["pipl"] == "found"
    assert sources["infectious"] == "known"
    assert all(
        "to be verified" in str(b)
        for e in STARTER.entries
        for b in e.governance.legal_basis
        if b.source == "known"
    )
