"""The first rows of a released file, as text for a page: bounded in rows, columns and characters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from catalog.dataset import ColumnType
from catalog.release import Release, ReleasedColumn
from gateway.serve.released_parquet import check_released

__all__ = ["PREVIEW_COLUMNS", "PREVIEW_ROWS", "Preview", "cell_text", "first_rows"]

PREVIEW_ROWS = 10
PREVIEW_COLUMNS = 30
CELL_CHARACTERS = 80
NUMERIC = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


@dataclass(frozen=True, slots=True)
class Preview:
    """`cells` are rows of texts, None for a null; `numeric` says which columns align right."""

    columns: tuple[ReleasedColumn, ...]
    cells: tuple[tuple[str | None, ...], ...]
    numeric: tuple[bool, ...]
    more_columns: bool


def first_rows(parquet: Path, release: Release) -> Preview:
    """The first `PREVIEW_ROWS` rows of the first `PREVIEW_COLUMNS` columns of the release.

    Raises Unavailable: the file is missing or does not hold exactly what the release says.
    """
    check_released(parquet, release)
    shown = release.columns[:PREVIEW_COLUMNS]
    with pq.ParquetFile(parquet) as opened:
        batches = opened.iter_batches(PREVIEW_ROWS, columns=[one.column.name for one in shown])
        batch = next(batches, None)
    columns = [] if batch is None else [batch.column(one.column.name).to_pylist() for one in shown]
    return Preview(
        columns=shown,
        cells=tuple(tuple(cell_text(value) for value in row) for row in zip(*columns, strict=True)),
        numeric=tuple(one.column.type in NUMERIC for one in shown),
        more_columns=len(release.columns) > len(shown),
    )


def cell_text(value: object) -> str | None:
    """A value as a page shows it; long text is cut with an ellipsis.

    >>> cell_text(Decimal("12.500000000")), cell_text(Decimal("100"))
    ('12.5', '100')
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
