"""Row conditions of expectations as predicates: GX 1.x condition objects, and the small common part of its two string
grammars (`col("age") >= 18 and city in ["A", "B"]`), read with Python's own expression parser and never evaluated."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from catalog.predicate import All, Any_, Comparison, Literal, Not, Operator, Predicate

__all__ = ["UnreadableCondition", "read_condition"]

MAX_CHARACTERS = 2_000
MAX_TERMS = 100
_SYMBOLS: Mapping[str, Operator] = {
    "==": Operator.EQ,
    "!=": Operator.NE,
    "<": Operator.LT,
    "<=": Operator.LTE,
    ">": Operator.GT,
    ">=": Operator.GTE,
    "IN": Operator.IN,
    "NOT_IN": Operator.IN,
}
_COMPARES: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "IN",
    ast.NotIn: "NOT_IN",
}
_NULL_TESTS: Mapping[str, bool] = {
    "notnull": False,
    "notNull": False,
    "notna": False,
    "is_not_null": False,
    "isnull": True,
    "isna": True,
    "is_null": True,
}


class UnreadableCondition(ValueError):
    """The condition is outside the supported part; the caller says where it stands."""


def read_condition(value: str | Mapping[str, Any]) -> Predicate:
    """The predicate of a `row_condition`.

    As in GX on pandas, `!=` and `not in` hold for a missing cell. Raises UnreadableCondition.
    """
    if isinstance(value, str):
        return _from_text(value)
    return _from_object(value, depth=0)


def _from_object(value: object, depth: int) -> Predicate:
    if not isinstance(value, Mapping) or depth > 8:
        raise UnreadableCondition
    kind = value.get("type")
    if kind in ("and", "or"):
        members = value.get("conditions")
        if not isinstance(members, list) or not 1 <= len(members) <= MAX_TERMS:
            raise UnreadableCondition
        terms = tuple(_from_object(member, depth + 1) for member in members)
        return All(terms) if kind == "and" else Any_(terms)
    if kind == "pass_through":
        return read_condition(_text(value.get("pass_through_filter")))
    column = value.get("column")
    name = _text(column.get("name") if isinstance(column, Mapping) else column)
    if kind == "nullity" and isinstance(value.get("is_null"), bool):
        return Comparison(name, Operator.ISNULL, value["is_null"])
    if kind == "comparison" and value.get("operator") in _SYMBOLS:
        return _comparison(name, value["operator"], value.get("parameter"))
    raise UnreadableCondition


def _from_text(text: str) -> Predicate:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableCondition
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnreadableCondition from None
    return _term(tree.body)


def _term(node: ast.expr) -> Predicate:
    match node:
        case ast.BoolOp(op=ast.And(), values=members):
            return All(tuple(_term(member) for member in members))
        case ast.BoolOp(op=ast.Or(), values=members):
            return Any_(tuple(_term(member) for member in members))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _negated(_term(operand))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARES:
            return _comparison(_column(left), _COMPARES[type(op)], _value(right))
        case ast.Call(func=ast.Attribute(value=left, attr=name), args=[], keywords=[]) if name in _NULL_TESTS:
            return Comparison(_column(left), Operator.ISNULL, _NULL_TESTS[name])
        case _:
            raise UnreadableCondition


def _column(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str(name))], keywords=[]):
            return name
        case _:
            raise UnreadableCondition


def _value(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise UnreadableCondition from None


def _comparison(column: str, symbol: str, parameter: object) -> Predicate:
    if symbol in ("IN", "NOT_IN"):
        if not isinstance(parameter, list | tuple):
            raise UnreadableCondition
        member = Comparison(column, Operator.IN, tuple(_literal(value) for value in parameter))
        return member if symbol == "IN" else _negated(member)
    if symbol == "!=":
        return _negated(Comparison(column, Operator.EQ, _literal(parameter)))
    return Comparison(column, _SYMBOLS[symbol], _literal(parameter))


def _negated(term: Predicate) -> Predicate:
    """The rows where `term` does not hold, in pandas' two-valued logic: a missing cell satisfies no comparison, so it
    satisfies each one's negation."""
    if isinstance(term, All):
        return Any_(tuple(_negated(member) for member in term.terms))
    if isinstance(term, Any_):
        return All(tuple(_negated(member) for member in term.terms))
    if isinstance(term, Not):
        return term.term
    if not isinstance(term, Comparison):
        return Not(term)
    if term.operator is Operator.ISNULL:
        return Comparison(term.column, Operator.ISNULL, not term.value)
    return Any_((Not(term), Comparison(term.column, Operator.ISNULL, True)))


def _literal(value: object) -> Literal:
    if isinstance(value, str | int | float | bool):
        return value
    raise UnreadableCondition


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise UnreadableCondition
