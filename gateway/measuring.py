"""Counts days that are over and not kept yet: each night, and again what something late changed.

Whoever wants to know of `day.counted` is told.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session, sessionmaker

from gateway.core.measures import Measure, number
from gateway.core.shop_days import day_of, days
from gateway.core.telling import Kind
from gateway.store import kiosk_days, measured_days, measures, outgoing, stores, visits
from gateway.store.base import writing

OLDEST_DAYS = 800  # two years and a bit: as far as anybody compares
TOLD_DAYS = 35  # a month that others add up; older news is in the report schema


def _tell(db: Session, store: str, day: date, now_ms: int) -> None:
    sums = measures.daily(db, store, [day])[day]
    numbers = {measure: number(measure, sums) for measure in Measure}
    is_known = bool(kiosk_days.known(db, store, [day]))
    said = {"store": store, "day": day.isoformat(), "is_known": is_known, "numbers": numbers}
    outgoing.tell(db, Kind.DAY_COUNTED, said, now_ms)


def close_days(writers: sessionmaker[Session], now_ms: int) -> list[tuple[str, date]]:
    """Count and keep all that is over, a day of a store at a time: nobody waits for long."""
    yesterday = day_of(now_ms) - timedelta(days=1)
    closed = []
    with writers() as db:
        began = {row.store: visits.first_ms(db, row.store) for row in stores.every(db)}
    for store, first_ms in began.items():
        if first_ms is None:
            continue
        first = max(day_of(first_ms), yesterday - timedelta(days=OLDEST_DAYS))
        with writers() as db:
            known = measured_days.kept(db, store, first, yesterday)
        for day in days(first, yesterday):
            if day not in known:
                with writing(writers) as db:
                    measures.keep(db, store, day)
                    if (yesterday - day).days < TOLD_DAYS:
                        _tell(db, store, day, now_ms)
                closed.append((store, day))
    return closed
