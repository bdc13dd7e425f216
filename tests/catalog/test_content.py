"""What a column holds, in one number: equal for the same cells in any order, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.content import content_of
from catalog.engine.duckdb_engine import DuckDBEngine

CELLS = st.lists(st.one_of(st.none(), st.sampled_from(["", "0", "甲", "乙", "a", "A"])), max_size=12)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("spill"), 256) as opened:
        yield opened


def tabled(engine: DuckDBEngine, name: str, cells: list[str | None]) -> None:
    schema = pa.schema({"c": pa.string()})
    batch = pa.RecordBatch.from_arrays([pa.array(cells, pa.string())], schema=schema)
    engine.create_from_batches(name, schema, [batch])


@settings(max_examples=150, deadline=None)
@given(CELLS, CELLS)
def test_contents_are_equal_where_the_cells_are(
    engine: DuckDBEngine, a: list[str | None], b: list[str | None]
) -> None:
    tabled(engine, "a", a)
    tabled(engine, "b", b)
    key = lambda cell: (cell is not None, cell or "")  # noqa: E731
    same = sorted(a, key=key) == sorted(b, key=key)
    mine = content_of(engine, "a", ["c"])["c"]
    assert (mine == content_of(engine, "b", ["c"])["c"]) == same
    assert (mine.rows, mine.filled) == (len(a), sum(cell is not None for cell in a))
    assert not a or mine.constant == (len(set(a)) == 1)


def test_of_no_columns_nothing_is_told(engine: DuckDBEngine) -> None:
    tabled(engine, "none", ["a"])
    assert content_of(engine, "none", []) == {}
