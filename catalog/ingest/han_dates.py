"""Dates in Chinese numerals: 二〇二四年三月五日, 一九九九年十二月三十一日, 民国一百一十三年元月廿五日, 贰零贰肆年零叁月零伍日.

Pure: a pattern, and the date as a term of the engine. The year stands digit by digit, or counts from the Republic
(民国, year 1 = 1912); digits in figures may stand among them. Days of the lunar calendar (正月, 腊月, 初五) are none of these.
"""

from __future__ import annotations

from sqlglot import exp

from catalog.engine.render import literal
from catalog.ingest.terms import Term, call, try_cast

__all__ = ["HAN_DATE", "HAN_DIGIT", "han_number", "of_han_date"]

_DIGITS = "〇一二三四五六七八九"
# Numerals that cannot be altered (GB/T 15835 calls for them on cheques), old forms and the several zeros, to plain ones.
_WRITTEN, _PLAIN = "壹贰貳叁參肆伍陆陸柒捌玖拾佰零○Ｏ", "一二二三三四五六六七八九十百〇〇〇"
HAN_DIGIT = f"[{_DIGITS}十百元廿卅{_WRITTEN}]"
HAN_DATE = (
    rf"(?:(?:民国|民國) ?(?:[0-9]{{1,3}}|元|[{_DIGITS}十百{_WRITTEN}]{{1,6}})|[12][0-9]{{3}}|[一二壹贰貳][{_DIGITS}{_WRITTEN}]{{3}})年"
    rf"(?:[0-9]{{1,2}}|元|[{_DIGITS}十{_WRITTEN}]{{1,3}})月(?:[0-9]{{1,2}}|[{_DIGITS}十廿卅{_WRITTEN}]{{1,4}})[日号號]"
)
REPUBLIC = 1911


def han_number(number: int) -> str:
    """A number from 1 to 199 in plain numerals: 10 十, 21 二十一, 101 一百〇一, 113 一百一十三."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    written = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        written += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        written += "〇"
    return written + (_DIGITS[ones] if ones else "")


def of_han_date(value: Term) -> Term:
    """The date of a text that matches `HAN_DATE`, null where there is no such day."""
    plain = call("translate", value, _WRITTEN, _PLAIN)
    year = call("regexp_extract", plain, r"([^ 民国國]+)年", 1)
    month = call("regexp_extract", plain, r"年(.+)月", 1)
    day = call("regexp_extract", plain, r"月(.+).$", 1)
    since = exp.Case(
        ifs=[exp.If(this=call("starts_with", value, "民"), true=exp.Literal.number(REPUBLIC))],
        default=exp.Literal.number(0),
    )
    full_year = exp.Add(this=_number(year, 199), expression=since)
    written = call("concat_ws", "-", full_year, _number(month, 12), _number(day, 31))
    return call("try_strptime", written, "%Y-%m-%d")


def _number(text: Term, most: int) -> Term:
    """In figures, digit by digit (二〇二四), or counted (一百一十三, 廿五); null where it is none of these."""
    figures = try_cast(call("translate", text, _DIGITS, "0123456789"), "INTEGER")
    counted = call("replace", call("replace", text, "廿", "二十"), "卅", "三十")
    for pattern, plain in (
        ("^〇+", ""),
        ("^元$", "一"),
        ("^一十", "十"),
        ("^百", "一百"),
        ("百十", "百一十"),
    ):
        counted = call("regexp_replace", counted, pattern, plain)
    known = exp.Array(expressions=[literal(han_number(number)) for number in range(1, most + 1)])
    place = exp.Nullif(this=call("list_position", known, counted), expression=exp.Literal.number(0))
    return exp.Coalesce(this=figures, expressions=[place])
