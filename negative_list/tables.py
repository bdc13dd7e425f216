"""Tables of the negative list: its versions, what each would do to every dataset, exemptions and appeals."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from catalog.registry import metadata

__all__ = ["appeals", "exemptions", "gradings", "list_versions", "screenings"]

# `document` is the list itself as TOML, `record` who did what with it (`lifecycle.ListRecord`).
list_versions = Table(
    "list_versions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("version", String(60), nullable=False, unique=True),
    Column("state", String(12), nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("record", JSON, nullable=False),
)
# At most one version is in effect, whoever activates at the same moment.
Index(
    "uq_list_versions_active",
    list_versions.c.state,
    unique=True,
    sqlite_where=text("state = 'active'"),
    postgresql_where=text("state = 'active'"),
)

# What a version would do to a subject, found while it is scheduled. It holds on one day (`on_day`): on a later one the
# subject is screened anew.
screenings = Table(
    "screenings",
    metadata,
    Column("version", String(60), primary_key=True),
    Column("submission_id", String(26), primary_key=True),
    Column("dataset_id", String(100), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("effect", String(12), nullable=False),
    Column("document", JSON, nullable=False),
)
Index("ix_screenings_effect", screenings.c.version, screenings.c.effect)

exemptions = Table(
    "exemptions",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("entry_id", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("document", JSON, nullable=False),
)

# What officers have said of the grades of fields (`grading.Grading`), never overwritten: the newest of a field counts.
gradings = Table(
    "gradings",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("document", JSON, nullable=False),
)

appeals = Table(
    "appeals",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False, index=True),
    Column("state", String(12), nullable=False, index=True),
    Column("document", JSON, nullable=False),
)
