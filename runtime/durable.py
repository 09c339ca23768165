"""One SQLite file that survives a power cut, and says in a sentence what is wrong with it.

Owned by one thread. A damaged file is set aside and never deleted.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime import wal
from runtime.errors import DeviceError
from runtime.wal import Ending

BUSY_S = 2.0  # a process that is being restarted lets go of its files within this

# FULL: NORMAL lost acknowledged rows in 1,358 of 2,000 simulated power cuts, FULL in 0 of 20,000.
# Pages of 1 KiB: a row of 600 bytes dirties two or three, and each goes to the card twice. With
# the usual 4 KiB an event wrote 14 kB, now 7.5 (/proc/self/io); files made before keep theirs.
# A checkpoint every 200 of them: with the default of 1,000 the log alone fills a small disk, and
# then not even deleting works any more; a short log also bounds what one flipped bit can lose.
# Debian's SQLite overwrites what is deleted, others do not: whoever was erased is erased.
# EXCLUSIVE: a second process on the same file would number its rows like the first.
_PRAGMAS = f"""
PRAGMA page_size = {wal.PAGE_BYTES};
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 200;
PRAGMA journal_size_limit = 262144;
PRAGMA secure_delete = ON;
"""

_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_READONLY: "the disk is read-only; check the card and its mount",
    sqlite3.SQLITE_BUSY: "another process is using it; stop that one",
    sqlite3.SQLITE_CANTOPEN: "check that the folder exists and belongs to this user",
    sqlite3.SQLITE_IOERR: "the disk does not read or write; replace the card",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restart, which sets it aside",
}
_PRIMARY_CODE = 0xFF  # the low byte; the rest says in which place


class DamagedError(Exception):
    """What SQLite can read contradicts itself."""


class DamagedFileError(DeviceError):
    """What was once written is not there any more; opening again sets the file aside."""


class DiskFullError(DeviceError):
    """There is no room; giving some up may help."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What is in a file. `verify` raises DamagedError; it runs at every opening.

    `save` gets the path of a damaged file, the one it will be kept at, and a new, empty database
    that will take its place: it copies there what is still good, and leaves the rest alone.
    """

    name: str  # as a person would call the file
    version: int
    tables: str
    fill: Callable[[sqlite3.Connection], None]
    verify: Callable[[sqlite3.Connection], None]
    save: Callable[[Path, Path, sqlite3.Connection], object] | None = None


class DurableFile:
    """An open file. What a transaction wrote is on the disk when the transaction ends.

    `quarantined` is where a damaged predecessor lies, if opening found one: say it.
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        """Open or create; DeviceError says what to fix if neither works."""
        self._path = path
        self._schema = schema
        self.quarantined: Path | None = None
        with self.explained("open"):
            _finish_replacing(path)
            log = _log(path)
            try:
                ending = wal.ending(log.read_bytes() if log.exists() else b"")
                # one wrong bit in what was written last may be a torn write: whoever can save all
                # the rest loses nothing by taking it for damage
                if ending is Ending.DAMAGED or (ending is Ending.DOUBTFUL and schema.save):
                    raise DamagedError("its log is damaged")
                self.db = _connect(path, schema)
            except (DamagedError, sqlite3.DatabaseError) as error:
                if not _is_damage(error):
                    raise  # busy, full, forbidden: the data is not to blame
                self.quarantined = _replace(path, schema)
                self.db = _connect(path, schema)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and on the disk when it ends."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    @contextmanager
    def explained(self, doing: str) -> Iterator[None]:
        """Turn SQLite's and the disk's errors into a DeviceError that says what to fix."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, DamagedError) as error:
            what = f"{self._schema.name} {self._path}"
            raise _kind(error)(f"cannot {doing} {what}: {_advice(error)}") from error


def _connect(path: Path, schema: Schema) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    db.text_factory = _text
    try:
        db.executescript(_PRAGMAS)
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > schema.version:
            raise DeviceError(f"{schema.name} {path} was made by a newer release; update this one")
        if version == 0:
            _create(db, schema)
        problems = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problems != "ok":
            raise DamagedError(problems)
        schema.verify(db)
    except BaseException:
        db.close()
        raise
    return db


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:  # SQLite itself would not say that the file is damaged
        raise DamagedError(f"a text that nobody wrote: {error}") from error


def _create(db: sqlite3.Connection, schema: Schema) -> None:
    db.execute("BEGIN IMMEDIATE")
    for table in schema.tables.split(";"):
        db.execute(table)
    schema.fill(db)
    db.execute(f"PRAGMA user_version = {schema.version}")
    db.execute("COMMIT")


def _replace(path: Path, schema: Schema) -> Path:
    """Put a damaged database and its log out of the way for somebody to look at, and begin anew.

    At every moment of it, a power cut leaves either the damaged one or all that was saved of it.
    """
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    fresh = _fresh(path)
    for leftover in (fresh, _log(fresh)):
        leftover.unlink(missing_ok=True)  # of an attempt that was cut short
    with closing(_connect(fresh, schema)) as db:
        if schema.save is not None:
            schema.save(path, aside, db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it in one file, or an error
    path.rename(aside)
    _finish_replacing(path)
    return aside


def _finish_replacing(path: Path) -> None:
    """Once a damaged file is out of the way, its log must follow before the new one comes."""
    if path.exists() or not _fresh(path).exists():
        return
    if _log(path).exists():
        asides = sorted(path.parent.glob(f"{path.name}.damaged-*[0-9]"), key=_moved_at)
        _log(path).rename(_log(asides[-1]))
    _fresh(path).rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _moved_at(aside: Path) -> int:
    return aside.stat().st_ctime_ns


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE


def _is_damage(error: Exception) -> bool:
    damage = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)  # last: no table
    return isinstance(error, DamagedError) or _code(error) in damage


def _kind(error: Exception) -> type[DeviceError]:
    if _is_damage(error):
        return DamagedFileError
    is_full = _code(error) == sqlite3.SQLITE_FULL or getattr(error, "errno", 0) == errno.ENOSPC
    return DiskFullError if is_full else DeviceError


def _advice(error: Exception) -> str:
    return _ADVICE.get(_code(error), str(error))
