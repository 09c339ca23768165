"""The steps lead to the tables the code uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from contract.events import Called, Scanned, Verdict
from gateway.store import base, migrations, profiles, schema
from gateway.store.tables import Base
from tests.gateway.shop import NGOC, NOON_MS, Outbox, Shop, pass_of
from tests.postgres import Postgres

# Indexes that only one kind of database has; SQLAlchemy reads none of an expression from SQLite.
OF_ONE_KIND = {"ix_visit_week": "sqlite", "ix_visit_member_store_first": "postgresql"}
CATALOGUE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes",
}


@pytest.mark.filterwarnings("ignore:.* expression-based index")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_migrated_database_has_exactly_the_tables_of_the_models(
    database: str, tmp_path: Path, postgres: Postgres
) -> None:
    is_sqlite = database == "sqlite"
    engine = base.connect(f"sqlite:///{tmp_path / 'new.db'}" if is_sqlite else postgres.new())
    assert not schema.is_current(engine)

    migrations.upgrade(engine)

    assert schema.is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": False,
                "include_object": lambda _object, name, *_: name not in OF_ONE_KIND,
            },
        )
        assert compare_metadata(context, Base.metadata) == []
        indexes = set(connection.scalars(text(CATALOGUE[database])))
        expected = {name for name, kind in OF_ONE_KIND.items() if kind == database}
        assert indexes & OF_ONE_KIND.keys() == expected
    engine.dispose()


def test_the_newest_step_is_the_one_that_no_other_follows() -> None:
    assert schema.newest() == ScriptDirectory(str(migrations.HERE)).get_current_head()


def test_a_database_that_lacks_a_step_is_not_current(tmp_path: Path) -> None:
    engine = base.connect(f"sqlite:///{tmp_path / 'old.db'}")
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    assert not schema.is_current(engine)
    engine.dispose()


def test_a_database_in_use_is_brought_up_to_date_with_all_its_rows(shop: Shop) -> None:
    """On an empty one, a column that its rows have no value for goes unnoticed."""
    shop.member()
    shop.offer()
    shop.offer("silk", is_personal=False)
    kiosk = Outbox()
    shop.handle(kiosk.says(Scanned("0000000000000001", Verdict.GOOD, pass_of(NGOC))))
    shop.handle(kiosk.says(Called("0000000000000002")))
    reasons = shop.reasons()
    assert len(reasons) == 2
    migrations.downgrade(shop.engine, "0001")
    with shop.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM event")) == 2

    migrations.upgrade(shop.engine)

    assert shop.reasons() == reasons
    with shop.read() as db:
        assert set(profiles.pass_keys(db, {NGOC}, NOON_MS)) == {(NGOC, 1)}
