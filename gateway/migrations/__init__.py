"""One migration history for the tables of every package, applied when the gate opens its registry."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select

from catalog.registry import Registry, metadata
from catalog.registry.tables import state
from gateway.access import meter_tables
from gateway.access import tables as access_tables
from gateway.exchange import tables as exchange_tables
from gateway.governance import tables as notice_tables
from negative_list import tables as list_tables
from privacy import tables as privacy_tables
from quality import tables as quality_tables

__all__ = ["HEAD", "upgrade", "version_of"]

HEAD = "0015"
# Named so that the import which declares the tables is not mistaken for an unused one.
DECLARED = (
    access_tables.api_keys,
    exchange_tables.schedules,
    meter_tables.usage,
    list_tables.list_versions,
    notice_tables.notices,
    privacy_tables.risk_reports,
    quality_tables.suites,
)


def upgrade(registry: Registry) -> None:
    """Bring the registry to `HEAD`; cheap when it is there already. Safe when two processes start at once."""
    with registry.engine.connect() as connection:
        if version_of(connection) == HEAD:
            return
    from alembic import command  # 0.3 s, wanted only when there is something to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    with registry.engine.connect().execution_options(kaizha_writes=True) as connection, connection.begin():
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5715748)")
        config.attributes["connection"] = connection
        config.attributes["target_metadata"] = metadata
        command.upgrade(config, HEAD)
        if connection.execute(select(state.c.id)).first() is None:
            nothing_yet = {"revision": 0, "policy_epoch": 0, "ledger_size": 0, "keys_revision": 0}
            connection.execute(insert(state).values(id=1, **nothing_yet))


def version_of(connection: Connection) -> str | None:
    """The migration a database stands at; None where it was never made."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
