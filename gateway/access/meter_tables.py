"""Tables of the meter: how much of whose quota is lent out today, and how often what was asked for.

Serving processes write here and nowhere else. By default the meter is a file of its own, so that counting waits for no
publication and a serving process can write to no other table; on PostgreSQL it is the registry's database.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, LargeBinary, SmallInteger, String, Table

from catalog.registry import UtcTime, metadata

__all__ = ["quota_days", "quota_salts", "usage", "usage_flushes"]

# `leased` counts what was lent to servers, spent or not. `subject`: a key's prefix, or an address as the day's salt hides it.
quota_days = Table(
    "quota_days",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("leased", BigInteger, nullable=False),
    Index("ix_quota_days_day", "day"),
)

# One random salt a day, the same for all servers, deleted when the day is over: then no address can be told from it.
quota_salts = Table(
    "quota_salts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("salt", LargeBinary(32), nullable=False),
)

# `key`: its prefix, "" for callers without one. `dataset`: "" for what is not open. `status`: 2 for 2xx and so on.
usage = Table(
    "usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("key", String(12), primary_key=True),
    Column("dataset", String(100), primary_key=True),
    Column("status", SmallInteger, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Index("ix_usage_key", "key"),
)

# Batches that were counted: one that is sent again counts once.
usage_flushes = Table(
    "usage_flushes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("counted_at", UtcTime, nullable=False),
    Column("rows", Integer, nullable=False),
)
