"""What was found, done and left over in each release, as it is told to everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_reports",
        sa.Column("ledger_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("ledger_index", name=op.f("pk_privacy_reports")),
    )


def downgrade() -> None:
    op.drop_table("privacy_reports")
