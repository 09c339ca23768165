"""The database: where it is, how durable it is, and the tables' common ground."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from zlib import crc32

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Engine,
    Integer,
    MetaData,
    cast,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from runtime.clock import stopwatch_ms
from runtime.errors import SettingsError, UnavailableError

# Of SQLite's log before it is copied into the file: every few batches, not after each, so that a
# page that several of them change is written once.
LOG_PAGES = 4_000

BUSY_S = 30  # a writer waits this long for another; a batch takes milliseconds

DECIDING = 1  # the first key of our advisory locks; the second says which store

# What PostgreSQL calls it: serialization failure, deadlock, unique violation.
MEETINGS = frozenset(("40001", "40P01", "23505"))

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
    """An engine for `sqlite:///file` or `postgresql://user@host/name`; SettingsError for others."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise SettingsError(f"database: {_without_password(url)!r} is no database URL") from error
    match parsed.drivername:
        case "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": BUSY_S})
            event.listen(engine, "connect", _harden_sqlite)
            event.listen(engine, "begin", _begin)
            return engine
        case "postgresql":
            # pre_ping: after its restart a page need not fail first to notice it
            driver = parsed.set(drivername="postgresql+psycopg")
            engine = create_engine(driver, pool_pre_ping=True)
            event.listen(engine, "connect", _be_patient)
            return engine
    raise SettingsError(f"database: {parsed!r} is neither sqlite:///… nor postgresql://…")


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine for one command."""
    engine = connect(url)
    try:
        with answering(engine):
            yield engine
    finally:
        engine.dispose()


@contextmanager
def answering(engine: Engine) -> Iterator[None]:
    """Who can do nothing without the database says in one line why it does not answer.

    Raises UnavailableError.
    """
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).partition("\n")[0]
        raise UnavailableError(f"database {engine.url!r}: {reason}") from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise  # a slip of ours
        advice = "it is damaged; `hien gateway restore` brings back a backup"
        raise UnavailableError(f"database {engine.url!r}: {error.orig}; {advice}") from error


def take_turns(db: Session, stores: Collection[str]) -> None:
    """Wait until nobody else decides anything about these stores, till the transaction ends.

    Two that decide at the same instant would each open a visit for one member. SQLite has one
    writer anyway; on PostgreSQL this is a lock for each store, taken in the same order by all.
    """
    if db.get_bind().dialect.name == "postgresql" and stores:
        keys = sorted({crc32(store.encode()) - 2**31 for store in stores})
        key = func.unnest(cast(keys, ARRAY(Integer))).column_valued("key")
        db.execute(select(func.pg_advisory_xact_lock(DECIDING, key)))


def has_one_writer(db: Session) -> bool:
    """Whether all others who want to write wait till this transaction ends."""
    return db.get_bind().dialect.name == "sqlite"


def met_another(error: DBAPIError) -> bool:
    """Whether another's transaction came between, so that ours may be tried again at once.

    Only PostgreSQL has many writers: two may learn the same at the same instant.
    """
    return getattr(error.orig, "sqlstate", None) in MEETINGS


def readers(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions that only read; they hold nobody up. To write, see `writing`."""
    return sessionmaker(engine, expire_on_commit=False)


def writers(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions that will write: on SQLite they take their turn at the very beginning.

    A transaction that reads first and writes later can only fail once another has written.
    """
    return sessionmaker(engine.execution_options(will_write=True), expire_on_commit=False)


@contextmanager
def reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One transaction that only reads, from whichever kind of session maker one has."""
    with sessions() as db:
        db.connection(execution_options={"will_write": False})
        yield db


@contextmanager
def writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One transaction that will write, from whichever kind of session maker one has."""
    with sessions.begin() as db:
        db.connection(execution_options={"will_write": True})
        yield db


def insert(db: Session, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Both databases know ON CONFLICT; SQLAlchemy has a word for it in each of their dialects."""
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _harden_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins; the driver's own BEGIN comes too late
    for pragma in (
        "journal_mode = WAL",
        # 16 MiB hold a batch's pages and the way to all others. Members come in no order, so more
        # holds no more of them, and memory that was not lately used is slow.
        "cache_size = -16384",
        f"wal_autocheckpoint = {LOG_PAGES}",
        "synchronous = FULL",  # NORMAL loses committed rows at a power cut (measured: 21 of them)
        "foreign_keys = ON",
        "secure_delete = ON",  # as Debian's does anyway: who is erased is in no free page
    ):
        try:
            connection.execute(f"PRAGMA {pragma}")
        except UnicodeDecodeError as error:  # it quotes its own tables, in which a bit flipped
            raise sqlite3.DatabaseError("its list of tables is no text") from error


def _be_patient(connection: Any, _record: Any) -> None:
    """Wait for a lock as long as on SQLite; PostgreSQL would wait for ever, and say nothing."""
    connection.execute(f"SET lock_timeout = '{BUSY_S}s'")
    connection.commit()


def _without_password(url: str) -> str:
    return re.sub("//[^@]*@", "//…@", url)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("will_write", False):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Wait for the one who writes now, and ask every millisecond.

    SQLite's own waiter sleeps up to 100 ms between two tries and is overtaken meanwhile: it waited
    1.4 s on the average for a turn that came every 52 ms, and two intakes lost a fifth of theirs.
    """
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    until_ms = stopwatch_ms() + BUSY_S * 1000
    driver.execute("PRAGMA busy_timeout = 1")
    try:
        while stopwatch_ms() < until_ms:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # and its error is SQLAlchemy's
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000}")
