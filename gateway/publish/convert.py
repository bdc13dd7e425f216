"""Numbers received in one unit, in the unit that their contract promises: multiplied by the factor that it declares."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
from sqlglot import exp

from catalog.contract import Contract
from catalog.dataset import Column, ColumnType, ReadingChoice
from catalog.element import NUMBERS
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.engine.render import column as column_reference
from catalog.engine.render import literal
from catalog.errors import BadInput, Where
from catalog.ingest import Reading
from catalog.text import Text

__all__ = ["converted"]


def converted(engine: DuckDBEngine, reading: Reading, contract: Contract, folder: Path) -> Reading:
    """The reading with every column multiplied that the contract declares a factor for; as it is where there is none.

    Raises BadInput: a factor of a column that holds no numbers, or that takes a number out of its type.
    """
    factors = {one.name: one.factor for one in contract.fields if one.factor not in (None, 1.0)}
    if not factors:
        return reading
    schema = tuple(_typed(one, factors.get(one.name)) for one in reading.schema)
    chosen = [_product(one, factors.get(one.name)).as_(one.name, quoted=True) for one in schema]
    path = folder / "converted.parquet"
    table = exp.to_identifier(reading.table, quoted=True)
    try:
        engine.write_parquet(exp.select(*chosen).from_(table).order_by(exp.column("_row")), path)
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        raise BadInput(
            Text(
                "按声明的系数换算后有数值超出范围",
                "A number converted by the declared factor is out of range",
            ),
            Text("请修正合同中的 factor", "Correct the factor in the contract"),
            Where(column=next(iter(factors))),
        ) from None
    engine.register_parquet(reading.table, path, numbered=True)
    said = ReadingChoice(
        "converted",
        "; ".join(f"{name}×{factor:g}" for name, factor in factors.items()),
        Text(
            "按合同声明的系数换算到合同的单位",
            "multiplied by the factors that the contract declares, into its units",
        ),
    )
    return replace(reading, path=path, schema=schema, choices=(*reading.choices, said))


def _typed(column: Column, factor: float | None) -> Column:
    if factor is None:
        return column
    if column.type not in NUMBERS:
        raise BadInput(
            Text(
                f"列“{column.name}”不是数值，不能换算", f'Column "{column.name}" holds no numbers to convert'
            ),
            Text("请删去合同中的 factor", "Remove factor from the contract"),
            Where(column=column.name),
        )
    whole = factor.is_integer()
    return (
        column if whole or column.type is not ColumnType.INTEGER else replace(column, type=ColumnType.DECIMAL)
    )


def _product(column: Column, factor: float | None) -> exp.Expr:
    """Whole numbers and decimals stay exact; of a binary fraction the 15 digits are kept that a double always has, so
    that 0.07 万元 is 700 元 and not 700.0000000000001."""
    cell = column_reference(column.name)
    if factor is None:
        return cell
    if column.type is ColumnType.DOUBLE:
        product = exp.Mul(this=cell, expression=literal(factor))
        return exp.cast(exp.Anonymous(this="printf", expressions=[literal("%.15g"), product]), "DOUBLE")
    exact = int(factor) if factor.is_integer() else Decimal(repr(factor))
    return exp.cast(exp.Mul(this=cell, expression=literal(exact)), column.type.sql)
