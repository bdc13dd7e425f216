"""Suites that stewards have set, and what was measured of each release."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suites",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dataset_id", sa.String(length=100), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_suites_dataset_id_datasets")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_suites")),
    )
    with op.batch_alter_table("suites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suites_dataset_id"), ["dataset_id"], unique=False)
    op.create_table(
        "quality_reports",
        sa.Column("ledger_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_index", name=op.f("pk_quality_reports")),
    )


def downgrade() -> None:
    op.drop_table("quality_reports")
    op.drop_table("suites")
