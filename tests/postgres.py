"""The PostgreSQL of the tests: one server, one migrated database in it that tests empty."""

from __future__ import annotations

from itertools import count

from sqlalchemy import text

from gateway.store import base, migrations
from gateway.store.tables import Base
from simulator.postgres import Postgres as Server

# fsync off: whether PostgreSQL keeps its word through a power cut is proven by others.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # nothing here lives long enough
    "shared_buffers": "16MB",
    "max_connections": "40",
}


class Postgres:
    """A running server."""

    def __init__(self) -> None:
        self._server = Server(OPTIONS)
        self._numbers = count(1)
        self._shop = self.new()
        self._engine = base.connect(self._shop)
        migrations.upgrade(self._engine)
        tables = reversed(Base.metadata.sorted_tables)
        self._empty = text("; ".join(f'DELETE FROM "{table.name}"' for table in tables))

    def empty(self) -> str:
        """The URL of the one migrated database, emptied; another, or TRUNCATE, costs far more."""
        with self._engine.begin() as db:
            db.execute(self._empty)
        return self._shop

    def new(self) -> str:
        """The URL of a database without any tables."""
        return self._server.new(f"shop_{next(self._numbers)}")

    def stop(self) -> None:
        """With all that is in it."""
        self._engine.dispose()
        self._server.stop()
