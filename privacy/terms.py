"""SQL terms that masking builds with: a call by name, cases, and the text of a cell with its disguises folded."""

from __future__ import annotations

from sqlglot import exp

from catalog.dataset import Column
from catalog.engine.render import column as column_term
from catalog.engine.render import literal
from privacy.alphabet import FOLD

__all__ = ["call", "concat", "double", "filled", "folded", "found", "left", "when"]

_FROM = "".join(map(chr, sorted(FOLD)))
_TO = "".join(FOLD[code] for code in sorted(FOLD))


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def concat(*parts: exp.Expr) -> exp.Expr:
    return call("concat", *parts)


def double(text: exp.Expr) -> exp.Expr:
    """The number a text is, null where it is none."""
    return exp.TryCast(this=text.copy(), to=exp.DataType.build("DOUBLE"))


def filled(column: Column) -> exp.Expr:
    return exp.not_(exp.Is(this=column_term(column.name), expression=exp.Null()))


def folded(column: Column) -> exp.Expr:
    return call("translate", exp.cast(column_term(column.name), "VARCHAR"), literal(_FROM), literal(_TO))


def found(text: exp.Expr, pattern: str) -> exp.Expr:
    """The first group of the pattern, null where there is none."""
    return exp.Nullif(this=call("regexp_extract", text, literal(pattern), literal(1)), expression=literal(""))


def left(text: exp.Expr, length: int) -> exp.Expr:
    return call("left", text, literal(length))


def when(*cases: tuple[exp.Expr, exp.Expr]) -> exp.Expr:
    """The value of the first true case, else null."""
    return exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy()) for condition, value in cases])
