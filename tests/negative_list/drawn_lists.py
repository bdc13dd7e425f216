"""Negative lists as Hypothesis draws them: everything the value model holds, with texts a workbook finds hard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import inf
from typing import Any

from hypothesis import strategies as st

from catalog.dataset import THEMES, ColumnType
from catalog.decision import MaskOperator, Scope
from catalog.finding import FieldRole, Grade
from catalog.predicate import Operator
from catalog.subject import TimeGranularity
from catalog.text import Text
from negative_list import (
    AnyOf,
    Basis,
    Clause,
    DataKind,
    Effect,
    Entry,
    Governance,
    Identity,
    NegativeList,
    Status,
    Term,
)
from negative_list.condition import (
    ContourAtMost,
    CoverageOver,
    DistinctSubjects,
    Elements,
    Entities,
    FieldPattern,
    GeoFinerThan,
    Group,
    Joinable,
    Keywords,
    LagUnder,
    LeastGrade,
    PointsPerSubject,
    Publishers,
    Roles,
    RowCount,
    Themes,
    TimeFinerThan,
    Types,
)
from negative_list.effect import (
    AggregateOnly,
    Conditional,
    Delay,
    Deny,
    Mask,
    OlderThan,
    RowsWhere,
    YoungerThan,
)

HARD = (
    "=1+1", "+86", "-x", "@a", '"甲"', '"', "a;b", "甲；乙", "两\n行", " 边 ", "_x0041_", "\x01", "a\rb", "a\r\nb", "001",
    "true", "2026-01-31", "5.0", "title: x", "plate", "#REF!", "'q", "1e5", "decimal(1)", "keep 保留", "a @ 0.2", "\u3000",
)  # fmt: skip
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)) | st.sampled_from(';；"@:：\n\r\t =_x#'),
    min_size=1,
    max_size=12,
).filter(lambda text: bool(text.strip())) | st.sampled_from(HARD).filter(lambda text: bool(text.strip()))
some = st.lists(texts, min_size=1, max_size=3).map(tuple)
many = st.lists(texts, max_size=3).map(tuple)
both = st.builds(Text, texts, texts)
patterns = st.sampled_from(
    ["车牌", r"\bplate\b", "^x$", "=甲|乙", '"q"', " x ", "a\nb", "[;；@]", r"a:\s", "_x0041_", "x" * 400]
)
numbers = st.floats(min_value=0, allow_nan=False, allow_infinity=False) | st.integers(0, 10**6).map(float)
counts = st.integers(1, 10**9)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
groups = st.builds(Group, st.just("某群体"), many, st.just("") | patterns)
themes = st.lists(st.sampled_from(sorted(THEMES)), min_size=1, max_size=3).map(tuple)


def members(kind: Any) -> Any:
    return st.lists(st.sampled_from(kind), min_size=1, max_size=3).map(tuple)


plain_conditions = st.one_of(
    st.builds(Themes, themes),
    st.builds(Keywords, some, st.booleans()),
    st.builds(Publishers, some),
    st.builds(FieldPattern, patterns),
    st.builds(Elements, some),
    st.builds(Entities, some, st.just(0.5) | st.floats(0, 1)),
    st.builds(Roles, members(list(FieldRole))),
    st.builds(LeastGrade, st.sampled_from(Grade)),
    st.builds(Types, members(list(ColumnType))),
    st.builds(RowCount, counts),
    st.builds(DistinctSubjects, counts),
    st.builds(PointsPerSubject, counts),
    st.builds(GeoFinerThan, numbers),
    st.builds(CoverageOver, numbers),
    st.builds(ContourAtMost, numbers),
    st.builds(TimeFinerThan, st.sampled_from(TimeGranularity)),
    st.builds(LagUnder, counts),
    st.builds(Joinable, counts),
)
literals = (
    texts
    | st.just("")
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(Decimal)
    | st.dates()
    | st.datetimes().map(lambda moment: moment.replace(fold=0))  # an equal moment, shown otherwise
)


@st.composite
def lists(draw: st.DrawFn) -> NegativeList:
    """A list that the form can hold; its patterns compile, but its sense is not asked for."""
    names = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    group = draw(groups)
    terms: list[Term] = []
    for name in names:
        alternatives = plain_conditions | st.just(group) | (st.sampled_from(terms) if terms else st.nothing())
        conditions = draw(st.lists(alternatives, min_size=1, max_size=3))
        terms.append(Term(name, tuple(conditions), draw(st.just("") | patterns)))
    laws = {
        law: (draw(both), draw(st.sampled_from(["found", "known"])))
        for law in draw(st.lists(texts, min_size=1, max_size=3, unique=True))
    }
    version = draw(texts)
    ids = draw(st.lists(texts, max_size=3, unique=True))
    seqs = draw(st.lists(st.integers(1, 10**9), min_size=len(ids), max_size=len(ids), unique=True))
    entries = tuple(
        draw(_entry(one, seq, version, terms, group, laws)) for one, seq in zip(ids, seqs, strict=True)
    )
    return NegativeList(version, draw(both), entries, draw(st.booleans()))


@st.composite
def _entry(draw: st.DrawFn, name: str, seq: int, version: str, terms: Any, group: Group, laws: Any) -> Entry:
    bases = tuple(
        Basis(law, laws[law][0], draw(st.just("") | texts), laws[law][1])
        for law in draw(st.lists(st.sampled_from(sorted(laws)), min_size=1, max_size=3))
    )
    drafted = draw(texts)
    approved = draw(st.none() | texts.filter(lambda who: who != drafted))
    identity = Identity(
        name, version, seq, draw(texts), draw(st.sampled_from(["any", *THEMES])), draw(both), draw(texts),
        draw(st.just("") | texts), draw(both), draw(st.lists(texts | st.just(""), max_size=3).map(tuple)),
        draw(st.sampled_from(DataKind)),
    )  # fmt: skip
    governance = Governance(
        bases, draw(days), draw(st.sampled_from(Status)), drafted, approved, draw(st.none() | days),
        draw(st.none() | texts), draw(st.none() | days), draw(st.booleans()),
    )  # fmt: skip
    clauses = draw(st.lists(texts, min_size=1, max_size=3, unique=True))
    return Entry(identity, tuple(draw(_clause(one, terms, group)) for one in clauses), governance)


@st.composite
def _clause(draw: st.DrawFn, name: str, terms: Any, group: Group) -> Clause:
    condition = plain_conditions | st.sampled_from(terms) | st.just(group)
    any_of = st.lists(condition, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found)))
    return Clause(
        name,
        tuple(draw(st.lists(any_of, min_size=1, max_size=7))),
        tuple(draw(st.lists(effects(terms), min_size=1, max_size=3))),
        draw(both),
        tuple(draw(st.lists(any_of, max_size=3))),
        draw(st.sampled_from([None, "source", "planned"])),
    )


def effects(terms: Any) -> Any:
    term = st.sampled_from(terms)
    on = st.lists(term, min_size=1, max_size=2).map(tuple)
    spelling = st.one_of(
        st.just(Deny()),
        st.builds(
            AggregateOnly,
            st.integers(2, 10**6),
            st.integers(1, 100),
            st.just(inf) | st.floats(0.001, 100),
        ),
        st.builds(Mask, st.sampled_from(MaskOperator)),
        st.builds(Conditional, many, st.booleans(), many),
        st.builds(Delay, st.integers(1, 4000)),
    )
    single = st.sampled_from([one for one in Operator if one is not Operator.IN])
    rule = st.one_of(
        st.builds(OlderThan, st.integers(1, 100), on),
        st.builds(YoungerThan, st.integers(1, 100), term, term, term, term),
        st.builds(RowsWhere, term, single, literals),
        st.builds(
            RowsWhere, term, st.just(Operator.IN), st.lists(literals, min_size=1, max_size=3).map(tuple)
        ),
    )
    return st.one_of(
        st.builds(Effect, spelling, st.just(Scope.DATASET)),
        st.builds(Effect, spelling, st.just(Scope.COLUMN), on),
        st.builds(Effect, st.just(Deny()), st.just(Scope.ROWS), st.just(()), rule),
    )
