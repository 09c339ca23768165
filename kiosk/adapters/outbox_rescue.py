"""What a damaged outbox still has goes into a new one, and so does the word of what it has no more.

An event that was acknowledged to a shopper must leave the kiosk whatever became of the others. Only
a row that the chain proves is taken; it works on a copy, and leaves the damaged file as it is.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path

from msgspec import ValidationError, convert

from contract import codec
from contract.events import KINDS, ClockTrust, Condition, Device, StateChanged
from contract.identifiers import uuid7
from kiosk.adapters.outbox_file import INSERT, TABLES, Row, linked, read
from runtime import wal
from runtime.durable import DamagedError
from runtime.wal import Ending

LOOKED_FOR = (
    100_500  # numbers before the newest; an outbox keeps no more, and no more forgotten ones
)
SAID_MAX = 200  # characters a StateChanged has for what happened


@dataclass(frozen=True, slots=True)
class Finding:
    """What was saved of an outbox, and which of its numbers were not."""

    epoch: str  # "" if not even that could be read
    saved: int
    lost: tuple[range, ...]
    is_certain: bool  # else events before or after all of these may be lost too

    def __str__(self) -> str:
        ranges = [f"{one[0]}-{one[-1]}" if len(one) > 1 else str(one[0]) for one in self.lost]
        if not self.is_certain:
            ranges.append("perhaps others")
        lost = ", ".join(ranges) or "none"
        return f"epoch {self.epoch or 'unknown'}: {self.saved} events saved, lost: {lost}"


def rescue(damaged: Path, aside: Path, fresh: sqlite3.Connection) -> Finding:
    """Fill a new outbox with what is whole in a damaged one, renumbered, and with a report of it.

    All or nothing, in one transaction. `aside` is where the damaged file will lie.
    """
    found, finding = max((_saved(*reading) for reading in _readings(damaged)), key=_worth)
    at_ms = round(damaged.stat().st_mtime * 1_000)  # the last moment it is known to have lived
    said = f"damaged, kept aside as {aside.name}; {finding}"
    report = StateChanged(Device.OUTBOX, Condition.DEGRADED, said[:SAID_MAX])
    kind, suspect = str(KINDS[StateChanged]), str(ClockTrust.SUSPECT)
    row = (0, uuid7(at_ms, os.urandom(10)), at_ms, suspect, kind, codec.encode_body(report), "")
    fresh.execute("BEGIN IMMEDIATE")
    chain = codec.GENESIS
    for seq, one in enumerate([*found, row], 1):
        renumbered = (seq, *one[1:])
        chain = linked(chain, renumbered)
        fresh.execute(INSERT, (*renumbered[:-1], chain))
    fresh.execute("UPDATE head SET seq = ?, chain = ?", (len(found) + 1, chain))
    fresh.execute("COMMIT")
    return finding


_Head = tuple[str, int, str, str]
"""epoch, seq, chain, base"""


def _worth(saved: tuple[list[Row], Finding]) -> int:
    return len(saved[0])


def _readings(damaged: Path) -> Iterator[tuple[list[Row], _Head | None]]:
    """What SQLite can read of it; and could, if log or first page were what they should be."""
    log = damaged.with_name(f"{damaged.name}-wal")
    pages, logged = damaged.read_bytes(), log.read_bytes() if log.exists() else b""
    whole = wal.applied(pages, logged)
    readings = [(whole, b""), (_with_first_page(whole), b"")]
    if wal.ending(logged) is Ending.WHOLE:  # else SQLite would not even know of the newest events
        readings.insert(0, (pages, logged))
    for database, its_log in readings:
        yield _read_copy(damaged.with_name(f"{damaged.name}.copy"), database, its_log)


def _read_copy(copy: Path, database: bytes, log: bytes) -> tuple[list[Row], _Head | None]:
    copied_log = copy.with_name(f"{copy.name}-wal")
    try:
        copy.write_bytes(database)
        copied_log.write_bytes(log)
        with closing(sqlite3.connect(copy, isolation_level=None)) as db:
            db.text_factory = partial(str, encoding="utf-8", errors="replace")
            head = _head(db)
            return _rows(db, 0 if head is None else head[1]), head
    finally:
        for one in (copy, copied_log, copy.with_name(f"{copy.name}-shm")):
            one.unlink(missing_ok=True)


def _with_first_page(pages: bytes) -> bytes:
    """It says where the tables begin, which is the same in every outbox: so another's will do."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(f"PRAGMA page_size = {wal.PAGE_BYTES}; {TABLES}")
        first = bytearray(db.serialize()[: wal.PAGE_BYTES])
    first[28:32] = (len(pages) // wal.PAGE_BYTES).to_bytes(4)
    return bytes(first) + pages[wal.PAGE_BYTES :]


def _rows(db: sqlite3.Connection, newest: int) -> list[Row]:
    """Every row that can be read: from both ends up to the damage, then number by number."""
    rows, is_read = dict[int, Row](), False
    for query in ("SELECT * FROM event ORDER BY seq", "SELECT * FROM event ORDER BY seq DESC"):
        is_read = is_read or _read(rows, db, query)
    newest = max([newest, *rows])
    for seq in () if is_read else range(max(newest - LOOKED_FOR, 0), newest + 1):
        if seq not in rows:
            _read(rows, db, "SELECT * FROM event WHERE seq = ?", seq)
    return [rows[seq] for seq in sorted(rows)]


def _read(rows: dict[int, Row], db: sqlite3.Connection, query: str, *values: int) -> bool:
    """Add what a query finds; False if it could not be read to its end."""
    with suppress(sqlite3.Error):
        for found in db.execute(query, values):
            with suppress(ValidationError):
                row: Row = convert(found, Row)
                rows[row[0]] = row
        return True
    return False


def _head(db: sqlite3.Connection) -> _Head | None:
    with suppress(sqlite3.Error, ValidationError):
        for values in db.execute("SELECT epoch, seq, chain, base FROM head"):
            head: _Head = convert(values, _Head)
            return head
    return None


def _saved(rows: list[Row], head: _Head | None) -> tuple[list[Row], Finding]:
    """What the chain proves, and what is missing between the oldest and the newest."""
    if head is not None and rows and not 0 <= head[1] - rows[-1][0] <= LOOKED_FOR:
        head = None  # the number is damaged, and who knows what beside it
    epoch, newest, chain, base = head or ("", rows[-1][0] if rows else 0, "", "")
    good = _proven(rows, base)
    oldest = rows[0][0] if rows else newest + (chain == base)
    is_certain = head is not None and (good[:1] == rows[:1] != [] or chain == base)
    if base == codec.GENESIS:
        oldest, is_certain = 1, True
    gone = sorted(set(range(max(oldest, 1), newest + 1)) - {row[0] for row in good})
    return good, Finding(epoch, len(good), tuple(_ranges(gone)), is_certain)


def _proven(rows: Sequence[Row], base: str) -> list[Row]:
    """The rows that follow what is before them, or are followed by what is after them."""
    good, seq_before, before = list[Row](), 0, [codec.GENESIS]
    if rows and rows[0][0] > 1:
        seq_before, before = rows[0][0] - 1, [base]
    for row, after in zip_longest(rows, rows[1:]):
        values = [linked(one, row) for one in before] if row[0] == seq_before + 1 else []
        follows = row[6] in values
        if not follows and after is not None and after[0] == row[0] + 1:
            # only its chain value is damaged, if with the right one the next row follows
            follows = any(linked(one, after) == after[6] for one in values)
        with suppress(DamagedError):
            good += [read(row)] if follows else []
        seq_before, before = row[0], [row[6], *values]
    return good


def _ranges(numbers: Sequence[int]) -> Iterator[range]:
    """Numbers in order, those without gaps together."""
    first = 0
    for index, number in enumerate(numbers):
        if index + 1 == len(numbers) or numbers[index + 1] != number + 1:
            yield range(numbers[first], number + 1)
            first = index + 1
