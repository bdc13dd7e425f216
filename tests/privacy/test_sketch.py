"""Sketches of columns: the smallest keyed hashes of all values, by whichever way is cheaper, held against a plain reading."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from invented_people import Table

from catalog.engine.duckdb_engine import DuckDBEngine
from privacy.sketch import HASHES, hashes_select, no_number_select, serial_select, sketch_hashes

KEY = b"k" * 32


def plainly(values: list[str]) -> list[bytes]:
    """The definition, in Python."""
    secret = hmac.digest(KEY, b"sketch secret 3", "sha256")[:16].hex()
    hashes = {
        hashlib.md5((secret + value).encode()).digest()[::-1] for value in values
    }  # as DuckDB numbers it
    return [one[:8] for one in sorted(hashes)[:HASHES]]


def sketched(engine: DuckDBEngine, table: Table, values: list[object], key: bytes = KEY) -> list[bytes]:
    (column,) = table({"a": values})
    filled = [one for one in values if one is not None]
    select = hashes_select(column, "t", key, len(filled), len(set(filled)))
    kept = sketch_hashes(row["hash"] for row in engine.fetch(select).to_pylist())
    return [kept[at : at + 8] for at in range(0, len(kept), 8)]


@pytest.mark.parametrize(
    "values",
    [
        [f"值{n}" for n in range(20_000)],  # all different: hashed cell by cell, among those below a bound
        [f"值{n // 2}" for n in range(20_000)],  # every value twice
        [f"值{n % 500}" for n in range(20_000)],  # grouped first
        [f"值{n % 3}" for n in range(20_000)],
        [None if n % 2 else f"值{n}" for n in range(2_000)],
    ],
    ids=["all different", "twice", "many of each", "three", "half empty"],
)
def test_what_is_kept_are_the_smallest_hashes_of_all_values(
    engine: DuckDBEngine, table: Table, values: list[object]
) -> None:
    assert sketched(engine, table, values) == plainly([str(one) for one in values if one is not None])


def test_numbers_are_hashed_as_they_are_written(engine: DuckDBEngine, table: Table) -> None:
    assert sketched(engine, table, list(range(5_000))) == plainly([str(n) for n in range(5_000)])


def test_another_key_gives_other_hashes(engine: DuckDBEngine, table: Table) -> None:
    values: list[object] = [f"值{n}" for n in range(300)]
    assert not set(sketched(engine, table, values)) & set(sketched(engine, table, values, b"l" * 32))


@pytest.mark.parametrize(
    ("values", "serial"),
    [
        ([str(n) for n in range(1, 301)], True),
        ([str(n) for n in range(300)], True),
        ([str(n + 5_000) for n in range(300)], False),  # numbers something, not the rows
        ([str(n * 2) for n in range(300)], False),
        ([f"R{n}" for n in range(300)], False),
        ([*(str(n) for n in range(1, 299)), "5", "300"], False),
    ],
    ids=["from one", "from zero", "from elsewhere", "with gaps", "no numbers", "one twice"],
)
def test_a_column_that_only_numbers_the_rows_is_known(
    engine: DuckDBEngine, table: Table, values: list[object], serial: bool
) -> None:
    (column,) = table({"a": values})
    no_number = engine.fetch(no_number_select(column, "t")).num_rows
    (row,) = engine.fetch(serial_select(column, "t")).to_pylist()
    assert (row["serial"] and not no_number) == serial
