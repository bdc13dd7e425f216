"""Looks over a database by its SQLAlchemy URL: names of tables and columns and nothing of their rows.

The URL holds a password. It is used and forgotten: nothing of it is stored, shown or repeated in an error but the kind
of database and the database's own name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import Engine, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from catalog.errors import BadInput, TooLarge, Where
from catalog.holding import Holding
from catalog.ingest.sqlalchemy_foreign import foreign_engine
from catalog.text import Text

__all__ = ["MAX_TABLES", "scan_database"]

MAX_TABLES = 20_000


@dataclass(frozen=True, slots=True)
class _Table:
    schema: str | None
    name: str
    columns: tuple[str, ...]


def scan_database(url: str, publisher: str, schema: str | None = None) -> tuple[Holding, ...]:
    """A holding for each table and view of a database, by name; of `schema`, or of the default one.

    Raises BadInput: no URL, no driver, no connection, no such schema, nothing in it; TooLarge.
    """
    engine, address = foreign_engine(url)
    try:
        tables = _tables(engine, schema)
    except SQLAlchemyError as error:
        # The driver's own words may repeat the address, and with it the password.
        raise BadInput(
            Text(
                f"数据库（{address.get_backend_name()}）无法读取：{type(error).__name__}",
                f"The database ({address.get_backend_name()}) cannot be read: {type(error).__name__}",
            ),
            Text(
                "请核对地址、账号、模式名和网络；只需能读取表结构的账号",
                "Check address, account, schema and network; an account that may read the structure will do",
            ),
            Where(parameter="url"),
        ) from None
    finally:
        engine.dispose()
    if not tables:
        raise BadInput(
            Text("没有看到任何表", "No table is to be seen"),
            Text("请核对 --schema 和账号的权限", "Check --schema, and what the account may see"),
            Where(parameter="schema"),
        )
    label = _label(address)
    return tuple(
        Holding(
            publisher=publisher,
            name=".".join(part for part in (label, one.schema, one.name) if part)[:200],
            title=one.name,
            fields=one.columns,
            source=f"scan: {address.get_backend_name()}",
        )
        for one in tables
    )


def _tables(engine: Engine, schema: str | None) -> list[_Table]:
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        seen = inspect(connection)
        names = [*seen.get_table_names(schema), *seen.get_view_names(schema)]
        if len(names) > MAX_TABLES:
            raise TooLarge(
                Text(f"超过 {MAX_TABLES:,} 张表", f"There are over {MAX_TABLES:,} tables"),
                Text("请用 --schema 逐个模式扫描", "Scan schema by schema with --schema"),
                Where(parameter="schema"),
            )
        return [
            _Table(schema, name, tuple(column["name"] for column in seen.get_columns(name, schema)))
            for name in sorted(set(names))
        ]


def _label(address: URL) -> str:
    """The database's own name, without where it is."""
    name = PurePath(address.database or "").name
    return name.rsplit(".", 1)[0] if address.get_backend_name() == "sqlite" else name
