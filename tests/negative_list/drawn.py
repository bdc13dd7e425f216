"""What Hypothesis draws: subjects, conditions of every kind, entries, lists, decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from types import MappingProxyType

from hypothesis import strategies as st
from subjects import TODAY, a_class, a_finding

from catalog.dataset import THEMES, Access, Column, ColumnType, Dataset
from catalog.decision import Audience, Decision, MaskOperator, Reason, RowExclusion, Scope, Terms, Visibility
from catalog.finding import Confidence, FieldRole, Grade
from catalog.predicate import Comparison, Operator
from catalog.subject import Facts, Subject, TimeGranularity
from catalog.text import Text
from negative_list import AnyOf, Clause, Effect, Entry, Status, Term, load_starter
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

STARTER = load_starter().entries
WORDS = (
    "姓名", "身份证号", "车牌号", "时间", "经度", "纬度", "诊断", "年龄", "性别", "户号", "用电量", "企业名称", "银行账号",
    "法定代表人电话",
    "宗教信仰", "plateNo", "处罚事由", "处罚决定日期", "出生日期", "班级", "成绩", "名称", "地址", "数量", "编号", "监护人",
)  # fmt: skip
NAMES = (*WORDS, "姓名\ud800")  # half a surrogate pair: no letter, and so no part of the heading

ENTITIES = ("PERSON_NAME", "MOBILE", "BIRTH_DATE")

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
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=7, unique=True))
    schema = tuple(
        Column(
            name,
            draw(st.sampled_from(ColumnType)),
            title=draw(st.none() | st.builds(Text, st.sampled_from(WORDS), st.just("plate no"))),
            element=draw(st.sampled_from([None, None, "DE1", "DE2"])),
        )
        for name in names
    )
    classes = {
        name: a_class(
            name,
            draw(st.sampled_from(FieldRole)),
            entity=draw(st.sampled_from([None, *ENTITIES])),
            grade=draw(st.sampled_from(Grade)),
            operator=draw(st.sampled_from(MaskOperator)),
            confidence=draw(st.sampled_from(Confidence)),
            findings=tuple(
                a_finding(
                    name, entity, draw(st.sampled_from([0.2, 0.5, 1.0])), draw(st.sampled_from(Confidence))
                )
                for entity in draw(st.lists(st.sampled_from(ENTITIES), max_size=2, unique=True))
            ),
        )
        for name in names
        if draw(st.integers(0, 9))
    }
    dataset = Dataset(
        "d",
        draw(st.sampled_from(["企业登记", "信用记录", "学生名册", "居民用电", "公园", "户籍登记"])),
        "某局",
        draw(st.sampled_from(sorted(THEMES))),
        description=draw(st.sampled_from(["", "按月汇总", "小学生 1:2000", "半\udc00"])),
        access=draw(st.sampled_from([Access.UNCONDITIONAL, Access.UNCONDITIONAL, Access.CONDITIONAL])),
        keywords=draw(st.sampled_from([(), ("信用",), ("ＲＡＩＬ", "公园")])),
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

# ---- conditions of every kind, some of which fail to evaluate

patterns = st.sampled_from([*WORDS, "^名称$", r"\bplate\b", "(", "号|数", "", "(?i)PLATE"])
plain_conditions = st.one_of(
    st.builds(Themes, st.lists(st.sampled_from(sorted(THEMES)), max_size=4).map(tuple)),
    st.builds(
        Keywords,
        st.lists(st.sampled_from(["信用", "公园", "rail", "企业", "1:2000", "小学生"]), max_size=2).map(
            tuple
        ),
        st.booleans(),
    ),
    st.builds(Publishers, st.sampled_from([("某局",), ("另一局",)])),
    st.builds(Group, st.just("g"), st.sampled_from([(), ("小学生",), ("公园",)]), patterns),
    st.builds(RowCount, st.integers(1, 10_000)),
    st.builds(DistinctSubjects, st.integers(1, 10)),
    st.builds(PointsPerSubject, st.integers(1, 6)),
    st.builds(GeoFinerThan, st.sampled_from([0.05, 50.0])),
    st.builds(CoverageOver, st.sampled_from([25.0, 1_000.0])),
    st.builds(ContourAtMost, st.sampled_from([20.0])),
    st.builds(TimeFinerThan, st.sampled_from(TimeGranularity)),
    st.builds(LagUnder, st.integers(1, 400)),
    st.builds(LagUnder, st.just("seven")),  # a threshold of the wrong type fails when judged
    st.just(Joinable(5)),
    st.builds(FieldPattern, patterns),
    st.builds(Elements, st.sampled_from([("DE1",), ("DE3", "DE2")])),
    st.builds(
        Entities, st.lists(st.sampled_from(ENTITIES), max_size=2).map(tuple), st.sampled_from([0.1, 0.6])
    ),
    st.builds(Roles, st.lists(st.sampled_from(FieldRole), max_size=2).map(tuple)),
    st.builds(LeastGrade, st.sampled_from(Grade)),
    st.builds(Types, st.lists(st.sampled_from(ColumnType), max_size=2).map(tuple)),
)
named_terms = st.builds(Term, st.just("t"), st.lists(plain_conditions, max_size=2).map(tuple), patterns)
conditions = plain_conditions | named_terms | st.builds(Term, st.just("u"), st.tuples(named_terms), patterns)
groups = st.lists(st.builds(AnyOf, st.lists(conditions, max_size=3).map(tuple)), max_size=3).map(tuple)
row_rules = st.one_of(
    st.builds(OlderThan, st.integers(1, 5), st.tuples(named_terms)),
    st.builds(YoungerThan, st.just(16), named_terms, named_terms, named_terms, named_terms),
    st.builds(RowsWhere, named_terms, st.just(Operator.EQ), st.just(1)),
)
effects = st.one_of(
    st.builds(Effect, spellings),
    st.builds(Effect, spellings, st.just(Scope.COLUMN), st.lists(named_terms, max_size=2).map(tuple)),
    st.builds(Effect, st.just(Deny()), st.just(Scope.ROWS), rows=row_rules),
)
clauses = st.builds(
    Clause,
    st.sampled_from(["c", "d"]),
    groups,
    st.lists(effects, min_size=1, max_size=2).map(tuple),
    st.just(Text("改", "change")),
    unless=st.just(()) | groups,
    stage=st.sampled_from([None, None, "source", "planned"]),
)


@st.composite
def any_entries(draw: st.DrawFn) -> Entry:
    """An entry of drawn clauses, dates and status: in force or not, sound or not."""
    model = STARTER[0]
    return replace(
        model,
        identity=replace(model.identity, entry_id=f"any-{draw(st.integers(1, 9))}"),
        clauses=draw(st.lists(clauses, min_size=1, max_size=3).map(tuple)),
        governance=replace(
            model.governance,
            status=draw(st.sampled_from([Status.APPROVED] * 4 + [Status.DRAFT])),
            valid_from=draw(st.sampled_from([date(2021, 1, 1)] * 4 + [date(2027, 1, 1)])),
            exemptible=draw(st.booleans()),
        ),
    )


any_lists = st.lists(any_entries() | st.sampled_from(STARTER) | entries(), max_size=8)
