"""What doors wrote down: who was let in and who was not, who went through, and what was wrong.

A record is named by its door, journal and number, and counts once, however often it came.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.events import Entry, EntryReason, Event, Incident, Passage, Record
from gateway.store.base import Base
from gateway.store.batches import among

Name = tuple[str, str, str, int]  # store, door, journal, number


class DoorRecordRow(Base):
    """One record of a door's journal."""

    __tablename__ = "door_record"
    __table_args__ = (Index("ix_door_record_decided", "store", "decided_ms"),)

    store: Mapped[str] = mapped_column(primary_key=True)
    door: Mapped[str] = mapped_column(primary_key=True)
    journal: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kiosk: Mapped[str]  # which brought it
    decided_ms: Mapped[int]  # by the door's clock
    kind: Mapped[str]  # contract.events.Kind
    what: Mapped[str]  # EntryReason, Direction or Trouble
    is_granted: Mapped[bool]  # of an entry; of an incident: it is over
    holder: Mapped[str]  # a member or a card, if it was proven
    times: Mapped[int]  # equal refusals are one record
    people: Mapped[int | None]  # inside afterwards, as far as the door knows


@dataclass(frozen=True, slots=True)
class Door:
    """One door of a store, as far as its records tell."""

    door: str
    kiosk: str  # beside it: the one that brought its newest record
    wrote_ms: int
    ordered_ms: int | None  # when it last opened because a person ordered it


def doors(db: Session, store: str) -> list[Door]:
    """The doors of a store that ever wrote something down, by name."""
    names = select(DoorRecordRow.door).where(DoorRecordRow.store == store).distinct()
    found = []
    for door in db.scalars(names.order_by(DoorRecordRow.door)).all():
        newest_first = (
            select(DoorRecordRow)
            .where(DoorRecordRow.store == store, DoorRecordRow.door == door)
            .order_by(DoorRecordRow.decided_ms.desc())
            .limit(1)
        )
        newest = db.scalars(newest_first).one()
        obeyed = newest_first.where(
            DoorRecordRow.what == EntryReason.STAFF, DoorRecordRow.is_granted.is_(True)
        )
        ordered = db.scalars(obeyed).first()
        ordered_ms = None if ordered is None else ordered.decided_ms
        found.append(Door(door, newest.kiosk, newest.decided_ms, ordered_ms))
    return found


def names(events: Collection[Event]) -> set[Name]:
    """The records that some events bring."""
    return {name_of(event, event.body) for event in events if isinstance(event.body, Record)}


def name_of(event: Event, record: Record) -> Name:
    """What a record is called for ever."""
    return event.store, record.door, record.journal, record.number


def known(db: Session, asked: Collection[Name]) -> set[Name]:
    """Which of these came before."""
    key = (DoorRecordRow.store, DoorRecordRow.door, DoorRecordRow.journal, DoorRecordRow.number)
    if not asked:
        return set()
    journals = {(store, door, journal) for store, door, journal, _ in asked}
    numbers = {number for _, _, _, number in asked}
    query = select(*key).where(among(*key[:3], rows=journals), DoorRecordRow.number.in_(numbers))
    found = db.execute(query)
    return {(store, door, journal, number) for store, door, journal, number in found}


def add(db: Session, event: Event, record: Record) -> None:
    """Keep a record that is not known yet."""
    row = DoorRecordRow(
        store=event.store,
        door=record.door,
        journal=record.journal,
        number=record.number,
        kiosk=event.kiosk,
        decided_ms=record.decided_ms,
        kind=event.kind,
        what="",
        is_granted=False,
        holder="",
        times=1,
        people=None,
    )
    match record:
        case Entry():
            row.what, row.is_granted = record.reason, record.is_granted
            row.holder, row.times, row.people = record.holder, record.times, record.occupancy
        case Passage():
            row.what, row.people = record.direction, record.occupancy
        case Incident():
            row.what, row.is_granted = record.trouble, record.is_over
    db.add(row)
