"""Every event ever committed, once; and how far each kiosk's sequence has been committed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint, insert, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract import codec
from contract.events import Event
from gateway.store.base import Base
from gateway.store.dead_letters import Letter


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
    body: Mapped[str]  # JSON


class HighWaterRow(Base):
    """How far one outbox is committed; the only thing needed to know a duplicate."""

    __tablename__ = "high_water"

    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(primary_key=True)
    upto: Mapped[int]
    chain: Mapped[str]
    unread: Mapped[int]  # of these, how many lie with the dead letters and not with the events


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


def committed(db: Session, some: Sequence[Event]) -> set[Name]:
    """Those of some events that are committed, whatever number they were given."""
    ids = [one.id for one in some]
    columns = (EventRow.store, EventRow.kiosk, EventRow.id)
    return {(*row,) for row in db.execute(select(*columns).where(EventRow.id.in_(ids)))}


def high_water(db: Session, outboxes: Collection[Outbox]) -> dict[Outbox, HighWaterRow]:
    """How far some outboxes are committed; one never heard of is at 0."""
    key = tuple_(HighWaterRow.store, HighWaterRow.kiosk, HighWaterRow.epoch)
    rows = db.scalars(select(HighWaterRow).where(key.in_(outboxes)))
    found = {(row.store, row.kiosk, row.epoch): row for row in rows}
    for outbox in set(outboxes) - found.keys():
        store, kiosk, epoch = outbox
        row = HighWaterRow(
            store=store, kiosk=kiosk, epoch=epoch, upto=0, chain=codec.GENESIS, unread=0
        )
        db.add(row)
        found[outbox] = row
    return found


def append(db: Session, received: Sequence[Received]) -> None:
    """Insert events that `high_water` showed to be new."""
    rows = [
        {
            "id": one.event.id,
            "store": one.event.store,
            "kiosk": one.event.kiosk,
            "epoch": one.event.epoch,
            "seq": one.event.seq,
            "at_ms": one.event.at_ms,
            "clock": one.event.clock,
            "kind": one.event.kind,
            "body": one.body.decode(),
        }
        for one in received
    ]
    if rows:
        db.execute(insert(EventRow), rows)
