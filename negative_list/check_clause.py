"""What is wrong inside a clause: patterns RE2 cannot use, conditions that contradict each other, impossible effects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from math import isnan

import re2

from catalog.dataset import THEMES, ColumnType
from catalog.decision import Scope
from catalog.predicate import Literal, Operator
from catalog.subject import TimeGranularity
from catalog.text import Text
from negative_list.condition import (
    AnyOf,
    Condition,
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
    Term,
    Themes,
    TimeFinerThan,
    Types,
)
from negative_list.condition_keys import key_of
from negative_list.effect import (
    AggregateOnly,
    Delay,
    Deny,
    Effect,
    Mask,
    OlderThan,
    RowsWhere,
    YoungerThan,
)
from negative_list.entry import Clause
from negative_list.pattern_set import compiled
from negative_list.problem import Problem
from negative_list.vocabulary import inside
from privacy import OPERATORS, RECOGNISERS

__all__ = ["check_clause", "check_condition"]

ENTITIES = frozenset(one.entity for one in RECOGNISERS)
_T = ColumnType
_TEXTUAL = frozenset({_T.TEXT})
_NUMERIC = frozenset({_T.INTEGER, _T.DECIMAL, _T.DOUBLE})
_DATED = frozenset({_T.DATE, _T.TIMESTAMP})
_ORDERED = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_SEARCHING = frozenset({Operator.CONTAINS, Operator.STARTSWITH, Operator.LIKE, Operator.MATCHES})

Said = tuple[Text, Text]
"""(message, remedy)."""


def check_clause(entry: str, clause: Clause, elements: frozenset[str] | None) -> Iterator[Problem]:
    """The problems of one clause. Those inside terms and groups are told by `check_condition` of these."""

    def problem(field: str, said: Said) -> Problem:
        return Problem(entry, clause.name, field, *said)

    if not clause.name.strip():
        yield problem("name", (Text("条款没有名称", "the clause has no name"), Text("请取名", "Name it")))
    if not clause.remedy.zh.strip() or not clause.remedy.en.strip():
        yield problem("remedy", (Text("缺少中文或英文", "lacks its Chinese or English text"), _BOTH))
    for key, several in (("when", clause.when), ("unless", clause.unless)):
        for place, group in enumerate(several):
            if not group.conditions:
                yield problem(f"{key}[{place}]", _EMPTY)
            for condition in group.conditions:
                if not isinstance(condition, Term | Group):
                    name = f"{key}[{place}].{key_of(condition).name}"
                    for said in check_condition(condition, elements):
                        yield problem(name, said)
    if not clause.when:
        yield problem("when", _EMPTY)
    if not clause.effects:
        yield problem(
            "effects", (Text("没有措施", "has no effect"), Text("请至少写一项措施", "Give at least one"))
        )
    for field, said in _never_met(clause):
        yield problem(field, said)
    for place, effect in enumerate(clause.effects):
        for field, said in _effect(effect):
            yield problem(f"effects[{place}]{field}", said)


_BOTH = Text("请补齐两种语言", "Give both languages")
_EMPTY = Text("没有任何条件", "has no condition"), Text("请至少写一个条件", "Give at least one condition")


# ---- conditions


def check_condition(condition: Condition, elements: frozenset[str] | None) -> Iterator[Said]:
    """What is wrong with a condition by itself; of a term, with those directly in it."""
    match condition:
        case Term(_, conditions, unless):
            if not conditions:
                yield _EMPTY
            for inner in conditions:
                if not isinstance(inner, Term | Group):
                    yield from check_condition(inner, elements)
            yield from _pattern(unless)
        case Group(_, words, pattern):
            if not pattern and not any(word.strip() for word in words):
                yield _EMPTY
            yield from _pattern(pattern)
        case FieldPattern(pattern):
            if not pattern:
                yield _EMPTY
            yield from _pattern(pattern)
        case Themes(keys):
            yield from _unknown("领域", "theme", keys, frozenset(THEMES))
        case Elements(codes):
            yield from _unknown("数据元", "data element", codes, elements)
        case Entities(names, ratio):
            yield from _unknown("个人信息类型", "kind of information", names, ENTITIES)
            if not 0 < ratio <= 1:
                yield (
                    Text("命中率须大于 0 且不大于 1", "the hit ratio lies above 0 and is at most 1"),
                    Text("请改为如 0.5", "Make it 0.5, say"),
                )
        case Keywords(texts, _) | Publishers(texts):
            yield from _unknown("词语", "word", texts, None)
        case Roles(members) | Types(members):
            if not members:
                yield _EMPTY
        case LeastGrade():
            return
        case TimeFinerThan(step):
            if step is TimeGranularity.SECOND:
                yield (
                    Text("没有比秒更细的时间", "no time is finer than a second"),
                    Text("请用 minute 或更粗的步长", "Use minute or a longer step"),
                )
        case _:
            yield from _threshold(condition)


def _threshold(condition: Condition) -> Iterator[Said]:
    match condition:
        case RowCount(least) | DistinctSubjects(least) | PointsPerSubject(least) | LagUnder(least):
            if least < 1:
                yield Text("阈值须不小于 1", "the threshold is below 1"), _whole_from(1)
        case GeoFinerThan(metres) | ContourAtMost(metres):
            if not metres > 0:
                yield Text("没有比 0 米更精细的", "nothing is finer than 0 m"), _ABOVE_ZERO
        case CoverageOver(km2):
            if isnan(km2) or km2 < 0:
                yield Text("面积不能为负", "an area is not negative"), _ABOVE_ZERO
        case Joinable(k):
            if k < 2:
                yield (
                    Text("k 小于 2 时没有任何群体更小", "no group is smaller than k below 2"),
                    _whole_from(2),
                )


_ABOVE_ZERO = Text("请改为大于 0 的数", "Use a number above 0")


def _whole_from(least: int) -> Text:
    return Text(f"请改为不小于 {least} 的整数", f"Use a whole number, {least} or more")


def _pattern(pattern: str) -> Iterator[Said]:
    try:
        compiled(pattern)
    except re2.error as error:
        yield (
            Text(f"RE2 无法使用该正则表达式（{error}）", f"RE2 cannot use the pattern ({error})"),
            Text("请改正；RE2 没有环视和反向引用", "Mend it; RE2 has no lookaround and no back-references"),
        )


def _unknown(zh: str, en: str, names: tuple[str, ...], known: frozenset[str] | None) -> Iterator[Said]:
    if not names or not all(name.strip() for name in names):
        yield Text(f"{zh}为空", f"an empty {en}"), Text("请填写或删去", "Fill it in or remove it")
    strange = sorted(name for name in names if known is not None and name not in known)
    if known is not None and strange:
        yield (
            Text(f"未知的{zh}：{'、'.join(strange)}", f"unknown {en}: {', '.join(strange)}"),
            Text(f"可用：{'、'.join(sorted(known))}", f"Use one of {', '.join(sorted(known))}"),
        )


# ---- clauses that can never be met


def _never_met(clause: Clause) -> Iterator[tuple[str, Said]]:
    drop = Text("请删去其一或改为可同时成立的条件", "Remove one, or use conditions that can hold together")
    for read, zh, en in ((_themes_of, "领域", "themes"), (_publishers_of, "提供方", "publishers")):
        left: frozenset[str] | None = None
        for place, group in enumerate(clause.when):
            only = read(group)
            if not only:  # may be met otherwise, or is empty, which is told by itself
                continue
            left = only if left is None else left & only
            if not left:
                message = Text(
                    f"与前面的{zh}没有交集，永远不成立", f"shares no {en} with those before: never met"
                )
                yield f"when[{place}]", (message, drop)
                break
    for place, exception in enumerate(clause.unless):
        if any(set(group.conditions) <= set(exception.conditions) for group in clause.when):
            message = Text(
                "除外的正是条件本身，永远不成立", "takes out just what a condition asks for: never met"
            )
            yield f"unless[{place}]", (message, drop)


def _themes_of(group: AnyOf) -> frozenset[str] | None:
    """The themes one of which a group demands; None where it may be met otherwise."""
    return _only(group.conditions, Themes)


def _publishers_of(group: AnyOf) -> frozenset[str] | None:
    return _only(group.conditions, Publishers)


def _only(conditions: tuple[Condition, ...], kind: type[Themes | Publishers]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for condition in conditions:
        match condition:
            case Themes(names) | Publishers(names) if isinstance(condition, kind):
                found |= frozenset(names)
            case Term(_, inner) if (several := _only(inner, kind)) is not None:
                found |= several
            case _:
                return None
    return found


# ---- effects


def _effect(effect: Effect) -> Iterator[tuple[str, Said]]:
    match effect.spelling:
        case AggregateOnly(k, rounding, epsilon):
            if k < 2:
                yield ".k", (Text("k 小于 2 不保护任何人", "k below 2 protects nobody"), _whole_from(2))
            if rounding < 1:
                yield ".rounding", (Text("取整须不小于 1", "rounding is below 1"), _whole_from(1))
            if not epsilon > 0:
                yield ".epsilon", (Text("隐私预算须大于 0", "the privacy budget is not above 0"), _ABOVE_ZERO)
        case Delay(days) if days < 1:
            yield ".days", (Text("延期须不小于 1 天", "a delay of less than a day"), _whole_from(1))
        case Mask(operator) if effect.scope is Scope.COLUMN:
            for term in effect.on:
                types = _types_of(term)
                if types and not types & OPERATORS[operator].fits:
                    yield (
                        ".operator",
                        (
                            Text(
                                f"{operator} 不适用于 {term.name} 的类型",
                                f"{operator} fits none of the types of {term.name}",
                            ),
                            Text("请换用合适的脱敏方式，如 drop", "Use an operator that fits, such as drop"),
                        ),
                    )
    yield from _scope(effect)
    if effect.rows is not None:
        yield from _rule(effect)


def _scope(effect: Effect) -> Iterator[tuple[str, Said]]:
    if (effect.scope is Scope.COLUMN) != bool(effect.on):
        yield (
            ".on",
            (
                Text("作用于列时须有词条，否则不能有", "terms go with a column effect, and only there"),
                Text("请补上词条，或改作用范围", "Name the terms, or change the scope"),
            ),
        )
    if (effect.scope is Scope.ROWS) != (effect.rows is not None) or (
        effect.scope is Scope.ROWS and not isinstance(effect.spelling, Deny)
    ):
        yield (
            ".rows",
            (
                Text("按行的措施须为 deny 并有行规则", "an effect on rows is a denial with a rule"),
                Text("请补上行规则，或改措施", "Give the rule, or change the effect"),
            ),
        )


def _rule(effect: Effect) -> Iterator[tuple[str, Said]]:
    match effect.rows:
        case OlderThan(years) | YoungerThan(years) if not 1 <= years <= 100:
            yield (
                ".years",
                (Text("年数须在 1 到 100 之间", "years lie from 1 to 100"), Text("请改正", "Use 1 to 100")),
            )
        case OlderThan(_, ()):
            yield ".by", _EMPTY
        case RowsWhere(term, operator, value):
            said = _comparison(operator, value)
            if said is None:
                said = _fits(term, operator, value)
            if said is not None:
                yield ".is", (said, Text("请换用合适的比较方式或值", "Use an operator and a value that fit"))


def _comparison(operator: Operator, value: Literal | tuple[Literal, ...]) -> Text | None:
    if (operator is Operator.IN) != isinstance(value, tuple) or value == ():
        return Text("只有 in 用多个值", "several values go with in, and only with in")
    if operator is Operator.ISNULL and not isinstance(value, bool):
        return Text("isnull 的值是 true 或 false", "isnull takes true or false")
    if operator in _SEARCHING and not isinstance(value, str):
        return Text(f"{operator} 只能与文字比较", f"{operator} compares with text only")
    if operator in _ORDERED and isinstance(value, bool):
        return Text("真假没有大小", "true and false have no order")
    if operator is Operator.MATCHES:
        return next((message for message, _ in _pattern(str(value))), None)
    return None


def _fits(term: Term, operator: Operator, value: Literal | tuple[Literal, ...]) -> Text | None:
    """Whether columns of the term's types, where only types bind it, can be compared so."""
    types = _types_of(term)
    if not types or operator is Operator.ISNULL:
        return None
    wrong = Text(
        f"{operator} 不适用于 {term.name} 的类型", f"{operator} fits none of the types of {term.name}"
    )
    if operator in _SEARCHING and not types & _TEXTUAL:
        return wrong
    if operator in _ORDERED and not types - {_T.BOOLEAN, _T.GEOMETRY}:
        return wrong
    for one in value if isinstance(value, tuple) else (value,):
        if not types & _types_for(one):
            return Text(f"值与 {term.name} 的类型不符", f"the value is not of the types of {term.name}")
    return None


def _types_for(value: Literal) -> frozenset[ColumnType]:
    match value:
        case bool():
            return frozenset({_T.BOOLEAN})
        case int() | float() | Decimal():
            return _NUMERIC
        case date() | datetime():
            return _DATED
    return _TEXTUAL | {_T.GEOMETRY}


def _types_of(term: Term) -> frozenset[ColumnType]:
    """The types a term's columns have; empty where something else than types binds them."""
    found: frozenset[ColumnType] = frozenset()
    for condition in inside(term):
        if isinstance(condition, Types):
            found |= frozenset(condition.types)
        elif not isinstance(condition, Term):
            return frozenset()
    return found
