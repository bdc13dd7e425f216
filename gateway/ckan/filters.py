"""The filters of the datastore, as CKAN 2.11 and 2.12 write them, read into our typed conditions. Pure.

2.11: ``{"a": 1, "b": ["x", "y"]}``, a list meaning any of its values. 2.12 adds ``{"y": {"gte": 1, "lte": 2}}``, lists of
such dictionaries, ``$or`` over whole filters, and ``$$`` before the name of a column that begins with a dollar.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog.dataset import Column, ColumnType
from catalog.errors import BadInput
from catalog.predicate import All, Any_, Comparison, Not, Operator, Predicate
from gateway.ckan.errors import CkanError, invalid
from gateway.serve.query import EVERYTHING
from gateway.serve.value import value_of

__all__ = ["ID", "read_filters", "value_in"]

ID = "_id"
"""The row number, as every table of the datastore has it."""
MAX_VALUES = 2_000
MAX_DEPTH = 8

_OPERATORS = {
    "eq": Operator.EQ,
    "ne": Operator.NE,
    "gt": Operator.GT,
    "gte": Operator.GTE,
    "lt": Operator.LT,
    "lte": Operator.LTE,
}


def read_filters(given: Mapping[str, Any], columns: Mapping[str, Column], depth: int = 0) -> Predicate:
    """The condition that all members set. `columns` by the names that callers know, the row number among them.

    Raises CkanError naming the column, never a value."""
    if depth > MAX_DEPTH:
        raise invalid("filters", "Filters are nested too deeply")
    terms: list[Predicate] = []
    for name, wanted in given.items():
        if name in ("$or", "$and"):
            if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
                raise invalid("filters", f"{name} takes a list of filters")
            several = tuple(read_filters(one, columns, depth + 1) for one in wanted)
            terms.append(Any_(several) if name == "$or" else All(several))
            continue
        if name.startswith("$") and not name.startswith("$$") and name not in columns:
            raise invalid("filters", f"unknown operator {name[:40]}")
        column = columns.get(name[1:] if name.startswith("$$") else name)
        if column is None:
            raise invalid("filters", f'field "{name[:100]}" not in table')
        terms.append(_condition(column, wanted))
    return terms[0] if len(terms) == 1 else All(tuple(terms)) if terms else EVERYTHING


def _condition(column: Column, wanted: Any) -> Predicate:
    if isinstance(wanted, list):
        if len(wanted) > MAX_VALUES:
            raise invalid("filters", f"more than {MAX_VALUES} values")
        plain = [one for one in wanted if not isinstance(one, dict | list) and one is not None]
        rest = [_condition(column, one) for one in wanted if isinstance(one, dict) or one is None]
        if any(isinstance(one, list) for one in wanted):
            raise _unusable(column)
        values = tuple(value_in(column, one) for one in plain)
        several: list[Predicate] = [Comparison(column.name, Operator.IN, values)] if values else []
        return Any_((*several, *rest))
    if isinstance(wanted, dict):
        return _ranged(column, wanted)
    if wanted is None:
        return Comparison(column.name, Operator.ISNULL, True)
    return Comparison(column.name, Operator.EQ, value_in(column, wanted))


def _ranged(column: Column, wanted: Mapping[str, Any]) -> Predicate:
    terms: list[Predicate] = []
    for name, value in wanted.items():
        if name == "in":
            if not isinstance(value, list):
                raise _unusable(column)
            terms.append(_condition(column, value))
        elif name not in _OPERATORS:
            raise invalid("filters", f"unknown operator {str(name)[:40]}")
        elif value is None:
            there = Comparison(column.name, Operator.ISNULL, True)
            if name not in ("eq", "ne"):
                raise _unusable(column)
            terms.append(there if name == "eq" else Not(there))
        else:
            terms.append(Comparison(column.name, _OPERATORS[name], value_in(column, value)))
    if not terms:
        raise _unusable(column)
    return terms[0] if len(terms) == 1 else All(tuple(terms))


def value_in(column: Column, wanted: Any) -> Any:
    """A value of JSON in the column's type. Raises CkanError."""
    if isinstance(wanted, bool | int | float):
        written = json.dumps(wanted)
        if isinstance(wanted, float) and wanted.is_integer() and column.type is ColumnType.INTEGER:
            written = str(int(wanted))
    elif isinstance(wanted, str) and "\0" not in wanted:
        written = wanted if column.type is ColumnType.TEXT else wanted.strip()
    else:
        raise _unusable(column)
    try:
        return value_of(column, written, "filters")
    except BadInput as error:
        raise invalid("filters", f"{error.message.en}: {error.remedy.en}") from None


def _unusable(column: Column) -> CkanError:
    return invalid("filters", f'the filter on "{column.name[:100]}" cannot be used')
