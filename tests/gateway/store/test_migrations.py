"""The steps lead to the tables the code uses."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gateway.store import base, migrations
from gateway.store.tables import Base


def test_a_migrated_database_has_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    engine = base.connect(f"sqlite:///{tmp_path / 'new.db'}")
    assert not migrations.is_current(engine)

    migrations.upgrade(engine)

    assert migrations.is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
