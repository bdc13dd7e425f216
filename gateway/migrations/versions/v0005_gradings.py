"""Officers' words on grades, reminders that were sent, and who may hear a notice."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gradings",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dataset_id", sa.String(length=100), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name=op.f("fk_gradings_dataset_id_datasets")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_gradings")),
    )
    with op.batch_alter_table("gradings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gradings_dataset_id"), ["dataset_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=240), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "about", "due_on", name=op.f("pk_reminders")),
    )
    op.add_column("notices", sa.Column("hears", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("notices", "hears")
    op.drop_table("reminders")
    op.drop_table("gradings")
