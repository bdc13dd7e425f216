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
    UniqueConstraint,
    text,
)

from catalog.registry.metadata import UtcTime, metadata

__all__ = [
    "contracts",
    "cosignatures",
    "datasets",
    "elements",
    "heads",
    "holdings",
    "jobs",
    "leaves",
    "ledger_keys",
    "packages",
    "portal_groups",
    "probes",
    "release_documents",
    "releases",
    "service_probes",
    "service_states",
    "service_views",
    "services",
    "state",
    "subjects",
    "submissions",
    "tiles",
    "versions",
]

# One row. `revision` moves with every change that readers must see, `policy_epoch` with every tightening;
# `ledger_size` is also the lock that makes leaf indexes gapless on every database; `screened_on` the day to which all
# decisions were last brought up; `keys_revision` moves with every change of who may call the data APIs, and how often.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("policy_epoch", Integer, nullable=False),
    Column("ledger_size", Integer, nullable=False),
    Column("screened_on", Date, nullable=True),
    Column("keys_revision", Integer, nullable=False, server_default="0"),
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

# The records of releases, apart from where they stand: a withdrawal writes a few bytes for each, not its record again.
release_documents = Table(
    "release_documents",
    metadata,
    Column("number", Integer, ForeignKey("releases.seq"), primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
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

# The tree as tiles of 256 hashes (C2SP tlog-tiles): the rightmost of each level grows, a full one never changes.
tiles = Table(
    "tiles",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary(8192), nullable=False),
)

# Witnesses' signature lines under a head, the newest of each witness.
cosignatures = Table(
    "cosignatures",
    metadata,
    Column("size", Integer, ForeignKey("heads.size"), primary_key=True, autoincrement=False),
    Column("witness", String(210), primary_key=True),
    Column("line", String(500), nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Verifier keys of this ledger, for the serving role, which holds no key ring; the newest is in force.
ledger_keys = Table(
    "ledger_keys",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("verifier_key", String(400), nullable=False, unique=True),
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

# Standard data elements: a version, once written, never changes.
elements = Table(
    "elements",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
    Column("registered_by", String(100), nullable=False),
    Column("registered_at", UtcTime, nullable=False),
)

# Contracts of datasets, the newest of a dataset in force: a version, once written, never changes.
contracts = Table(
    "contracts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("version", String(40), nullable=False),
    Column("document", JSON, nullable=False),
    Column("registered_by", String(100), nullable=False),
    Column("registered_at", UtcTime, nullable=False),
    UniqueConstraint("dataset_id", "version"),
)

# What publishers hold, whether anything of it is submitted or not: every word on a holding is a row, the newest of its
# publisher and name holds. `retired` is why it is held no longer.
holdings = Table(
    "holding_versions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("publisher", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("document", JSON, nullable=False),
    Column("retired", String(2000), nullable=True),
    Column("registered_by", String(100), nullable=False),
    Column("registered_at", UtcTime, nullable=False),
    Index("ix_holding_versions_publisher_name", "publisher", "name"),
)

# Purpose-built APIs: a version's declaration never changes, what becomes of it stands beside it. `others` are the datasets
# that are joined to its own.
services = Table(
    "services",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(100), nullable=False),
    Column("version", String(40), nullable=False),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("others", JSON, nullable=False),
    Column("title", JSON, nullable=False),
    Column("meaning", String(64), nullable=False, index=True),
    Column("document", JSON, nullable=False),
    Column("state", String(12), nullable=False),
    Column("told", JSON, nullable=False),
    Column("sunset", Date, nullable=True),
    Column("successor", String(40), nullable=True),
    Column("declared_by", String(100), nullable=False),
    Column("declared_at", UtcTime, nullable=False),
    UniqueConstraint("id", "version"),
)

# Every state a version has had, and since when: counts of a past moment rest on it. The newest `seq` is also what readers
# hold their own copy against.
service_states = Table(
    "service_states",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("service", Integer, ForeignKey("services.number"), nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", UtcTime, nullable=False),
)

# What an operation answered when it was last asked; `resting` names the release of each dataset that it was asked over.
service_probes = Table(
    "service_probes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("service", Integer, ForeignKey("services.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("failure", JSON, nullable=True),
    Column("resting", JSON, nullable=False),
)

# What a joined operation answers from: a file made of the joined releases and judged like a dataset, its record, and the
# numbers of those releases. The newest of a service holds; without a document it is closed.
service_views = Table(
    "service_views",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("service", Integer, ForeignKey("services.number"), nullable=False, index=True),
    Column("document", JSON, nullable=True),
    Column("subject", JSON, nullable=True),
    Column("resting", JSON, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# What was said of datasets in CKAN's words, whether anything of them was ever submitted or not.
packages = Table(
    "packages",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("dataset_id", String(100), nullable=False, unique=True),
    Column("publisher", String(200), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("private", Boolean, nullable=False),
    Column("data_resource", String(100), nullable=True),
    Column("document", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("modified_at", UtcTime, nullable=False),
)

# Publishers and groups that somebody has described; of the others their names are all there is. `kind` is
# ``organization`` or ``group``.
portal_groups = Table(
    "portal_groups",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("name", String(100), nullable=False),
    Column("publisher", String(200), nullable=True, index=True),
    Column("document", JSON, nullable=False),
    UniqueConstraint("kind", "name"),
)
