"""Tables of harvests, pushes and the schedules of both: where from, what was found, how each run went, what went where."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from catalog.registry import UtcTime, metadata

__all__ = [
    "harvest_pages",
    "harvest_runs",
    "harvest_sources",
    "harvested_files",
    "harvested_records",
    "pushes",
    "schedules",
]

# `since` is how far a source that can be asked for changes has been followed, in its own words.
harvest_sources = Table(
    "harvest_sources",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("url", String(2000), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("with_data", Boolean, nullable=False),
    Column("publisher", String(200), nullable=True),
    Column("since", String(40), nullable=False),
    Column("added_by", String(100), nullable=False),
    Column("added_at", UtcTime, nullable=False),
)

# One row a run. `cursor` is what goes on after a kill, committed with every page; `problems` is bounded, `counts` is not.
harvest_runs = Table(
    "harvest_runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", Integer, ForeignKey("harvest_sources.id"), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("cursor", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("problems", JSON, nullable=False),
    Column("expected", Integer, nullable=True),
    Column("by", String(100), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime, nullable=True),
)

# What a source says of one dataset. `key` is the sha256 of its identifier there, `hash` that of the record's content;
# a refused one is known by both and nothing else of it is kept. `page` is the sha256 of the page it was found on.
harvested_records = Table(
    "harvested_records",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("source", Integer, ForeignKey("harvest_sources.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("page", String(64), nullable=False, index=True),
    Column("document", JSON, nullable=True),
    Column("seen_run", Integer, nullable=False),
    Column("fetched_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    UniqueConstraint("source", "key"),
)

# Pages that their server can tell to be unchanged: then what was found on them stands, and so does the next one's address.
harvest_pages = Table(
    "harvest_pages",
    metadata,
    Column("source", Integer, ForeignKey("harvest_sources.id"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("etag", String(400), nullable=False),
    Column("last_modified", String(100), nullable=False),
    Column("next_url", Text, nullable=False),
)

# Files of harvested datasets that were brought to the gate. `key` is the sha256 of the file's address.
harvested_files = Table(
    "harvested_files",
    metadata,
    Column("record", Integer, ForeignKey("harvested_records.number"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("etag", String(400), nullable=False),
    Column("last_modified", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("dataset_id", String(100), nullable=False),
    Column("submission_id", String(26), nullable=True),
    Column("fetched_at", UtcTime, nullable=False),
)

# What is done again and again: a due one becomes a job. `every` is an ISO 8601 duration.
schedules = Table(
    "schedules",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("about", Integer, nullable=False),
    Column("every", String(20), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=True),
    Column("result", JSON, nullable=True),
    Column("by", String(100), nullable=False),
    UniqueConstraint("kind", "about"),
)

# What another portal shows of a dataset: `pushed` is the number of the release that it was told of last, NULL = none is
# there. `failure` is why the last attempt failed.
pushes = Table(
    "pushes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", String(2000), nullable=False),
    Column("dataset_id", String(100), ForeignKey("datasets.id"), nullable=False),
    Column("organisation", String(200), nullable=False),
    Column("upload", Boolean, nullable=False),
    Column("pushed", Integer, nullable=True),
    Column("remote_id", String(200), nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("failure", JSON, nullable=True),
    Column("retry_at", UtcTime, nullable=False),
    Column("pushed_at", UtcTime, nullable=True),
    Column("by", String(100), nullable=False),
    UniqueConstraint("target", "dataset_id"),
)
