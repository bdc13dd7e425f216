"""Rules to one plan: every rule of a suite becomes a few terms of a single aggregate select over the table, so the
table is read once, and keeps the condition that finds its failing rows. Nothing here runs; nothing here yields a value
of a cell: bounds on minima, maxima, means and sums are compared inside the engine and come back as yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

import re2
from sqlglot import exp

from catalog.dataset import ColumnType, Schema
from catalog.predicate import columns_of
from catalog.text import Text
from quality.rules import (
    Between,
    ColumnCount,
    ColumnExists,
    ColumnSet,
    CompoundUnique,
    InSet,
    IsNull,
    Lengths,
    Matches,
    NotNull,
    OfType,
    PairEqual,
    PairGreater,
    RowCount,
    Rule,
    Statistic,
    SumEquals,
    Unique,
    Unknown,
    columns_read,
)
from quality.suite import EXPECTATIONS
from quality.terms import (
    TYPE_NAMES,
    Incomparable,
    cell,
    comparable,
    condition,
    count,
    distinct,
    exact_sum,
    inside,
    is_missing,
    member,
    named_types,
    number,
    text_of,
)

__all__ = [
    "ROW",
    "Broken",
    "Counted",
    "Held",
    "Keyed",
    "Known",
    "Plan",
    "Ratio",
    "aggregate",
    "duplicates",
    "failing_rows",
    "plan",
    "terms_of",
]

ROW = "_row"
MAX_PATTERN = 2_000
MAX_FAILED_ROWS = 20


@dataclass(frozen=True, slots=True)
class Broken:
    """The rule cannot be evaluated on this table; its verdict is error."""

    rule: Rule
    why: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Known:
    """The verdict follows from the schema alone."""

    rule: Rule
    holds: bool
    observed: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A map expectation. `failing` is true exactly on the unexpected rows; the three terms count all rows, the rows
    considered (not missing, not ignored) and the unexpected ones."""

    rule: Rule
    elements: exp.Expr
    considered: exp.Expr
    unexpected: exp.Expr
    failing: exp.Expr


@dataclass(frozen=True, slots=True)
class Keyed:
    """Uniqueness: equal counts of considered rows and distinct keys prove it; otherwise `duplicates` counts the rows
    that share their key. Exact, never an estimate."""

    rule: Rule
    elements: exp.Expr
    considered: exp.Expr
    distinct: exp.Expr
    key: tuple[exp.Expr, ...]
    within: exp.Expr


@dataclass(frozen=True, slots=True)
class Held:
    """A statistic of values, judged inside the engine: the term is true, false, or null where there is no value."""

    rule: Rule
    holds: exp.Expr


@dataclass(frozen=True, slots=True)
class Ratio:
    """A count, or a share of two counts, held against the rule's bounds."""

    rule: Rule
    numerator: exp.Expr
    denominator: exp.Expr | None = None


Plan: TypeAlias = Broken | Counted | Held | Keyed | Known | Ratio


def plan(rules: Iterable[Rule], schema: Schema) -> tuple[Plan, ...]:
    """One plan per rule, in order. A rule that does not fit the schema becomes `Broken`, with what to do."""
    types = {column.name: column.type for column in schema}
    return tuple(_plan(rule, types) for rule in rules)


def terms_of(one: Plan) -> tuple[exp.Expr, ...]:
    """The aggregate terms a plan reads, in the order of its fields."""
    match one:
        case Counted():
            return (one.elements, one.considered, one.unexpected)
        case Keyed():
            return (one.elements, one.considered, one.distinct)
        case Held():
            return (one.holds,)
        case Ratio(denominator=None):
            return (one.numerator,)
        case Ratio():
            return (one.numerator, one.denominator)  # type: ignore[return-value]  # None is the case above
        case _:
            return ()


def aggregate(table: str, terms: Sequence[exp.Expr]) -> exp.Select:
    """The one select: `terms` in order, as columns `t0`, `t1`, …"""
    columns = [exp.alias_(term.copy(), f"t{index}") for index, term in enumerate(terms)]
    return exp.select(*columns).from_(exp.to_identifier(table, quoted=True))


def duplicates(table: str, one: Keyed) -> exp.Select:
    """The number of rows whose key occurs more than once, as `t0`."""
    keys = [exp.alias_(part.copy(), f"k{index}") for index, part in enumerate(one.key)]
    groups = (
        exp.select(*keys, exp.alias_(exp.Count(this=exp.Star()), "copies"))
        .from_(exp.to_identifier(table, quoted=True))
        .where(one.within.copy())
        .group_by(*(part.copy() for part in one.key))
    )
    total = exp.Coalesce(this=exp.Sum(this=exp.column("copies")), expressions=[exp.Literal.number(0)])
    return (
        exp.select(exp.alias_(exp.cast(total, "BIGINT"), "t0"))
        .from_(groups.subquery("groups"))
        .where(exp.GT(this=exp.column("copies"), expression=exp.Literal.number(1)))
    )


def failing_rows(table: str, one: Counted | Keyed) -> exp.Select:
    """At most 20 positions (`_row`) of rows that fail, the first ones. Positions only, never a cell."""
    row = exp.column(exp.to_identifier(ROW, quoted=True))
    source = exp.to_identifier(table, quoted=True)
    if isinstance(one, Counted):
        found = exp.select(row).from_(source).where(one.failing.copy())
    else:
        copies = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[part.copy() for part in one.key])
        inner = exp.select(row, exp.alias_(copies, "copies")).from_(source).where(one.within.copy())
        found = (
            exp.select(row.copy())
            .from_(inner.subquery("counted"))
            .where(exp.GT(this=exp.column("copies"), expression=exp.Literal.number(1)))
        )
    return found.order_by(row.copy()).limit(MAX_FAILED_ROWS)


def _plan(rule: Rule, types: Mapping[str, ColumnType]) -> Plan:
    needed = (*columns_read(rule.check), *(sorted(columns_of(rule.condition)) if rule.condition else ()))
    for name in needed:
        if name not in types:
            return _no_column(rule, name, types)
    try:
        return _compile(rule, types)
    except Incomparable as mismatch:
        return Broken(rule, mismatch.why, mismatch.remedy)


def _compile(rule: Rule, types: Mapping[str, ColumnType]) -> Plan:
    check = rule.check
    match check:
        case Unknown():
            return _unknown(rule)
        case ColumnExists() | ColumnSet() | ColumnCount() | OfType():
            return _from_schema(rule, types)
        case RowCount():
            return Ratio(rule, count(_domain(rule, types)))
        case Statistic():
            return _statistic(rule, check, types)
        case Unique():
            present = exp.not_(is_missing(cell(check.column, types)))
            return _keyed(rule, (check.column,), present, types)
        case CompoundUnique():
            return _keyed(rule, check.columns, _present(check.columns, check.ignore, types), types)
        case Matches():
            broken = _pattern_trouble(rule, check)
            return broken or _counted(rule, *_row_check(rule, types), types)
        case _:
            return _counted(rule, *_row_check(rule, types), types)


def _row_check(rule: Rule, types: Mapping[str, ColumnType]) -> tuple[exp.Expr | None, exp.Expr]:
    """Which rows are considered (None = all), and what must be true of them."""
    check = rule.check
    match check:
        case NotNull():
            return None, exp.not_(is_missing(cell(check.column, types)))
        case IsNull():
            return None, is_missing(cell(check.column, types))
        case Between():
            must = inside(cell(check.column, types), check.bounds, types[check.column])
        case InSet():
            must = member(check.column, check.values, types)
            must = exp.not_(must) if check.negated else must
        case Matches():
            found = exp.RegexpLike(
                this=text_of(check.column, types), expression=exp.Literal.string(check.regex)
            )
            must = exp.not_(found) if check.negated else found
        case Lengths():
            length = exp.Length(this=text_of(check.column, types))
            must = inside(length, check.bounds, ColumnType.INTEGER)
        case PairGreater():
            left, right = comparable(check.a, check.b, types)
            must = (exp.GTE if check.or_equal else exp.GT)(this=left, expression=right)
            return _present((check.a, check.b), check.ignore, types), must
        case PairEqual():
            left, right = comparable(check.a, check.b, types)
            return _present((check.a, check.b), check.ignore, types), exp.EQ(this=left, expression=right)
        case SumEquals():
            must = exp.EQ(this=exact_sum(check.columns, types), expression=number(check.total))
            return _present(check.columns, check.ignore, types), must
        case _:
            raise AssertionError(f"no row check for {type(check).__name__}")
    return exp.not_(is_missing(cell(check.column, types))), must


def _counted(
    rule: Rule, present: exp.Expr | None, must: exp.Expr, types: Mapping[str, ColumnType]
) -> Counted:
    domain, columns = _domain(rule, types), columns_read(rule.check)
    if present is None or len(columns) > 1:
        considered = _both(domain, present)
        failing = _both(considered, exp.not_(exp.Coalesce(this=exp.paren(must), expressions=[exp.false()])))
        return Counted(rule, count(domain), count(considered), count(failing), failing or exp.true())
    # One column: a check is null exactly where the cell is missing, so its negation is true on the failing rows alone.
    fails = _both(domain, exp.not_(exp.paren(must))) or exp.false()
    considered_cells = _filtered(exp.Count(this=cell(columns[0], types)), domain)
    return Counted(rule, count(domain), considered_cells, count(fails), fails)


def _keyed(
    rule: Rule, names: tuple[str, ...], present: exp.Expr | None, types: Mapping[str, ColumnType]
) -> Keyed:
    domain, key = _domain(rule, types), tuple(cell(name, types) for name in names)
    within = _both(domain, present)
    elements = count(domain)
    if len(key) == 1:  # COUNT ignores missing cells by itself
        considered, different = _filtered(exp.Count(this=key[0].copy()), domain), distinct(key, domain)
    else:
        considered, different = count(within), distinct(key, within)
    return Keyed(rule, elements, considered, different, key, within or exp.true())


def _statistic(rule: Rule, check: Statistic, types: Mapping[str, ColumnType]) -> Plan:
    domain, kind = _domain(rule, types), types[check.column]
    value = cell(check.column, types)
    if check.name == "distinct":
        return Ratio(rule, distinct((value,), domain))
    if check.name == "proportion":
        return Ratio(rule, distinct((value,), domain), _filtered(exp.Count(this=value), domain))
    if check.name in ("min", "max"):
        function: exp.Expr = (exp.Min if check.name == "min" else exp.Max)(this=value)
        return Held(rule, inside(_filtered(function, domain), check.bounds, kind, empty_holds=False))
    numeric = exact_sum((check.column,), types)
    floating = kind is ColumnType.DOUBLE
    # Compensated summation, so that the order in which threads meet rows does not show in the verdict.
    name = {"sum": "fsum" if floating else "sum", "mean": "favg" if floating else "avg"}[check.name]
    result = _filtered(exp.Anonymous(this=name, expressions=[numeric]), domain)
    if check.name == "sum":  # pandas: the sum of nothing is 0
        result = exp.Coalesce(this=result, expressions=[exp.Literal.number(0)])
    return Held(
        rule, inside(result, check.bounds, ColumnType.DOUBLE if floating else kind, empty_holds=False)
    )


def _filtered(function: exp.Expr, domain: exp.Expr | None) -> exp.Expr:
    return (
        exp.Filter(this=function, expression=exp.Where(this=domain.copy()))
        if domain is not None
        else function
    )


def _domain(rule: Rule, types: Mapping[str, ColumnType]) -> exp.Expr | None:
    return condition(rule.condition, types) if rule.condition is not None else None


def _both(left: exp.Expr | None, right: exp.Expr | None) -> exp.Expr | None:
    if left is None or right is None:
        return left if right is None else right
    return exp.and_(left.copy(), right.copy())


def _present(names: Sequence[str], ignore: str, types: Mapping[str, ColumnType]) -> exp.Expr | None:
    """Rows an expectation over several columns considers, by GX's `ignore_row_if`."""
    here = [exp.not_(is_missing(cell(name, types))) for name in names]
    if ignore in ("both_values_are_missing", "all_values_are_missing"):
        return exp.paren(exp.or_(*here))
    if ignore in ("either_value_is_missing", "any_value_is_missing"):
        return exp.paren(exp.and_(*here))
    return None


def _from_schema(rule: Rule, types: Mapping[str, ColumnType]) -> Plan:
    check, names = rule.check, tuple(types)
    match check:
        case ColumnExists(column=name, index=index) if index:
            return Known(rule, -len(names) <= index < len(names) and names[index] == name)
        case ColumnExists(column=name):
            return Known(rule, name in types)
        case ColumnSet(ordered=True):
            return Known(rule, names == check.columns, len(names))
        case ColumnSet():
            wanted = set(check.columns)
            return Known(rule, wanted == set(names) if check.exact else wanted <= set(names), len(names))
        case ColumnCount():
            return Known(rule, check.bounds.hold(len(names)), len(names))
        case OfType():
            accepted = [kind for name in check.names for kind in named_types(name)]
            return Known(rule, types[check.column] in accepted) if accepted else _no_type(rule)
        case _:
            raise AssertionError(f"the schema does not answer {type(check).__name__}")


def _no_type(rule: Rule) -> Broken:
    known = ", ".join(sorted(next(iter(sorted(names))) for names in TYPE_NAMES.values()))
    return Broken(
        rule,
        Text("不认识规则里的类型名", "The rule names no type we know"),
        Text(f"请用这些类型名之一：{known}", f"Use one of these type names: {known}"),
    )


def _no_column(rule: Rule, name: str, types: Mapping[str, ColumnType]) -> Broken:
    near = get_close_matches(name, list(types), n=1, cutoff=0.5)
    remedy = (
        Text(f"是否指“{near[0]}”？", f'Did you mean "{near[0]}"?')
        if near
        else Text("请核对规则中的列名", "Check the column's name in the rule")
    )
    return Broken(rule, Text(f"表中没有列“{name}”", f'No column "{name}" in the table'), remedy)


def _unknown(rule: Rule) -> Broken:

    near = get_close_matches(rule.type, list(EXPECTATIONS), n=1)
    remedy = (
        Text(f"是否指 {near[0]}？", f"Did you mean {near[0]}?")
        if near
        else Text(
            "请改用受支持的规则类型，或删去此条", "Use a supported expectation type, or remove this one"
        )
    )
    return Broken(
        rule,
        Text("不支持此规则类型，未评价", "This expectation type is not supported, so not evaluated"),
        remedy,
    )


def _pattern_trouble(rule: Rule, check: Matches) -> Broken | None:
    """RE2 runs in time linear in the text, so a caller's pattern cannot stall the gate; it has no lookaround."""
    options = re2.Options()
    options.log_errors = False
    try:
        if len(check.regex) > MAX_PATTERN:
            raise re2.error("too long")
        re2.compile(check.regex, options)
    except re2.error:
        return Broken(
            rule,
            Text("正则式不能用于 RE2", "RE2 cannot run the pattern"),
            Text(
                "RE2 没有环视（(?=…)、(?!…)、(?<=…)）和反向引用；请改写，或拆成 match 与 not_match 两条",
                "RE2 has no lookaround and no backreferences; rewrite it, or split it into a match and a not-match rule",
            ),
        )
    return None
