"""The events a kiosk has told nobody yet, in SQLite: what is appended survives a power cut.

Owned by one thread. It deletes only rows it is told were committed elsewhere, and never a file.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from contract import codec
from contract.events import KINDS, Body, ClockTrust, Event
from contract.identifiers import uuid7
from kiosk.adapters import outbox_file
from kiosk.adapters.outbox_file import (
    INSERT,
    Row,
    body_of,
    check,
    linked,
    new_epoch,
    read,
    remember,
)
from kiosk.adapters.outbox_rescue import rescue
from runtime.ballast import Ballast
from runtime.durable import DiskFullError, DurableFile
from runtime.errors import DeviceError

# Weeks of a busy kiosk without a network, in 60 MB. A disk that fills up takes the rest of the
# kiosk with it, so the outbox refuses before: that can be said on the screen and in the console.
KEPT_MAX = 100_000

# Forgotten events leave the disk with the next append: a transaction of their own costs as much as
# the event did (2.1 fsyncs and 12.5 kB in all, instead of 1.04 and 6.3). A backlog that is
# confirmed while nothing new comes does not stay: this many make 250 kB.
FORGOTTEN_MAX = 500

# Given up when the disk is full: one half for new events, some 500. The other is kept for deleting
# what is confirmed, and is as much as that needs at the most: a write-ahead log of 200 pages and
# one transaction, and as much again when a checkpoint brings it to its place.
RESERVES = ("for-events", "for-deleting")
RESERVE_BYTES = 1 << 19

# With nothing left in reserve, events only take the place of deleted ones within the file: a log
# whose pages need no room on the disk can always be brought to its place and begun anew.
FREE_PAGES_MIN = 50  # for as many inputs as a kiosk handles in one go

SCHEMA = replace(outbox_file.SCHEMA, save=rescue)

# Made when there is the first; each row stays as it was, for whoever looks at it.
REFUSED = "CREATE TABLE IF NOT EXISTS refused (seq, id, at_ms, clock, kind, body, chain)"
REFUSED_MAX = 1_000  # the newest; 300 kB

_CHAIN_AT = """
SELECT coalesce(
    (SELECT chain FROM event WHERE seq = ?1),
    (SELECT base FROM head WHERE ?1 = coalesce((SELECT min(seq) - 1 FROM event), seq))
)
"""


class Outbox:
    """The outbox of one kiosk.

    `epoch` names this database. `quarantined` is where a damaged predecessor lies, if opening found
    one; what was whole in it is here, under new numbers, and at the end an event that says so.
    """

    def __init__(self, path: Path, store: str, kiosk: str, kept_max: int = KEPT_MAX) -> None:
        """Open or create; DeviceError says what to fix if neither works."""
        self._path = path
        reserves = (path.with_name(f"{path.name}.reserve-{use}") for use in RESERVES)
        self._reserve = Ballast(tuple(reserves), RESERVE_BYTES)
        self._kept_max = kept_max
        self._store = store
        self._kiosk = kiosk
        self._open()

    def reopen(self) -> None:
        """What was written is not there any more: set it aside, and go on with what is whole."""
        self._file.close()
        self._open()

    def _open(self) -> None:
        try:
            self._file = DurableFile(self._path, SCHEMA)
        except DiskFullError:  # it is damaged, and there was no room to save it
            if not self._reserve.give_up():
                raise
            self._file = DurableFile(self._path, SCHEMA)
        self._db = self._file.db
        self.quarantined = self._file.quarantined
        with self._file.explained("open"):
            head: tuple[str, int, str] = self._db.execute(
                "SELECT epoch, seq, chain FROM head"
            ).fetchone()
            (oldest,) = self._db.execute("SELECT min(seq) FROM event").fetchone()
        self.epoch, self._last, self._chain = head
        self._deleted = self._last if oldest is None else int(oldest) - 1
        self._log_holds_deleted = True  # as far as we know: whoever was here before us wrote it
        self._forgotten = self._deleted  # at least as far; the rest goes with the next append
        self._reserve.hold()

    @property
    def is_short(self) -> bool:
        """Whether the disk is full, and this outbox lives on what it had kept for that."""
        return not self._reserve.is_whole

    def restock(self) -> None:
        """Take room for the next time, if there is enough of it again; call it now and then."""
        self._reserve.hold()

    @property
    def last(self) -> int:
        """The number of the newest event ever appended; 0 before the first."""
        return self._last

    def append(self, body: Body, at_ms: int, clock: ClockTrust) -> tuple[Event, bytes]:
        """Like `append_all`, for one."""
        return self.append_all([body], at_ms, clock)[0]

    def append_all(
        self, bodies: Sequence[Body], at_ms: int, clock: ClockTrust
    ) -> list[tuple[Event, bytes]]:
        """Number and keep events, all or none. When this returns, they are on the disk.

        Raises DeviceError if they are not; then nothing was kept and no number was used.
        """
        if self.depth() + len(bodies) > self._kept_max:
            raise DeviceError(
                f"the outbox holds {self.depth()} events, and takes no more until the gateway "
                "confirms some; check the network, the broker and the gateway"
            )
        rows, chain = list[Row](), self._chain
        for seq, body in enumerate(bodies, self._last + 1):
            event_id, data = uuid7(at_ms, os.urandom(10)), codec.encode_body(body)
            chain = codec.link(chain, event_id, seq, at_ms, data)
            rows.append((seq, event_id, at_ms, str(clock), str(KINDS[type(body)]), data, chain))
        with self._file.explained("append to"):
            # what cannot be read back would never leave, nor let others
            events = [(self._event(row), row[5]) for row in rows]
        self._with_room(partial(self._insert, rows), keep=1)
        self._last, self._chain, self._deleted = rows[-1][0], chain, self._forgotten
        return events

    def _insert(self, rows: list[Row]) -> None:
        with self._file.explained("append to"), self._file.transaction():
            self._delete_rows(self._forgotten)
            if self._reserve.is_gone:
                (pages,) = self._db.execute("PRAGMA freelist_count").fetchone()
                if pages < FREE_PAGES_MIN:
                    raise OSError(errno.ENOSPC, "the disk is full; free some space")
            self._db.executemany(INSERT, rows)
            last, chain = rows[-1][0], rows[-1][6]
            self._db.execute("UPDATE head SET seq = ?, chain = ?", (last, chain))

    def _with_room(self, work: Callable[[], None], keep: int = 0) -> None:
        """Do it; on a full disk again, in a log begun anew and with room that was kept for that."""
        for is_last in (False,) * len(RESERVES) + (True,):
            try:
                work()
            except DiskFullError:
                if is_last or (not self._reserve.give_up(keep) and keep):
                    raise
            else:
                return
            with self._file.explained("make room in"):
                # not TRUNCATE: what the log has of the disk, it keeps
                self._db.execute("PRAGMA wal_checkpoint(RESTART)")

    def pending(self, after_seq: int, limit: int) -> list[tuple[Event, bytes]]:
        """The next events after a number, oldest first, each with its body as first encoded.

        Raises DeviceError if one is not what was once written: what a bit has flipped in on the
        disk never leaves as if it had happened.
        """
        after_seq = max(after_seq, self._forgotten)
        with self._file.explained("read"):
            rows = self._db.execute(
                "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after_seq, limit)
            ).fetchall()
            if rows:
                check(rows, self.chain_at(rows[0][0] - 1))
            return [(self._event(read(row)), row[5]) for row in rows]

    def forget(self, upto: int) -> None:
        """The gateway has committed events up to a number: they are not handed out again.

        They leave the disk with the next append, or with `tidy`. After a power cut before that
        they are handed out once more, and the gateway knows them.
        """
        self._forgotten = max(self._forgotten, min(upto, self._last))
        if self._forgotten - self._deleted >= FORGOTTEN_MAX:
            self.tidy()

    def tidy(self) -> None:
        """Delete what was forgotten now; costs nothing if there is nothing."""
        while self._deleted < self._forgotten:
            upto = min(self._forgotten, self._deleted + FORGOTTEN_MAX)  # a log stays short
            self._with_room(partial(self._delete, upto))
            self._deleted = upto

    def wipe(self) -> None:
        """Tidy, and leave nothing in the log of what is deleted; for a quiet hour.

        Not on a full disk: what the log has of it is kept for the next event.
        """
        self.tidy()
        if self._log_holds_deleted and not self.is_short:
            with self._file.explained("empty the log of"):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._log_holds_deleted = False

    def _delete(self, upto: int) -> None:
        with self._file.explained("delete from"), self._file.transaction():
            self._delete_rows(upto)

    def chain_at(self, seq: int) -> str | None:
        """The chain value at a number; None where this outbox has none, or none any more."""
        with self._file.explained("read"):
            row: tuple[str | None] = self._db.execute(_CHAIN_AT, (seq,)).fetchone()
        return row[0]

    def begin_epoch(self) -> None:
        """Number what is left anew, from 1, under a new epoch; ids, times and bodies stay."""
        with self._file.explained("renumber"), self._file.transaction():
            after = self._renumber()
        self._begin(*after)

    def set_aside(self, seq: int) -> None:
        """Nobody will ever take this event: keep it in `refused`, and number the others anew.

        A gap would be waited for; so they are another outbox's, which never had it.
        """
        with self._file.explained("set aside in"), self._file.transaction():
            self._db.execute(REFUSED)
            self._db.execute("INSERT INTO refused SELECT * FROM event WHERE seq = ?", (seq,))
            self._db.execute(
                "DELETE FROM refused WHERE rowid <= (SELECT max(rowid) FROM refused) - ?",
                (REFUSED_MAX,),
            )
            after = self._renumber(without=seq)
        self._begin(*after)

    def _renumber(self, without: int = 0) -> tuple[str, int, str]:
        self._delete_rows(self._forgotten)
        rows = [read(row) for row in self._db.execute("SELECT * FROM event ORDER BY seq")]
        if rows:
            check(rows, self.chain_at(rows[0][0] - 1))  # or damage would be numbered as truth
        self._db.execute("DELETE FROM event")
        epoch, chain = new_epoch(), codec.GENESIS
        left = [row for row in rows if row[0] != without]
        for seq, row in enumerate(left, 1):
            chain = linked(chain, (seq, *row[1:]))
            self._db.execute(INSERT, (seq, *row[1:-1], chain))
        head = (epoch, len(left), chain, codec.GENESIS)
        self._db.execute("UPDATE head SET epoch = ?, seq = ?, chain = ?, base = ?", head)
        remember(self._db, epoch)
        return epoch, len(left), chain

    def _begin(self, epoch: str, last: int, chain: str) -> None:
        self.epoch, self._last, self._chain = epoch, last, chain
        self._deleted = self._forgotten = 0

    def depth(self) -> int:
        """How many events wait."""
        return self._last - self._forgotten

    def close(self) -> None:
        """Tidy, if the disk still does that, and let go of the file; safe to call twice."""
        with suppress(DeviceError):  # then they come again, and the gateway knows them
            self.tidy()
        self._file.close()

    def _delete_rows(self, upto: int) -> None:
        if self._deleted < upto:
            chain = "UPDATE head SET base = event.chain FROM event WHERE event.seq = ?"
            self._db.execute(chain, (upto,))
            self._db.execute("DELETE FROM event WHERE seq <= ?", (upto,))
            self._log_holds_deleted = True

    def _event(self, row: Row) -> Event:
        seq, event_id, at_ms, clock, _, _, chain = row
        return Event(
            id=event_id,
            store=self._store,
            kiosk=self._kiosk,
            epoch=self.epoch,
            seq=seq,
            at_ms=at_ms,
            clock=ClockTrust(clock),
            body=body_of(row),
            chain=chain,
        )
