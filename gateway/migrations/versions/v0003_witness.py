"""Tiles of the ledger (built from the leaves that are there), witnesses' cosignatures, the ledger's verifier keys."""

import sqlalchemy as sa
from alembic import op

from catalog import ledger
from catalog.registry.metadata import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tiles = op.create_table(
        "tiles",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=8192), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_tiles")),
    )
    op.create_table(
        "cosignatures",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=210), nullable=False),
        sa.Column("line", sa.String(length=500), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["heads.size"], name=op.f("fk_cosignatures_size_heads")),
        sa.PrimaryKeyConstraint("size", "witness", name=op.f("pk_cosignatures")),
    )
    op.create_table(
        "ledger_keys",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("verifier_key", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_keys")),
        sa.UniqueConstraint("verifier_key", name=op.f("uq_ledger_keys_verifier_key")),
    )
    index, entry = sa.column("index", sa.Integer), sa.column("commitment", sa.LargeBinary)
    written = op.get_bind().execute(sa.select(entry).select_from(sa.table("leaves", index)).order_by(index))
    hashes = [ledger.leaf_hash(bytes(row[0])) for row in written]
    built = ledger.tiles_over(hashes).items()
    rows = [{"level": level, "index": place, "hashes": b"".join(row)} for (level, place), row in built]
    if rows:
        op.bulk_insert(tiles, rows)


def downgrade() -> None:
    op.drop_table("ledger_keys")
    op.drop_table("cosignatures")
    op.drop_table("tiles")
