"""Intake and web may learn of one member in the same instant, on a database with many writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from contract import arrivals
from contract.arrivals import Arrival
from contract.events import Arrived
from contract.messages import KioskState
from gateway import arrivals as phones
from gateway import service
from gateway.core.arrivals import Answer
from gateway.store import base, scene, stores
from gateway.store.visits import VisitRow
from tests.gateway.shop import NGOC, NOON_MS, STORE, STORE_NO, Outbox, Shop, key_of
from tests.postgres import Postgres
from tests.waiting import until

BEACON = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:7:1"
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def shop(tmp_path: Path, postgres: Postgres) -> Shop:
    made = Shop(tmp_path, postgres.empty())
    made.member()
    state = KioskState("quay-1", True, beacon=BEACON)
    with made.writers.begin() as db:
        stores.keep_state(db, STORE, "quay-1", state, NOON_MS)
    return made


def test_a_tag_and_a_phone_in_the_same_instant_are_one_visit(shop: Shop) -> None:
    heard = Outbox().says(Arrived(f"t-{NGOC}", "quay-1", -60))
    arrival = arrivals.sign(key_of(NGOC), Arrival(NGOC, 1, BEACON, NOON_MS, "1" * 32, "00" * 64))

    def by_phone() -> Answer:
        with base.writing(shop.readers) as db:
            return phones.take(db, arrival, NOON_MS).answer

    with ThreadPoolExecutor(1) as web, shop.read() as onlooker:
        with shop.writers.begin() as db:
            service.handle(db, [heard], scene.Shop({STORE: STORE_NO}, NOON_MS))
            asked = web.submit(by_phone)
            until(lambda: asked.done() or onlooker.scalar(WAITING), "the phone is waiting, or done")
            assert not asked.done()
        assert asked.result() is Answer.ACCEPTED
    with shop.read() as db:
        assert db.scalar(select(func.count()).select_from(VisitRow)) == 1
    shop.engine.dispose()


def test_two_intakes_with_the_same_events_commit_them_once(shop: Shop) -> None:
    """As in the moment in which one takes over the sessions of another that is not dead."""
    kiosk = Outbox()
    batch = [kiosk.says(Arrived(f"t-{NGOC}", "quay-1", -60)) for _ in range(3)]

    def again() -> list[int]:
        return [receipt.upto for _, receipt in shop.handle(*batch).receipts]

    shop.handle(batch[0])
    with ThreadPoolExecutor(1) as other, shop.read() as onlooker:
        with shop.writers.begin() as db:
            service.handle(db, batch[:2], scene.Shop({STORE: STORE_NO}, NOON_MS))
            asked = other.submit(again)
            until(lambda: asked.done() or onlooker.scalar(WAITING), "the other waits, or is done")
        assert asked.result() == [3]
    with shop.read() as db:
        assert db.scalar(text("SELECT count(*) FROM event")) == 3
    shop.engine.dispose()
