"""Alembic's entry: runs the steps on the connection it was given, and never offline."""

from alembic import context

from gateway.store.tables import Base


def migrate() -> None:
    """Bring the database behind the given connection up to date."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by copying it
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic runs this file; an import does nothing
    migrate()
