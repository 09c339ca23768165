"""How an outbox lies in its file: its tables, its rows, and what proves a row, the chain.

It reads and checks; `outbox` writes, and `outbox_rescue` saves what a damaged file still has.
"""

from __future__ import annotations

import os
import sqlite3
from zlib import crc32

from msgspec import ValidationError, convert, json

from contract import codec
from contract.events import BODIES, Body, ClockTrust, Kind
from runtime.durable import DamagedError, Schema

SCHEMA_VERSION = 1

# `head` counts, because the largest number left in `event` falls back when rows are deleted.
# `base` is the chain value before the oldest row left, without which that row proves nothing.
TABLES = """
CREATE TABLE event (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at_ms INTEGER NOT NULL, clock TEXT NOT NULL,
    kind TEXT NOT NULL, body BLOB NOT NULL, chain TEXT NOT NULL
) STRICT;
CREATE TABLE head (
    epoch TEXT NOT NULL, seq INTEGER NOT NULL, chain TEXT NOT NULL, base TEXT NOT NULL
) STRICT
"""

INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)"

Row = tuple[int, str, int, str, str, bytes, str]
"""seq, id, at_ms, clock, kind, body, chain"""


def linked(previous: str, row: Row) -> str:
    """The chain value of a row that follows one with the value `previous`."""
    seq, event_id, at_ms, _, _, data, _ = row
    return codec.link(previous, event_id, seq, at_ms, data)


def body_of(row: Row) -> Body:
    """What a row says; ValueError if it is none of what an outbox writes."""
    ClockTrust(row[3])
    return json.decode(row[5], type=BODIES[Kind(row[4])])


def read(values: object) -> Row:
    """A row as it came from SQLite; DamagedError if no outbox wrote that."""
    try:
        row: Row = convert(values, Row)
        body_of(row)
    except (ValidationError, ValueError) as error:
        raise DamagedError(f"a row cannot be read: {error}") from error
    return row


def check(rows: list[Row], chain: str | None) -> None:
    """Each row follows the one before it, byte for byte; DamagedError if one does not."""
    for row in rows:
        chain = linked(chain or "", row)
        if row[6] != chain:
            raise DamagedError(f"event {row[0]} is damaged; restart, which sets the file aside")


def new_epoch() -> str:
    """A name for numbers that begin at 1."""
    return os.urandom(8).hex()  # 2^64: no outbox of a shop ever had this one


def remember(db: sqlite3.Connection, epoch: str) -> None:
    """The epoch once more, in the file's header: nothing else would notice that it changed."""
    db.execute(f"PRAGMA application_id = {_mark(epoch)}")


def _mark(epoch: str) -> int:
    return crc32(epoch.encode()) >> 1  # SQLite has 31 bits for it


def _fill(db: sqlite3.Connection) -> None:
    epoch = new_epoch()
    db.execute("INSERT INTO head VALUES (?, 0, ?, ?)", (epoch, codec.GENESIS, codec.GENESIS))
    remember(db, epoch)


def _verify(db: sqlite3.Connection) -> None:
    """Read everything once: SQLite notices torn pages, only the chain notices a flipped bit."""
    heads = db.execute("SELECT epoch, seq, chain, base FROM head").fetchall()
    if len(heads) != 1:
        raise DamagedError("head is not one row")
    epoch, last, last_chain, chain = heads[0]
    (mark,) = db.execute("PRAGMA application_id").fetchone()
    if mark not in (0, _mark(epoch)):  # 0: made before epochs were marked
        raise DamagedError("the epoch is not the one that was begun")
    expected = None
    for values in db.execute("SELECT * FROM event ORDER BY seq"):
        row = read(values)
        chain = linked(chain, row)
        if row[0] != (expected or row[0]) or row[6] != chain:
            raise DamagedError(f"the chain breaks at event {row[0]}")
        expected = row[0] + 1
    if chain != last_chain or (expected or last + 1) != last + 1:
        raise DamagedError("the newest events are missing")


SCHEMA = Schema("outbox", SCHEMA_VERSION, TABLES, _fill, _verify)
