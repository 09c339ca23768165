"""Copies of the whole database, made while it is in use, and brought back into either kind.

A backup is one SQLite file, whichever database it is of: so a shop that has grown moves to
PostgreSQL by restoring there. It never overwrites a file, nor a database that holds events unless
told to.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, text

from gateway.store import arrivals, base, migrations
from gateway.store.events import EventRow
from gateway.store.tables import Base
from runtime.errors import SettingsError, UnavailableError

CHUNK = 5_000  # rows in memory at a time; larger ones are no faster


def backup(engine: Engine, file: Path) -> None:
    """Copy everything, as it stands at one instant, into a new file that only we may read.

    SettingsError if the file is there already, UnavailableError if the database is damaged.
    """
    if file.exists():
        raise SettingsError(f"{file}: there is such a file; backups are never overwritten")
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        partial.touch(mode=0o600)  # names and telephone numbers
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror})") from error
    if engine.dialect.name == "sqlite":
        _copy_pages(engine, partial)
    else:
        _copy_out(engine, partial)
    _check(partial)
    _keep(partial, file)


def restore(engine: Engine, file: Path, *, replace: bool = False) -> int:
    """Bring back what a file holds, all or nothing; returns how many events that are.

    Kiosks notice it by themselves: what they still have they number anew, and nothing is doubled.
    A backup of an older release is brought up to date on the way. SettingsError if the database
    holds events and `replace` is not said, or the file is no backup.
    """
    migrations.upgrade(engine)
    with _opened(file) as source, source.connect() as old, engine.begin() as new:
        if not replace and _events(new):
            raise SettingsError(
                f"{engine.url!r} holds {_events(new)} events; --replace gives them up"
            )
        tables = Base.metadata.sorted_tables
        for table in reversed(tables):
            new.execute(delete(table))
        for table in tables:
            _copy_rows(old, new, table)
            _count_on(new, table)
        arrivals.draw_on(new)
        return _events(new)


def _copy_pages(engine: Engine, file: Path) -> None:
    """By SQLite's own online backup: one read transaction, which holds no writer up."""
    url = f"file:{engine.url.database}?mode=rw"
    with (
        closing(sqlite3.connect(url, uri=True)) as source,
        closing(sqlite3.connect(file)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


def _copy_out(engine: Engine, file: Path) -> None:
    with _opened_new(file) as target, target.begin() as new:
        for table in reversed(Base.metadata.sorted_tables):
            new.execute(delete(table))  # what the migrations put there is not what was there
        at_one_instant = engine.execution_options(isolation_level="REPEATABLE READ")
        with at_one_instant.connect() as old:
            for table in Base.metadata.sorted_tables:
                _copy_rows(old, new, table)


@contextmanager
def _opened_new(file: Path) -> Iterator[Engine]:
    engine = base.connect(f"sqlite:///{file}")
    try:
        migrations.upgrade(engine)
        yield engine
    finally:
        engine.dispose()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _opened(file: Path) -> Iterator[Engine]:
    """A backup's own copy, brought up to date: the file itself stays as it is."""
    if not file.is_file():
        raise SettingsError(f"{file}: there is no such file")
    _check(file)
    with TemporaryDirectory(dir=file.parent) as folder:
        copy = copyfile(file, Path(folder) / "backup.db")
        engine = base.connect(f"sqlite:///{copy}")
        try:
            migrations.upgrade(engine)
            yield engine
        finally:
            engine.dispose()


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            (problem,) = db.execute("PRAGMA quick_check(1)").fetchone()
            db.execute("SELECT count(*) FROM alembic_version")
    except sqlite3.DatabaseError as error:
        raise SettingsError(f"{file}: is no backup of a gateway ({error})") from error
    if problem != "ok":
        raise UnavailableError(f"{file}: is damaged ({problem})")


def _keep(partial: Path, file: Path) -> None:
    """Onto the disk first, then under its name: a file with that name is always whole."""
    for path in (partial, partial.parent):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    partial.rename(file)


def _events(db: Connection) -> int:
    return db.scalar(select(func.count()).select_from(EventRow)) or 0


def _copy_rows(old: Connection, new: Connection, table: Table) -> None:
    with old.execution_options(yield_per=CHUNK).execute(select(table)) as found:
        for rows in found.mappings().partitions():
            new.execute(insert(table), [dict(row) for row in rows])


def _count_on(new: Connection, table: Table) -> None:
    """PostgreSQL numbers rows from a sequence, which knows nothing of rows that brought theirs."""
    column = table.autoincrement_column
    if new.dialect.name != "postgresql" or column is None:
        return
    newest = new.scalar(select(func.max(column)))
    if newest is not None:
        sequence = {"table": f'"{table.name}"', "column": column.name, "newest": newest}
        step = "SELECT setval(pg_get_serial_sequence(:table, :column), :newest)"
        new.execute(text(step), sequence)
