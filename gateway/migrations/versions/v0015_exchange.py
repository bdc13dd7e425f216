"""Harvests from other portals, pushes to them, and the schedules of both."""

import sqlalchemy as sa
from alembic import op

from catalog.registry.metadata import UtcTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    "pushes",
    "schedules",
    "harvested_files",
    "harvest_pages",
    "harvested_records",
    "harvest_runs",
    "harvest_sources",
)


def upgrade() -> None:
    op.create_table(
        "harvest_sources",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("with_data", sa.Boolean(), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=True),
        sa.Column("since", sa.String(length=40), nullable=False),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_sources")),
        sa.UniqueConstraint("url", name=op.f("uq_harvest_sources_url")),
    )
    op.create_table(
        "harvest_runs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        _of_a_source("harvest_runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_runs")),
    )
    op.create_index(op.f("ix_harvest_runs_source"), "harvest_runs", ["source"])
    op.create_table(
        "harvested_records",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("seen_run", sa.Integer(), nullable=False),
        sa.Column("fetched_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        _of_a_source("harvested_records"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_harvested_records")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_harvested_records_source")),
    )
    op.create_index(op.f("ix_harvested_records_state"), "harvested_records", ["state"])
    op.create_index(op.f("ix_harvested_records_page"), "harvested_records", ["page"])
    op.create_table(
        "harvest_pages",
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("etag", sa.String(length=400), nullable=False),
        sa.Column("last_modified", sa.String(length=100), nullable=False),
        sa.Column("next_url", sa.Text(), nullable=False),
        _of_a_source("harvest_pages"),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_harvest_pages")),
    )
    op.create_table(
        "harvested_files",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("etag", sa.String(length=400), nullable=False),
        sa.Column("last_modified", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("dataset_id", sa.String(length=100), nullable=False),
        sa.Column("submission_id", sa.String(length=26), nullable=True),
        sa.Column("fetched_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["harvested_records.number"],
            name=op.f("fk_harvested_files_record_harvested_records"),
        ),
        sa.PrimaryKeyConstraint("record", "key", name=op.f("pk_harvested_files")),
    )
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("every", sa.String(length=20), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("kind", "about", name=op.f("uq_schedules_kind")),
    )
    op.create_table(
        "pushes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("target", sa.String(length=2000), nullable=False),
        sa.Column("dataset_id", sa.String(length=100), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("upload", sa.Boolean(), nullable=False),
        sa.Column("pushed", sa.Integer(), nullable=True),
        sa.Column("remote_id", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("retry_at", UtcTime(), nullable=False),
        sa.Column("pushed_at", UtcTime(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_pushes_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
        sa.UniqueConstraint("target", "dataset_id", name=op.f("uq_pushes_target")),
    )


def _of_a_source(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["source"], ["harvest_sources.id"], name=op.f(f"fk_{table}_source_harvest_sources")
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
