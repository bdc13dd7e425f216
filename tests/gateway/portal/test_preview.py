"""The preview is bounded, and shows a file only when it is exactly the release."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from catalog.dataset import Dataset
from gateway.portal.preview import CELL_CHARACTERS, PREVIEW_COLUMNS, PREVIEW_ROWS, cell_text, first_rows


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (Decimal("12.500000000"), "12.5"),
        (Decimal("100"), "100"),
        (Decimal("0E-9"), "0"),
        (110101199003070000, "110101199003070000"),
        (date(2026, 5, 1), "2026-05-01"),
        (datetime(2026, 5, 1, 8, 30), "2026-05-01 08:30:00"),  # noqa: DTZ001
        ("", ""),
        ("x" * 500, "x" * (CELL_CHARACTERS - 1) + "…"),
    ],
)
def test_a_cell_reads_as_it_is(value: object, text: str | None) -> None:
    assert cell_text(value) == text


def test_a_wide_long_table_is_cut(city: ModuleType, small: Any) -> None:
    columns = [city.kept(f"c{n}") for n in range(45)]
    sql = "SELECT " + ", ".join(f"i::VARCHAR AS c{n}" for n in range(45)) + " FROM range(1000) t(i)"
    release = small.open(Dataset("wide", "Wide", "P", "other"), columns, sql)
    preview = first_rows(small.zone.path(release.id, ".parquet"), release)
    assert (len(preview.columns), len(preview.cells), preview.more_columns) == (
        PREVIEW_COLUMNS,
        PREVIEW_ROWS,
        True,
    )
    assert preview.cells[9][0] == "9"


def test_a_table_without_rows_has_a_page(city: ModuleType, small: Any) -> None:
    small.open(Dataset("bare", "Bare", "P", "other"), [city.kept("a")], "SELECT 'x' AS a WHERE false")
    with TestClient(small.app()) as client:
        answer = client.get("/datasets/bare?lang=en")
    assert answer.status_code == 200
    assert "The released file has no rows." in answer.text


def test_a_file_that_is_not_the_release_is_not_shown(city: ModuleType, small: Any) -> None:
    release = small.open(Dataset("stops", "Stops", "P", "other"), [city.kept("a")], "SELECT 'x' AS a")
    path = small.zone.path(release.id, ".parquet")
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT 'x' AS a, '{city.SECRET}' AS withheld) TO '{path}' (FORMAT parquet)")
    with TestClient(small.app()) as client:
        answer = client.get("/datasets/stops?lang=en")
    assert answer.status_code == 503
    assert city.SECRET not in answer.text
    assert "<h1" in answer.text
