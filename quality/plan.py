"""Rules to one plan: every rule of a suite becomes a few terms of a single aggregate select over the table, so the
table is read once, and keeps the condition that finds its failing rows. Nothing here runs; nothing here yields a value
of a cell: bounds on minima, maxima, means and sums are compared inside the engine and come back as yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlglot import exp

from catalog.dataset import ColumnType, Schema
from catalog.errors import BadInput, Where
from catalog.predicate import columns_of
from catalog.text import Text
from quality.row_check import present, row_check
from quality.rules import (
    ColumnCount,
    ColumnExists,
    ColumnSet,
    CompoundUnique,
    DistinctSet,
    Matches,
    MostCommon,
    OfType,
    Quantiles,
    RowCount,
    Rule,
    Statistic,
    Unique,
    Unknown,
    columns_read,
)
from quality.statistic import counted_share, filtered, holds, occurring, quantiles_hold, ranked
from quality.suite import parse_suite
from quality.terms import Incomparable, cell, condition, count, distinct, is_missing, named_types
from quality.trouble import no_column, no_type, pattern_trouble, unknown_type

__all__ = [
    "ROW",
    "Broken",
    "Counted",
    "Held",
    "Keyed",
    "Known",
    "Modal",
    "Plan",
    "Ratio",
    "aggregate",
    "check_suite",
    "duplicates",
    "failing_rows",
    "frequent",
    "plan",
    "terms_of",
]

ROW = "_row"
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


@dataclass(frozen=True, slots=True)
class Modal:
    """The most frequent values against a set: asked by a select of its own (`frequent`), which groups the column."""

    rule: Rule
    check: MostCommon
    domain: exp.Expr | None
    types: Mapping[str, ColumnType]


Plan: TypeAlias = Broken | Counted | Held | Keyed | Known | Modal | Ratio


def plan(rules: Iterable[Rule], schema: Schema) -> tuple[Plan, ...]:
    """One plan per rule, in order. A rule that does not fit the schema becomes `Broken`, with what to do."""
    types = {column.name: column.type for column in schema}
    return tuple(_plan(rule, types) for rule in rules)


def check_suite(suite: Mapping[str, Any], schema: Schema) -> None:
    """Raises BadInput where the suite is malformed, or has a rule that a table of this schema cannot be held against;
    it names the expectation and says what to do."""
    for place, one in enumerate(plan(parse_suite(suite), schema)):
        if isinstance(one, Broken):
            raise BadInput(one.why, one.remedy, Where(parameter=f"expectations[{place}] {one.rule.type}"))


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
    """The one select: `terms` in order, as columns `t0`, `t1`, …

    An aggregate over distinct values is a select of its own inside it: one such term beside others would take the whole
    select off the engine's fast path (on 1,000,000 × 20, 0.70 s against 0.26 s; benchmarks.quality).
    """
    source = exp.to_identifier(table, quoted=True)

    def apart(node: exp.Expr) -> exp.Expr:
        counted = node.this if isinstance(node, exp.Filter) else node
        if isinstance(counted, exp.AggFunc) and isinstance(counted.this, exp.Distinct):
            return exp.select(node.copy()).from_(source.copy()).subquery()
        return node

    taken = [term.copy().transform(apart) for term in terms]
    select = exp.select(*(exp.alias_(term, f"t{index}") for index, term in enumerate(taken)))
    # Where nothing is left that reads the table itself, naming it would yield the answer once per row.
    reads = (found for term in taken for found in term.find_all(exp.Column, exp.Star))
    outer = any(found.find_ancestor(exp.Select) is None for found in reads)
    return select.from_(source) if outer else select


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


def frequent(table: str, one: Modal) -> exp.Select:
    """How many values are the most frequent (`t0`), and how many of those are in the set (`t1`)."""
    return ranked(table, one.check, one.domain, one.types)


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
            return Broken(rule, *no_column(name, types))
    try:
        return _compile(rule, types)
    except Incomparable as mismatch:
        return Broken(rule, mismatch.why, mismatch.remedy)


def _compile(rule: Rule, types: Mapping[str, ColumnType]) -> Plan:
    check, domain = rule.check, _domain(rule, types)
    match check:
        case Unknown():
            return Broken(rule, *unknown_type(rule.type))
        case ColumnExists() | ColumnSet() | ColumnCount() | OfType():
            return _from_schema(rule, types)
        case RowCount():
            return Ratio(rule, count(domain))
        case Statistic():
            share = counted_share(check, domain, types)
            return Ratio(rule, *share) if share else Held(rule, holds(check, domain, types))
        case Quantiles():
            return Held(rule, quantiles_hold(check, domain, types))
        case DistinctSet():
            return Held(rule, occurring(check, domain, types))
        case MostCommon():
            return Modal(rule, check, domain, types)
        case Unique():
            here = exp.not_(is_missing(cell(check.column, types)))
            return _keyed(rule, (check.column,), here, types)
        case CompoundUnique():
            return _keyed(rule, check.columns, present(check.columns, check.ignore, types), types)
        case Matches():
            trouble = pattern_trouble(check)
            return Broken(rule, *trouble) if trouble else _counted(rule, *row_check(check, types), types)
        case _:
            return _counted(rule, *row_check(check, types), types)


def _counted(rule: Rule, here: exp.Expr | None, must: exp.Expr, types: Mapping[str, ColumnType]) -> Counted:
    domain, columns = _domain(rule, types), columns_read(rule.check)
    if here is None or len(columns) > 1:
        considered = _both(domain, here)
        failing = _both(considered, exp.not_(exp.Coalesce(this=exp.paren(must), expressions=[exp.false()])))
        return Counted(rule, count(domain), count(considered), count(failing), failing or exp.true())
    # One column: a check is null exactly where the cell is missing, so its negation is true on the failing rows alone.
    fails = _both(domain, exp.not_(exp.paren(must))) or exp.false()
    considered_cells = filtered(exp.Count(this=cell(columns[0], types)), domain)
    return Counted(rule, count(domain), considered_cells, count(fails), fails)


def _keyed(
    rule: Rule, names: tuple[str, ...], here: exp.Expr | None, types: Mapping[str, ColumnType]
) -> Keyed:
    domain, key = _domain(rule, types), tuple(cell(name, types) for name in names)
    within = _both(domain, here)
    elements = count(domain)
    if len(key) == 1:  # COUNT ignores missing cells by itself
        considered, different = filtered(exp.Count(this=key[0].copy()), domain), distinct(key, domain)
    else:
        considered, different = count(within), distinct(key, within)
    return Keyed(rule, elements, considered, different, key, within or exp.true())


def _domain(rule: Rule, types: Mapping[str, ColumnType]) -> exp.Expr | None:
    return condition(rule.condition, types) if rule.condition is not None else None


def _both(left: exp.Expr | None, right: exp.Expr | None) -> exp.Expr | None:
    if left is None or right is None:
        return left if right is None else right
    return exp.and_(left.copy(), right.copy())


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
            return Known(rule, types[check.column] in accepted) if accepted else Broken(rule, *no_type())
        case _:
            raise AssertionError(f"the schema does not answer {type(check).__name__}")
