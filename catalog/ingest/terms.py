"""SQL terms that the readers build with: a call by name, a cast that gives null, a condition for a value to be there."""

from __future__ import annotations

from sqlglot import exp

from catalog.engine.render import literal

__all__ = ["Term", "call", "given", "try_cast"]

Term = exp.Expr


def call(name: str, *arguments: Term | str | int) -> Term:
    """A function of the engine, of terms and literals."""
    return exp.Anonymous(
        this=name,
        expressions=[one.copy() if isinstance(one, exp.Expr) else literal(one) for one in arguments],
    )


def try_cast(value: Term, type_: str) -> Term:
    """The value as a type of the engine, null where it is none."""
    return exp.TryCast(this=value.copy(), to=exp.DataType.build(type_, dialect="duckdb"))


def given(value: Term) -> Term:
    """The value is not null."""
    return exp.not_(exp.Is(this=value, expression=exp.Null()))
