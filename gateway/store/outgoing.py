"""What others are to be told, written in the transaction in which it happened; who was told what.

Knows no address: endpoints are names from the settings, and a new one hears only of what comes.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from sqlalchemy import ForeignKey, Index, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.identifiers import uuid7
from gateway.core.telling import Kind
from gateway.store.base import Base, insert

KEPT_MS = 30 * 86_400_000  # a CRM that was away over a holiday; what is older is of no use to it


class OutgoingState(StrEnum):
    """What became of a message to one endpoint."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"  # tried too often; a person may send it again


class OutgoingEventRow(Base):
    """One thing that happened, in ids: who is told asks for what else they may know."""

    __tablename__ = "outgoing_event"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    body: Mapped[bytes]  # as it is signed and sent
    at_ms: Mapped[int]


class OutgoingCursorRow(Base):
    """Up to which event an endpoint's deliveries are made."""

    __tablename__ = "outgoing_cursor"

    endpoint: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class OutgoingDeliveryRow(Base):
    """One event on its way to one endpoint."""

    __tablename__ = "outgoing_delivery"
    __table_args__ = (Index("ix_outgoing_delivery_due", "state", "next_at_ms"),)

    endpoint: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("outgoing_event.number"), primary_key=True)
    state: Mapped[str]
    attempts: Mapped[int]
    next_at_ms: Mapped[int]
    problem: Mapped[str]  # of the last attempt; "" if there is none


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be sent now."""

    number: int
    event: str
    body: bytes
    attempts: int  # so far


def tell(db: Session, kind: Kind, said: Mapping[str, object], now_ms: int) -> None:
    """Have every endpoint that wants to know told of it, once the transaction is committed.

    `said` holds ids, states and amounts; never a name, a phone number or an address.
    """
    body = msgspec.json.encode({"type": kind, "timestamp": _iso(now_ms), "data": said})
    event = f"msg_{uuid7(now_ms, secrets.token_bytes(10))}"
    db.add(OutgoingEventRow(event=event, kind=kind, body=body, at_ms=now_ms))


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def spread(db: Session, endpoint: str, kinds: Collection[Kind], now_ms: int) -> None:
    """Make deliveries of what happened since the last time; an endpoint that is new begins now."""
    newest = db.scalar(select(func.max(OutgoingEventRow.number))) or 0
    cursor = db.get(OutgoingCursorRow, endpoint, with_for_update=True)
    if cursor is None:
        start = insert(db, OutgoingCursorRow).values(endpoint=endpoint, number=newest)
        db.execute(start.on_conflict_do_nothing())
        return
    fresh = select(OutgoingEventRow.number).where(
        OutgoingEventRow.number > cursor.number,
        OutgoingEventRow.number <= newest,
        OutgoingEventRow.kind.in_(list(kinds)),
    )
    for number in db.scalars(fresh.order_by(OutgoingEventRow.number)):
        row = OutgoingDeliveryRow(endpoint=endpoint, number=number, attempts=0, problem="")
        row.state, row.next_at_ms = OutgoingState.WAITING, now_ms
        db.add(row)
    cursor.number = newest


def is_heard(db: Session) -> bool:
    """Whether anybody is told anything."""
    return db.scalar(select(OutgoingCursorRow.endpoint).limit(1)) is not None


def forget_told(db: Session, kind: Kind) -> None:
    """Blank what was said of a kind once everybody was told: it names somebody who is erased."""
    delivery, event = OutgoingDeliveryRow, OutgoingEventRow
    of_it = select(delivery.number).where(delivery.number == event.number)
    waits = of_it.where(delivery.state == OutgoingState.WAITING)
    was_told = update(event).where(event.kind == kind, of_it.exists(), ~waits.exists())
    db.execute(was_told.values(body=b"").execution_options(synchronize_session=False))


def take(db: Session, endpoint: str, now_ms: int, limit: int, until_ms: int) -> list[Due]:
    """What is to be sent to an endpoint now, the oldest first; nobody else gets it till `until_ms`.

    If we die before it is settled, it is due again then.
    """
    row, event = OutgoingDeliveryRow, OutgoingEventRow
    query = (
        select(event.number, event.event, event.body, row.attempts)
        .join(event, event.number == row.number)
        .where(row.endpoint == endpoint, row.state == OutgoingState.WAITING)
        .where(row.next_at_ms <= now_ms)
        .order_by(row.number)
        .limit(limit)
        .with_for_update(of=row, skip_locked=True)
    )
    found = [Due(*values) for values in db.execute(query)]
    _due_at(db, endpoint, found, until_ms)
    return found


def give_back(db: Session, endpoint: str, unsent: Sequence[Due], now_ms: int) -> None:
    """Let go of what was taken and not tried."""
    _due_at(db, endpoint, unsent, now_ms)


def _due_at(db: Session, endpoint: str, some: Sequence[Due], at_ms: int) -> None:
    row = OutgoingDeliveryRow
    mine = update(row).where(row.endpoint == endpoint, row.number.in_([one.number for one in some]))
    db.execute(mine.values(next_at_ms=at_ms))


def settle(db: Session, endpoint: str, sent: Due, outcome: Outcome) -> None:
    """Keep what came of an attempt."""
    statement = update(OutgoingDeliveryRow).filter_by(endpoint=endpoint, number=sent.number)
    db.execute(
        statement.values(
            state=outcome.state,
            attempts=sent.attempts + 1,
            next_at_ms=outcome.next_at_ms,
            problem=outcome.problem[:PROBLEM_MAX],
        )
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt, and when the next one is."""

    state: OutgoingState
    next_at_ms: int = 0
    problem: str = ""


PROBLEM_MAX = 200


def counts(db: Session, endpoint: str) -> dict[OutgoingState, int]:
    """How many messages an endpoint is in each state of."""
    row = OutgoingDeliveryRow
    query = select(row.state, func.count()).filter_by(endpoint=endpoint).group_by(row.state)
    found = dict(db.execute(query).all())
    return {state: found.get(state, 0) for state in OutgoingState}


def revive(db: Session, endpoint: str, now_ms: int) -> int:
    """Try the dead ones again from the beginning; how many there were."""
    dead = update(OutgoingDeliveryRow).filter_by(endpoint=endpoint, state=OutgoingState.DEAD)
    again = dead.values(state=OutgoingState.WAITING, attempts=0, next_at_ms=now_ms)
    return len(db.scalars(again.returning(OutgoingDeliveryRow.number)).all())


def prune(db: Session, now_ms: int) -> None:
    """Forget what happened more than a month ago."""
    old = select(OutgoingEventRow.number).where(OutgoingEventRow.at_ms < now_ms - KEPT_MS)
    db.execute(delete(OutgoingDeliveryRow).where(OutgoingDeliveryRow.number.in_(old)))
    db.execute(delete(OutgoingEventRow).where(OutgoingEventRow.at_ms < now_ms - KEPT_MS))
