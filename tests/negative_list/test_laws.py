"""Laws of screening and of the algebra under it, over drawn subjects and lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from drawn import (
    STARTER,
    any_entries,
    any_lists,
    decisions,
    entries,
    lists,
    subjects,
    terms,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from subjects import TODAY, matches

from catalog.decision import OPEN, SHUT, Decision, Scope, Terms
from catalog.subject import Subject
from negative_list import (
    DEFERRED,
    EXEMPTED,
    AnyOf,
    Entry,
    Index,
    decided,
    is_refused,
    screen,
    useful_columns,
)
from negative_list.condition import FieldPattern, RowCount

# ---- the algebra


@given(terms, terms, terms)
def test_joining_terms_is_associative_commutative_and_idempotent(a: Terms, b: Terms, c: Terms) -> None:
    assert a.join(b).join(c) == a.join(b.join(c))
    assert a.join(b) == b.join(a)
    assert a.join(a) == a
    assert a.join(OPEN) == a


@given(decisions, decisions, decisions)
def test_joining_decisions_is_associative_commutative_and_idempotent(
    a: Decision, b: Decision, c: Decision
) -> None:
    assert a.join(b).join(c) == a.join(b.join(c))
    assert a.join(b) == b.join(a)
    assert a.join(a) == a


@given(decisions, decisions)
def test_a_join_is_at_least_as_strict_as_each_of_its_parts(a: Decision, b: Decision) -> None:
    both = a.join(b)
    assert both.at_least(a)
    assert both.at_least(b)
    for name in {*a.columns, *b.columns}:
        assert both.column(name).at_least(a.column(name))


def assert_stricter(strict: Terms, mild: Terms) -> None:
    """Written out by component: `at_least` is defined by `join`, so it cannot be the judge of it."""
    assert strict.visibility >= mild.visibility
    assert strict.audience >= mild.audience
    if mild.not_before is not None:
        assert strict.not_before is not None
        assert strict.not_before >= mild.not_before
    assert strict.k >= mild.k
    assert strict.rounding >= mild.rounding
    assert strict.epsilon <= mild.epsilon
    if mild.purposes is not None:
        assert strict.purposes is not None
        assert strict.purposes <= mild.purposes
    assert strict.operators >= mild.operators


def assert_decides_stricter(strict: Decision, mild: Decision) -> None:
    assert_stricter(strict.dataset, mild.dataset)
    for name in {*strict.columns, *mild.columns}:
        assert_stricter(strict.columns.get(name, OPEN), mild.columns.get(name, OPEN))
        assert_stricter(strict.column(name), mild.column(name))
    assert strict.rows >= mild.rows
    assert strict.reasons >= mild.reasons


@given(terms, terms)
def test_a_join_is_the_stricter_in_every_component(a: Terms, b: Terms) -> None:
    for one in (a, b):
        assert_stricter(a.join(b), one)


@given(terms, terms)
def test_a_join_is_no_stricter_than_one_of_its_parts(a: Terms, b: Terms) -> None:
    """Each component is one part's own, so a join is the least of what is as strict as both."""
    both = a.join(b)
    for name in ("visibility", "audience", "not_before", "k", "rounding", "epsilon"):
        assert getattr(both, name) in (getattr(a, name), getattr(b, name))
    assert both.operators == a.operators | b.operators
    if a.purposes is not None and b.purposes is not None:
        assert both.purposes == a.purposes & b.purposes
    else:
        assert both.purposes == (a.purposes if b.purposes is None else b.purposes)


@given(terms, terms)
def test_at_least_is_the_order_of_the_components(a: Terms, b: Terms) -> None:
    try:
        assert_stricter(a, b)
    except AssertionError:
        assert not a.at_least(b)
    else:
        assert a.at_least(b)


@given(decisions, decisions)
def test_a_join_of_decisions_is_the_stricter_in_every_part(a: Decision, b: Decision) -> None:
    for one in (a, b):
        assert_decides_stricter(a.join(b), one)
        assert one.at_least(a.join(b)) == (
            one.dataset == a.join(b).dataset
            and one.rows == a.join(b).rows
            and all(one.columns.get(name, OPEN) == terms for name, terms in a.join(b).columns.items())
        )


@given(st.lists(decisions, max_size=4))
def test_many_decisions_at_once_are_their_joins_one_by_one(parts: list[Decision]) -> None:
    one_by_one = Decision()
    for part in parts:
        one_by_one = one_by_one.join(part)
    assert Decision.of(parts) == one_by_one


# ---- screening


@settings(max_examples=50, deadline=None)
@given(subjects(), lists | any_lists, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(subject: Subject, listed: list[Entry], order: object) -> None:
    shuffled = list(listed)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert screen(subject, shuffled, TODAY) == screen(subject, listed, TODAY)


@settings(max_examples=50, deadline=None)
@given(subjects(), lists | any_lists)
def test_screening_twice_or_with_entries_twice_says_the_same(subject: Subject, listed: list[Entry]) -> None:
    once = screen(subject, listed, TODAY)
    assert screen(subject, listed, TODAY) == once
    assert screen(subject, listed + listed, TODAY) == once
    assert once.join(once) == once


@settings(max_examples=80, deadline=None)
@given(subjects(), lists | any_lists, any_entries() | entries() | st.sampled_from(STARTER))
def test_an_added_entry_never_widens_anything(subject: Subject, listed: list[Entry], added: Entry) -> None:
    before, after = screen(subject, listed, TODAY), screen(subject, [*listed, added], TODAY)
    assert_decides_stricter(after, before)
    left = {column.name for column in useful_columns(after, subject.schema)}
    assert left <= {column.name for column in useful_columns(before, subject.schema)}


@settings(max_examples=50, deadline=None)
@given(subjects(), st.lists(entries(scope=Scope.COLUMN), max_size=6))
def test_a_column_effect_never_touches_the_dataset(subject: Subject, listed: list[Entry]) -> None:
    assert screen(subject, listed, TODAY).dataset == screen(subject, [], TODAY).dataset


@settings(max_examples=50, deadline=None)
@given(subjects(), lists)
def test_an_unclassified_column_is_shown_to_nobody(subject: Subject, listed: list[Entry]) -> None:
    unclassified = replace(subject, classifications={})
    decision = screen(unclassified, listed, TODAY)
    assert all(decision.column(column.name).at_least(SHUT) for column in subject.schema)
    assert is_refused(decision, subject.schema)


@settings(max_examples=50, deadline=None)
@given(
    subjects(),
    st.sampled_from(
        ["points_per_subject", "geo_precision_m", "coverage_km2", "contour_m", "time_granularity"]
    ),
)
def test_not_knowing_a_fact_is_never_milder_than_knowing_it(subject: Subject, fact: str) -> None:
    unknown = replace(subject, facts=replace(subject.facts, unknown=subject.facts.unknown | {fact}))
    known = screen(subject, STARTER, TODAY)
    assert screen(unknown, STARTER, TODAY).dataset.at_least(known.dataset)


@settings(max_examples=50, deadline=None)
@given(subjects(), lists)
def test_every_strictness_has_a_reason_with_a_remedy(subject: Subject, listed: list[Entry]) -> None:
    decision = screen(subject, listed, TODAY)
    if decision.dataset != OPEN:
        assert any(reason.scope is Scope.DATASET for reason in decision.reasons)
    for name, terms_ in decision.columns.items():
        assert terms_ == OPEN or any(reason.column == name for reason in decision.reasons)
    assert {row.entry_id for row in decision.rows} <= {reason.entry_id for reason in decision.reasons}
    assert all(reason.remedy.zh and reason.remedy.en for reason in decision.reasons)


@settings(max_examples=50, deadline=None)
@given(subjects(), lists, st.sampled_from(STARTER))
def test_an_entry_that_fails_to_evaluate_shows_everything_to_nobody(
    subject: Subject, listed: list[Entry], model: Entry
) -> None:
    broken = (AnyOf((FieldPattern("("),)),)
    failing = replace(
        model,
        identity=replace(model.identity, entry_id="failing"),
        clauses=tuple(replace(clause, when=broken, stage=None) for clause in model.clauses),
    )
    decision = screen(subject, [*listed, failing], TODAY, exempt=frozenset({"failing"}))
    assert decision.dataset.at_least(SHUT)
    assert all(decision.column(column.name).at_least(SHUT) for column in subject.schema)
    assert any(reason.clause == "unevaluable" for reason in decision.reasons)


@settings(max_examples=50, deadline=None)
@given(subjects(), any_lists, st.lists(st.integers(-400, 400), max_size=4))
def test_a_replay_as_of_the_same_day_decides_the_same(
    subject: Subject, listed: list[Entry], days_between: list[int]
) -> None:
    """Whatever other days have been asked for meanwhile, and whatever stands in the list that is not in force then."""
    index = Index(listed)
    first = screen(subject, index, TODAY)
    for days in days_between:
        screen(subject, index, TODAY + timedelta(days=days))
    assert screen(subject, index, TODAY) == first
    assert screen(subject, [entry for entry in listed if entry.in_force(TODAY)], TODAY) == first


# ---- exemptions

ids = st.frozensets(
    st.sampled_from([*(entry.entry_id for entry in STARTER), *(f"any-{n}" for n in range(1, 10))]),
    max_size=20,
)


@settings(max_examples=80, deadline=None)
@given(subjects(), any_lists, ids)
def test_an_exemption_lifts_just_its_entries_and_leaves_a_reason_for_each_clause(
    subject: Subject, listed: list[Entry], exempt: frozenset[str]
) -> None:
    def lifts(entry: Entry) -> bool:
        return entry.entry_id in exempt and entry.governance.exemptible and not fails(entry)

    def fails(entry: Entry) -> bool:
        return any(reason.clause == "unevaluable" for reason in screen(subject, [entry], TODAY).reasons)

    whole, lifted = screen(subject, listed, TODAY), screen(subject, listed, TODAY, exempt=exempt)
    rest = screen(subject, [entry for entry in listed if not lifts(entry)], TODAY)
    assert (lifted.dataset, lifted.columns, lifted.rows) == (rest.dataset, rest.columns, rest.rows)
    assert decided(lifted) == decided(rest)
    assert whole.at_least(lifted)
    told = {(r.entry_id, r.clause) for r in lifted.reasons if r.effect == EXEMPTED}
    would = {
        (r.entry_id, r.clause)
        for entry in listed
        if lifts(entry)
        for r in decided(screen(subject, [entry], TODAY)) - screen(subject, [], TODAY).reasons
    }
    assert told == would
    deferred = {r for r in whole.reasons if r.effect == DEFERRED}
    assert deferred == {r for r in lifted.reasons if r.effect == DEFERRED}


@settings(max_examples=50, deadline=None)
@given(subjects(), lists, st.sampled_from(STARTER))
def test_an_entry_that_admits_no_exemption_is_never_lifted(
    subject: Subject, listed: list[Entry], model: Entry
) -> None:
    strict = replace(
        model,
        identity=replace(model.identity, entry_id="strict"),
        clauses=tuple(
            replace(clause, when=(AnyOf((RowCount(1),)),), unless=(), stage=None) for clause in model.clauses
        ),
        governance=replace(model.governance, exemptible=False),
    )
    listed = [*listed, strict]
    exempt = frozenset({"strict", "grade", "access", "unclassified"})
    assert matches(strict, subject, TODAY)
    assert screen(subject, listed, TODAY, exempt=exempt) == screen(subject, listed, TODAY)
