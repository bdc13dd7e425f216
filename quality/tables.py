"""Tables of quality: the suites that stewards have set, and what was measured of each release."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from catalog.registry import metadata

__all__ = ["quality_reports", "suites"]

# What a steward has set for a dataset (suite, threshold, who, when), never overwritten: the newest counts.
suites = Table(
    "suites",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("document", JSON, nullable=False),
)

# What was measured of the rows and columns that were let out, fit for everybody; by the release's place in the ledger.
quality_reports = Table(
    "quality_reports",
    metadata,
    Column("ledger_index", Integer, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
)
