"""A first suite for a table nobody has written rules for: from its schema and profile, one expectation per thing worth
watching. A rule read off the data it will be tested on always holds, so only claims that could have failed are scored;
the rest guards the next version."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from catalog.dataset import Column, ColumnType, Schema
from catalog.errors import BadInput, Where
from catalog.text import Text
from quality.profile import ID_NAME, MIN_SHAPED_SHARE, SHAPES, ColumnProfile, Profile, Shape
from quality.rules import Dimension

__all__ = ["propose_suite"]

MIN_ROWS_PER_VALUE = 10  # a short list is a code list only if its values recur
MIN_ID_ROWS = 20
_NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)
_LATITUDE = re.compile(r"纬度|(?:^|_)(?:lat|latitude)(?:$|_)", re.IGNORECASE)
_LONGITUDE = re.compile(r"经度|(?:^|_)(?:lon|lng|long|longitude)(?:$|_)", re.IGNORECASE)
# Dates of things to come; for every other date a day after the reading is a mistake.
_FUTURE_NAME = re.compile(
    r"有效|截止|到期|期满|终止|结束|计划|预计|预约|失效|expir|valid|until|due|end|plan|deadline|next",
    re.IGNORECASE,
)


def propose_suite(
    schema: Schema,
    profile: Profile,
    keys: Sequence[str | Sequence[str]] = (),
    *,
    on: date | None = None,
    name: str = "proposed",
) -> dict[str, Any]:
    """A Great Expectations 1.x suite as JSON.

    `keys` are declared keys, each a column or a list of columns; `on` is the day of the reading, for "not in the
    future" (left out where None). Every expectation has `meta` with its GB/T 36344 `dimension`, `"proposed": true`,
    `scored` (is it a claim that could fail?) and a `reason`. The suite quotes limits and code lists of the data, and
    stays in the domain zone. Raises BadInput: a key column that is not in the schema.
    """
    declared = tuple((key,) if isinstance(key, str) else tuple(key) for key in keys)
    for missing in (part for key in declared for part in key if part not in profile.names):
        raise BadInput(
            Text(
                f"声明的主键列“{missing}”不在表中", f'The declared key column "{missing}" is not in the table'
            ),
            Text("请核对主键列名", "Check the name of the key column"),
            Where(column=missing, parameter="keys"),
        )
    expectations = [
        _expectation(
            "expect_table_columns_to_match_set",
            {"column_set": [column.name for column in schema], "exact_match": True},
            Dimension.CONFORMITY,
            False,
            Text("读到的列", "the columns as read"),
        )
    ]
    for key in declared:
        expectations.append(_key(key))
    for column in schema:
        expectations.extend(_column(column, profile.column(column.name), profile.rows, declared, on))
    return {"name": name, "expectations": expectations, "meta": {"proposed": True}}


def _expectation(
    kind: str, kwargs: dict[str, Any], dimension: Dimension, scored: bool, reason: Text
) -> dict[str, Any]:
    meta = {"dimension": dimension.value, "proposed": True, "scored": scored, "reason": reason.to_json()}
    return {"type": kind, "kwargs": kwargs, "meta": meta}


def _key(columns: tuple[str, ...]) -> dict[str, Any]:
    reason = Text("声明的主键", "a declared key")
    if len(columns) == 1:
        kwargs: dict[str, Any] = {"column": columns[0]}
        return _expectation("expect_column_values_to_be_unique", kwargs, Dimension.ACCURACY, True, reason)
    kwargs = {"column_list": list(columns)}
    return _expectation("expect_compound_columns_to_be_unique", kwargs, Dimension.ACCURACY, True, reason)


def _column(
    column: Column, seen: ColumnProfile, rows: int, declared: Sequence[tuple[str, ...]], on: date | None
) -> Iterator[dict[str, Any]]:
    yield _expectation(
        "expect_column_values_to_be_of_type",
        {"column": column.name, "type_": column.type.name},
        Dimension.CONFORMITY,
        False,
        Text("读入时定的类型", "the type settled while reading"),
    )
    yield _complete(column, seen, rows)
    if (column.name,) not in declared and _is_evident_id(column, seen, rows):
        yield _expectation(
            "expect_column_values_to_be_unique",
            {"column": column.name},
            Dimension.ACCURACY,
            True,
            Text("列名像编号，且值几乎不重复", "named like an identifier, and nearly no value repeats"),
        )
    if column.type is ColumnType.TEXT:
        yield from _text(column, seen, rows)
    elif column.type in _NUMERIC:
        yield from _number(column, seen)
    elif column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        yield from _moment(column, seen, on)


def _complete(column: Column, seen: ColumnProfile, rows: int) -> dict[str, Any]:
    kwargs: dict[str, Any] = {"column": column.name}
    if seen.nulls:
        kwargs["mostly"] = math.floor((rows - seen.nulls) / rows * 100) / 100
    reason = (
        Text("有空值；得分按填充率计", "has missing cells; scored by the share filled")
        if seen.nulls
        else Text("没有空值", "has no missing cell")
    )
    return _expectation("expect_column_values_to_not_be_null", kwargs, Dimension.COMPLETENESS, True, reason)


def _is_evident_id(column: Column, seen: ColumnProfile, rows: int) -> bool:
    """Named like an identifier and at least 99 % distinct: then a repeated value is a finding, not a reading."""
    return (
        column.type in (ColumnType.TEXT, ColumnType.INTEGER)
        and ID_NAME.search(column.name) is not None
        and rows >= MIN_ID_ROWS
        and seen.nulls == 0
        and seen.distinct_exact
        and seen.distinct >= 0.99 * rows
    )


def _text(column: Column, seen: ColumnProfile, rows: int) -> Iterator[dict[str, Any]]:
    present = rows - seen.nulls
    recurs = len(seen.values) * MIN_ROWS_PER_VALUE <= present
    if seen.values and recurs:
        yield _expectation(
            "expect_column_values_to_be_in_set",
            {"column": column.name, "value_set": list(seen.values)},
            Dimension.CONFORMITY,
            False,
            Text("少数几个值反复出现", "a few values recur"),
        )
    shape = next(
        (one for one in SHAPES if seen.shapes.get(one.slug, 0) >= MIN_SHAPED_SHARE * present > 0), None
    )
    if shape is not None and (shape.name is not None or seen.shapes[shape.slug] == present):
        yield _expectation(
            "expect_column_values_to_match_regex",
            {"column": column.name, "regex": _pattern(shape, seen)},
            Dimension.CONFORMITY,
            shape.name is not None,
            shape.title,
        )
    elif seen.max_length is not None and not seen.values:
        yield _expectation(
            "expect_column_value_lengths_to_be_between",
            {"column": column.name, "min_value": seen.min_length, "max_value": seen.max_length},
            Dimension.CONFORMITY,
            False,
            Text("见到的长度", "lengths seen"),
        )


def _pattern(shape: Shape, seen: ColumnProfile) -> str:
    return shape.regex if shape.name else shape.regex.replace("+", "{%d}" % (seen.max_length or 0))  # noqa: UP031 - braces


def _number(column: Column, seen: ColumnProfile) -> Iterator[dict[str, Any]]:
    for pattern, limit, title in (
        (_LATITUDE, 90, Text("纬度", "latitude")),
        (_LONGITUDE, 180, Text("经度", "longitude")),
    ):
        if pattern.search(column.name):
            yield _between(column, -limit, limit, True, title)
            return
    low, high = _json_number(seen.low), _json_number(seen.high)
    if low is not None and high is not None:
        yield _between(column, low, high, False, Text("见到的范围", "the range seen"))


def _moment(column: Column, seen: ColumnProfile, on: date | None) -> Iterator[dict[str, Any]]:
    if on is not None and not _FUTURE_NAME.search(column.name):
        end = on.isoformat() if column.type is ColumnType.DATE else f"{on.isoformat()}T23:59:59.999999"
        yield _between(column, None, end, True, Text("不晚于读入之日", "not after the day of the reading"))
    if isinstance(seen.low, date) and isinstance(seen.high, date):
        yield _between(column, _iso(seen.low), _iso(seen.high), False, Text("见到的范围", "the range seen"))


def _iso(moment: date) -> str:
    return moment.replace(tzinfo=None).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _between(column: Column, low: Any, high: Any, scored: bool, reason: Text) -> dict[str, Any]:
    kwargs = {"column": column.name, "min_value": low, "max_value": high}
    given = {name: value for name, value in kwargs.items() if value is not None}
    return _expectation("expect_column_values_to_be_between", given, Dimension.ACCURACY, scored, reason)


def _json_number(value: object) -> int | float | None:
    """The number as JSON has it without loss; None where it has not (or is not finite)."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value
