"""Tables of what the catalogue holds. Documents are whole values (JSON); columns beside them are what queries ask."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from catalog.registry.metadata import UtcTime, metadata

__all__ = [
    "datasets",
    "heads",
    "jobs",
    "leaves",
    "probes",
    "releases",
    "state",
    "subjects",
    "submissions",
    "versions",
]

# One row. `revision` moves with every change that readers must see, `policy_epoch` with every tightening;
# `ledger_size` is also the lock that makes leaf indexes gapless on every database; `screened_on` the day to which all
# decisions were last brought up.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("policy_epoch", Integer, nullable=False),
    Column("ledger_size", Integer, nullable=False),
    Column("screened_on", Date, nullable=True),
)

datasets = Table(
    "datasets",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("title", String(500), nullable=False),
    Column("publisher", String(200), nullable=False, index=True),
    Column("theme", String(40), nullable=False, index=True),
    Column("document", JSON, nullable=False),
    Column("registered_at", UtcTime, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("version_id", String(64), nullable=True),
    Column("state", String(12), nullable=False, index=True),
    Column("request", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("submitted_by", String(100), nullable=False),
    Column("submitted_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime, nullable=True),
)

releases = Table(
    "releases",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, index=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("submission_id", String(26), ForeignKey("submissions.id"), nullable=False),
    Column("status", String(12), nullable=False),
    Column("document", JSON, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=True),
    Column("ledger_index", Integer, nullable=False, unique=True),
)
# At most one release of a dataset is current, whoever publishes at the same moment.
Index(
    "uq_releases_current",
    releases.c.dataset_id,
    unique=True,
    sqlite_where=text("status = 'current'"),
    postgresql_where=text("status = 'current'"),
)

# What is screened again when the rules change: the subjects of a dataset's current release and of its latest submission,
# with nothing of the data itself but counts and classes. `detector` says by which recognisers they were classified.
subjects = Table(
    "subjects",
    metadata,
    Column("submission_id", String(26), ForeignKey("submissions.id"), primary_key=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("detector", String(64), nullable=False),
    Column("document", JSON, nullable=False),
)

leaves = Table(
    "leaves",
    metadata,
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("event", JSON, nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("at", UtcTime, nullable=False),
)

# The head of the ledger after each leaf, signed when it was written. `frontier` holds 32 bytes per subtree root.
heads = Table(
    "heads",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("note", String(1000), nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("argument", JSON, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime, nullable=True),
    Column("finished_at", UtcTime, nullable=True),
    Column("failure", String(100), nullable=True),
)

# What answered when it was last asked: counts rest on these, not on what was promised.
probes = Table(
    "probes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("release_id", String(64), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("answered", Boolean, nullable=False),
)
