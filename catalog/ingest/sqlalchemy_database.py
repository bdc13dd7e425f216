"""A table or query of a database as a source: streamed to one Parquet file, which then is read like any other.

The address may hold a password: nothing of it, and nothing the driver says, ever reaches a message or a name.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy
from sqlalchemy import Engine, exc
from sqlalchemy.engine import URL

from catalog.errors import BadInput, TooLarge, Unavailable, Where
from catalog.ingest.limits import Limits
from catalog.ingest.pyarrow_parts import Parts
from catalog.ingest.source import Source, base_name
from catalog.ingest.sqlalchemy_foreign import foreign_engine
from catalog.ingest.sqlalchemy_types import declared_types, type_of_values
from catalog.text import Text

__all__ = ["spool_database"]

BATCH_ROWS = 20_000
CHUNK_BYTES = 1 << 20


def spool_database(
    address: str,
    folder: Path,
    max_bytes: int,
    table: str | None = None,
    query: str | None = None,
    deadline_s: float = 3600.0,
    limits: Limits = Limits(),  # noqa: B008  # frozen
) -> Source:
    """The rows of a table (``name`` or ``schema.name``) or of one SELECT, in a new private Parquet file of `folder`.

    Reads only: the query stands in a subquery, and where the database knows read-only transactions in one. A column has
    the type of its first values, wherever they stand; one without any has the type that the database declares.

    Raises BadInput: no usable address, driver, table or query, or a column of several types; Unavailable: no
    connection, or no end before `deadline_s`; TooLarge.
    """
    engine, url = foreign_engine(address)
    if (table is None) == (query is None):
        raise BadInput(
            Text("请指定一张表或一个查询", "Name one table or one query"),
            Text("用 --table 或 --query", "Use --table or --query"),
            Where(parameter="table"),
        )
    name = f"{base_name(table or 'query')}.parquet"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile("wb", prefix="received-", dir=folder, delete=False) as made:
        path = Path(made.name)
    try:
        _drain(engine, _statement(url, table, query), table, path, name, max_bytes, deadline_s, limits)
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
        return Source(name, path, path.stat().st_size, digest.hexdigest(), private=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _statement(url: URL, table: str | None, query: str | None) -> sqlalchemy.Executable:
    if table is not None:
        schema, _, name = table.rpartition(".")
        return sqlalchemy.select(sqlalchemy.text("*")).select_from(
            sqlalchemy.table(name, schema=schema or None)
        )
    inner = (query or "").strip().rstrip(";")
    quoted = inner.replace(":", "\\:")  # a colon is text here, never a parameter
    alias = "" if url.get_backend_name() == "oracle" else " AS wanted"
    return sqlalchemy.text(f"SELECT * FROM (\n{quoted}\n){alias}")  # noqa: S608  # the steward's own query, read only


def _drain(
    engine: Engine,
    statement: sqlalchemy.Executable,
    table: str | None,
    path: Path,
    name: str,
    max_bytes: int,
    deadline_s: float,
    limits: Limits,
) -> None:
    until = time.monotonic() + deadline_s
    postgresql = engine.dialect.name == "postgresql"
    try:
        with engine.connect() as connection:
            if postgresql:
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
                limit = sqlalchemy.text(f"SET LOCAL statement_timeout = {int(deadline_s * 1000)}")
                connection.execute(limit)
            result = connection.execution_options(stream_results=True, yield_per=BATCH_ROWS).execute(
                statement
            )
            _write(result, declared_types(connection, result, table), path, name, max_bytes, until, limits)
    except (exc.OperationalError, exc.InterfaceError):
        raise Unavailable(
            Text(
                "数据库不可用，或查询未能完成", "The database cannot be reached, or the query did not finish"
            ),
            Text("请核对地址、账号、表名和网络", "Check the address, account, table and network"),
        ) from None
    except exc.SQLAlchemyError:
        raise BadInput(
            Text("数据库不接受这张表或这个查询", "The database does not accept this table or query"),
            Text("请核对表名；查询须是单个 SELECT", "Check the table's name; a query must be one SELECT"),
            Where(file=name),
        ) from None


def _write(
    result: sqlalchemy.CursorResult[Any],
    declared: Sequence[pa.DataType | None],
    path: Path,
    name: str,
    max_bytes: int,
    until: float,
    limits: Limits,
) -> None:
    names = list(result.keys())
    parts = Parts(
        path,
        _distinct(names),
        declared,
        type_of_values,
        lambda cells, type_, place: _array(cells, type_, name, names[place]),
    )
    rows = 0
    try:
        for batch in result.partitions(BATCH_ROWS):
            parts.write([list(cells) for cells in zip(*batch, strict=True)])
            rows += len(batch)
            if rows > limits.max_rows or parts.size > max_bytes:
                raise TooLarge(
                    Text("数据库里的行数或大小超过上限", "The rows of the database are over the cap"),
                    Text("请以 --query 按年度或区域拆分", "Split it by year or district with --query"),
                    Where(file=name),
                )
            if time.monotonic() > until:
                raise Unavailable(
                    Text("读取数据库超过时限", "Reading the database takes too long"),
                    Text("请以 --query 缩小范围", "Narrow it down with --query"),
                )
        parts.close()
    finally:
        parts.discard_parts()
    if not rows:
        raise BadInput(
            Text("没有数据行", "There are no data rows"),
            Text("请核对表或查询", "Check the table or query"),
            Where(file=name),
        )


def _distinct(names: Sequence[str]) -> list[str]:
    """Parquet needs one name per column; a query may give several columns one name."""
    taken: dict[str, int] = {}
    found = []
    for name in names:
        taken[name] = taken.get(name, 0) + 1
        found.append(name if taken[name] == 1 else f"{name}_{taken[name]}")
    return found


def _array(cells: list[Any], type_: pa.DataType, file: str, column: str) -> Any:
    try:
        if type_ == pa.string():
            return pa.array([_text(cell) for cell in cells], pa.string())
        if type_ == pa.timestamp("us"):
            cells = [
                cell.astimezone(UTC).replace(tzinfo=None) if getattr(cell, "tzinfo", None) else cell
                for cell in cells
            ]
        return pa.array(cells, type_)
    except (pa.ArrowException, TypeError, ValueError, OverflowError, AttributeError):
        raise BadInput(
            Text(
                "这一列的值不是同一类型，或数值超出范围",
                "The values of this column are of several types, or out of range",
            ),
            Text(
                "请在查询中以 CAST(列 AS TEXT) 等统一类型",
                "Give it one type in the query, such as CAST(… AS TEXT)",
            ),
            Where(file=file, column=column),
        ) from None


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell).hex()
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(cell)
