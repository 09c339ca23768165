"""Appointments, and the queue of who came without one. Each step is one conditional UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, bindparam, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.appointments import OPEN, STEPS, VisitState, VisitStep
from gateway.store.base import Base, take_turns
from gateway.store.batches import Prepared, among

DAY_MS = 86_400_000
AHEAD_MS = 7 * DAY_MS  # who comes on the wrong day of a week is told the right one


class AppointmentRow(Base):
    """One appointment; one without a time is somebody who walked in."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_store", "store", "state", "starts_at_ms"),
        Index("ix_appointment_member", "member", "starts_at_ms"),
    )

    appointment: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str]
    kind: Mapped[str]  # of gateway.store.visit_types, or one they know no more
    member: Mapped[str | None] = mapped_column(ForeignKey("profile.member"))
    host: Mapped[str]  # staff id; empty: whoever is free
    starts_at_ms: Mapped[int | None]
    state: Mapped[str]  # gateway.core.appointments.VisitState
    day: Mapped[str]  # in the shop's calendar, on which tickets are numbered; empty before
    ticket: Mapped[int | None]
    waiting_since_ms: Mapped[int | None]
    escalated_at_ms: Mapped[int | None]
    alert: Mapped[int | None] = mapped_column(index=True)  # the card that tells the host
    changed_at_ms: Mapped[int]
    changed_by: Mapped[str]
    # Of goods that were brought back: which order they are of, what is said of them, the end.
    order: Mapped[str] = mapped_column("order_id", default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    outcome: Mapped[str] = mapped_column(default="", server_default="")  # a Settlement


@dataclass(frozen=True, slots=True)
class Today:
    """A store, its present day, from when to when."""

    store: str
    day: str
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Kinds:
    """These kinds of visits, or all but these."""

    names: tuple[str, ...]
    is_but: bool = False


def take(
    db: Session, appointment: str, step: VisitStep, by: str, at_ms: int
) -> AppointmentRow | None:
    """Take a step if it can be taken from where the appointment stands; None if not."""
    before, then = STEPS[step]
    row = AppointmentRow
    moving = update(row).where(row.appointment == appointment, row.state.in_(before))
    values = {"state": then, "changed_at_ms": at_ms, "changed_by": by}
    moved = db.scalar(moving.values(values).returning(row.appointment))
    return None if moved is None else db.get_one(row, moved, populate_existing=True)


def next_ticket(db: Session, store: str, day: str) -> int:
    """The next number of a store's day; nobody else gets it."""
    take_turns(db, [store])
    query = select(func.max(AppointmentRow.ticket)).filter_by(store=store, day=day)
    return (db.scalar(query) or 0) + 1


def of_card(db: Session, alert: int) -> AppointmentRow | None:
    """The appointment that a card is about."""
    return db.scalars(select(AppointmentRow).filter_by(alert=alert)).one_or_none()


def at_store(db: Session, today: Today, states: Collection[VisitState]) -> Sequence[AppointmentRow]:
    """A store's appointments of a day, and who walked in on it, in some states; first comes first.

    Who waits stands in the order in which they came.
    """
    row = AppointmentRow
    is_todays = row.starts_at_ms.between(today.from_ms, today.until_ms - 1)
    query = select(row).where(row.store == today.store, row.state.in_(states))
    query = query.where(is_todays | (row.starts_at_ms.is_(None) & (row.day == today.day)))
    first = func.coalesce(row.waiting_since_ms, row.starts_at_ms)
    return db.scalars(query.order_by(first, row.appointment)).all()


_HAVING_OPEN = Prepared(
    select(AppointmentRow.member).where(
        among(AppointmentRow.member, rows="members"),
        AppointmentRow.starts_at_ms.between(bindparam("from_ms"), bindparam("until_ms")),
        among(AppointmentRow.state, rows="states"),
    )
)


def open_of(db: Session, members: Collection[str], at_ms: int) -> dict[str, list[AppointmentRow]]:
    """The appointments about a time that are not over, by member; few have any."""
    found: dict[str, list[AppointmentRow]] = {member: [] for member in members}
    span = {"from_ms": at_ms - DAY_MS, "until_ms": at_ms + AHEAD_MS}
    having = {one for (one,) in _HAVING_OPEN.rows(db, members=members, states=OPEN, **span)}
    if having:
        row = AppointmentRow
        query = select(row).where(row.member.in_(having), row.state.in_(OPEN))
        query = query.where(row.starts_at_ms.between(span["from_ms"], span["until_ms"]))
        for one in db.scalars(query.order_by(row.starts_at_ms, row.appointment)):
            found[one.member or ""].append(one)
    return found


def of_member(db: Session, member: str, today: Today) -> Sequence[str]:
    """The kinds of a member's appointments today in a store that are not over."""
    row = AppointmentRow
    query = select(row.kind).where(
        row.member == member,
        row.starts_at_ms.between(today.from_ms, today.until_ms - 1),
        row.store == today.store,
        row.state.in_(OPEN),
    )
    return db.scalars(query).all()


def overdue(
    db: Session, kinds: Kinds, before_ms: Mapping[VisitState, int], limit: int
) -> Sequence[AppointmentRow]:
    """Of some kinds: who was expected, or has waited, since before these times, untold yet."""
    row = AppointmentRow
    missed = (row.state == VisitState.BOOKED) & (row.starts_at_ms <= before_ms[VisitState.BOOKED])
    forgotten = (
        (row.state == VisitState.WAITING)
        & (row.waiting_since_ms <= before_ms[VisitState.WAITING])
        & row.escalated_at_ms.is_(None)
    )
    is_one = row.kind.in_(kinds.names)
    query = select(row).where(~is_one if kinds.is_but else is_one, missed | forgotten)
    return db.scalars(query.order_by(row.appointment).limit(limit)).all()


def escalate(db: Session, appointment: str, at_ms: int) -> bool:
    """Note that everybody is called now; False if that was so, or they wait no longer."""
    row = AppointmentRow
    where = (row.appointment == appointment, row.state == VisitState.WAITING)
    called = update(row).where(*where, row.escalated_at_ms.is_(None)).values(escalated_at_ms=at_ms)
    return db.scalar(called.returning(row.appointment)) is not None
