from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.engine.duckdb_engine import DuckDBEngine

sys.path.insert(0, str(Path(__file__).parent))  # `tables`, shared by these tests


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(tmp_path_factory.mktemp("spool"), memory_mb=512, threads=2) as opened:
        yield opened
