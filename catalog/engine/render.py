"""Predicates (`catalog.predicate`) as sqlglot conditions over a known schema: identifiers quoted, values literal terms.

Total in three-valued logic: a comparison with null is null, as in SQL; callers that must fail closed wrap the
result in `is_true`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine.space import intersects, near
from catalog.errors import NotFound, Where
from catalog.predicate import All, Any_, Comparison, Intersects, Literal, Near, Not, Operator, Predicate
from catalog.text import Text

__all__ = ["Slot", "column", "condition", "is_true", "literal"]


class Slot(str):
    """Instead of a value, the name of a parameter under which the value is given with the statement."""

    __slots__ = ()


_BINARY: dict[Operator, type[exp.Binary]] = {
    Operator.EQ: exp.EQ,
    Operator.NE: exp.NEQ,
    Operator.GT: exp.GT,
    Operator.GTE: exp.GTE,
    Operator.LT: exp.LT,
    Operator.LTE: exp.LTE,
}


def column(name: str) -> exp.Column:
    """A quoted column reference."""
    return exp.column(exp.to_identifier(name, quoted=True))


def literal(value: Literal) -> exp.Expr:
    """A literal term; strings are escaped by the renderer, dates are cast, so no value can become syntax. A `Slot` is a
    parameter."""
    if isinstance(value, Slot):
        return exp.Placeholder(this=str(value))
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    if isinstance(
        value, float
    ):  # as a bare number it would be read as a DECIMAL, and rounded on the way back
        return exp.cast(exp.Literal.string(repr(value)), "DOUBLE")
    if isinstance(value, int | Decimal):
        return exp.Literal.number(format(value, "f") if isinstance(value, Decimal) else value)
    return exp.Literal.string(value)


def condition(predicate: Predicate, types: Mapping[str, ColumnType]) -> exp.Expr:
    """The condition of a predicate over columns of these types.

    Raises NotFound: a column that is not there.
    """
    if isinstance(predicate, All):
        return exp.and_(exp.true(), *(condition(term, types) for term in predicate.terms))
    if isinstance(predicate, Any_):
        return exp.or_(exp.false(), *(condition(term, types) for term in predicate.terms))
    if isinstance(predicate, Not):
        return exp.not_(condition(predicate.term, types))
    if isinstance(predicate, Intersects | Near):
        for name in predicate.location.columns:
            _known(name, types)
        return intersects(predicate) if isinstance(predicate, Intersects) else near(predicate)
    return _comparison(predicate, types)


def is_true(term: exp.Expr) -> exp.Expr:
    """Null counts as false."""
    return exp.Coalesce(this=exp.paren(term), expressions=[exp.false()])


def _known(name: str, types: Mapping[str, ColumnType]) -> None:
    if name not in types:
        raise NotFound(
            Text(f"没有列“{name}”", f'No column "{name}"'),
            Text("请核对列名", "Check the column's name"),
            Where(column=name),
        )


def _comparison(one: Comparison, types: Mapping[str, ColumnType]) -> exp.Expr:
    _known(one.column, types)
    left: exp.Expr = column(one.column)
    if one.fold:
        left = exp.Lower(this=exp.cast(left, "VARCHAR"))
    if one.operator is Operator.ISNULL:
        test = exp.Is(this=left, expression=exp.Null())
        return test if one.value else exp.not_(test)
    if one.operator is Operator.IN:
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        terms = [_folded(literal(value), one.fold) for value in values]
        return exp.In(this=left, expressions=terms) if values else exp.false()
    value = _folded(literal(one.value), one.fold)  # type: ignore[arg-type]  # a tuple belongs to IN only
    if one.operator in _BINARY:
        return _BINARY[one.operator](this=left, expression=value)
    text = exp.cast(left, "VARCHAR")
    if one.operator is Operator.LIKE:
        return exp.Escape(this=exp.Like(this=text, expression=value), expression=exp.Literal.string("\\"))
    name = {
        Operator.CONTAINS: "contains",
        Operator.STARTSWITH: "starts_with",
        Operator.MATCHES: "regexp_matches",
    }[one.operator]
    return exp.Anonymous(this=name, expressions=[text, value])


def _folded(value: exp.Expr, fold: bool) -> exp.Expr:
    """Folded by the engine, as the column is: two languages do not agree on every letter."""
    return exp.Lower(this=value) if fold else value
