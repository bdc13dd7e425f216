"""Keys for the data APIs (scope, plan, purpose, end), plans, and the meter: quotas lent out, usage."""

import sqlalchemy as sa
from alembic import op

from catalog.registry.metadata import UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("state", sa.Column("keys_revision", sa.Integer(), nullable=False, server_default="0"))
    for column in (
        sa.Column("verifier", sa.LargeBinary(length=32), nullable=True),
        sa.Column("plan", sa.String(length=40), nullable=False, server_default="registered"),
        sa.Column("purpose", sa.String(length=1000), nullable=False, server_default=""),
        sa.Column("datasets", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("ends_at", UtcTime(), nullable=True),
        sa.Column("replaces", sa.String(length=12), nullable=True),
    ):
        op.add_column("api_keys", column)
    op.create_index("ix_api_keys_holder", "api_keys", ["holder"], unique=False)
    op.create_table(
        "plans",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("per_second", sa.Float(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Integer(), nullable=False),
        sa.Column("concurrent", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.Column("set_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_plans")),
    )
    op.create_table(
        "quota_days",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("leased", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "day", name=op.f("pk_quota_days")),
    )
    op.create_index("ix_quota_days_day", "quota_days", ["day"], unique=False)
    op.create_table(
        "quota_salts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_quota_salts")),
    )
    op.create_table(
        "usage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("dataset", sa.String(length=100), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "key", "dataset", "status", name=op.f("pk_usage")),
    )
    op.create_index("ix_usage_key", "usage", ["key"], unique=False)
    op.create_table(
        "usage_flushes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("counted_at", UtcTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_flushes")),
    )


def downgrade() -> None:
    op.drop_table("usage_flushes")
    op.drop_index("ix_usage_key", table_name="usage")
    op.drop_table("usage")
    op.drop_table("quota_salts")
    op.drop_index("ix_quota_days_day", table_name="quota_days")
    op.drop_table("quota_days")
    op.drop_table("plans")
    op.drop_index("ix_api_keys_holder", table_name="api_keys")
    with op.batch_alter_table("api_keys") as table:
        for name in ("replaces", "ends_at", "datasets", "purpose", "plan", "verifier"):
            table.drop_column(name)
    with op.batch_alter_table("state") as table:
        table.drop_column("keys_revision")
