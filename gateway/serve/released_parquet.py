"""The released Parquet, opened for building and export: checked first to hold exactly what the release says.

A column that is in the file but not in the release must never be served, so a file with one is not served at all.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from sqlglot import exp

from catalog.errors import Unavailable, Where
from catalog.release import Release
from catalog.text import Text
from gateway.serve.sql import SOURCE, columns_of_release, load_sql

__all__ = ["check_released", "open_released"]

BUILD_MEMORY = "1GB"


def check_released(parquet: Path, release: Release) -> None:
    """Raises Unavailable: the file is missing, or its columns or rows are not those of the release."""
    try:
        footer = pq.read_metadata(parquet)
    except (OSError, ValueError):
        footer = None
    names = [one.column.name for one in release.columns]
    if footer is None or footer.schema.to_arrow_schema().names != names or footer.num_rows != release.rows:
        raise Unavailable(
            Text(
                "发布文件与发布记录不一致，已停止提供",
                "The released file does not match its record; it is not served",
            ),
            Text("请运行 kaizha verify，并联系数据管理部门", "Run kaizha verify and tell the data office"),
            Where(file=parquet.name),
        )


def open_released(
    parquet: Path, release: Release, threads: int, spool: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A DuckDB session with the view `rows`: the release's columns and the row number. It may spill to `spool`.

    Raises Unavailable as `check_released`.
    """
    check_released(parquet, release)
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": BUILD_MEMORY,
            "temp_directory": str(spool) if spool else "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    scan = exp.Anonymous(this="read_parquet", expressions=[exp.Literal.string(str(parquet))])
    view = exp.Create(
        this=exp.to_identifier(SOURCE, quoted=True), kind="VIEW", expression=exp.select("*").from_(scan)
    )
    connection.execute(view.sql("duckdb"))
    connection.execute(load_sql(columns_of_release(release), "VIEW"))
    return connection
