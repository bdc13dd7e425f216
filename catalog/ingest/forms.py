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
from catalog.ingest.han_dates import HAN_DATE, HAN_DIGIT, of_han_date
from catalog.ingest.terms import Term, call, given, try_cast

__all__ = ["COMPACT_DATE", "EXCEL_DATE", "FORMS", "Form"]


@dataclass(frozen=True, slots=True)
class Form:
    """One written form of a type: `looks` is what a cell must match (a superset of what `holds`), `holds` the exact
    condition on a non-null cell, `cast` its value.

    `choice` is the reading choice under which a form that is more than a literal is stated (and can be refused),
    `unit` what its numbers count, `mark` a pattern that some cell of the column must hold for it to be this form."""

    name: str
    type: ColumnType
    looks: re.Pattern[str]
    holds: Callable[[Term], Term]
    cast: Callable[[Term], Term]
    choice: str | None = None
    unit: str | None = None
    mark: str | None = None


def _text(value: Term) -> Term:
    return exp.cast(value.copy(), "VARCHAR")


def _eq(left: Term, right: Term | str | int) -> Term:
    return exp.EQ(this=left, expression=right if isinstance(right, exp.Expr) else literal(right))


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
    full = exp.and_(
        _in_full(value, f"{_PLAIN}|{_SCIENTIFIC}"), exp.paren(comes_back), call("isfinite", number)
    )
    # A branch of its own for what most cells are, because the rest costs six times as much.
    short = exp.and_(_at_most(call("strlen", value), 15), _in_full(value, _PLAIN))
    return exp.Case(ifs=[exp.If(this=short, true=exp.true())], default=full)


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
    long = _eq(call("strlen", value), 19)
    as_written = exp.and_(long, _eq(_text(stamp.copy()), value.copy()))
    cases = [exp.If(this=as_written, true=exp.true()), exp.If(this=long.copy(), true=exact)]
    return exp.Case(ifs=cases, default=full)


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


# --- Numbers and dates written for readers -------------------------------------------------------------------------

_GROUPED = r"-?(?:(?:0|[1-9][0-9]{0,2})(?:,[0-9]{3})*|[1-9][0-9]*)"
_GROUPED_POINT = _GROUPED + r"(?:\.[0-9]+)?"
MAGNITUDES = {"百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
COUNTED = ("", "元", "人", "户", "吨")


def _ungrouped(value: Term) -> Term:
    return call("replace", value, ",", "")


def _suffixed(unit: str) -> Form:
    """Numbers that all end in the same unit; the number as written, the unit beside it."""
    pattern = rf"{_GROUPED_POINT} ?{re.escape(unit)}"

    def number(value: Term) -> Term:
        return call("trim", _ungrouped(call("replace", value, unit, "")))

    return Form(
        f"number {unit}",
        ColumnType.DOUBLE,
        re.compile(pattern),
        lambda value: exp.and_(_in_full(value, pattern), exp.paren(_is_double(number(value)))),
        lambda value: try_cast(number(value), "DOUBLE"),
        choice="units",
        unit=unit,
    )


def _mixed(counted: str) -> Form:
    """Numbers of several magnitudes (3,000 / 1.2万 / 3亿) as one number: the magnitude is multiplied out."""
    pattern = rf"{_GROUPED_POINT}(?:百|千|万|百万|千万|亿|万亿)?{counted}"

    def value_of(value: Term) -> Term:
        number = try_cast(
            call("regexp_extract", _ungrouped(value), r"^-?[0-9]+(?:\.[0-9]+)?"), "DECIMAL(38, 9)"
        )
        scale = call("regexp_extract", value, f"(百万|千万|万亿|百|千|万|亿){counted}$", 1)
        cases = [
            exp.If(this=_eq(scale.copy(), name), true=exp.Literal.number(10**power))
            for name, power in MAGNITUDES.items()
        ]
        times = exp.Case(ifs=cases, default=exp.Literal.number(1))
        return try_cast(exp.Mul(this=exp.cast(number, "DOUBLE"), expression=times), "DECIMAL(38, 9)")

    return Form(
        f"mixed magnitudes {counted}".strip(),
        ColumnType.DECIMAL,
        re.compile(pattern),
        lambda value: exp.and_(_in_full(value, pattern), given(value_of(value))),
        value_of,
        choice="units",
        unit=counted or "1",
        mark="[百千万亿]",
    )


_ROC = r"(?:民国|民國) ?[0-9]{1,3}年[0-9]{1,2}月[0-9]{1,2}日|1[0-9]{2}(?:年[0-9]{1,2}月[0-9]{1,2}日|/[0-9]{1,2}/[0-9]{1,2})"


def _of_roc(value: Term) -> Term:
    """Year 1 of the Republic (民国) is 1912: 1,911 years are added."""

    def part(number: int) -> Term:
        return call("regexp_extract", value, r"([0-9]{1,3})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{1,2})", number)

    year = exp.Add(this=try_cast(part(1), "INTEGER"), expression=exp.Literal.number(1911))
    written = call("concat", _text(year), "-", part(2), "-", part(3))
    return call("try_strptime", written, "%Y-%m-%d")


# Only under a header that says date: otherwise such digits are a number.
COMPACT_DATE = Form(
    "yyyymmdd",
    ColumnType.DATE,
    re.compile(r"(?:19|20)\d{6}"),
    _is_parsed(r"(?:19|20)\d{6}", "%Y%m%d"),
    _to_date(_parsed("%Y%m%d")),
    choice="compact_dates",
)
EXCEL_EPOCH = "1899-12-30"
EXCEL_FROM, EXCEL_TO = 32_874, 55_153  # 1990 to 2050
EXCEL_DATE = Form(
    "Excel serial",
    ColumnType.DATE,
    re.compile(r"[345]\d{4}"),
    lambda value: exp.Between(
        this=try_cast(value, "BIGINT"), low=literal(EXCEL_FROM), high=literal(EXCEL_TO)
    ),
    lambda value: exp.cast(
        exp.Add(
            this=exp.cast(exp.Literal.string(EXCEL_EPOCH), "DATE"), expression=try_cast(value, "INTEGER")
        ),
        "DATE",
    ),
    choice="excel_dates",
)
# Text that is guarded from a spreadsheet, which would take it for a number: ="0012", or digits and a tab.
_FORMULA_TEXT, _GUARDED = '="[^"]*"', r"\t[0-9A-Za-z_-]+\t?|[0-9A-Za-z_-]+\t"
_DOTTED = r"\d{4}\.\d{1,2}\.\d{1,2}"
_ANY_DAY = f"{_DASH}|{_SLASH}|{_HAN}|{_DOTTED}"
_ANY_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d")
_WRITTEN: tuple[Form, ...] = (
    Form(
        "formula text",
        ColumnType.TEXT,
        re.compile(_FORMULA_TEXT),
        lambda value: _in_full(value, _FORMULA_TEXT),
        lambda value: call("regexp_extract", value, '="([^"]*)"', 1),
        choice="guarded_text",
    ),
    Form(
        "tab-guarded text",
        ColumnType.TEXT,
        re.compile(_GUARDED),
        lambda value: _in_full(value, _GUARDED),
        lambda value: call("trim", value, "\t"),
        choice="guarded_text",
    ),
    Form(
        "yyyy.m.d",
        ColumnType.DATE,
        re.compile(_DOTTED),
        _is_parsed(_DOTTED, "%Y.%m.%d"),
        _to_date(_parsed("%Y.%m.%d")),
    ),
    Form(
        "several ways to write a day",
        ColumnType.DATE,
        re.compile(_ANY_DAY),
        _is_parsed(_ANY_DAY, *_ANY_DAYS),
        _to_date(_parsed(*_ANY_DAYS)),
        choice="mixed_dates",
    ),
    Form(
        "iso date or timestamp",
        ColumnType.TIMESTAMP,
        re.compile(rf"{_ISO_STAMP}|\d{{4}}-\d{{2}}-\d{{2}}"),
        lambda value: exp.paren(exp.or_(_is_iso_timestamp(value), _is_iso_date(value))),
        _cast("TIMESTAMP"),
        mark=":",
    ),
    Form(
        "roc date",
        ColumnType.DATE,
        re.compile(_ROC),
        lambda value: exp.and_(_in_full(value, _ROC), given(_of_roc(value))),
        lambda value: exp.cast(_of_roc(value), "DATE"),
        choice="roc_dates",
    ),
    Form(
        "Chinese numerals",
        ColumnType.DATE,
        re.compile(HAN_DATE),
        lambda value: exp.and_(_in_full(value, HAN_DATE), given(of_han_date(value))),
        _to_date(of_han_date),
        choice="han_dates",
        mark=HAN_DIGIT,
    ),
    Form(
        "grouped integer",
        ColumnType.INTEGER,
        re.compile(_GROUPED),
        lambda value: exp.and_(
            _in_full(value, _GROUPED), exp.paren(given(try_cast(_ungrouped(value), "BIGINT")))
        ),
        lambda value: try_cast(_ungrouped(value), "BIGINT"),
        choice="thousands_separator",
        mark=",",
    ),
    Form(
        "grouped number",
        ColumnType.DOUBLE,
        re.compile(_GROUPED_POINT),
        lambda value: exp.and_(_in_full(value, _GROUPED_POINT), exp.paren(_is_double(_ungrouped(value)))),
        lambda value: try_cast(_ungrouped(value), "DOUBLE"),
        choice="thousands_separator",
        mark=",",
    ),
    _suffixed("%"),
    *(
        _suffixed(magnitude + counted)
        for magnitude in (*MAGNITUDES, "")
        for counted in COUNTED
        if magnitude + counted
    ),
    *(_mixed(counted) for counted in COUNTED),
)

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
    *_WRITTEN,
)
