"""Every event ever committed, once; and how far each kiosk's sequence has been committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract import codec
from contract.events import Event
from gateway.store import arrivals, batches
from gateway.store.base import Base
from gateway.store.batches import Prepared, among
from gateway.store.dead_letters import Letter

FORGOTTEN = ""  # what an event said, once it is older than the owner's table allows


class EventRow(Base):
    """One event as the kiosk sent it, inserted once and never changed."""

    __tablename__ = "event"
    __table_args__ = (ForeignKeyConstraint(["store", "kiosk"], ["kiosk.store", "kiosk.kiosk"]),)

    # The number is the key, not the id: a kiosk that gives one id twice must not stop the others.
    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(index=True)
    at_ms: Mapped[int]
    clock: Mapped[str]
    kind: Mapped[str]
    body: Mapped[str]  # JSON, or FORGOTTEN
    chain: Mapped[str] = mapped_column(server_default="")  # "" of those from before it was kept
    # In which order they came to be here, see gateway.store.arrivals.
    arrival: Mapped[int] = mapped_column(server_default="0", index=True)


class HighWaterRow(Base):
    """How far one outbox is committed; the only thing needed to know a duplicate."""

    __tablename__ = "high_water"

    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(primary_key=True)
    upto: Mapped[int]
    chain: Mapped[str]
    unread: Mapped[int]  # of these, how many lie with the dead letters and not with the events


EVENT_COLUMNS = tuple(column.key for column in EventRow.__table__.columns)
MARK_COLUMNS = tuple(column.key for column in HighWaterRow.__table__.columns)


@dataclass(frozen=True, slots=True)
class Received:
    """One event as it came, with its body's own bytes, over which the chain was computed."""

    event: Event
    body: bytes
    letter: Letter | None = None  # set if nobody can read the body: only the number counts then

    @property
    def outbox(self) -> tuple[str, str, str]:
        """Which outbox numbered it: store, kiosk, epoch."""
        return self.event.store, self.event.kiosk, self.event.epoch

    @property
    def name(self) -> Name:
        """Which event it is, whatever its number: store, kiosk, id."""
        return self.event.store, self.event.kiosk, self.event.id


Outbox = tuple[str, str, str]
Name = tuple[str, str, str]

_COMMITTED = Prepared(
    select(EventRow.store, EventRow.kiosk, EventRow.id).where(among(EventRow.id, rows="ids"))
)
_KIOSK = (HighWaterRow.store, HighWaterRow.kiosk)
_HIGH_WATER = Prepared(select(*HighWaterRow.__table__.columns).where(among(*_KIOSK, rows="kiosks")))


def committed(db: Session, some: Sequence[Event]) -> set[Name]:
    """Those of some events that are committed, whatever number they were given."""
    if not some:
        return set()
    return {(*row,) for row in _COMMITTED.rows(db, ids=[one.id for one in some])}


@dataclass(slots=True)
class Mark:
    """How far one outbox is committed; see HighWaterRow."""

    upto: int = 0
    chain: str = codec.GENESIS
    unread: int = 0


def high_water(db: Session, outboxes: Collection[Outbox]) -> tuple[dict[Outbox, Mark], set[Outbox]]:
    """How far some outboxes are committed; one never heard of is at 0.

    And those of kiosks that had another epoch: only these number anew what may be committed.
    """
    rows = _HIGH_WATER.rows(db, kiosks={outbox[:2] for outbox in outboxes})
    found = {(row[0], row[1], row[2]): Mark(*row[3:]) for row in rows}
    epochs = Counter(outbox[:2] for outbox in found.keys() | set(outboxes))
    marks = {outbox: found.get(outbox) or Mark() for outbox in outboxes}
    return marks, {outbox for outbox in outboxes if epochs[outbox[:2]] > 1}


def mark(db: Session, marks: Mapping[Outbox, Mark]) -> None:
    """Remember how far some outboxes are committed."""
    rows = [(*outbox, one.upto, one.chain, one.unread) for outbox, one in marks.items()]
    batches.put_rows(db, HighWaterRow, MARK_COLUMNS, rows, key=("store", "kiosk", "epoch"))


def append(db: Session, received: Sequence[Received]) -> None:
    """Insert events that `high_water` showed to be new."""
    if not received:
        return
    rows = [
        (
            one.event.store,
            one.event.kiosk,
            one.event.epoch,
            one.event.seq,
            one.event.id,
            one.event.at_ms,
            str(one.event.clock),
            str(one.event.kind),
            one.body.decode(),
            one.event.chain,
            arrival,
        )
        for one, arrival in zip(received, arrivals.draw(db, len(received)), strict=True)
    ]
    batches.put_rows(db, EventRow, EVENT_COLUMNS, rows)
