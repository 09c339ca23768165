"""The chain that the pages of numbers are measured over has what it says, on every day of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench.chain import DAYS, PER_SALE, PER_TOUCH, PER_VISIT, STORES, Chain, fill
from gateway.core.measures import Measure
from gateway.core.shop_days import span
from gateway.store import base, measures
from gateway.store.events import EventRow
from gateway.store.sales import SaleRow
from gateway.store.touches import TouchRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import Shop

EVENTS = STORES * DAYS * PER_VISIT  # one visit on each day in each store
LAST = date(2026, 3, 31)


def test_every_store_has_its_visits_on_every_day(tmp_path: Path) -> None:
    made = Shop(tmp_path)
    with made.writers.begin() as db:  # the chain's stores are its own
        for table in ("kiosk", "store"):
            db.connection().exec_driver_sql(f"DELETE FROM {table}")
    fill(made.engine, Chain(EVENTS, LAST))
    with base.readers(made.engine)() as db:
        counts = {
            table: db.scalar(select(func.count()).select_from(table))
            for table in (EventRow, VisitRow, SaleRow, TouchRow)
        }
        for ago in (0, 7, DAYS - 1):
            day = span(LAST - timedelta(days=ago))
            for store in ("s-0", f"s-{STORES - 1}"):
                (cell,) = measures.cells(db, store, day, Measure.VISITS)
                assert cell.tally.count == 1
    assert counts == {
        EventRow: EVENTS,
        VisitRow: EVENTS // PER_VISIT,
        SaleRow: EVENTS // PER_SALE,
        TouchRow: EVENTS // PER_TOUCH,
    }
    made.engine.dispose()
