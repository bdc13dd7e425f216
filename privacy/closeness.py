"""t-closeness of a sensitive attribute (Li, Li and Venkatasubramanian 2007): how far a group's distribution lies from the
table's, by the earth mover's distance, 0..1; the largest of any group.

Categories stand at equal distance from each other: EMD = ½ Σ|p − q|. Numbers are ordered: EMD = Σ|P − Q| / (m − 1) over
the m values of the table, P and Q the cumulated shares. Both are computed from the cells that exist: what a group lacks
is summed in closed form, so the plan is as large as its group-by and never groups × values.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from catalog.engine.render import literal
from privacy.diversity import cells

__all__ = ["t_closeness"]


def t_closeness(quasi: Sequence[str], sensitive: str, table: str = "planned", *, ordered: bool) -> exp.Select:
    """A plan with one row, ``t``. `ordered` for a number or a date, whose nulls stand before its values.

    Raises ValueError: no quasi-identifiers.
    """
    return _ordered(quasi, sensitive, table) if ordered else _equal(quasi, sensitive, table)


def _equal(quasi: Sequence[str], sensitive: str, table: str) -> exp.Select:
    """½ Σ|p − q| = ½ (1 + Σ over the group's own values (|p − q| − q)): of other values p is 0, and all q sum to 1."""
    shares = exp.select(
        exp.Star(),
        _over(exp.Sum(this=exp.column("cell")), [exp.column("value")]).as_("of_value"),
        _over(exp.Sum(this=exp.column("cell"))).as_("all_rows"),
    ).from_(_sized(quasi, sensitive, table).subquery("cells"))
    p = _ratio(exp.column("cell"), exp.column("size"))
    q = _ratio(exp.column("of_value"), exp.column("all_rows"))
    apart = exp.Sub(this=exp.Abs(this=_minus(p, q)), expression=q)
    half = exp.Div(
        this=exp.paren(exp.Add(this=literal(1), expression=exp.Sum(this=apart))), expression=literal(2.0)
    )
    groups = exp.select(half.as_("emd")).from_(shares.subquery("shares")).group_by(*_group(quasi))
    return _largest(groups)


def _ordered(quasi: Sequence[str], sensitive: str, table: str) -> exp.Select:
    """Σ|P − Q| by runs: from one of its own values to the next a group's P stands still while Q rises. With c values of
    Q ≤ P, the run of places [a, b) adds P − Q up to c and Q − P behind it, from sums of Q up to a, c and b."""
    group = _group(quasi)
    spread = (
        exp.select(exp.column("value"), exp.Sum(this=exp.column("cell")).as_("of_value"))
        .from_("counted")
        .group_by(exp.column("value"))
    )
    ranked = exp.select(
        exp.column("value"),
        _upto(exp.Count(this=exp.Star()), [exp.column("value")]).as_("place"),
        _ratio(
            _upto(exp.Sum(this=exp.column("of_value")), [exp.column("value")]),
            _over(exp.Sum(this=exp.column("of_value"))),
        ).as_("q"),
    ).from_(spread.subquery("spread"))
    points = exp.select(
        exp.Star(),
        _upto(exp.Sum(this=exp.column("q")), [exp.column("place")]).as_("q_sum"),
        _over(exp.Sum(this=exp.column("q"))).as_("q_total"),
        _over(exp.Count(this=exp.Star())).as_("places"),
    ).from_(ranked.subquery("ranked"))
    placed = (
        exp.select(exp.Star())
        .from_("counted")
        .join(
            exp.select(exp.column("value").as_("known"), exp.Star(except_=[exp.to_identifier("value")]))
            .from_("points")
            .subquery("known"),
            on=exp.NullSafeEQ(this=exp.column("value"), expression=exp.column("known")),
        )
    )
    before = _minus(exp.column("q_sum"), exp.column("q"))
    own = exp.select(
        *group,
        exp.column("places"),
        exp.column("place").as_("a"),
        before.as_("q_to_a"),
        _next("place", exp.Add(this=exp.column("places"), expression=literal(1)), group).as_("b"),
        _next("q_to_place", exp.column("q_total"), group).as_("q_to_b"),
        _ratio(_upto(exp.Sum(this=exp.column("cell")), [exp.column("place")], group), exp.column("size")).as_(
            "p"
        ),
        exp.EQ(this=exp.column("place"), expression=_over(exp.Min(this=exp.column("place")), group)).as_(
            "leading"
        ),
    ).from_(
        exp.select(exp.Star(), before.copy().as_("q_to_place"))
        .from_(placed.subquery("placed"))
        .subquery("own")
    )
    reached = exp.select(
        exp.column("q").as_("q_c"), exp.column("place").as_("c"), exp.column("q_sum").as_("q_to_c")
    )
    runs = exp.select(*group, exp.column("places"), _run().as_("run")).from_(own.subquery("own"))
    runs.append(
        "joins",
        exp.Join(
            this=reached.from_("points").subquery("reached"),
            method="ASOF",
            side="LEFT",
            on=exp.GTE(this=exp.column("p"), expression=exp.column("q_c")),
        ),
    )
    emd = exp.Div(
        this=exp.Sum(this=exp.column("run")),
        expression=exp.Nullif(
            this=_minus(exp.Max(this=exp.column("places")), literal(1)), expression=literal(0)
        ),
    )
    groups = exp.select(emd.as_("emd")).from_(runs.subquery("runs")).group_by(*(one.copy() for one in group))
    return _largest(groups).with_("counted", as_=_sized(quasi, sensitive, table)).with_("points", as_=points)


def _run() -> exp.Expr:
    """What the run [a, b) adds, and the one before a group's first value (there P is 0) with it."""
    p, c = exp.column("p"), exp.Coalesce(this=exp.column("c"), expressions=[literal(0)])
    low, high = _minus(exp.column("a"), literal(1)), _minus(exp.column("b"), literal(1))
    turn = exp.Greatest(this=low, expressions=[exp.Least(this=c, expressions=[high])])
    q_to_turn = exp.Case(
        ifs=[
            exp.If(this=exp.LTE(this=c.copy(), expression=low.copy()), true=exp.column("q_to_a")),
            exp.If(this=exp.GTE(this=c.copy(), expression=high.copy()), true=exp.column("q_to_b")),
        ],
        default=exp.column("q_to_c"),
    )
    above = _minus(
        exp.Mul(this=p, expression=_minus(turn, low.copy())), _minus(q_to_turn, exp.column("q_to_a"))
    )
    below = _minus(
        _minus(exp.column("q_to_b"), q_to_turn.copy()),
        exp.Mul(this=p.copy(), expression=_minus(high.copy(), turn.copy())),
    )
    first = exp.Case(
        ifs=[exp.If(this=exp.column("leading"), true=exp.column("q_to_a"))], default=literal(0.0)
    )
    return exp.Add(this=exp.Add(this=above, expression=below), expression=first)


def _sized(quasi: Sequence[str], sensitive: str, table: str) -> exp.Select:
    """The cells, each with ``size``, its group's rows."""
    counted = cells(quasi, sensitive, table).subquery("cells")
    size = _over(exp.Sum(this=exp.column("cell")), _group(quasi))
    return exp.select(exp.Star(), size.as_("size")).from_(counted)


def _largest(groups: exp.Select) -> exp.Select:
    largest = exp.Coalesce(this=exp.Max(this=exp.column("emd")), expressions=[literal(0.0)])
    return exp.select(largest.as_("t")).from_(groups.subquery("groups"))


def _group(quasi: Sequence[str]) -> list[exp.Column]:
    return [exp.column(f"q{place}") for place in range(len(quasi))]


def _minus(a: exp.Expr, b: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Sub(this=a.copy(), expression=b.copy()))


def _ratio(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Div(this=exp.cast(part.copy(), "DOUBLE"), expression=whole.copy()))


def _over(aggregate: exp.Expr, by: Sequence[exp.Expr] = ()) -> exp.Window:
    """The aggregate over all rows that share `by`."""
    return exp.Window(this=aggregate, partition_by=[one.copy() for one in by])


def _upto(aggregate: exp.Expr, order: Sequence[exp.Expr], by: Sequence[exp.Expr] = ()) -> exp.Window:
    """The aggregate over the rows up to this one."""
    spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    return exp.Window(this=aggregate, partition_by=[one.copy() for one in by], order=_order(order), spec=spec)


def _next(name: str, otherwise: exp.Expr, by: Sequence[exp.Expr]) -> exp.Expr:
    """The column in the group's next value, by place; `otherwise` behind the last."""
    following = exp.Lead(this=exp.column(name))
    window = exp.Window(
        this=following, partition_by=[one.copy() for one in by], order=_order([exp.column("place")])
    )
    return exp.Coalesce(this=window, expressions=[otherwise])


def _order(terms: Sequence[exp.Expr]) -> exp.Order:
    return exp.Order(
        expressions=[exp.Ordered(this=one.copy(), desc=False, nulls_first=True) for one in terms]
    )
