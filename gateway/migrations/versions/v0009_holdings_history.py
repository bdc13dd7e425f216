"""Holdings as they were at any moment: every word on one is a row of its own, and none is changed or deleted."""

import sqlalchemy as sa
from alembic import op

from catalog.registry.metadata import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = ("publisher", "name", "document", "registered_by", "registered_at")


def upgrade() -> None:
    op.create_table(
        "holding_versions",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("retired", sa.String(length=2000), nullable=True),
        sa.Column("registered_by", sa.String(length=100), nullable=False),
        sa.Column("registered_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_holding_versions")),
    )
    op.create_index("ix_holding_versions_publisher_name", "holding_versions", ["publisher", "name"])
    columns = ", ".join(KEPT)
    op.execute(
        f"INSERT INTO holding_versions ({columns}) SELECT {columns} FROM holdings ORDER BY id"  # noqa: S608 - our own names
    )
    op.drop_table("holdings")


def downgrade() -> None:
    op.create_table(
        "holdings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("dataset_id", sa.String(length=100), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("registered_by", sa.String(length=100), nullable=False),
        sa.Column("registered_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
        sa.UniqueConstraint("publisher", "name", name=op.f("uq_holdings_publisher")),
    )
    op.drop_table("holding_versions")
