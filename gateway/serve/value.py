"""Text of a request → a value of a column's type, exactly; or a refusal that says which form is expected.

Why here and not in the engine: an engine's cast would round an 18-digit integer or a long decimal, and its message
would reach the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from catalog.dataset import Column, ColumnType
from catalog.errors import BadInput, Where
from catalog.predicate import Literal
from catalog.text import Text

__all__ = ["EXPECTED", "value_of"]

EXPECTED: dict[ColumnType, Text] = {
    ColumnType.TEXT: Text("任意文字", "any text"),
    ColumnType.INTEGER: Text("64 位整数，例如 42", "a 64-bit integer such as 42"),
    ColumnType.DECIMAL: Text(
        "小数，最多 29 位整数和 9 位小数，例如 12.5", "a decimal of at most 29 + 9 digits such as 12.5"
    ),
    ColumnType.DOUBLE: Text("有限的数，例如 121.47 或 1e-3", "a finite number such as 121.47 or 1e-3"),
    ColumnType.BOOLEAN: Text("true 或 false", "true or false"),
    ColumnType.DATE: Text("日期 YYYY-MM-DD，例如 2026-01-31", "a date YYYY-MM-DD such as 2026-01-31"),
    ColumnType.TIMESTAMP: Text(
        "时间 YYYY-MM-DDThh:mm:ss（数据所用的当地时间，不换算时区）",
        "a time YYYY-MM-DDThh:mm:ss (local time as in the data; no zone is converted)",
    ),
    ColumnType.GEOMETRY: Text("几何列只支持 __isnull", "a geometry column supports __isnull only"),
}

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?(?=[0-9]|\.[0-9])0*([0-9]{0,29})(?:\.([0-9]{0,9})0*)?")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]{1,320}(?:\.[0-9]{0,320})?|\.[0-9]{1,320})(?:[eE][+-]?[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)Z?)?"
)
_BOOLEANS = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}


def value_of(column: Column, text: str, parameter: str) -> Literal:
    """The value that `text` writes, in the column's type.

    Raises BadInput naming the parameter, the column and the expected form (never the text itself).
    """
    try:
        return _READERS[column.type](text)
    except ValueError:
        expected = EXPECTED[column.type]
        raise BadInput(
            Text(f"列“{column.name}”的值不合要求", f'The value for column "{column.name}" cannot be used'),
            Text(f"应为{expected.zh}", f"Give {expected.en}"),
            Where(column=column.name, parameter=parameter),
        ) from None


def _text(text: str) -> str:
    return text


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -(2**63) <= int(text) < 2**63:
        raise ValueError
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError
    return Decimal(text)


def _double(text: str) -> float:
    if not _DOUBLE.fullmatch(text) or not isfinite(number := float(text)):
        raise ValueError
    return number


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError
    return _BOOLEANS[text.lower()]


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def _timestamp(text: str) -> datetime:
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        raise ValueError
    return datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}")


def _geometry(text: str) -> str:
    raise ValueError


_READERS: dict[ColumnType, Callable[[str], Literal]] = {
    ColumnType.TEXT: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.DECIMAL: _decimal,
    ColumnType.DOUBLE: _double,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.TIMESTAMP: _timestamp,
    ColumnType.GEOMETRY: _geometry,
}
