"""What is said of datasets, publishers and groups in CKAN's words."""

import sqlalchemy as sa
from alembic import op

from catalog.registry.metadata import UtcTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "packages",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("dataset_id", sa.String(length=100), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("data_resource", sa.String(length=100), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("modified_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("name", name=op.f("uq_packages_name")),
        sa.UniqueConstraint("dataset_id", name=op.f("uq_packages_dataset_id")),
    )
    op.create_index(op.f("ix_packages_publisher"), "packages", ["publisher"])
    op.create_table(
        "portal_groups",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_groups")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_portal_groups_kind")),
    )
    op.create_index(op.f("ix_portal_groups_publisher"), "portal_groups", ["publisher"])


def downgrade() -> None:
    op.drop_table("portal_groups")
    op.drop_table("packages")
