"""Brings a database to the present schema, step by step, with Alembic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from gateway.store import reporting, schema

HERE = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Apply every step that is missing, and make the views for reports anew."""
    if not schema.is_current(engine):
        reporting.remove(engine)
        _move(engine, command.upgrade, "head")
    if not reporting.is_made(engine):
        reporting.make(engine)


def downgrade(engine: Engine, revision: str) -> None:
    """Undo every step after a revision, for a release that knew no more."""
    reporting.remove(engine)
    _move(engine, command.downgrade, revision)


def _move(engine: Engine, steps: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        steps(config, revision)
        connection.commit()
