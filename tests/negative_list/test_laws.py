"""Laws of screening and of the algebra under it, over drawn subjects and lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st
from subjects import TODAY, a_class

from catalog.dataset import THEMES, Access, Column, ColumnType, Dataset
from catalog.decision import (
    OPEN,
    SHUT,
    Audience,
    Decision,
    MaskOperator,
    Reason,
    RowExclusion,
    Scope,
    Terms,
    Visibility,
)
from catalog.finding import FieldRole, Grade
from catalog.predicate import Comparison, Operator
from catalog.subject import Facts, Subject, TimeGranularity
from catalog.text import Text
from negative_list import AnyOf, Clause, Effect, Entry, Term, is_refused, load_starter, screen, useful_columns
from negative_list.condition import FieldPattern, RowCount, Themes
from negative_list.effect import AggregateOnly, Conditional, Delay, Deny, Mask

STARTER = load_starter().entries
WORDS = (
    "姓名", "身份证号", "车牌号", "时间", "经度", "纬度", "诊断", "年龄", "性别", "户号", "用电量", "企业名称", "银行账号",
    "法定代表人电话", "宗教信仰", "处罚事由", "处罚决定日期", "出生日期", "班级", "成绩", "名称", "地址", "数量", "编号", "监护人",
)  # fmt: skip

terms = st.builds(
    Terms,
    visibility=st.sampled_from(Visibility),
    audience=st.sampled_from(Audience),
    not_before=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    k=st.integers(1, 20),
    rounding=st.integers(1, 10),
    epsilon=st.sampled_from([0.1, 1.0, inf]),
    purposes=st.none() | st.frozensets(st.sampled_from(["a", "b", "c"])),
    operators=st.frozensets(st.sampled_from(MaskOperator), max_size=3),
)
reasons = st.builds(
    Reason,
    entry_id=st.sampled_from(["x", "y"]),
    list_version=st.just("1"),
    scope=st.sampled_from(Scope),
    effect=st.just("deny"),
    text=st.just(Text("a", "a")),
    remedy=st.just(Text("b", "b")),
)
exclusions = st.builds(
    RowExclusion,
    st.builds(Comparison, st.sampled_from(WORDS), st.just(Operator.EQ), st.integers(0, 3)),
    st.just("x"),
)
decisions = st.builds(
    lambda whole, columns, rows, why: Decision(whole, MappingProxyType(columns), rows, why),
    terms,
    st.dictionaries(st.sampled_from(WORDS[:4]), terms, max_size=3),
    st.frozensets(exclusions, max_size=2),
    st.frozensets(reasons, max_size=2),
)

facts = st.builds(
    Facts,
    rows=st.integers(1, 10_000),
    points_per_subject=st.none() | st.integers(1, 5),
    geo_precision_m=st.none() | st.sampled_from([0.1, 60.0]),
    coverage_km2=st.none() | st.sampled_from([1.0, 900.0]),
    contour_m=st.none() | st.sampled_from([10.0, 50.0]),
    time_granularity=st.none() | st.sampled_from(TimeGranularity),
    latest_on=st.none() | st.dates(date(2026, 1, 1), TODAY),
    unknown=st.frozensets(st.sampled_from(["points_per_subject", "time_granularity", "latest_on"])),
)


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    names = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7, unique=True))
    schema = tuple(Column(name, draw(st.sampled_from(ColumnType))) for name in names)
    classes = {
        name: a_class(
            name,
            draw(st.sampled_from(FieldRole)),
            grade=draw(st.sampled_from(Grade)),
            operator=draw(st.sampled_from(MaskOperator)),
        )
        for name in names
        if draw(st.integers(0, 9))
    }
    dataset = Dataset(
        "d",
        draw(st.sampled_from(["企业登记", "信用记录", "学生名册", "居民用电", "公园", "户籍登记"])),
        "某局",
        draw(st.sampled_from(sorted(THEMES))),
        access=draw(st.sampled_from([Access.UNCONDITIONAL, Access.UNCONDITIONAL, Access.CONDITIONAL])),
    )
    return Subject(dataset, schema, classes, draw(facts), draw(st.sampled_from(["source", "planned"])))


spellings = (
    st.just(Deny())
    | st.builds(AggregateOnly, st.integers(2, 20), st.integers(1, 10))
    | st.builds(Mask, st.sampled_from(MaskOperator))
    | st.builds(Conditional, st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple))
    | st.builds(Delay, st.integers(1, 400))
)


@st.composite
def entries(draw: st.DrawFn, scope: Scope | None = None) -> Entry:
    """An approved entry of its own beside the starter's, with drawn conditions and effects."""
    term = Term("t", (FieldPattern(draw(st.sampled_from(WORDS))),))
    group = draw(st.sampled_from([AnyOf((term,)), AnyOf((Themes(tuple(THEMES)),)), AnyOf((RowCount(1),))]))
    scopes = [scope] if scope else [Scope.DATASET, Scope.COLUMN]
    effects = tuple(
        Effect(draw(spellings), draw(st.sampled_from(scopes)), (term,))
        for _ in range(draw(st.integers(1, 3)))
    )
    model = STARTER[0]
    return replace(
        model,
        identity=replace(model.identity, entry_id=f"drawn-{draw(st.integers(1, 99))}"),
        clauses=(Clause("c", (group,), effects, Text("改", "change")),),
    )


lists = st.lists(st.sampled_from(STARTER) | entries(), max_size=12, unique_by=lambda entry: entry.entry_id)


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


@given(terms, terms)
def test_a_join_is_the_stricter_in_every_component(a: Terms, b: Terms) -> None:
    """Written out by component: `at_least` is defined by `join`, so it cannot be the judge of it."""
    both = a.join(b)
    for one in (a, b):
        assert both.visibility >= one.visibility
        assert both.audience >= one.audience
        assert one.not_before is None or (both.not_before is not None and both.not_before >= one.not_before)
        assert both.k >= one.k
        assert both.rounding >= one.rounding
        assert both.epsilon <= one.epsilon
        assert one.purposes is None or (both.purposes is not None and both.purposes <= one.purposes)
        assert both.operators >= one.operators


# ---- screening


@settings(max_examples=50, deadline=None)
@given(subjects(), lists, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(subject: Subject, listed: list[Entry], order: object) -> None:
    shuffled = list(listed)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert screen(subject, shuffled, TODAY) == screen(subject, listed, TODAY)


@settings(max_examples=50, deadline=None)
@given(subjects(), lists)
def test_screening_twice_or_with_entries_twice_says_the_same(subject: Subject, listed: list[Entry]) -> None:
    once = screen(subject, listed, TODAY)
    assert screen(subject, listed, TODAY) == once
    assert screen(subject, listed + listed, TODAY) == once
    assert once.join(once) == once


@settings(max_examples=80, deadline=None)
@given(subjects(), lists, entries() | st.sampled_from(STARTER))
def test_an_added_entry_never_widens_anything(subject: Subject, listed: list[Entry], added: Entry) -> None:
    before, after = screen(subject, listed, TODAY), screen(subject, [*listed, added], TODAY)
    assert after.at_least(before)
    assert before.reasons <= after.reasons
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
