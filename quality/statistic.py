"""One number about a whole column, and whether it lies within bounds, as sqlglot terms: judged inside the engine where the
number is made of values, so that only yes or no comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from catalog.dataset import ColumnType
from quality.rules import Bounds, DistinctSet, MostCommon, Quantiles, Statistic, Value
from quality.terms import alike, cell, count, distinct, exact_sum, inside, is_missing, member, number

__all__ = ["counted_share", "filtered", "holds", "occurring", "quantiles_hold", "ranked"]

CLOSE, CLOSE_SHARE = 1e-8, 1e-4  # GX: atol and rtol of a quantile against an end of its interval


def filtered(function: exp.Expr, domain: exp.Expr | None) -> exp.Expr:
    """An aggregate over the rows of a domain; None = over all."""
    if domain is None:
        return function
    return exp.Filter(this=function, expression=exp.Where(this=domain.copy()))


def counted_share(
    check: Statistic, domain: exp.Expr | None, types: Mapping[str, ColumnType]
) -> tuple[exp.Expr, exp.Expr | None] | None:
    """Numerator and denominator of a statistic made of counts; None for one made of values."""
    value = cell(check.column, types)
    present = filtered(exp.Count(this=value.copy()), domain)
    match check.name:
        case "distinct":
            return distinct((value,), domain), None
        case "proportion":
            return distinct((value,), domain), present
        case "present":
            return present, count(domain)
        case _:
            return None


def holds(check: Statistic, domain: exp.Expr | None, types: Mapping[str, ColumnType]) -> exp.Expr:
    """Whether a statistic of values lies within its bounds; null or false where there is no value. Raises Incomparable."""
    kind, value = types[check.column], cell(check.column, types)
    if check.name in ("min", "max"):
        function: exp.Expr = (exp.Min if check.name == "min" else exp.Max)(this=value)
        # GX, of times: where no bound is given, even no value at all holds (pandas has one for it, NaT).
        no_time = kind is ColumnType.TIMESTAMP
        return inside(filtered(function, domain), check.bounds, kind, empty_holds=no_time)
    numeric = exact_sum((check.column,), types)
    floating = kind is ColumnType.DOUBLE
    measured = ColumnType.DOUBLE if floating else kind
    if check.name == "median":
        middle = exp.Median(this=exp.cast(numeric, "DOUBLE"))
        return inside(filtered(middle, domain), check.bounds, ColumnType.DOUBLE, empty_holds=False)
    if check.name == "stdev":  # of a sample: null below two values
        spread = exp.StddevSamp(this=exp.cast(numeric, "DOUBLE"))
        return inside(filtered(spread, domain), check.bounds, ColumnType.DOUBLE, empty_holds=False)
    # Compensated summation, so that the order in which threads meet rows does not show in the verdict.
    name = {"sum": "fsum" if floating else "sum", "mean": "favg" if floating else "avg"}[check.name]
    result = filtered(exp.Anonymous(this=name, expressions=[numeric]), domain)
    if check.name == "sum":  # pandas: the sum of nothing is 0
        result = exp.Coalesce(this=result, expressions=[exp.Literal.number(0)])
    return inside(result, check.bounds, measured, empty_holds=False)


def quantiles_hold(check: Quantiles, domain: exp.Expr | None, types: Mapping[str, ColumnType]) -> exp.Expr:
    """Whether every quantile lies in its interval. Raises Incomparable for a column that is not numeric."""
    value = exp.cast(exact_sum((check.column,), types), "DOUBLE")
    present = exp.not_(is_missing(cell(check.column, types)))
    within = present if domain is None else exp.and_(domain.copy(), present)
    values = filtered(exp.Anonymous(this="list", expressions=[value]), within)
    in_order = exp.Anonymous(this="list_sort", expressions=[values])
    held = [_close_or_inside(_nearest(in_order, share), bounds) for share, bounds in check.wanted]
    return exp.Coalesce(this=exp.paren(exp.and_(*held)), expressions=[exp.false()])


def _nearest(in_order: exp.Expr, share: float) -> exp.Expr:
    """The value whose rank is nearest to (n - 1)·share, halves to the even rank: numpy's method "nearest". As in pandas,
    the share has been a percentage in between."""
    share = share * 100.0 / 100.0
    last = exp.Sub(
        this=exp.Anonymous(this="len", expressions=[in_order.copy()]), expression=exp.Literal.number(1)
    )
    rank = exp.Mul(this=exp.cast(exp.paren(last), "DOUBLE"), expression=exp.cast(number(share), "DOUBLE"))
    even = exp.Anonymous(this="round_even", expressions=[rank, exp.Literal.number(0)])
    place = exp.Add(this=exp.cast(even, "BIGINT"), expression=exp.Literal.number(1))
    return exp.Anonymous(this="list_extract", expressions=[in_order.copy(), place])


def _close_or_inside(value: exp.Expr, bounds: Bounds) -> exp.Expr:
    tests = [inside(value, bounds, ColumnType.DOUBLE, empty_holds=False)]
    for end in (bounds.low, bounds.high):
        if isinstance(end, int | float):
            away = exp.Abs(
                this=exp.paren(exp.Sub(this=value.copy(), expression=exp.cast(number(end), "DOUBLE")))
            )
            tests.append(exp.LTE(this=away, expression=number(CLOSE + CLOSE_SHARE * abs(end))))
    return exp.paren(exp.or_(*tests))


def occurring(check: DistinctSet, domain: exp.Expr | None, types: Mapping[str, ColumnType]) -> exp.Expr:
    """Whether the values that occur are within, and cover, the set."""
    known = member(check.column, check.values, types)
    tests: list[exp.Expr] = []
    if check.within:
        outside = count(_both(domain, exp.not_(exp.paren(known))))
        tests.append(exp.EQ(this=outside, expression=exp.Literal.number(0)))
    if check.covering:
        wanted = _different(check.values, types[check.column])
        found = distinct((cell(check.column, types),), _both(domain, known))
        tests.append(exp.EQ(this=found, expression=exp.Literal.number(wanted)))
    return exp.paren(exp.and_(*tests))


def _different(values: Sequence[Value], kind: ColumnType) -> int:
    """How many cells the set asks for; a value no cell of this kind can have counts, and is never found."""
    matched = [alike(value, kind) for value in values]
    strange = {value for value, found in zip(values, matched, strict=True) if found is None}
    return len({found for found in matched if found is not None}) + len(strange)


def _both(domain: exp.Expr | None, test: exp.Expr) -> exp.Expr:
    return test if domain is None else exp.and_(domain.copy(), test)


def ranked(
    table: str, check: MostCommon, domain: exp.Expr | None, types: Mapping[str, ColumnType]
) -> exp.Select:
    """Of the most frequent values how many there are (`t0`) and how many of them are in the set (`t1`)."""
    value = cell(check.column, types)
    named = exp.to_identifier(check.column, quoted=True)
    copies, top = exp.column("copies"), exp.column("top")
    groups = (
        exp.select(exp.alias_(value, named), exp.alias_(exp.Count(this=exp.Star()), "copies"))
        .from_(exp.to_identifier(table, quoted=True))
        .where(_both(domain, exp.not_(is_missing(value))))
        .group_by(value.copy())
    )
    highest = exp.alias_(exp.Window(this=exp.Max(this=copies.copy())), "top")
    most = exp.select("*", highest).from_(groups.subquery("groups")).subquery("most")
    known = count(member(check.column, check.values, types))
    return (
        exp.select(exp.alias_(count(None), "t0"), exp.alias_(known, "t1"))
        .from_(most)
        .where(exp.EQ(this=copies, expression=top))
    )
