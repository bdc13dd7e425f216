"""How one row becomes JSON: one DuckDB expression, used for the row file, the column file's answers and the exports,
so that the same row has the same bytes everywhere.

Numbers a double cannot hold (integers beyond 2^53, decimals of more than 15 digits) leave as text; numbers that are
not finite leave as null; a geometry leaves as a GeoJSON object; times carry no zone, as in the data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlglot import exp

from catalog.dataset import Column, ColumnType
from catalog.engine.render import column as column_term

__all__ = ["ENCODER_VERSION", "csv_row", "csv_text", "geojson_feature", "json_row", "json_value", "point"]

ENCODER_VERSION = "1"
"""Part of every ETag: change it whenever the same row would get other bytes."""

_MAX_SAFE_INTEGER = 2**53 - 1
_MAX_SAFE_DECIMAL = "999999.999999999"  # 15 significant digits


def json_row(columns: Sequence[Column], prefix: Sequence[exp.Expr] = (), suffix: str = "}") -> exp.Expr:
    """The JSON object of `columns`, as VARCHAR; `prefix` terms replace the opening brace, `suffix` the closing."""
    parts: list[exp.Expr] = list(prefix) or [exp.Literal.string("{")]
    for index, one in enumerate(columns):
        comma = "," if index else ""
        parts.append(exp.Literal.string(f"{comma}{json.dumps(one.name, ensure_ascii=False)}:"))
        parts.append(json_value(column_term(one.name), one.type))
    parts.append(exp.Literal.string(suffix))
    return exp.Anonymous(this="concat", expressions=parts)


def json_value(term: exp.Expr, kind: ColumnType) -> exp.Expr:
    """The JSON text of one value of this type (``null`` where there is none), as VARCHAR."""
    return exp.Coalesce(this=_ENCODERS[kind](term), expressions=[exp.Literal.string("null")])


def csv_row(columns: Sequence[Column], safe: bool) -> exp.Expr:
    """The RFC 4180 line of `columns`, with its CRLF. An empty text is ``""``, no value is nothing.

    `safe` puts an apostrophe before texts a spreadsheet would run as a formula (=, +, -, @, tab, carriage return).
    """
    parts: list[exp.Expr] = []
    for index, one in enumerate(columns):
        if index:
            parts.append(exp.Literal.string(","))
        text = _CSV.get(one.type, _csv_text)(column_term(one.name), safe)
        parts.append(exp.Coalesce(this=text, expressions=[exp.Literal.string("")]))
    return _call("concat", *parts, exp.Literal.string("\r\n"))


def csv_text(text: str) -> str:
    """One text of a CSV line, quoted where it must be."""
    return '"' + text.replace('"', '""') + '"' if not text or any(c in text for c in _CSV_SPECIAL) else text


def geojson_feature(columns: Sequence[Column], geometry: exp.Expr) -> exp.Expr:
    """One GeoJSON feature (RFC 7946) with `columns` as its properties."""
    opening = [
        exp.Literal.string('{"type":"Feature","geometry":'),
        geometry,
        exp.Literal.string(',"properties":{'),
    ]
    return json_row(columns, opening, "}}")


def point(longitude: str, latitude: str) -> exp.Expr:
    """GeoJSON text of a point from two numeric columns; null where either has no value."""
    numbers = [_string(exp.cast(column_term(name), "DOUBLE")) for name in (longitude, latitude)]
    text = _call(
        "concat",
        exp.Literal.string('{"type":"Point","coordinates":['),
        numbers[0],
        exp.Literal.string(","),
        numbers[1],
        exp.Literal.string("]}"),
    )
    finite = exp.and_(
        *(_call("isfinite", exp.cast(column_term(name), "DOUBLE")) for name in (longitude, latitude))
    )
    return exp.Coalesce(
        this=exp.Case(ifs=[exp.If(this=finite, true=text)]), expressions=[exp.Literal.string("null")]
    )


def _varchar(term: exp.Expr) -> exp.Expr:
    return exp.cast(term.copy(), "VARCHAR")


def _call(name: str, *terms: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(terms))


def _string(term: exp.Expr) -> exp.Expr:
    return _varchar(_call("to_json", term.copy()))


def _quoted(term: exp.Expr) -> exp.Expr:
    quote = exp.Literal.string('"')
    return exp.DPipe(this=exp.DPipe(this=quote, expression=term), expression=quote.copy())


def _within(term: exp.Expr, most: int | str, inside: exp.Expr, outside: exp.Expr) -> exp.Expr:
    test = exp.Between(
        this=term.copy(), low=exp.Neg(this=exp.Literal.number(most)), high=exp.Literal.number(most)
    )
    return exp.Case(ifs=[exp.If(this=test, true=inside)], default=outside)


def _integer(term: exp.Expr) -> exp.Expr:
    return _within(term, _MAX_SAFE_INTEGER, _varchar(term), _quoted(_varchar(term)))


def _decimal(term: exp.Expr) -> exp.Expr:
    """Up to 15 digits the nearest double is written as just these digits, and eight times as fast as the decimal."""
    return _within(term, _MAX_SAFE_DECIMAL, _string(exp.cast(term.copy(), "DOUBLE")), _quoted(_digits(term)))


def _digits(term: exp.Expr) -> exp.Expr:
    zero, dot = exp.Literal.string("0"), exp.Literal.string(".")
    return _call("rtrim", _call("rtrim", _varchar(term), zero), dot)


def _double(term: exp.Expr) -> exp.Expr:
    finite = _call("isfinite", term.copy())
    return exp.Case(ifs=[exp.If(this=finite, true=_string(term))])


def _date(term: exp.Expr) -> exp.Expr:
    return _quoted(_varchar(term))


def _timestamp(term: exp.Expr) -> exp.Expr:
    return _quoted(_iso(term))


def _iso(term: exp.Expr) -> exp.Expr:
    return _call("replace", _varchar(term), exp.Literal.string(" "), exp.Literal.string("T"))


def _geometry(term: exp.Expr) -> exp.Expr:
    parsed = exp.TryCast(this=term.copy(), to=exp.DataType.build("JSON"))
    return exp.Coalesce(this=_varchar(parsed), expressions=[_string(term)])


_CSV_SPECIAL = (",", '"', "\n", "\r")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _csv_text(term: exp.Expr, safe: bool) -> exp.Expr:
    text = _varchar(term)
    if safe:
        starts = exp.or_(*(_call("starts_with", text.copy(), exp.Literal.string(one)) for one in _FORMULA))
        guarded = exp.DPipe(this=exp.Literal.string("'"), expression=text.copy())
        text = exp.Case(ifs=[exp.If(this=starts, true=guarded)], default=text)
    special = [_call("contains", text.copy(), exp.Literal.string(one)) for one in _CSV_SPECIAL]
    doubled = _call("replace", text.copy(), exp.Literal.string('"'), exp.Literal.string('""'))
    needs = exp.or_(exp.EQ(this=text.copy(), expression=exp.Literal.string("")), *special)
    return exp.Case(ifs=[exp.If(this=needs, true=_quoted(doubled))], default=text)


def _csv_plain(term: exp.Expr, safe: bool) -> exp.Expr:
    return _varchar(term)


def _csv_decimal(term: exp.Expr, safe: bool) -> exp.Expr:
    return _digits(term)


def _csv_double(term: exp.Expr, safe: bool) -> exp.Expr:
    return _double(term)


def _csv_timestamp(term: exp.Expr, safe: bool) -> exp.Expr:
    return _iso(term)


_CSV = {
    ColumnType.INTEGER: _csv_plain,
    ColumnType.BOOLEAN: _csv_plain,
    ColumnType.DATE: _csv_plain,
    ColumnType.DECIMAL: _csv_decimal,
    ColumnType.DOUBLE: _csv_double,
    ColumnType.TIMESTAMP: _csv_timestamp,
}

_ENCODERS = {
    ColumnType.TEXT: _string,
    ColumnType.INTEGER: _integer,
    ColumnType.DECIMAL: _decimal,
    ColumnType.DOUBLE: _double,
    ColumnType.BOOLEAN: _varchar,
    ColumnType.DATE: _date,
    ColumnType.TIMESTAMP: _timestamp,
    ColumnType.GEOMETRY: _geometry,
}
