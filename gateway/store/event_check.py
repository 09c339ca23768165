"""Whether every event is still what a kiosk sent: row by row, each against the one before it.

It reports and mends nothing: what a disk has changed comes back from a backup only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec import DecodeError, json
from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from contract import codec
from contract.errors import ContractError
from contract.events import BODIES, ClockTrust, Kind
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.events import FORGOTTEN, EventRow, HighWaterRow, Outbox
from runtime import wal
from runtime.wal import Ending

_AT_A_TIME = 5_000  # rows in memory


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it was written."""

    problem: str
    outbox: Outbox | None = None  # store, kiosk, epoch; None if it concerns the whole database
    seq: int | None = None


def damaged_log(engine: Engine) -> list[Flaw]:
    """What SQLite's log hides because it is damaged; to be asked before anything else is.

    The first who opens the database goes on writing where the damage begins.
    """
    path = engine.url.database
    log = Path(f"{path}-wal") if engine.dialect.name == "sqlite" and path else None
    if log is None or not log.exists() or wal.ending(log.read_bytes()) is Ending.WHOLE:
        return []
    return [Flaw("its log is damaged: the newest of all tables is missing, restore a backup")]


def check(db: Session) -> Iterator[Flaw]:
    """Look at the whole database, then at each outbox's events in their order."""
    try:
        yield from _check_pages(db)
        marks = {(row.store, row.kiosk, row.epoch): row for row in db.scalars(select(HighWaterRow))}
        epochs: dict[tuple[str, str], int] = defaultdict(int)
        for store, kiosk, _ in marks:
            epochs[store, kiosk] += 1
        found = set()
        for outbox, flaws in _walked(db, marks, epochs):
            found.add(outbox)
            yield from flaws
        for outbox in marks.keys() - found:
            if marks[outbox].upto > 0 and epochs[outbox[:2]] == 1:
                yield Flaw(f"events 1 to {marks[outbox].upto} are missing", outbox)
    except (DatabaseError, UnicodeDecodeError) as error:
        yield Flaw(f"the database cannot be read: {str(error).partition(chr(10))[0]}")


def _check_pages(db: Session) -> Iterator[Flaw]:
    """What SQLite finds by itself; PostgreSQL has checksums of its own."""
    if db.get_bind().dialect.name == "sqlite":
        for (problem,) in db.connection().exec_driver_sql("PRAGMA integrity_check(100)"):
            if problem != "ok":
                yield Flaw(f"the database is damaged: {problem}")


def _walked(
    db: Session, marks: Mapping[Outbox, HighWaterRow], epochs: Mapping[tuple[str, str], int]
) -> Iterator[tuple[Outbox, list[Flaw]]]:
    """Each outbox that has events, with what is wrong with them."""
    unread = _unread(db)
    rows = db.execute(
        select(*_CHAINED)
        .order_by(EventRow.store, EventRow.kiosk, EventRow.epoch, EventRow.seq)
        .execution_options(yield_per=_AT_A_TIME)
    )
    walk: _Walk | None = None
    for store, kiosk, epoch, *fields in rows:
        outbox = (store, kiosk, epoch)
        if walk is None or walk.outbox != outbox:
            if walk is not None:
                yield walk.outbox, walk.ended(marks.get(walk.outbox))
            walk = _Walk(outbox, unread.pop(outbox, {}), epochs[store, kiosk] > 1)
        walk.step(*fields)
    if walk is not None:
        yield walk.outbox, walk.ended(marks.get(walk.outbox))
    for outbox, letters in unread.items():
        walk = _Walk(outbox, letters, epochs[outbox[:2]] > 1)
        yield outbox, walk.ended(marks.get(outbox))


_CHAINED = [one for one in EventRow.__table__.columns if one.key != "arrival"]  # which is ours

Letter = tuple[str, int, bytes, str]  # id, at_ms, body, chain


def _unread(db: Session) -> dict[Outbox, dict[int, Letter]]:
    """The events that nobody could read and that receipts counted, by their numbers."""
    found: dict[Outbox, dict[int, Letter]] = defaultdict(dict)
    for payload in db.scalars(
        select(DeadLetterRow.payload).where(DeadLetterRow.event.is_not(None))
    ):
        try:
            event, body = codec.decode_number(payload)
        except ContractError:
            continue  # it is damaged, and its number is missing in the chain
        outbox = (event.store, event.kiosk, event.epoch)
        found[outbox][event.seq] = (event.id, event.at_ms, body, event.chain)
    return found


class _Walk:
    """Along the events of one outbox."""

    def __init__(self, outbox: Outbox, letters: dict[int, Letter], had_epochs: bool) -> None:
        self.outbox = outbox
        self._letters = letters
        # An outbox that began anew numbers first what may be committed already, under old numbers.
        self._may_begin_late = had_epochs
        self._last = 0
        self._chain: str | None = codec.GENESIS
        self._flaws: list[Flaw] = []

    def step(  # noqa: PLR0913, PLR0917 (the columns of an event)
        self,
        seq: int | str,
        event_id: str,
        at_ms: int,
        clock: str,
        kind: str,
        body: str,
        chain: str,
    ) -> None:
        """The next event that is there."""
        if not isinstance(seq, int):
            self._flaws.append(Flaw(f"an event has the number {seq!r}", self.outbox))
            return
        self._letters_before(seq)
        self._link(seq, (event_id, at_ms, str(body).encode(), chain))
        problem = _unreadable(clock, kind, body)
        if problem:
            self._flaws.append(Flaw(problem, self.outbox, seq))

    def ended(self, mark: HighWaterRow | None) -> list[Flaw]:
        """All that is wrong, once no more events come."""
        self._letters_before(None)
        if mark is None:
            self._flaws.append(Flaw("nobody knows how far it is committed", self.outbox))
        elif mark.upto != self._last:
            self._missing(mark.upto + 1)
        elif self._chain not in ("", None, mark.chain):
            self._flaws.append(Flaw("its last event is not the one committed last", self.outbox))
        return self._flaws

    def _letters_before(self, seq: int | None) -> None:
        for number in sorted(self._letters):
            if seq is None or number < seq:
                self._link(number, self._letters.pop(number))

    def _link(self, seq: int, one: Letter) -> None:
        event_id, at_ms, body, chain = one
        if seq != self._last + 1:
            self._missing(seq)
        if (
            self._chain and chain and body != FORGOTTEN.encode()
        ):  # the next shows if its end is right
            computed = codec.link(self._chain, event_id, seq, at_ms, body)
            if computed != chain:
                problem = "it is not what was received, or what came before it is not"
                self._flaws.append(Flaw(problem, self.outbox, seq))
        self._last, self._chain = seq, chain

    def _missing(self, seq: int) -> None:
        """Events are, from the next to the one before this."""
        self._chain = None
        if self._last == 0 and self._may_begin_late:
            return
        between = f"{self._last + 1} to {seq - 1}"
        self._flaws.append(Flaw(f"events {between} are missing, or one too many is", self.outbox))


def _unreadable(clock: str, kind: str, body: str) -> str:
    """What the chain does not cover, and what follows from it."""
    if clock not in _CLOCKS or kind not in BODIES:
        return f"it is a {kind!r} by a {clock!r} clock, and there is no such thing"
    if body == FORGOTTEN:
        return ""
    try:
        json.decode(body, type=BODIES[Kind(kind)])
    except (DecodeError, TypeError, UnicodeEncodeError):
        return f"its body is none of a {kind!r}"
    return ""


_CLOCKS = frozenset(map(str, ClockTrust))
