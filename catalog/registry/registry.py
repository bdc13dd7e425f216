"""The registry: the one place that connects to a database. SQLite by default, PostgreSQL by URL, the same code.

`transaction()` is the unit of work: everything inside commits together or not at all. `reading()` is a snapshot.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from catalog.errors import Unavailable
from catalog.registry.tables import state
from catalog.text import Text

try:
    from pysqlite3 import dbapi2 as bundled_sqlite
except (
    ImportError
):  # no wheel for this platform: the interpreter's own library, held to the same version below
    bundled_sqlite = sqlite3

__all__ = ["LEAST_SQLITE", "Registry"]

# Below it, a WAL checkpoint can race with a reset and lose committed pages (fixed in 3.51.3).
LEAST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_S = 30


class Registry:
    """A connection pool to one registry. `url` is an SQLAlchemy URL; `read_only` refuses every write; `local` = it is a
    file on this machine, which cannot be cut off."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.read_only = read_only
        self.local = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite(url, read_only) if self.local else _server(url, read_only)

    @contextmanager
    def transaction(self, *, in_turn: bool = True) -> Iterator[Connection]:
        """A unit of work that writes: commits when the block ends, rolls back when it raises. What appends no leaf (the
        counting of requests) need not wait its turn (`in_turn` False)."""
        with self._connected() as connection, connection.execution_options(kaizha_writes=True).begin():
            if in_turn and connection.dialect.name != "sqlite":
                # Writers take turns on every database, as they do on SQLite: leaf indexes stay gapless.
                connection.execute(select(state.c.id).with_for_update())
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent snapshot to read from."""
        with self._connected() as connection, connection.begin():
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            if not error.connection_invalidated and not _is_busy(error):
                raise
            raise Unavailable(
                Text("登记库暂时无法应答", "The registry does not answer now"),
                Text(
                    "请稍后重试；管理员可查看登记库连接",
                    "Try again shortly; an administrator should check the registry's connection",
                ),
            ) from error

    def close(self) -> None:
        self.engine.dispose()


def _is_busy(error: DBAPIError) -> bool:
    return "locked" in str(error.orig) or "unable to open" in str(error.orig)


def _sqlite(url: str, read_only: bool) -> Engine:
    module: ModuleType = bundled_sqlite
    version = module.sqlite_version_info
    if version < LEAST_SQLITE:
        found, least = (".".join(map(str, v)) for v in (version, LEAST_SQLITE))
        raise Unavailable(
            Text(
                f"SQLite {found} 早于 {least}，可能丢失已提交的数据",
                f"SQLite {found} is older than {least} and can lose committed data",
            ),
            Text(
                "请安装 pysqlite3，或用 KAIZHA_REGISTRY_URL 指向 PostgreSQL",
                "Install pysqlite3, or point KAIZHA_REGISTRY_URL at PostgreSQL",
            ),
        )
    path = Path(make_url(url).database or "")
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = "ro" if read_only else "rwc"

    def connect() -> Any:
        return module.connect(
            f"file:{path}?mode={mode}", uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False
        )

    engine = create_engine("sqlite+pysqlite://", module=module, creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, never implicitly
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA query_only = {int(read_only)}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE: a unit of work that reads and then writes can never fail on a lost upgrade.
        writes = connection.get_execution_options().get("kaizha_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


# What is cut off is noticed by the system below us within seconds, not within its default of a quarter of an hour.
# (libpq's names; an URL may say otherwise.)
CONNECTION = {
    "connect_timeout": 2,
    "tcp_user_timeout": 2000,  # milliseconds
    "keepalives_idle": 1,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}


def _server(url: str, read_only: bool) -> Engine:
    given = make_url(url).query
    arguments = {name: value for name, value in CONNECTION.items() if name not in given}
    engine = create_engine(url, pool_pre_ping=True, connect_args=arguments)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if read_only:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    return engine
