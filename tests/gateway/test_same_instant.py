"""Intake and web may learn of one member in the same instant, on a database with many writers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from contract import arrivals, screen_codes
from contract.arrivals import Arrival
from contract.events import Arrived
from contract.messages import KioskState, Refusal, ShownCode
from contract.screen_codes import Claim
from gateway import arrivals as phones
from gateway import redemptions, service
from gateway.core import screen_codes as codes
from gateway.core.arrivals import Answer
from gateway.core.consent_texts import DAY_MS
from gateway.core.matching import PassUse
from gateway.core.measures import Measure
from gateway.core.redemption import State, Step
from gateway.core.shop_days import day_of
from gateway.core.visits import Place
from gateway.measuring import close_days
from gateway.screen_codes import take
from gateway.store import (
    alerts,
    base,
    measured_days,
    measures,
    pass_uses,
    scene,
    screen_sessions,
    stores,
)
from gateway.store.alert_rows import AlertRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.staff import StaffRow
from gateway.store.visits import VisitRow
from tests.gateway.desk import Desk
from tests.gateway.shop import (
    HUY,
    NGOC,
    NOON_MS,
    STORE,
    STORE_NO,
    Outbox,
    Shop,
    key_of,
    pass_of,
    scan,
)
from tests.gateway.store.test_retention import filled
from tests.postgres import Postgres
from tests.waiting import until

CODE = "5e551014c0ffee00"
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


def test_of_two_phones_with_one_code_in_the_same_instant_the_second_is_told(shop: Shop) -> None:
    shop.member(HUY)
    state = KioskState("quay-1", True, codes=(ShownCode(screen_codes.digest(CODE), 90_000),))
    with shop.writers.begin() as db:
        stores.keep_state(db, STORE, "quay-1", state, NOON_MS)

    def claim(member: str) -> codes.Answer:
        unsigned = Claim(member, 1, "quay-1", CODE, "00" * 64)
        with base.writing(shop.readers) as db:
            return take(db, screen_codes.sign(key_of(member), unsigned), NOON_MS).answer

    with ThreadPoolExecutor(1) as other, shop.read() as onlooker:
        with shop.writers.begin() as db:
            assert screen_sessions.claim(db, (STORE, "quay-1", CODE), NGOC)
            asked = other.submit(claim, HUY)
            until(lambda: asked.done() or onlooker.scalar(WAITING), "the other waits, or is done")
            assert not asked.done()
        assert asked.result() is codes.Answer.USED
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


def _take_back(db: Session) -> None:
    redemptions.step(db, 1, Step.ROLL_BACK, NOON_MS + DAY_MS)


def _claim(db: Session) -> None:
    assert alerts.claim(db, 1, "lan", NOON_MS + DAY_MS) == alerts.Moved()


@pytest.mark.parametrize(
    ("changes", "measure", "count"),
    [(_take_back, Measure.REDEMPTIONS, 0), (_claim, Measure.SERVE_S, 1)],
    ids=["what was used is taken back", "a card that waited is taken"],
)
def test_who_changes_yesterday_takes_turns_with_who_counts_it(
    shop: Shop, changes: Callable[[Session], None], measure: Measure, count: int
) -> None:
    """Else the day would be kept as it was before, and nobody would count it again."""
    today_ms, yesterday = NOON_MS + DAY_MS, day_of(NOON_MS)
    used = {"redemption": 1, "state": State.CONFIRMED, "reason": "granted", "rewards": "[]"}
    times = {"at_ms": NOON_MS, "changed_at_ms": NOON_MS, "code": None, "member": None}
    visit = {"visit": 1, "first_at_ms": NOON_MS, "last_at_ms": NOON_MS}
    card = {"alert": 1, "kind": "help", "state": "offered", "offered_at_ms": NOON_MS}
    with shop.writers.begin() as db:
        db.execute(insert(VisitRow).values(filled(VisitRow, visit)))
        db.execute(insert(RedemptionRow).values(filled(RedemptionRow, {**used, **times})))
        db.execute(insert(AlertRow).values({**filled(AlertRow, card), "alert": 1}))
        db.add(StaffRow(staff="lan", name="Lan", role="owner", pin_hash=""))

    with ThreadPoolExecutor(1) as night, shop.read() as onlooker:
        with shop.writers.begin() as db:
            changes(db)
            counted = night.submit(close_days, shop.writers, today_ms)
            until(lambda: counted.done() or onlooker.scalar(WAITING), "the night waits, or is done")
        assert (STORE, yesterday) in counted.result()
    with shop.read() as db:
        found = measures.daily(db, STORE, [yesterday])[yesterday]
        assert measured_days.kept(db, STORE, yesterday, yesterday) == {yesterday}
    assert found[measure].count == count, "it was counted as it is now"
    shop.engine.dispose()


def test_a_pass_that_another_intake_takes_at_the_same_instant_is_a_replay_and_stops_no_batch(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop.member(HUY)
    outbox, real = Outbox(), pass_uses.add

    def add(db: Session, uses: Iterable[tuple[str, int, PassUse]]) -> None:
        monkeypatch.setattr(pass_uses, "add", real)
        (used,) = [one for one in uses if one[0] == NGOC]
        with shop.writers.begin() as elsewhere:
            there = Place("another-store", "quay-1", used[2].place.at_ms)
            real(elsewhere, [(NGOC, 1, PassUse(used[2].slot, there))])
        real(db, uses)

    monkeypatch.setattr(pass_uses, "add", add)
    with caplog.at_level("INFO"):
        desk = Desk(shop)
        desk.take(*(outbox.says(scan(pass_of(one), f"{one:0>16}")) for one in (NGOC, HUY)))

    assert "another came between: UniqueViolation" in caplog.text
    assert "one by one" not in caplog.text
    assert desk.told == (2, 0)
    row = ScreenSessionRow
    with shop.read() as db:
        found = db.execute(select(row.session, row.refusal)).all()
    assert {session[-12:]: why for session, why in found} == {
        NGOC: Refusal.REPLAYED_PASS,
        HUY: None,
    }
    shop.engine.dispose()
