"""Purpose-built APIs: their versions, what became of each, what they answered, and the files that joins answer from."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from catalog.registry.metadata import UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("dataset_id", sa.String(length=100), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("meaning", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("sunset", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=40), nullable=True),
        sa.Column("declared_by", sa.String(length=100), nullable=False),
        sa.Column("declared_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name=op.f("fk_services_dataset_id_datasets")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_services")),
        sa.UniqueConstraint("id", "version", name=op.f("uq_services_id")),
    )
    op.create_index(op.f("ix_services_dataset_id"), "services", ["dataset_id"])
    op.create_index(op.f("ix_services_meaning"), "services", ["meaning"])
    _of_a_service(
        "service_states",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
    )
    _of_a_service(
        "service_probes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("resting", sa.JSON(), nullable=False),
    )
    _of_a_service(
        "service_views",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("subject", sa.JSON(), nullable=True),
        sa.Column("resting", sa.JSON(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
    )


def _of_a_service(name: str, key: sa.Column[int], *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        key,
        sa.Column("service", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["service"], ["services.number"], name=op.f(f"fk_{name}_service_services")),
        sa.PrimaryKeyConstraint(key.name, name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_service"), name, ["service"])


def downgrade() -> None:
    for name in ("service_views", "service_probes", "service_states", "services"):
        op.drop_table(name)
