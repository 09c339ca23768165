"""The events a kiosk has told nobody yet, in SQLite: what is appended survives a power cut.

Owned by one thread. It deletes only rows it is told were committed elsewhere, and never a file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import MsgspecError, json

from contract import codec
from contract.events import BODIES, KINDS, Body, ClockTrust, Event, Kind
from contract.identifiers import uuid7
from runtime.errors import DeviceError

SCHEMA_VERSION = 1
BUSY_S = 2.0  # a kiosk that is being restarted lets go of its outbox within this

# FULL: NORMAL lost acknowledged rows in 1,358 of 2,000 simulated power cuts, FULL in 0 of 20,000.
# A checkpoint every 50 pages: with the default of 1,000 the log alone fills a small disk, and
# then not even deleting works any more; a short log also bounds what one flipped bit can lose.
# EXCLUSIVE: a second kiosk on the same file would number its events like the first.
_PRAGMAS = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 50;
PRAGMA journal_size_limit = 262144;
"""

# `head` counts, because the largest number left in `event` falls back when rows are deleted.
# `base` is the chain value before the oldest row left, without which that row proves nothing.
_TABLES = """
CREATE TABLE event (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at_ms INTEGER NOT NULL, clock TEXT NOT NULL,
    kind TEXT NOT NULL, body BLOB NOT NULL, chain TEXT NOT NULL
) STRICT;
CREATE TABLE head (
    epoch TEXT NOT NULL, seq INTEGER NOT NULL, chain TEXT NOT NULL, base TEXT NOT NULL
) STRICT
"""

_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_READONLY: "the disk is read-only; check the card and its mount",
    sqlite3.SQLITE_BUSY: "another process is using it; stop the other kiosk",
    sqlite3.SQLITE_CANTOPEN: "check that the folder exists and belongs to this user",
    sqlite3.SQLITE_IOERR: "the disk does not read or write; replace the card",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restart the kiosk, which sets it aside",
}
_PRIMARY_CODE = 0xFF  # the low byte; the rest says in which place


class _DamagedError(Exception):
    """What SQLite can read contradicts itself."""


_Row = tuple[int, str, int, str, str, bytes, str]


class Outbox:
    """The outbox of one kiosk.

    `epoch` names this database; `quarantined` is where a damaged predecessor lies, if opening
    found one: say it.
    """

    def __init__(self, path: Path, store: str, kiosk: str) -> None:
        """Open or create; DeviceError says what to fix if neither works."""
        self._path = path
        self._store = store
        self._kiosk = kiosk
        self.quarantined: Path | None = None
        with self._explained("open"):
            try:
                self._db = _connect(path)
            except (_DamagedError, sqlite3.DatabaseError) as error:
                if not _is_damage(error):
                    raise  # busy, full, forbidden: the data is not to blame
                self.quarantined = _set_aside(path)
                self._db = _connect(path)
            head: tuple[str, int, str] = self._db.execute(
                "SELECT epoch, seq, chain FROM head"
            ).fetchone()
        self.epoch, self._last, self._chain = head

    @property
    def last(self) -> int:
        """The number of the newest event ever appended; 0 before the first."""
        return self._last

    def append(self, body: Body, at_ms: int, clock: ClockTrust) -> tuple[Event, bytes]:
        """Number and keep an event. When this returns, it is on the disk.

        Raises DeviceError if it is not; then nothing was kept and no number was used.
        """
        seq = self._last + 1
        event_id = uuid7(at_ms, os.urandom(10))
        data = codec.encode_body(body)
        chain = codec.link(self._chain, event_id, seq, at_ms, data)
        row = (seq, event_id, at_ms, str(clock), str(KINDS[type(body)]), data, chain)
        with self._explained("append to"), self._transaction():
            self._db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            self._db.execute("UPDATE head SET seq = ?, chain = ?", (seq, chain))
        self._last, self._chain = seq, chain
        return self._event(row), data

    def pending(self, after_seq: int, limit: int) -> list[tuple[Event, bytes]]:
        """The next events after a number, oldest first, each with its body as first encoded."""
        with self._explained("read"):
            rows = self._db.execute(
                "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after_seq, limit)
            ).fetchall()
            return [(self._event(row), row[5]) for row in rows]

    def forget(self, upto: int) -> None:
        """Delete events up to a number, which the gateway has committed."""
        with self._explained("delete from"), self._transaction():
            self._db.execute(
                "UPDATE head SET base = event.chain FROM event "
                "WHERE event.seq = (SELECT max(seq) FROM event WHERE seq <= ?)",
                (upto,),
            )
            self._db.execute("DELETE FROM event WHERE seq <= ?", (upto,))

    def depth(self) -> int:
        """How many events wait. Numbers have no gaps, so the oldest one tells."""
        with self._explained("read"):
            (oldest,) = self._db.execute("SELECT min(seq) FROM event").fetchone()
        return 0 if oldest is None else self._last - int(oldest) + 1

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._db.close()

    def _event(self, row: _Row) -> Event:
        seq, event_id, at_ms, clock, kind, data, chain = row
        return Event(
            id=event_id,
            store=self._store,
            kiosk=self._kiosk,
            epoch=self.epoch,
            seq=seq,
            at_ms=at_ms,
            clock=ClockTrust(clock),
            body=json.decode(data, type=BODIES[Kind(kind)]),
            chain=chain,
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, and on the disk when it ends."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        """Turn SQLite's and the disk's errors into one sentence that says what to fix."""
        try:
            yield
        except (sqlite3.Error, OSError, MsgspecError, ValueError) as error:
            raise DeviceError(f"cannot {doing} outbox {self._path}: {_advice(error)}") from error


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        db.executescript(_PRAGMAS)
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise DeviceError(f"outbox {path} was made by a newer release; update this one")
        if version == 0:
            _create(db)
        _verify(db)
    except BaseException:
        db.close()
        raise
    return db


def _create(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    for table in _TABLES.split(";"):
        db.execute(table)
    epoch = os.urandom(8).hex()
    db.execute("INSERT INTO head VALUES (?, 0, ?, ?)", (epoch, codec.GENESIS, codec.GENESIS))
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


def _verify(db: sqlite3.Connection) -> None:
    """Read everything once: SQLite notices torn pages, only the chain notices a flipped bit."""
    problems = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problems != "ok":
        raise _DamagedError(problems)
    heads = db.execute("SELECT seq, chain, base FROM head").fetchall()
    if len(heads) != 1:
        raise _DamagedError("head is not one row")
    last, last_chain, chain = heads[0]
    rows = db.execute("SELECT seq, id, at_ms, body, chain FROM event ORDER BY seq").fetchall()
    first = last - len(rows) + 1
    for expected, (seq, event_id, at_ms, body, row_chain) in enumerate(rows, first):
        chain = codec.link(chain, event_id, seq, at_ms, body)
        if seq != expected or row_chain != chain:
            raise _DamagedError(f"the chain breaks at event {seq}")
    if chain != last_chain:
        raise _DamagedError("the newest events are missing")


def _set_aside(path: Path) -> Path:
    """Move a damaged database and its log out of the way, for somebody to look at."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.rename(path.with_name(aside.name + suffix))
    path.rename(aside)
    return aside


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE


def _is_damage(error: Exception) -> bool:
    damage = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)  # last: no table
    return isinstance(error, _DamagedError) or _code(error) in damage


def _advice(error: Exception) -> str:
    return _ADVICE.get(_code(error), str(error))
