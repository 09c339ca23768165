"""Orders placed online, to be picked up in a store."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store.base import Base
from gateway.store.batches import Prepared, among


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


def move(db: Session, order: str, before: Collection[OrderState], after: OrderState) -> bool:
    """Take an order one step on; False if it is somewhere else by now, so that it counts once."""
    statement = (
        update(OrderRow)
        .where(OrderRow.order == order, OrderRow.state.in_(before))
        .values(state=after)
        .returning(OrderRow.order)
    )
    return db.scalar(statement) is not None
