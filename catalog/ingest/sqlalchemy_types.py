"""Types of a foreign database's columns as Arrow types: by the values that come, and by what the database declares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy
from sqlalchemy import Connection

__all__ = ["DECIMAL", "declared_types", "type_of_values"]

DECIMAL = pa.decimal128(38, 9)
# What a column holds by its values; whatever is none of these is written as text.
_TYPES: tuple[tuple[type, pa.DataType], ...] = (
    (bool, pa.bool_()),
    (int, pa.int64()),
    (float, pa.float64()),
    (Decimal, DECIMAL),
    (datetime, pa.timestamp("us")),
    (date, pa.date32()),
)
# Object identifiers of PostgreSQL's own types (pg_type.dat), as its drivers give them with every result.
_POSTGRESQL: dict[object, type] = {
    16: bool,
    20: int,
    21: int,
    23: int,
    700: float,
    701: float,
    1700: Decimal,
    1082: date,
    1114: datetime,
    1184: datetime,
}


def type_of_values(cells: Sequence[object]) -> pa.DataType | None:
    """The type of the filled cells, text where they are of several or of another; None where none is filled."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if not kinds:
        return None
    if kinds == {int, float}:
        return pa.float64()
    return _arrow(next(iter(kinds))) if len(kinds) == 1 else pa.string()


def declared_types(
    connection: Connection, result: sqlalchemy.CursorResult[Any], table: str | None
) -> list[pa.DataType | None]:
    """What the database declares each column of a result to be, None where it does not say: the driver's type codes
    (PostgreSQL), or the definition of the table. Only for columns without a value: SQLite holds its own to none."""
    names = list(result.keys())
    if connection.dialect.name == "postgresql":
        description = (result.cursor.description if result.cursor is not None else None) or ()
        kinds = [_POSTGRESQL.get(column[1]) for column in description]
        return [_arrow(kind) if kind else None for kind in kinds] or [None] * len(names)
    if table is None:
        return [None] * len(names)
    schema, _, name = table.rpartition(".")
    columns = sqlalchemy.inspect(connection.engine).get_columns(name, schema=schema or None)
    found = {column["name"]: _python_type(column["type"]) for column in columns}
    return [_arrow(kind) if (kind := found.get(name)) else None for name in names]


def _python_type(declared: sqlalchemy.types.TypeEngine[Any]) -> type | None:
    try:
        return declared.python_type
    except NotImplementedError:  # types of one database only, and SQLite's columns without a type
        return None


def _arrow(kind: type) -> pa.DataType:
    for known, arrow in _TYPES:
        if kind is known or (known is datetime and issubclass(kind, datetime)):
            return arrow
    return pa.string()
