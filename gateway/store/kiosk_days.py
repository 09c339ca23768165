"""In which hours of a day each kiosk was heard: where none was, a number is unknown and not 0."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.shop_days import HOUR_MS, day_of, span
from gateway.store.base import Base, insert

ALL_HOURS = (1 << 24) - 1  # a bit each


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
    if not heard:
        return
    put = insert(db, KioskDayRow)
    hours = KioskDayRow.hours.op("|")(put.excluded.hours)
    key = "store", "kiosk", "day"
    rows = [_row(one) for one in sorted(heard)]
    # At once, and past the ORM: when an hour begins, thousands of kiosks are heard anew.
    db.connection().execute(
        put.on_conflict_do_update(index_elements=key, set_={"hours": hours}), rows
    )


def _row(one: Heard) -> dict[str, object]:
    day, first_hour = _day(one.hour)
    bit = 1 << (one.hour - first_hour)
    return {"store": one.store, "kiosk": one.kiosk, "day": day, "hours": bit}


@lru_cache(maxsize=64)  # late events are of some days, all others of this hour
def _day(hour: int) -> tuple[date, int]:
    day = day_of(hour * HOUR_MS)
    return day, span(day).from_ms // HOUR_MS


def known(db: Session, store: str, some: Sequence[date]) -> set[date]:
    """Of some days: those with a kiosk that was heard, or before anybody wrote that down."""
    row = KioskDayRow
    began = db.scalar(select(func.min(row.day)).where(row.store == store))
    found = heard(db, store, some[0], some[-1])
    return {day for day in some if day in found or began is None or day < began}


def heard(db: Session, store: str, first: date, last: date) -> dict[date, int]:
    """How many kiosks of a store were heard on each day on which any was."""
    row = KioskDayRow
    query = select(row.day, func.count()).where(row.store == store, row.day.between(first, last))
    return dict(db.execute(query.group_by(row.day)).all())


def heard_of(db: Session, store: str, first: date, last: date) -> dict[str, int]:
    """On how many days each kiosk of a store was heard; one that never was is not there."""
    row = KioskDayRow
    query = select(row.kiosk, func.count()).where(row.store == store, row.day.between(first, last))
    return dict(db.execute(query.group_by(row.kiosk)).all())


def hours(db: Session, store: str, some: Sequence[date]) -> dict[date, set[int]]:
    """In which hours of some days any kiosk was heard; all, before that was written down."""
    row = KioskDayRow
    began = db.scalar(select(func.min(row.day)).where(row.store == store))
    found = {day: 0 if began is not None and day >= began else ALL_HOURS for day in some}
    query = select(row.day, row.hours).where(row.store == store, row.day.between(some[0], some[-1]))
    for day, bits in db.execute(query):
        found[day] |= bits
    return {day: {hour for hour in range(24) if bits >> hour & 1} for day, bits in found.items()}
