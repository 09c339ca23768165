"""Journeys are kept right whatever comes, and however late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway import journeying
from gateway.core.attribution import DAY_MS, Key, Tags, Windows
from gateway.core.consent import Method, Purpose
from gateway.core.redemption import State
from gateway.core.sales import Links, Sold
from gateway.core.shop_days import day_of, days
from gateway.journeying import Journeying
from gateway.store import consents, erasing, journeys, merges, redemptions, sales, touches
from gateway.store import visits as visit_store
from gateway.store.consents import Proof
from gateway.store.journeys import CreditRow, Funnel, JourneyRow
from gateway.store.merges import Deed
from gateway.store.redemptions import RedemptionRow
from gateway.store.touches import TouchRow
from gateway.store.visits import Visit
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, STORE, Shop

BEGAN_MS = NOON_MS - 10 * DAY_MS
CAME_MS, BOUGHT_MS = BEGAN_MS + 2 * DAY_MS, BEGAN_MS + 3 * DAY_MS
ASKED = days(day_of(BEGAN_MS) - timedelta(days=60), day_of(NOON_MS))
TET = ("link", "tet")


@pytest.fixture
def met(shop: Shop) -> Shop:
    """Two members who agree to profiling and one touch of the first."""
    for member in (NGOC, HUY):
        shop.member(member, consents=ALL | {Purpose.PROFILING})
    _touch(shop, "1", BEGAN_MS)
    return shop


def _touch(shop: Shop, number: str, at_ms: int, member: str = NGOC) -> bool | None:
    noted = touches.Noted("web", number, at_ms, Key.LINK, Tags("tet", "zalo"))
    with shop.writers.begin() as db:
        return touches.learn(db, member, noted)


def _come(shop: Shop, at_ms: int, member: str = NGOC, number: int = 900) -> None:
    stay = Visit(number, STORE, member, "quay-1", at_ms, at_ms + 60_000, 1.0, "pass")
    with shop.writers.begin() as db:
        visit_store.keep(db, [stay], NOON_MS)


def _buy(shop: Shop, at_ms: int, member: str = NGOC) -> None:
    sold = Sold("till", f"HD-{at_ms}", STORE, at_ms, 50_000, links=Links(member))
    with shop.writers.begin() as db:
        sales.book(db, sold, NOON_MS)


def _count(shop: Shop, now_ms: int = NOON_MS) -> int:
    return Journeying(shop.writers, lambda: now_ms, Windows()).night()


def _funnel(shop: Shop) -> dict[tuple[str, str], Funnel]:
    with shop.read() as db:
        return journeys.funnel(db, ASKED)


def _credits(shop: Shop, *, is_last: bool = True) -> dict[tuple[str, str], tuple[int, int, int]]:
    with shop.read() as db:
        found = journeys.credited(db, STORE, ASKED, is_last=is_last)
        return {at: (one.visits, one.sales, one.revenue_vnd) for at, one in found.items()}


def test_a_touch_a_visit_and_a_sale_are_a_journey_in_whichever_order_they_are_told(
    met: Shop,
) -> None:
    _count(met)
    assert _funnel(met) == {TET: Funnel(1)}
    _buy(met, BOUGHT_MS)
    assert _count(met) == 1
    assert _funnel(met) == {TET: Funnel(1)}
    _come(met, CAME_MS)  # a kiosk brings it late
    assert _count(met) == 1
    day_s = DAY_MS // 1000
    assert _funnel(met) == {TET: Funnel(1, 1, 1, 50_000, 2 * day_s, 3 * day_s)}
    assert _credits(met) == {TET: (1, 1, 50_000)}
    with met.read() as db:
        assert journeys.credited_check_ins(db, STORE, ASKED) == 1
    assert _count(met) == 0


def test_the_same_touch_told_again_is_one(met: Shop) -> None:
    assert _touch(met, "1", BEGAN_MS) is False
    assert met.count(TouchRow) == 1


def test_nothing_is_kept_without_consent_and_nothing_stays_when_it_ends(met: Shop) -> None:
    other = "00000000c003"
    met.member(other)
    assert _touch(met, "2", BEGAN_MS, other) is None
    _come(met, CAME_MS)
    _count(met)
    proof = Proof(NOON_MS, Method.PHONE, "", "")
    with met.writers.begin() as db:
        consents.withdraw(db, NGOC, Purpose.PROFILING, proof)
    _count(met)
    assert [met.count(one) for one in (TouchRow, JourneyRow, CreditRow)] == [0, 0, 0]


def test_a_code_that_is_used_brings_its_visit(met: Shop) -> None:
    _come(met, CAME_MS, HUY)
    used = {"idem_key": "k", "request": "", "offer": "tra-sen", "code": "F7KA", "member": HUY}
    where = {"store": STORE, "day": "", "reason": "granted", "cost_vnd": 0, "at_ms": CAME_MS}
    with met.writers.begin() as db:
        row = RedemptionRow(state=State.RESERVED, lock_until_ms=0, changed_at_ms=0, **used, **where)
        row.visit, row.order_ref = None, None
        db.add(row)
        db.flush()
        redemptions.move(db, row, State.CONFIRMED, CAME_MS + 120_000)
    _count(met)
    assert _credits(met) == {("code", "tra-sen"): (1, 0, 0)}


def test_first_and_last_touch_are_two_answers(met: Shop) -> None:
    noted = touches.Noted("web", "2", CAME_MS - 1, Key.QR, Tags("poster"))
    with met.writers.begin() as db:
        touches.learn(db, NGOC, noted)
    _come(met, CAME_MS)
    _count(met)
    assert _credits(met) == {("qr", "poster"): (1, 0, 0)}
    assert _credits(met, is_last=False) == {TET: (1, 0, 0)}


def test_journeys_go_over_with_who_had_them_and_back(met: Shop) -> None:
    _come(met, CAME_MS, HUY)
    _count(met)
    assert _funnel(met)[TET].came == 0
    deed = Deed("staff:hanh", NOON_MS)
    with met.writers.begin() as db:
        merges.merge(db, HUY, NGOC, deed)
    _count(met)
    assert (_funnel(met)[TET].came, met.count(JourneyRow)) == (1, 1)
    with met.writers.begin() as db:
        merges.split(db, NGOC, deed)
    _count(met)
    assert (_funnel(met)[TET].came, met.count(JourneyRow)) == (0, 1)


def test_who_is_erased_leaves_no_journey(met: Shop) -> None:
    _come(met, CAME_MS)
    _count(met)
    _touch(met, "2", CAME_MS)
    with met.writers.begin() as db:
        erasing.forget(db, erasing.person(db, NGOC))
    _count(met)
    assert [met.count(one) for one in (TouchRow, JourneyRow, CreditRow)] == [0, 0, 0]


def test_an_old_journey_is_nobodys_and_stays_as_it_was(met: Shop) -> None:
    _come(met, CAME_MS)
    _count(met)
    later_ms = CAME_MS + journeys.HORIZON_MS + 1
    with met.writers.begin() as db:
        touches.due(db, [NGOC])
    _count(met, later_ms)
    _count(met, later_ms)
    assert _funnel(met)[TET].came == 1
    assert _credits(met) == {TET: (1, 0, 0)}
    with met.read() as db:
        kept = (*db.scalars(select(JourneyRow.member)), *db.scalars(select(CreditRow.member)))
        assert kept == (None, None)


def test_many_are_counted_a_few_at_a_time(met: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journeying, "AT_ONCE", 1)
    _touch(met, "2", BEGAN_MS, HUY)
    assert _count(met) == 2
    assert _funnel(met)[TET].began == 2
