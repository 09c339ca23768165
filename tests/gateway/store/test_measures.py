"""Every measure of a shop so small that each number was counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread

import pytest
from sqlalchemy import delete, update

from contract.events import Arrived, Called
from gateway.core.measures import Measure, number, together
from gateway.core.orders import OrderStep
from gateway.core.redemption import State
from gateway.core.sales import Links, Sold
from gateway.core.shop_days import HOUR_MS, day_of, span
from gateway.store import measured_days, measures, merges, redemptions, sales
from gateway.store.alert_rows import AlertRow
from gateway.store.base import take_turns
from gateway.store.entries import DoorRecordRow
from gateway.store.footfall import CountedRow
from gateway.store.orders import OrderRow, OrderStepRow
from gateway.store.redemptions import RedemptionRow
from gateway.store.sales import SaleRow
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import by_week
from gateway.store.zone_hours import ZoneHourRow
from tests.gateway.shop import HUY, NGOC, S1, STORE, Outbox, Shop

DAY = date(2026, 3, 1)
NEXT = DAY + timedelta(days=1)
NINE, TEN = 9 * HOUR_MS, 10 * HOUR_MS
MINUTE_MS = 60_000
DAWN_MS = span(DAY).from_ms
LATER_MS = span(NEXT).until_ms + HOUR_MS  # the day after both
OTHER = "hue-2"
FAR = 1_000  # from the numbers that PostgreSQL gives out


def _visit(
    number: int,
    member: str,
    at_ms: int,
    stayed_s: int,
    store: str = STORE,
) -> VisitRow:
    last_ms = at_ms + stayed_s * 1000
    return VisitRow(
        visit=FAR + number,
        store=store,
        member=member,
        kiosk="quay-1",
        first_at_ms=at_ms,
        last_at_ms=last_ms,
        confidence=1.0,
        evidence="pass",
    )


def _heard(visit: VisitRow) -> VisitRow:
    visit.evidence = "tag"
    return visit


def _card(number: int, at_ms: int, waited_s: int | None) -> AlertRow:
    claimed_ms = None if waited_s is None else at_ms + waited_s * 1000
    return AlertRow(
        alert=FAR + number,
        store=STORE,
        kiosk="quay-1",
        kind="help",
        state="claimed",
        offered_at_ms=at_ms,
        claimed_at_ms=claimed_ms,
    )


def _redemption(number: int, at_ms: int, state: State, cost_vnd: int) -> RedemptionRow:
    return RedemptionRow(
        redemption=FAR + number,
        idem_key=f"k{number}",
        request="",
        offer="tra-sen",
        code=None,
        member=None,
        visit=None,
        store=STORE,
        day=DAY.isoformat(),
        state=state,
        reason="granted",
        cost_vnd=cost_vnd,
        at_ms=at_ms,
        lock_until_ms=at_ms,
        changed_at_ms=at_ms,
        order_ref=None,
    )


def _sale(
    number: int, at_ms: int, amount_vnd: int, member: str | None = None, **how: str
) -> SaleRow:
    row = SaleRow(source="till", sale=f"HD-{number}", store=STORE, at_ms=at_ms)
    row.amount_vnd, row.member, row.staff = amount_vnd, member, how.get("staff", "")
    row.channel, row.refund_of = how.get("channel", "store"), how.get("refund_of")
    return row


def _went(number: int, at_ms: int, what: str) -> DoorRecordRow:
    return DoorRecordRow(
        store=STORE,
        door="cua-1",
        journal="j",
        number=number,
        kiosk="quay-1",
        decided_ms=at_ms,
        kind="passage",
        what=what,
        is_granted=False,
        holder="",
        times=1,
        people=None,
    )


def _step(number: int, order: str, step: OrderStep, at_ms: int) -> OrderStepRow:
    return OrderStepRow(
        number=number, order=order, step=step, state="", at_ms=at_ms, by="", note=""
    )


def _order(order: str, store: str) -> OrderRow:
    row = OrderRow(order=order, member=NGOC, number=order, items=1, unpaid_vnd=0, state="")
    row.store, row.promised_at_ms = store, None
    return row


@pytest.fixture
def small(shop: Shop) -> Shop:
    """Two members, three visits on the first day and one on the second, and what went with them."""
    shop.member(NGOC)
    shop.member(HUY, "Lê Quang Huy")
    with shop.writers.begin() as db:
        db.add_all(
            (
                _visit(1, NGOC, DAWN_MS + NINE, 600),
                _visit(2, HUY, DAWN_MS + NINE + 1, 0),  # one scanned code
                _heard(_visit(3, NGOC, DAWN_MS + TEN, 300)),  # again
                _visit(4, NGOC, span(NEXT).from_ms, 60),  # and at the next midnight
                _visit(5, NGOC, DAWN_MS - 1, 60, OTHER),  # elsewhere
                _card(1, DAWN_MS + NINE, 20),
                _card(2, DAWN_MS + TEN, 40),
                _card(3, DAWN_MS + TEN, None),  # nobody came
                _redemption(1, DAWN_MS + NINE, State.CONFIRMED, 15_000),
                _redemption(2, DAWN_MS + TEN, State.CONFIRMED, 5_000),
                _redemption(3, DAWN_MS + TEN, State.RELEASED, 90_000),
                *(_went(number, DAWN_MS + NINE, "in") for number in range(1, 5)),
                _went(5, DAWN_MS + TEN, "out"),
                *_counted(("beam", 12, NINE), ("beam", 6, TEN)),
                *_counted(("phones", 10, NINE), ("phones", 20, TEN), ("phones", None, TEN + 1)),
                _stays("quay-1", NINE, 3, 360),
                _stays("cua", NINE, 1, 240),
                _order("a", STORE),
                _order("b", ""),  # wherever it suits
                _sale(1, DAWN_MS + NINE + MINUTE_MS, 100_000, NGOC, staff="hanh"),
                _sale(2, DAWN_MS + NINE + 31 * MINUTE_MS, 60_000, HUY, channel="pick_up"),  # late
                _sale(3, DAWN_MS + TEN, -20_000, NGOC, refund_of="HD-1"),
            )
        )
        db.flush()
        db.add_all(
            (
                _step(1, "a", OrderStep.ARRIVE, DAWN_MS + NINE),
                _step(2, "a", OrderStep.HAND_OVER, DAWN_MS + NINE + 90_000),
                _step(3, "b", OrderStep.ARRIVE, DAWN_MS + NINE),
                _step(4, "b", OrderStep.HAND_OVER, DAWN_MS + NINE + 1_000),
            )
        )
    return shop


def _counted(*quarters: tuple[str, int | None, int]) -> list[CountedRow]:
    return [
        CountedRow(store=STORE, kiosk="quay-1", what=what, number=number, at_ms=DAWN_MS + after_ms)
        for what, number, after_ms in quarters
    ]


def _stays(zone: str, after_ms: int, stays: int, stayed_s: int) -> ZoneHourRow:
    at_ms = DAWN_MS + after_ms
    return ZoneHourRow(store=STORE, at_ms=at_ms, zone=zone, stays=stays, stayed_s=stayed_s)


BY_HAND = {
    Measure.VISITS: 3,
    Measure.RETURNING: 100 / 3,
    Measure.DWELL_S: 450,
    Measure.SERVE_S: 30,
    Measure.HAND_OVER_S: 90,
    Measure.REDEMPTIONS: 2,
    Measure.GIVEN_VND: 20_000,
    Measure.ENTRIES: 4,
    Measure.CAPTURE: 75,
    Measure.CHECK_INS: 2,
    Measure.MEMBERS: 2,
    Measure.SALES: 2,
    Measure.REVENUE_VND: 140_000,
    Measure.TICKET_VND: 80_000,
    Measure.BOUGHT: 100 / 3,
    Measure.PASSED: 18,
    Measure.PHONES: 15,
    Measure.STAY_S: 150,
}


def _value(shop: Shop, measure: Measure, day: date = DAY) -> float | None:
    with shop.readers() as db:
        return number(measure, measures.daily(db, STORE, [day])[day])


def _close(shop: Shop, day: date = DAY) -> None:
    with shop.writers.begin() as db:
        measures.keep(db, STORE, day)


def _is_kept(shop: Shop, day: date = DAY) -> bool:
    with shop.readers() as db:
        return day in measured_days.kept(db, STORE, day, day)


def test_every_measure_is_what_a_person_counts(small: Shop) -> None:
    assert {one: _value(small, one) for one in Measure} == pytest.approx(BY_HAND)


def test_and_the_same_once_the_day_is_kept(small: Shop) -> None:
    _close(small)
    with small.writers.begin() as db:
        db.execute(update(VisitRow).values(store=OTHER))  # so it is not counted again
    assert {one: _value(small, one) for one in Measure} == pytest.approx(BY_HAND)


def test_a_day_without_anything_has_no_mean_and_no_share(small: Shop) -> None:
    empty = DAY - timedelta(days=1)
    assert _value(small, Measure.VISITS, empty) == 0
    assert _value(small, Measure.DWELL_S, empty) is None
    assert _value(small, Measure.CAPTURE, empty) is None


def test_a_visit_at_midnight_is_of_the_new_day(small: Shop) -> None:
    assert _value(small, Measure.VISITS, NEXT) == 1
    assert _value(small, Measure.RETURNING, NEXT) == 100


def test_days_add_up_to_a_mean_over_all_their_cases_and_not_to_a_mean_of_means(small: Shop) -> None:
    _close(small)
    with small.readers() as db:
        both = measures.daily(db, STORE, [DAY, NEXT])
    assert number(Measure.DWELL_S, together(both.values())) == (600 + 300 + 60) / 3


def test_hours_are_the_same_kept_or_not(small: Shop) -> None:
    hours = {(DAY, 9): 2, (DAY, 10): 1, (NEXT, 0): 1}
    for _ in range(2):
        with small.readers() as db:
            found = measures.hourly(db, STORE, Measure.VISITS, [DAY, NEXT])
        assert {at: tally.count for at, tally in found.items()} == hours
        _close(small)


def test_hours_and_parts_are_apart(small: Shop) -> None:
    with small.readers() as db:
        found = measures.cells(db, STORE, span(DAY), Measure.REDEMPTIONS)
    assert {(one.hour, one.part, one.tally.total) for one in found} == {
        (9, "tra-sen", 15_000),
        (10, "tra-sen", 5_000),
    }


def test_revenue_is_known_by_channel_kept_or_not(small: Shop) -> None:
    for _ in range(2):
        with small.readers() as db:
            found = measures.parts(db, STORE, Measure.REVENUE_VND, [DAY, NEXT])
        said = {part: tally.total for (_, part), tally in found.items()}
        assert said == {"store": 80_000, "pick_up": 60_000}
        _close(small)


def test_members_are_apart_by_the_month_of_their_first_visit(small: Shop) -> None:
    with small.writers.begin() as db:
        db.add(_visit(6, HUY, span(date(2026, 2, 28)).until_ms - 1, 0))
    with small.readers() as db:
        found = measures.parts(db, STORE, Measure.MEMBERS, [DAY, NEXT])
    assert {at: tally.count for at, tally in found.items()} == {
        (DAY, "2026-02"): 1,  # came in February first, and in March for the first time
        (DAY, "2026-03"): 1,
    }


def test_a_sale_after_midnight_is_of_the_visit_before_it_and_takes_that_day_with_it(
    small: Shop,
) -> None:
    late_ms = span(DAY).until_ms - MINUTE_MS
    with small.writers.begin() as db:
        db.add(_visit(6, HUY, late_ms, 0))
    _close(small)
    sold = Sold("till", "HD-9", STORE, late_ms + 2 * MINUTE_MS, 1, links=Links(HUY))
    with small.writers.begin() as db:
        sales.book(db, sold, LATER_MS)
    assert not _is_kept(small)
    assert _value(small, Measure.BOUGHT) == 50


def test_who_is_said_to_have_bought_it_takes_the_days_visits_along(small: Shop) -> None:
    for buyer, bought in ((None, 0), (HUY, 100 / 3), (NGOC, 100 / 3)):
        _close(small)
        with small.writers.begin() as db:
            assert sales.give_to(db, ("till", "HD-1"), buyer, LATER_MS) is not None
            refund = db.get_one(SaleRow, ("till", "HD-3"))
            assert refund.member == buyer, "what went back of it is of the same buyer"
            assert sales.give_to(db, ("till", "HD-3"), HUY, LATER_MS) is None, "which is no sale"
        assert not _is_kept(small)
        assert _value(small, Measure.BOUGHT) == pytest.approx(bought)


def test_a_visit_that_comes_late_makes_later_ones_come_again(small: Shop) -> None:
    _close(small, NEXT)
    assert _value(small, Measure.RETURNING, NEXT) == 100
    with small.writers.begin() as db:
        mine = VisitRow.member == NGOC, by_week(VisitRow.first_at_ms)
        db.execute(delete(VisitRow).where(*mine, VisitRow.visit < FAR + 4))
    _close(small, NEXT)
    assert _value(small, Measure.RETURNING, NEXT) == 0
    late, now = Outbox("quay-1"), Outbox("quay-2")
    early = late.says(Arrived(f"t-{NGOC}", "quay-1", -60), DAWN_MS)
    small.handle(early, now.says(Called(S1), LATER_MS))
    assert not _is_kept(small, NEXT)
    assert _value(small, Measure.RETURNING, NEXT) == 100


@pytest.mark.parametrize("is_split", [False, True])
def test_two_members_made_one_take_the_days_of_both_with_them(
    small: Shop, *, is_split: bool
) -> None:
    deed = merges.Deed("staff:hanh", LATER_MS)
    if is_split:
        with small.writers.begin() as db:
            merges.merge(db, NGOC, HUY, deed)
    _close(small)
    assert _value(small, Measure.RETURNING) == pytest.approx(200 / 3 if is_split else 100 / 3)
    with small.writers.begin() as db:
        merges.split(db, HUY, deed) if is_split else merges.merge(db, NGOC, HUY, deed)
    assert not _is_kept(small)
    assert _value(small, Measure.RETURNING) == pytest.approx(100 / 3 if is_split else 200 / 3)


def test_what_is_undone_later_takes_its_day_with_it(small: Shop) -> None:
    _close(small)
    with small.writers.begin() as db:
        row = db.get_one(RedemptionRow, FAR + 1)
        redemptions.move(db, row, State.ROLLED_BACK, LATER_MS)
    assert not _is_kept(small)
    assert _value(small, Measure.REDEMPTIONS) == 1
    _close(small)
    assert _value(small, Measure.GIVEN_VND) == 5_000


def test_only_the_day_that_changed_is_outdated(small: Shop) -> None:
    for day in (DAY, NEXT):
        _close(small, day)
    with small.writers.begin() as db:
        measured_days.outdate(db, [(STORE, DAWN_MS), (OTHER, span(NEXT).from_ms)], LATER_MS)
    assert (_is_kept(small, DAY), _is_kept(small, NEXT)) == (False, True)


def test_a_visit_that_a_kiosk_brings_late_is_counted_on_its_day(small: Shop) -> None:
    _close(small)
    late, now = Outbox("quay-1"), Outbox("quay-2")
    early = late.says(Arrived(f"t-{HUY}", "quay-1", -60), DAWN_MS + 15 * HOUR_MS)
    small.handle(early, now.says(Called(S1), LATER_MS))
    assert not _is_kept(small)
    assert _value(small, Measure.VISITS) == 4


def test_a_day_is_not_closed_while_somebody_still_changes_it(small: Shop) -> None:
    closing = Thread(target=_close, args=(small,))
    with small.writers.begin() as db:
        take_turns(db, [STORE])
        db.add(_visit(9, HUY, DAWN_MS + 15 * HOUR_MS, 0))
        db.flush()
        closing.start()
        closing.join(0.2)  # it has time to go wrong, and none of it is needed to go right
    closing.join()
    assert _is_kept(small)
    assert _value(small, Measure.VISITS) == 4


def test_what_happens_today_outdates_no_day(small: Shop) -> None:
    _close(small)
    small.handle(Outbox().says(Arrived(f"t-{HUY}", "quay-1", -60), LATER_MS))
    assert _is_kept(small)


def test_today_is_never_outdated_for_it_is_never_kept(small: Shop) -> None:
    _close(small)
    with small.writers.begin() as db:
        measured_days.outdate(db, [(STORE, DAWN_MS + NINE)], DAWN_MS + TEN)
    assert day_of(DAWN_MS) == DAY
    assert _is_kept(small)
