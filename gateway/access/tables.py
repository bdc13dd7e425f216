"""Tables of access: API keys (hashed, never stored)."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from catalog.registry import UtcTime, metadata

__all__ = ["api_keys"]

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
)
