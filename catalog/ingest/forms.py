"""The written forms of each type: what a cell must look like, the exact condition in SQL, and its value.

DuckDB's casts are generous (``1.5`` becomes 2, ``1_000`` a thousand, ``007`` seven, an offset is dropped): a form
holds only where nothing would be lost or guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from catalog.dataset import ColumnType
from catalog.engine.render import literal

__all__ = ["FORMS", "Form", "Term", "call", "given", "try_cast"]

Term = exp.Expr


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of a type: `looks` is what a cell must match (a superset of what `holds`), `holds` the exact
    condition on a non-null cell, `cast` its value."""

    name: str
    type: ColumnType
    looks: re.Pattern[str]
    holds: Callable[[Term], Term]
    cast: Callable[[Term], Term]


def call(name: str, *arguments: Term | str | int) -> Term:
    return exp.Anonymous(
        this=name,
        expressions=[one.copy() if isinstance(one, exp.Expr) else literal(one) for one in arguments],
    )


def try_cast(value: Term, type_: str) -> Term:
    return exp.TryCast(this=value.copy(), to=exp.DataType.build(type_, dialect="duckdb"))


def _text(value: Term) -> Term:
    return exp.cast(value.copy(), "VARCHAR")


def _eq(left: Term, right: Term | str | int) -> Term:
    return exp.EQ(this=left, expression=right if isinstance(right, exp.Expr) else literal(right))


def given(value: Term) -> Term:
    return exp.not_(exp.Is(this=value, expression=exp.Null()))


def _at_most(value: Term, bound: int) -> Term:
    return exp.LTE(this=value, expression=literal(bound))


def _or(*terms: Term) -> Term:
    return exp.paren(exp.or_(*terms))


def _in_full(value: Term, pattern: str) -> Term:
    return call("regexp_full_match", value, pattern)


# No leading zero, blank, sign of plus or underscore, which DuckDB's casts let pass.
_PLAIN = r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)"
_SCIENTIFIC = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+[eE][-+]?[0-9]+|[eE]-[0-9]+)"


def _is_integer(value: Term) -> Term:
    return _eq(_text(try_cast(value, "BIGINT")), value.copy())


def _is_double(value: Term) -> Term:
    """Finite, and its digits come back: always so up to 15 significant digits (IEEE 754), checked beyond."""
    number = try_cast(value, "DOUBLE")
    comes_back = _or(
        _at_most(call("strlen", value), 15),
        _eq(_text(number), call("rtrim", value, "0")),
        _eq(_text(number), value.copy()),
    )
    return exp.and_(
        _in_full(value, f"{_PLAIN}|{_SCIENTIFIC}"), exp.paren(comes_back), call("isfinite", number)
    )


def _is_decimal(value: Term) -> Term:
    point = call("strpos", value, ".")
    places = exp.Sub(this=call("strlen", value), expression=point.copy())
    return exp.and_(
        given(try_cast(value, "DECIMAL(38, 9)")),
        _or(_eq(point, 0), _at_most(places, 9)),
        _in_full(value, _PLAIN),
    )


def _is_iso_date(value: Term) -> Term:
    return exp.and_(_eq(call("strlen", value), 10), _eq(_text(try_cast(value, "DATE")), value.copy()))


def _parsed(*formats: str) -> Callable[[Term], Term]:
    def parse(value: Term) -> Term:
        wanted: Term = (
            literal(formats[0])
            if len(formats) == 1
            else exp.Array(expressions=[literal(one) for one in formats])
        )
        return call("try_strptime", value, wanted)

    return parse


def _is_parsed(pattern: str, *formats: str) -> Callable[[Term], Term]:
    return lambda value: exp.and_(_in_full(value, pattern), given(_parsed(*formats)(value)))


def _is_iso_timestamp(value: Term) -> Term:
    stamp = try_cast(value, "TIMESTAMP")
    exact = _eq(_text(stamp), call("replace", value, "T", " "))
    full = exp.and_(_in_full(value, _ISO_STAMP), given(stamp.copy()))
    return exp.Case(ifs=[exp.If(this=_eq(call("strlen", value), 19), true=exact)], default=full)


def _to_date(parse: Callable[[Term], Term]) -> Callable[[Term], Term]:
    return lambda value: exp.cast(parse(value), "DATE")


_ISO_STAMP = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_ZONED = _ISO_STAMP + r"(Z|[+-]\d{2}(:?\d{2})?)"
_DASH, _SLASH, _HAN = r"\d{4}-\d{1,2}-\d{1,2}", r"\d{4}/\d{1,2}/\d{1,2}", r"\d{4}年\d{1,2}月\d{1,2}日"
_CLOCK = r" \d{1,2}:\d{2}(:\d{2})?"
_SLASH_STAMPS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
_DASH_STAMPS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


def _cast(type_: str) -> Callable[[Term], Term]:
    return lambda value: try_cast(value, type_)


def _is_one_of(yes: str, no: str) -> Callable[[Term], Term]:
    return lambda value: exp.In(this=call("lower", value), expressions=[literal(yes), literal(no)])


def _is_zoned(value: Term) -> Term:
    return exp.and_(_in_full(value, _ZONED), given(try_cast(value, "TIMESTAMPTZ")))


# In order of preference; a column has the first form that all its cells have.
FORMS: tuple[Form, ...] = (
    Form(
        "true/false",
        ColumnType.BOOLEAN,
        re.compile("true|false", re.I),
        _is_one_of("true", "false"),
        _cast("BOOLEAN"),
    ),
    Form(
        "是/否",
        ColumnType.BOOLEAN,
        re.compile("是|否"),
        _is_one_of("是", "否"),
        lambda value: _eq(value.copy(), "是"),
    ),
    Form("integer", ColumnType.INTEGER, re.compile(r"-?(?:0|[1-9]\d{0,18})"), _is_integer, _cast("BIGINT")),
    Form("yyyy-mm-dd", ColumnType.DATE, re.compile(r"\d{4}-\d{2}-\d{2}"), _is_iso_date, _cast("DATE")),
    Form(
        "yyyy-m-d",
        ColumnType.DATE,
        re.compile(_DASH),
        _is_parsed(_DASH, "%Y-%m-%d"),
        _to_date(_parsed("%Y-%m-%d")),
    ),
    Form(
        "yyyy/mm/dd",
        ColumnType.DATE,
        re.compile(_SLASH),
        _is_parsed(_SLASH, "%Y/%m/%d"),
        _to_date(_parsed("%Y/%m/%d")),
    ),
    Form(
        "yyyy年m月d日",
        ColumnType.DATE,
        re.compile(_HAN),
        _is_parsed(_HAN, "%Y年%m月%d日"),
        _to_date(_parsed("%Y年%m月%d日")),
    ),
    Form(
        "iso timestamp", ColumnType.TIMESTAMP, re.compile(_ISO_STAMP), _is_iso_timestamp, _cast("TIMESTAMP")
    ),
    Form(
        "iso timestamp with zone",
        ColumnType.TIMESTAMP,
        re.compile(_ZONED),
        _is_zoned,
        lambda value: exp.cast(try_cast(value, "TIMESTAMPTZ"), "TIMESTAMP"),
    ),
    Form(
        "yyyy/mm/dd hh:mm",
        ColumnType.TIMESTAMP,
        re.compile(_SLASH + _CLOCK),
        _is_parsed(_SLASH + _CLOCK, *_SLASH_STAMPS),
        _parsed(*_SLASH_STAMPS),
    ),
    Form(
        "yyyy-m-d hh:mm",
        ColumnType.TIMESTAMP,
        re.compile(_DASH + _CLOCK),
        _is_parsed(_DASH + _CLOCK, *_DASH_STAMPS),
        _parsed(*_DASH_STAMPS),
    ),
    Form("double", ColumnType.DOUBLE, re.compile(f"{_PLAIN}|{_SCIENTIFIC}"), _is_double, _cast("DOUBLE")),
    Form("decimal", ColumnType.DECIMAL, re.compile(_PLAIN), _is_decimal, _cast("DECIMAL(38, 9)")),
)
