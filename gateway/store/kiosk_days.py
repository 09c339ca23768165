"""In which hours of a day each kiosk was heard: where none was, a number is unknown and not 0."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.shop_days import HOUR_MS, day_of, span
from gateway.store.base import Base, insert


class KioskDayRow(Base):
    """One kiosk's day."""

    __tablename__ = "kiosk_day"

    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[int]  # a bit an hour, the lowest is the first after midnight


class Heard(NamedTuple):
    """A kiosk said something in an hour, counted from 1970."""

    store: str
    kiosk: str
    hour: int


def note(db: Session, heard: Collection[Heard]) -> None:
    """Remember some hours; those that are known may come again."""
    row = KioskDayRow
    key = "store", "kiosk", "day"
    for one in sorted(heard):
        day = day_of(one.hour * HOUR_MS)
        bit = 1 << (one.hour - span(day).from_ms // HOUR_MS)
        put = insert(db, row).values(store=one.store, kiosk=one.kiosk, day=day, hours=bit)
        hours = row.hours.op("|")(put.excluded.hours)
        db.execute(put.on_conflict_do_update(index_elements=key, set_={"hours": hours}))


def heard(db: Session, store: str, first: date, last: date) -> dict[date, int]:
    """How many kiosks of a store were heard on each day on which any was."""
    row = KioskDayRow
    query = select(row.day, func.count()).where(row.store == store, row.day.between(first, last))
    return dict(db.execute(query.group_by(row.day)).all())
