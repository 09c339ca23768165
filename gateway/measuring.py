"""Counts days that are over and not kept yet: each night, and again what something late changed."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session, sessionmaker

from gateway.core.shop_days import day_of, days
from gateway.store import measured_days, measures, stores, visits
from gateway.store.base import writing

OLDEST_DAYS = 800  # two years and a bit: as far as anybody compares


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
                closed.append((store, day))
    return closed
