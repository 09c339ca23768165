"""The events a kiosk has told nobody yet, in SQLite: what is appended survives a power cut.

Owned by one thread. It deletes only rows it is told were committed elsewhere, and never a file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from contract import codec
from contract.events import KINDS, Body, ClockTrust, Event
from contract.identifiers import uuid7
from kiosk.adapters import outbox_file
from kiosk.adapters.outbox_file import INSERT, Row, body_of, check, new_epoch, read, remember
from kiosk.adapters.outbox_rescue import rescue
from runtime.durable import DurableFile
from runtime.errors import DeviceError

# Weeks of a busy kiosk without a network, in 60 MB. A disk that fills up takes the rest of the
# kiosk with it, so the outbox refuses before: that can be said on the screen and in the console.
KEPT_MAX = 100_000

# Forgotten events leave the disk with the next append: a transaction of their own costs as much as
# the event did (2.1 fsyncs and 12.5 kB in all, instead of 1.04 and 6.3). A backlog that is
# confirmed while nothing new comes does not stay: this many make 250 kB.
FORGOTTEN_MAX = 500

SCHEMA = replace(outbox_file.SCHEMA, save=rescue)

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
        self._kept_max = kept_max
        self._store = store
        self._kiosk = kiosk
        self._open()

    def reopen(self) -> None:
        """What was written is not there any more: set it aside, and go on with what is whole."""
        self._file.close()
        self._open()

    def _open(self) -> None:
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
        self._forgotten = self._deleted  # at least as far; the rest goes with the next append

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
        last = self._last + len(rows)
        with self._file.explained("append to"), self._file.transaction():
            self._delete_forgotten()
            self._db.executemany(INSERT, rows)
            self._db.execute("UPDATE head SET seq = ?, chain = ?", (last, chain))
        self._last, self._chain, self._deleted = last, chain, self._forgotten
        return events

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
        if self._deleted == self._forgotten:
            return
        with self._file.explained("delete from"), self._file.transaction():
            self._delete_forgotten()
        self._deleted = self._forgotten

    def chain_at(self, seq: int) -> str | None:
        """The chain value at a number; None where this outbox has none, or none any more."""
        with self._file.explained("read"):
            row: tuple[str | None] = self._db.execute(_CHAIN_AT, (seq,)).fetchone()
        return row[0]

    def begin_epoch(self) -> None:
        """Number what is left anew, from 1, under a new epoch; ids, times and bodies stay."""
        with self._file.explained("renumber"), self._file.transaction():
            self._delete_forgotten()
            rows = [read(row) for row in self._db.execute("SELECT * FROM event ORDER BY seq")]
            if rows:
                check(rows, self.chain_at(rows[0][0] - 1))  # or damage would be numbered as truth
            self._db.execute("DELETE FROM event")
            epoch, chain = new_epoch(), codec.GENESIS
            for seq, (_, event_id, at_ms, clock, kind, data, _) in enumerate(rows, 1):
                chain = codec.link(chain, event_id, seq, at_ms, data)
                row = (seq, event_id, at_ms, clock, kind, data, chain)
                self._db.execute(INSERT, row)
            head = (epoch, len(rows), chain, codec.GENESIS)
            self._db.execute("UPDATE head SET epoch = ?, seq = ?, chain = ?, base = ?", head)
            remember(self._db, epoch)
        self.epoch, self._last, self._chain = epoch, len(rows), chain
        self._deleted = self._forgotten = 0

    def depth(self) -> int:
        """How many events wait."""
        return self._last - self._forgotten

    def close(self) -> None:
        """Tidy, if the disk still does that, and let go of the file; safe to call twice."""
        with suppress(DeviceError):  # then they come again, and the gateway knows them
            self.tidy()
        self._file.close()

    def _delete_forgotten(self) -> None:
        if self._deleted == self._forgotten:
            return
        self._db.execute(
            "UPDATE head SET base = event.chain FROM event WHERE event.seq = ?", (self._forgotten,)
        )
        self._db.execute("DELETE FROM event WHERE seq <= ?", (self._forgotten,))

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
