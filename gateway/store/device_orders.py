"""What people at the console ordered kiosks to do: who, when, what, and what became of it.

Written before an order goes out, and never deleted by anything but retention.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.commands import Command
from contract.vitals import OrderAnswer
from gateway.store.base import Base

NOT_SENT = "not_sent"  # besides contract.vitals.Outcome: the broker did not take it


class DeviceOrderRow(Base):
    """One order."""

    __tablename__ = "device_order"
    __table_args__ = (Index("ix_device_order_kiosk", "store", "device", "at_ms"),)

    nonce: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str]
    device: Mapped[str]
    deed: Mapped[str]  # contract.commands.Deed
    staff: Mapped[str]
    at_ms: Mapped[int]
    outcome: Mapped[str | None]  # contract.vitals.Outcome or NOT_SENT; None: no answer (yet)
    answered_ms: Mapped[int | None]


def note(db: Session, order: Command) -> None:
    """Write an order down, before it goes out."""
    db.add(
        DeviceOrderRow(
            nonce=order.nonce,
            store=order.store,
            device=order.device,
            deed=order.deed,
            staff=order.staff,
            at_ms=order.at_ms,
        )
    )


def answer(db: Session, nonce: str, outcome: str, now_ms: int) -> None:
    """What became of it; the first answer stands."""
    db.execute(
        update(DeviceOrderRow)
        .where(DeviceOrderRow.nonce == nonce, DeviceOrderRow.outcome.is_(None))
        .values(outcome=outcome, answered_ms=now_ms)
    )


def answers(db: Session, store: str, device: str, said: Sequence[OrderAnswer], now_ms: int) -> None:
    """What a kiosk says became of its orders; of another's it is not believed."""
    if not said:
        return
    outcomes = {one.nonce: one.outcome for one in said}
    waiting = select(DeviceOrderRow).where(
        DeviceOrderRow.nonce.in_(outcomes),
        DeviceOrderRow.store == store,
        DeviceOrderRow.device == device,
        DeviceOrderRow.outcome.is_(None),
    )
    for row in db.scalars(waiting):
        row.outcome, row.answered_ms = outcomes[row.nonce], now_ms


def get(db: Session, nonce: str) -> DeviceOrderRow | None:
    """One order."""
    return db.get(DeviceOrderRow, nonce)


def latest(db: Session, store: str, limit: int) -> Sequence[DeviceOrderRow]:
    """The newest orders to the kiosks of a store, newest first."""
    query = select(DeviceOrderRow).filter_by(store=store).order_by(DeviceOrderRow.at_ms.desc())
    return db.scalars(query.limit(limit)).all()
