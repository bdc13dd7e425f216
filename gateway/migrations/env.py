"""Alembic's entry: runs inside the connection and transaction that `gateway.migrations.upgrade` opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["target_metadata"],
    render_as_batch=True,
)
context.run_migrations()
