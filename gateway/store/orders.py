"""Orders placed online, to be picked up in a store."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store.base import Base


class OrderState(StrEnum):
    """Where an order is on its way to the customer."""

    PREPARING = "preparing"
    READY = "ready"
    ARRIVED = "arrived"  # the customer stands in the store
    HANDED_OVER = "handed_over"


OPEN = (OrderState.PREPARING, OrderState.READY, OrderState.ARRIVED)


class OrderRow(Base):
    """One order."""

    __tablename__ = "customer_order"  # "order" is a word of SQL

    order: Mapped[str] = mapped_column("order_id", primary_key=True)
    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), index=True)
    number: Mapped[str]  # as the customer knows it
    items: Mapped[int]
    unpaid_vnd: Mapped[int]
    state: Mapped[str]


def open_of(db: Session, member: str) -> Sequence[OrderRow]:
    """A member's orders that are still to be handed over."""
    query = select(OrderRow).where(OrderRow.member == member, OrderRow.state.in_(OPEN))
    return db.scalars(query.order_by(OrderRow.order)).all()


def announce(db: Session, order: str, member: str) -> bool:
    """The customer is here for a ready order; False if it is not theirs, not ready, or known."""
    statement = (
        update(OrderRow)
        .where(
            OrderRow.order == order,
            OrderRow.member == member,
            OrderRow.state == OrderState.READY,
        )
        .values(state=OrderState.ARRIVED)
        .returning(OrderRow.order)
    )
    return db.scalar(statement) is not None
