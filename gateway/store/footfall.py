"""How many came past each kiosk, by the quarter of an hour. There is nobody in it to forget."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.events import Counted, Event
from gateway.store import measured_days
from gateway.store.base import Base, insert


class CountedRow(Base):
    """One quarter of an hour of one counter."""

    __tablename__ = "counted"

    store: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)  # contract.footfall.Counter
    at_ms: Mapped[int] = mapped_column(primary_key=True)  # when it was over
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int | None]  # None: fewer than five


def add(db: Session, event: Event, counted: Counted, at_ms: int, now_ms: int) -> None:
    """Keep what a kiosk counted; a day that was closed is counted anew."""
    place = {"store": event.store, "kiosk": event.kiosk, "what": str(counted.what)}
    row = insert(db, CountedRow).values(**place, at_ms=at_ms, number=counted.number)
    db.execute(row.on_conflict_do_nothing())
    measured_days.outdate(db, [(event.store, at_ms)], now_ms)
