"""Tables of access: people, their roles, their sessions, keys and plans. Secrets stand here as digests only."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from catalog.registry import UtcTime, metadata

__all__ = ["api_keys", "plans", "role_grants", "sessions", "users"]

api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", String(12), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("label", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("publisher", String(200), nullable=True),
    Column("issued_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime, nullable=True),
    # whose key it is; NULL for a key of a personal home, which stands for nobody in particular
    Column("holder", String(64), nullable=True),
    # what serve knows a key by; NULL for a key from before the data APIs took keys
    Column("verifier", LargeBinary(32), nullable=True),
    Column("plan", String(40), nullable=False, server_default="registered"),
    Column("purpose", String(1000), nullable=False, server_default=""),
    # ids of the datasets it is for; NULL = all that are open
    Column("datasets", JSON(none_as_null=True), nullable=True),
    # refused from this moment on: it expires, or another has replaced it
    Column("ends_at", UtcTime, nullable=True),
    Column("replaces", String(12), nullable=True),
    Index("ix_api_keys_holder", "holder"),
)

# What an administrator has set; a plan that is not here stands as `gateway.access.plan` has it.
plans = Table(
    "plans",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("per_second", Float, nullable=False),
    Column("burst", Integer, nullable=False),
    Column("daily", Integer, nullable=False),
    Column("concurrent", Integer, nullable=False),
    Column("set_by", String(100), nullable=False),
    Column("set_at", UtcTime, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("demo", Boolean, nullable=False),
    Column("password", String(200), nullable=True),
    Column("one_time_digest", LargeBinary(32), nullable=True),
    Column("one_time_until", UtcTime, nullable=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcTime, nullable=True),
    Column("oidc_subject", String(255), nullable=True, unique=True),
    Column("added_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime, nullable=True),
)

role_grants = Table(
    "role_grants",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user_name", ForeignKey("users.name"), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("publisher", String(200), nullable=True),
    Column("granted_by", String(100), nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    Column("revoked_by", String(100), nullable=True),
    Column("revoked_at", UtcTime, nullable=True),
    Index(
        "uq_role_grants_in_force",
        "user_name",
        "role",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("user_name", ForeignKey("users.name"), nullable=False, index=True),
    Column("begun_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
)
