"""Whether a database has the present schema. To bring it there is `gateway.store.migrations`' work.

Apart from it, because every process asks this at its start, and to load Alembic takes 0.2 s.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, inspect

from gateway.store import base
from gateway.store.event_check import damaged_log
from runtime.errors import SettingsError

log = logging.getLogger(__name__)

STEPS = Path(__file__).with_name("migrations") / "versions"


def newest() -> str:
    """The number of the last step, with which its file's name begins."""
    return max(step.name for step in STEPS.glob("[0-9]*.py")).partition("_")[0]


def is_current(engine: Engine) -> bool:
    """Whether every step has been applied."""
    if not inspect(engine).has_table("alembic_version"):
        return False
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").all() == [
            (newest(),)
        ]


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The database of a process that goes on: up to date, and answering at least now.

    Raises SettingsError if a step is missing, UnavailableError if it does not answer, or cannot
    any more because it is damaged.
    """
    engine = base.connect(url)
    for flaw in damaged_log(engine):
        log.error("database %r: %s", engine.url, flaw.problem)
    try:
        with base.answering(engine):
            if not is_current(engine):
                raise SettingsError(
                    f"database {engine.url!r} is not up to date: run hien gateway migrate"
                )
            yield engine
    finally:
        engine.dispose()
