"""What a door decided and what was used up by it, on the disk before anything opens.

Owned by one thread. It holds no pass and no order, only who they proved and when.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from msgspec import json, structs

from contract import codec
from contract.events import KINDS, Record
from kiosk.core.entry import Memory, Spend
from kiosk.core.occupancy import Occupancy
from runtime.durable import DamagedError, DurableFile, Schema

_TABLES = """
CREATE TABLE record (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, is_refusal INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE used (key TEXT PRIMARY KEY, slot INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE nonce (number INTEGER PRIMARY KEY, nonce TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID
"""

_USE_UP = """
INSERT INTO used VALUES (:key, :slot) ON CONFLICT DO UPDATE SET slot = excluded.slot
WHERE excluded.slot >= used.slot + :apart
"""

_occupancy = json.Decoder(Occupancy)


class _UsedAlreadyError(Exception):
    """Undoes a transaction: what it would use up is used up."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much a journal keeps."""

    taken: int = 20_000  # records a kiosk has taken: a month of a busy door
    untaken: int = 100_000  # records it has not: 40 MB; then the oldest refusals go, never a grant
    nonces: int = 10_000  # an order lives 5 s, so only the newest of these can come again


FOR_A_MONTH = Keeping()


@dataclass(frozen=True, slots=True)
class Written:
    """One record as it stands in the journal."""

    number: int
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Using:
    """What goes with a grant, all or nothing."""

    spend: Spend | None = None
    nonce: str = ""


NOTHING_USED = Using()


class Journal:
    """The journal of one door.

    `id` names this database; `quarantined` is where a damaged predecessor lies, if there was one.
    """

    def __init__(self, path: Path, keeping: Keeping = FOR_A_MONTH) -> None:
        """Open or create; DeviceError says what to fix if neither works."""
        self._keeping = keeping
        self._file = DurableFile(path, _SCHEMA)
        self._db = self._file.db
        self.quarantined = self._file.quarantined
        with self._file.explained("read"):
            self.id = self._fact("id")
            (last,) = self._db.execute("SELECT max(number) FROM record").fetchone()
            self._last = int(last or 0)
            self._used = dict(self._db.execute("SELECT key, slot FROM used").fetchall())
            self._nonces = {row[0] for row in self._db.execute("SELECT nonce FROM nonce")}
            self._blank_until = int(self._fact("blank_until"))
            self.occupancy = _occupancy.decode(self._fact("occupancy"))
            self.taken = int(self._fact("taken"))  # kiosks have the records up to here

    @property
    def memory(self) -> Memory:
        """What earlier entries used up; it follows every write."""
        return Memory(self._used, self._nonces, self._blank_until)

    @property
    def last(self) -> int:
        """The number of the newest record; 0 before the first."""
        return self._last

    def write(
        self,
        records: Iterable[Record],
        occupancy: Occupancy | None = None,
        using: Using = NOTHING_USED,
    ) -> bool:
        """Number and keep records, and use up what goes with them. On the disk when it returns.

        False, and nothing was written, if a pass or an order was used up before. Raises
        DeviceError if the disk did not take it; then nobody may be let in.
        """
        numbered = [
            structs.replace(record, journal=self.id, number=number)
            for number, record in enumerate(records, self._last + 1)
        ]
        try:
            with self._file.explained("write to"), self._file.transaction():
                self._use(using)
                self._db.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", map(_row, numbered))
                # Not worth a write of its own: a kiosk may take a record twice, which counts once.
                self._set_fact("taken", str(self.taken))
                if occupancy is not None:
                    self._set_fact("occupancy", json.encode(occupancy).decode())
        except _UsedAlreadyError:
            return False
        self._last += len(numbered)
        self.occupancy = occupancy or self.occupancy
        if using.spend is not None:
            self._used[using.spend.key] = using.spend.slot
        if using.nonce:
            self._nonces.add(using.nonce)
        return True

    def forgot_until(self, slot: int) -> None:
        """Note that what was used up to this slot is unknown, because a journal was lost."""
        with self._file.explained("write to"), self._file.transaction():
            self._set_fact("blank_until", str(slot))
        self._blank_until = slot

    def epochs(self) -> tuple[int, int]:
        """The newest keyring and revocations ever used; a door goes back to no older ones."""
        with self._file.explained("read"):
            return int(self._fact("keyring")), int(self._fact("revocations"))

    def learned(self, keyring: int, revocations: int) -> None:
        """Note which keyring and revocations hold from now on."""
        with self._file.explained("write to"), self._file.transaction():
            self._set_fact("keyring", str(keyring))
            self._set_fact("revocations", str(revocations))

    def pending(self, after: int, limit: int) -> list[Written]:
        """The records after a number, oldest first."""
        with self._file.explained("read"):
            rows = self._db.execute(
                "SELECT number, kind, body FROM record WHERE number > ? ORDER BY number LIMIT ?",
                (after, limit),
            )
            return [Written(*row) for row in rows]

    def trim(self) -> None:
        """Forget what is no longer needed. The newest record stays: it knows the last number."""
        with self._file.explained("delete from"), self._file.transaction():
            old = min(self.taken, self._last - self._keeping.taken)
            very_old = self._last - self._keeping.untaken
            self._db.execute("DELETE FROM record WHERE number <= ?", (old,))
            self._db.execute("DELETE FROM record WHERE is_refusal AND number <= ?", (very_old,))
            self._db.execute(
                "DELETE FROM nonce WHERE number <= (SELECT max(number) FROM nonce) - ?",
                (self._keeping.nonces,),
            )

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._file.close()

    def _use(self, using: Using) -> None:
        if using.spend is not None:
            spend = using.spend
            values = {"key": spend.key, "slot": spend.slot, "apart": spend.apart}
            if self._db.execute(_USE_UP, values).rowcount != 1:
                raise _UsedAlreadyError
        if using.nonce:
            try:
                self._db.execute("INSERT INTO nonce (nonce) VALUES (?)", (using.nonce,))
            except sqlite3.IntegrityError:
                raise _UsedAlreadyError from None

    def _fact(self, name: str) -> str:
        (value,) = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return str(value)

    def _set_fact(self, name: str, value: str) -> None:
        self._db.execute("UPDATE fact SET value = ? WHERE name = ?", (value, name))


def _row(record: Record) -> tuple[int, str, bool, bytes]:
    is_refusal = getattr(record, "decision", None) == "refused"
    return record.number, str(KINDS[type(record)]), is_refusal, codec.encode_body(record)


def _fill(db: sqlite3.Connection) -> None:
    facts = {
        "id": os.urandom(8).hex(),
        "blank_until": "0",
        "keyring": "-1",
        "revocations": "-1",
        "occupancy": json.encode(Occupancy()).decode(),
        "taken": "0",
    }
    db.executemany("INSERT INTO fact VALUES (?, ?)", facts.items())


def _verify(db: sqlite3.Connection) -> None:
    names = {row[0] for row in db.execute("SELECT name FROM fact")}
    if names != {"id", "blank_until", "keyring", "revocations", "occupancy", "taken"}:
        raise DamagedError("a fact is missing")


_SCHEMA = Schema("journal", 1, _TABLES, _fill, _verify)
