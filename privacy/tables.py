"""Tables of privacy: what was found and done in each release, what was measured of its risk, and sketches of its columns for
the mosaic check."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, LargeBinary, String, Table

from catalog.registry import metadata

__all__ = ["privacy_reports", "risk_reports", "sketches"]

# What was found where in a release, what was done about it and what is left, as it is told to everybody; by its place in
# the ledger.
privacy_reports = Table(
    "privacy_reports",
    metadata,
    Column("ledger_index", Integer, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
)

# What is told of a release's risk to everybody, without a value; by its place in the ledger.
risk_reports = Table(
    "risk_reports",
    metadata,
    Column("ledger_index", Integer, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
)

# What later outputs are compared by, for the gate alone: of each release whose rows may be of one kind of `subject`, its rows,
# its k (null: not measured), and of its columns what they are (`columns`) and the smallest keyed hashes of their values, one
# column's after the other's (`hashes`), made with the key of `key_id`.
sketches = Table(
    "sketches",
    metadata,
    Column("ledger_index", Integer, primary_key=True, autoincrement=False),
    Column("subject", String(20), nullable=False, index=True),
    Column("dataset_id", String(100), nullable=False),
    Column("release_id", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("k", Integer, nullable=True),
    Column("key_id", String(16), nullable=False),
    Column("columns", JSON, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)
