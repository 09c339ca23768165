"""The database: where it is, how durable it is, and the tables' common ground."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from runtime.errors import SettingsError

BUSY_S = 30  # a writer waits this long for another; a batch takes milliseconds

# Names that both databases and Alembic agree on, so that a constraint can be changed later.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of the gateway."""

    metadata = MetaData(naming_convention=NAMING)
    # Milliseconds need 64 bits; SQLite's INTEGER has them, and only that name counts up by itself.
    type_annotation_map: ClassVar = {int: BigInteger().with_variant(Integer, "sqlite")}


def connect(url: str) -> Engine:
    """An engine for a database URL; SettingsError if the URL makes no sense."""
    try:
        parsed = make_url(url)
        is_sqlite = parsed.get_backend_name() == "sqlite"
        arguments: dict[str, Any] = {"timeout": BUSY_S} if is_sqlite else {}
        engine = create_engine(parsed, connect_args=arguments)
    except (ArgumentError, ImportError) as error:
        raise SettingsError(f"database: {url!r} is no database URL ({error})") from error
    if is_sqlite:
        event.listen(engine, "connect", _harden_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def readers(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions that only read; they hold nobody up. To write, see `writing`."""
    return sessionmaker(engine, expire_on_commit=False)


def writers(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions that will write: on SQLite they take their turn at the very beginning.

    A transaction that reads first and writes later can only fail once another has written.
    """
    return sessionmaker(engine.execution_options(will_write=True), expire_on_commit=False)


@contextmanager
def writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One transaction that will write, from whichever kind of session maker one has."""
    with sessions.begin() as db:
        db.connection(execution_options={"will_write": True})
        yield db


def _harden_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins; the driver's own BEGIN comes too late
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # NORMAL loses committed rows at a power cut (measured: 21 of them)
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    will_write = connection.get_execution_options().get("will_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if will_write else "BEGIN")
