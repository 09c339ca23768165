"""The order in which events came to be here, and up to where nothing can come before the last.

Two that write at once may be committed in another order than they drew their numbers, and who
reads on from the newest number seen would never see the one that is committed after it. So who
draws numbers first leaves word of the newest one before theirs, in a lock that ends with the
transaction; and readers stop below all who are still at it. SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store.base import Base, insert

# Locks of one key are nobody else's: others here have two (gateway.store.base). All are shared,
# and nobody ever waits for one.
_DRAW = text("""
    WITH begun AS MATERIALIZED (
        SELECT pg_advisory_xact_lock_shared(last_value - (NOT is_called)::int) FROM event_arrival
    )
    SELECT nextval('event_arrival') FROM begun, generate_series(1, :many)
""")
_DRAWN = text("SELECT last_value - (NOT is_called)::int FROM event_arrival")
_FIRST_AT_IT = text(
    "SELECT min((classid::bigint << 32) | objid::bigint) FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LAST = "SELECT coalesce(max(arrival), 0) FROM event"


class LogReaderRow(Base):
    """How far one of our own readers has read the log of events."""

    __tablename__ = "log_reader"

    reader: Mapped[str] = mapped_column(primary_key=True)
    upto: Mapped[int]


def draw(db: Session, many: int) -> Sequence[int]:
    """Numbers for so many events that are written in this transaction, smallest first."""
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        return connection.scalars(_DRAW, {"many": many}).all()
    last = _last(connection)
    return range(last + 1, last + 1 + many)


def settled(db: Session) -> int:
    """Up to this number all events are committed that ever will be: read no further.

    What is asked of the database after it sees them all.
    """
    connection = db.connection()
    if connection.dialect.name == "sqlite":
        return _last(connection)
    drawn = int(connection.scalar(_DRAWN) or 0)  # before the locks: who draws later is beyond it
    before = connection.scalar(_FIRST_AT_IT)
    return drawn if before is None else min(drawn, int(before))


def place_of(db: Session, reader: str) -> int:
    """How far a reader has read."""
    row = db.get(LogReaderRow, reader)
    return 0 if row is None else row.upto


def move_on(db: Session, reader: str, place: int, upto: int) -> bool:
    """Remember that a reader has read on from its place; False if another has done so meanwhile."""
    row = LogReaderRow
    db.execute(insert(db, row).values(reader=reader, upto=0).on_conflict_do_nothing())
    mine = row.reader == reader, row.upto == place
    moved = update(row).where(*mine).values(upto=upto).returning(row.upto)
    return db.scalar(moved.execution_options(synchronize_session=False)) is not None


def draw_on(connection: Connection) -> None:
    """Events were brought with their numbers, from a backup: the next ones follow them."""
    if connection.dialect.name == "postgresql":
        last = max(_last(connection), int(connection.scalar(_DRAWN) or 0))
        if last:
            connection.execute(text("SELECT setval('event_arrival', :last)"), {"last": last})


def _last(connection: Connection) -> int:
    return int(connection.exec_driver_sql(_LAST).scalar_one())
