"""Orders placed online, to be picked up in a store, and every step that was taken with one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.orders import (
    GIVEN,
    GIVING,
    OPEN,
    STEPS,
    OrderState,
    OrderStep,
    Stop,
    after,
)
from gateway.core.telling import Kind
from gateway.store import outgoing, sales
from gateway.store.base import Base
from gateway.store.batches import Prepared, among
from gateway.store.sales import OrderSold


class OrderRow(Base):
    """One order."""

    __tablename__ = "customer_order"  # "order" is a word of SQL
    __table_args__ = (Index("ix_customer_order_board", "state", "store", "changed_at_ms"),)

    order: Mapped[str] = mapped_column("order_id", primary_key=True)
    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), index=True)
    number: Mapped[str]  # as the customer knows it
    items: Mapped[int]
    unpaid_vnd: Mapped[int]
    state: Mapped[str]  # gateway.core.orders.OrderState
    store: Mapped[str] = mapped_column(default="")  # where it is picked up; empty: anywhere
    shelf: Mapped[str] = mapped_column(default="")  # where in the store it lies
    promised_at_ms: Mapped[int | None]  # when it was promised to be ready
    total_vnd: Mapped[int | None]  # what it costs in all, paid or not; None: nobody said
    changed_at_ms: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[str] = mapped_column(default="")  # see `Actor`


class OrderStepRow(Base):
    """One step, written once: who, when, from where to where. What a shop system is told."""

    __tablename__ = "order_step"
    __table_args__ = (Index("ix_order_step_at_ms", "at_ms"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[str] = mapped_column("order_id", index=True)
    step: Mapped[str]
    state: Mapped[str]
    at_ms: Mapped[int]
    by: Mapped[str]
    note: Mapped[str]
    handed_to: Mapped[str] = mapped_column(default="", server_default="")  # empty: the customer


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that somebody wants to take."""

    step: OrderStep
    by: str  # staff:hanh, system:web-shop, kiosk:quay-1
    at_ms: int
    note: str = ""
    store: str = ""  # where it is done, if it is done in one
    is_paid_here: bool = False  # staff took the money; the note says how
    to: str = ""  # who takes it, if not the customer: `courier Grab`


@dataclass(frozen=True, slots=True)
class Stopped:
    """It cannot be: why, and who was faster, when."""

    stop: Stop
    by: str = ""
    at_ms: int = 0


_HAVING_OPEN = Prepared(
    select(OrderRow.member).where(
        among(OrderRow.member, rows="members"), among(OrderRow.state, rows="states")
    )
)


def open_of(db: Session, members: Collection[str]) -> dict[str, list[OrderRow]]:
    """The orders that are still to be handed over, by member."""
    found: dict[str, list[OrderRow]] = {member: [] for member in members}
    having = {member for (member,) in _HAVING_OPEN.rows(db, members=members, states=OPEN)}
    if having:
        query = select(OrderRow).where(OrderRow.member.in_(having), OrderRow.state.in_(OPEN))
        for row in db.scalars(query.order_by(OrderRow.order)):
            found[row.member].append(row)
    return found


def is_at(row: OrderRow, store: str) -> bool:
    """Whether an order can be picked up in a store."""
    return row.store in ("", store)


def take(db: Session, order: str, deed: Deed) -> OrderRow | Stopped:
    """Take a step, once: of many at the same time one moves it, the others hear of that one."""
    row = db.get(OrderRow, order, populate_existing=True)
    if row is None:
        return Stopped(Stop.UNKNOWN)
    if deed.store and not is_at(row, deed.store):
        return Stopped(Stop.ELSEWHERE)
    before, then = STEPS[deed.step]
    if deed.step in GIVING:
        sales.in_turn(db, order, row.store, deed.store)
    moving = update(OrderRow).where(OrderRow.order == order, OrderRow.state.in_(before))
    if deed.step in GIVING and not deed.is_paid_here:
        moving = moving.where(OrderRow.unpaid_vnd == 0)
    values = {"state": then, "changed_at_ms": deed.at_ms, "changed_by": deed.by}
    if deed.is_paid_here and deed.step in GIVING:
        values["unpaid_vnd"] = 0
    moved = db.scalar(moving.values(values).returning(OrderRow.order))
    db.refresh(row)
    if moved is None:
        stop = after(OrderState(row.state), deed.step, row.unpaid_vnd)
        why = stop if isinstance(stop, Stop) else Stop.ALREADY
        return Stopped(why, row.changed_by, row.changed_at_ms)
    write(db, row, deed)
    if row.state in GIVEN:
        _sell(db, row, deed)
    if row.state == OrderState.HANDED_OVER:
        to = deed.to.partition(" ")[0] or "customer"  # never a name
        said = {"order": row.order, "store": deed.store, "by": deed.by, "to": to}
        outgoing.tell(db, Kind.ORDER_HANDED_OVER, said, deed.at_ms)
    return row


def settle(db: Session, row: OrderRow, at_ms: int, now_ms: int) -> None:
    """Write down the sale of an order that is paid, or its end if it was called off since."""
    is_off = row.state == OrderState.CANCELLED
    if row.total_vnd is not None and (is_off or row.unpaid_vnd == 0):
        total_vnd = 0 if is_off else row.total_vnd
        sold = OrderSold(row.order, row.member, row.store, total_vnd, at_ms)
        sales.settle(db, sold, now_ms)


def _sell(db: Session, row: OrderRow, deed: Deed) -> None:
    """It is in its customer's hands."""
    if row.total_vnd is not None:
        kind, _, staff = deed.by.partition(":")
        store = deed.store or row.store
        sold = OrderSold(row.order, row.member, store, row.total_vnd, deed.at_ms)
        sales.collected(db, sold, staff if kind == "staff" else "")


def write(db: Session, row: OrderRow, deed: Deed) -> None:
    """Keep for ever that a step was taken."""
    db.add(
        OrderStepRow(
            order=row.order,
            step=deed.step,
            state=row.state,
            at_ms=deed.at_ms,
            by=deed.by,
            note=deed.note,
            handed_to=deed.to if deed.step in GIVING else "",
        )
    )
    db.flush()


def steps_of(db: Session, order: str) -> Sequence[OrderStepRow]:
    """All steps that were taken, first to last."""
    query = select(OrderStepRow).filter_by(order=order).order_by(OrderStepRow.number)
    return db.scalars(query).all()


def at_store(
    db: Session, store: str, states: Collection[OrderState], since_ms: int, limit: int
) -> Sequence[OrderRow]:
    """Orders of a store in some states that changed since a time, longest there first."""
    row = OrderRow
    is_here = row.store.in_((store, ""))
    query = select(row).where(row.state.in_(states), is_here, row.changed_at_ms >= since_ms)
    return db.scalars(query.order_by(row.changed_at_ms, row.order).limit(limit)).all()
