"""Money that arrived by transfer, each payment once, and the order it is for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.changes import PaymentConfirmed
from gateway.core.greeting import OWN_PAGE
from gateway.store import orders, sales
from gateway.store.base import Base, insert
from gateway.store.orders import OrderRow
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.visits import VisitRow


class PaymentRow(Base):
    """One payment."""

    __tablename__ = "payment"

    connector: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    order_ref: Mapped[str] = mapped_column(index=True)  # as it was paid for
    order: Mapped[str | None] = mapped_column("order_id", index=True)  # None: nobody knows yet
    amount_vnd: Mapped[int]
    at_ms: Mapped[int]


def take(db: Session, connector: str, told: PaymentConfirmed, now_ms: int) -> bool:
    """Keep a payment and take it off what its order still costs; False if it is here already.

    A payment for an order that nobody knows waits for it.
    """
    order = _order_of(db, told.order_ref)
    values = {
        PaymentRow.connector: connector,
        PaymentRow.reference: told.reference,
        PaymentRow.order_ref: told.order_ref,
        PaymentRow.order: order,
        PaymentRow.amount_vnd: told.amount_vnd,
        PaymentRow.at_ms: told.at_ms,
    }
    statement = insert(db, PaymentRow).values(values).on_conflict_do_nothing()
    if db.scalar(statement.returning(PaymentRow.reference)) is None:
        return False
    if order is not None:
        sales.in_turn(db, order)
        row = db.get_one(OrderRow, order, with_for_update=True)
        row.unpaid_vnd = max(0, row.unpaid_vnd - told.amount_vnd)
        orders.settle(db, row, min(told.at_ms, now_ms), now_ms)
    return True


def order_of(db: Session, connector: str, reference: str) -> str | None:
    """The order that a payment was for; None if nobody knows."""
    row = db.get(PaymentRow, (connector, reference))
    return None if row is None else row.order


def at_screens(
    db: Session, changed: Collection[str], since_ms: int
) -> Sequence[tuple[OrderRow, ScreenSessionRow]]:
    """Some orders, each with every personal screen at which its member was seen since."""
    query = (
        select(OrderRow, ScreenSessionRow)
        .join(ScreenSessionRow, ScreenSessionRow.member == OrderRow.member)
        .join(VisitRow, VisitRow.visit == ScreenSessionRow.visit)
        .where(OrderRow.order.in_(changed), ScreenSessionRow.step.in_(OWN_PAGE))
        .where(VisitRow.last_at_ms >= since_ms)
    )
    return [(row, at) for row, at in db.execute(query)]


def claim(db: Session, order: str, number: str) -> int:
    """What was paid for an order in all, with payments that were here before it."""
    refs = {order, number, number.removeprefix("#")}
    waiting = update(PaymentRow).where(PaymentRow.order.is_(None), PaymentRow.order_ref.in_(refs))
    db.execute(waiting.values({PaymentRow.order: order}))
    paid = select(func.coalesce(func.sum(PaymentRow.amount_vnd), 0))
    return int(db.scalar(paid.where(PaymentRow.order == order)) or 0)


def unclaimed(db: Session) -> Sequence[PaymentRow]:
    """Payments for orders that nobody knows: somebody's money, so somebody should look."""
    return db.scalars(select(PaymentRow).filter_by(order=None).order_by(PaymentRow.at_ms)).all()


def _order_of(db: Session, ref: str) -> str | None:
    """The one order with this id or number; none if two have it."""
    same = or_(OrderRow.order == ref, OrderRow.number.in_({ref, f"#{ref}"}))
    found = db.scalars(select(OrderRow.order).where(same).limit(2)).all()
    return found[0] if len(found) == 1 else None
