"""Records of releases in rows of their own: where a release stands changes, what it says does not."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_documents",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["releases.seq"], name=op.f("fk_release_documents_number_releases")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_release_documents")),
    )
    op.execute("INSERT INTO release_documents (number, document) SELECT seq, document FROM releases")
    op.drop_column("releases", "document")


def downgrade() -> None:
    op.add_column("releases", sa.Column("document", sa.JSON(), nullable=True))
    op.execute(
        "UPDATE releases SET document = (SELECT d.document FROM release_documents d WHERE d.number = releases.seq)"
    )
    with op.batch_alter_table("releases") as batch_op:
        batch_op.alter_column("document", existing_type=sa.JSON(), nullable=False)
    op.drop_table("release_documents")
