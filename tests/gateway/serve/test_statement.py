"""A statement is written once for each shape of a question; values travel beside it and mean what they meant in it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from catalog.engine.render import literal
from catalog.predicate import All, Any_, Comparison, Not, Operator
from gateway.serve.query import RecordsQuery
from gateway.serve.statement import Statement, Statements, parted
from gateway.serve.worker_main import execute

VALUES: list[Any] = [
    "x",
    "It's \"it\"; -- $p0 ' || 1",
    "",
    0,
    -7,
    2**53 + 1,
    2**63 - 1,
    Decimal("1.50"),
    Decimal("-0.000001"),
    Decimal("123456789012.345678"),
    0.1,
    -1e300,
    date(2024, 2, 29),
    datetime(2024, 2, 29, 23, 59, 59, 123456),  # noqa: DTZ001 - times in a release carry no zone
]
IN_PLACE: list[Any] = [True, 2**63, -(2**70), Decimal("NaN"), Decimal("1." + "1" * 18)]


def about(value: Any) -> RecordsQuery:
    return RecordsQuery(where=All((Comparison("a", Operator.EQ, value),)))


@pytest.mark.parametrize("value", VALUES)
def test_a_value_given_beside_is_the_value_in_the_statement(value: Any) -> None:
    shape, [given] = parted(about(value))
    assert shape == parted(about(VALUES[0]))[0], "one shape, whatever is asked for"
    with duckdb.connect() as engine:
        found = execute(engine, ("SELECT $p0", [given])).fetchone()
        written = engine.execute(exp.select(literal(value)).sql("duckdb")).fetchone()
    assert found == written
    assert found is not None
    assert type(found[0]) is type(value)


@pytest.mark.parametrize("value", IN_PLACE)
def test_what_an_engine_would_read_otherwise_stays_in_the_statement(value: Any) -> None:
    shape, given = parted(about(value))
    assert given == ()
    assert repr(shape) == repr(about(value))


def test_every_value_of_a_condition_is_given_in_its_order() -> None:
    where = All(
        (
            Comparison("a", Operator.IN, ("x", "y")),
            Not(Any_((Comparison("b", Operator.LT, 3), Comparison("c", Operator.ISNULL, value=True)))),
            Comparison("a", Operator.CONTAINS, "z", fold=True),
        )
    )
    shape, given = parted(RecordsQuery(where=where))
    assert given == (("text", "x"), ("text", "y"), ("integer", "3"), ("text", "z"))
    assert "'x'" not in repr(shape)
    assert parted(RecordsQuery(where=where, limit=7))[0] != shape


def test_a_statement_is_written_once_for_each_shape_release_and_kind() -> None:
    statements, written = Statements(), []

    def write(shape: RecordsQuery) -> str:
        written.append(shape)
        return f"SELECT {len(written)}"

    first = statements.of(about("x"), "r1", "page", write)
    assert first == Statement("SELECT 1", (("text", "x"),))
    assert statements.of(about("y"), "r1", "page", write) == Statement("SELECT 1", (("text", "y"),))
    assert statements.of(about("x"), "r2", "page", write).sql == "SELECT 2"
    assert statements.of(about("x"), "r1", "count", write).sql == "SELECT 3"
    assert len(written) == 3
