"""Brings a database to the present schema, step by step, with Alembic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from gateway.store import schema

HERE = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Apply every step that is missing; nothing if there is none."""
    if schema.is_current(engine):
        return
    _move(engine, command.upgrade, "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Undo every step after a revision, for a release that knew no more."""
    _move(engine, command.downgrade, revision)


def _move(engine: Engine, steps: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        steps(config, revision)
        connection.commit()
