"""Which days of which store are counted and kept, until something late changes one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.shop_days import day_of, span
from gateway.store.base import Base


class MeasuredDayRow(Base):
    """A day whose measures are kept."""

    __tablename__ = "measured_day"

    store: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


def add(db: Session, store: str, day: date) -> None:
    """Remember that a day is kept."""
    db.merge(MeasuredDayRow(store=store, day=day))


def kept(db: Session, store: str, first: date, last: date) -> set[date]:
    """The kept days from the first to the last."""
    row = MeasuredDayRow
    query = select(row.day).where(row.store == store, row.day.between(first, last))
    return set(db.scalars(query))


def today_ms(now_ms: int) -> int:
    """When the day began that nobody counts yet."""
    return span(day_of(now_ms)).from_ms


def is_past(at_ms: int, now_ms: int) -> bool:
    """Whether somebody may be counting that day just now: who changes it has the store's turn."""
    return at_ms < today_ms(now_ms)


def outdate(db: Session, changed: Iterable[tuple[str, int]], now_ms: int) -> None:
    """Something changed in these stores at these times: past days of them must be counted anew."""
    began_ms = today_ms(now_ms)
    past = {(store, day_of(at_ms)) for store, at_ms in changed if at_ms < began_ms}
    row = MeasuredDayRow
    for store, day in sorted(past):
        db.execute(delete(row).where(row.store == store, row.day == day))
