"""Stories of members who check in at a kiosk: what it says, whom it calls, and what it will not."""

from __future__ import annotations

import pytest

from contract.events import Touch, Touched
from contract.messages import ShownAppointment, Text
from gateway.core.alerts import STALE_AFTER_MS, AlertKind
from gateway.core.appointments import MINUTE_MS, SENTENCES, STANDARD, Hitch, VisitState
from gateway.store import alerts, staff
from gateway.store.stores import StoreRow
from tests.gateway.shop import (
    HUY,
    NGOC,
    NOON_MS,
    S1,
    STORE,
    Outbox,
    Shop,
    near,
    pass_of,
    scan,
    shown,
)
from tests.gateway.test_appointments import book, row_of

CHECKS_IN = Touched(S1, Touch.CHECK_IN, "T-1")


@pytest.fixture(autouse=True)
def people(shop: Shop) -> None:
    shop.member()
    shop.staff("Hanh", "Tu")
    with shop.writers.begin() as db:
        for name in ("hanh", "tu"):
            staff.begin_duty(db, name, STORE, NOON_MS - MINUTE_MS)


def page_of(shop: Shop, outbox: Outbox, at_ms: int = NOON_MS) -> tuple[ShownAppointment, ...]:
    (page,) = shown(shop.handle(outbox.says(scan(pass_of(NGOC, at_ms)), at_ms)))
    return page.appointments


def test_a_page_tells_of_an_appointment_and_a_touch_checks_in_once(shop: Shop) -> None:
    book(shop, minutes=20)
    outbox = Outbox()
    booked = ShownAppointment(
        "T-1",
        Text("Lái thử", "Test drive"),
        Text("12:20 hôm nay", "12:20 today"),
        "Hanh",
        STANDARD["test_drive"].checklist,
    )
    assert page_of(shop, outbox) == (booked,)

    touched = outbox.says(CHECKS_IN)
    (first,) = shown(shop.handle(touched))
    (again,) = shown(shop.handle(touched))
    (twice,) = shown(shop.handle(outbox.says(CHECKS_IN)))

    assert [page.appointments[0].ticket for page in (first, again, twice)] == [1, 1, 1]
    with shop.read() as db:
        (card,) = alerts.board(db, STORE)
    assert (card.kind, card.asks, card.kiosk) == (AlertKind.APPOINTMENT, "hanh", "quay-1")
    row = row_of(shop)
    assert (row.state, row.changed_by) == (VisitState.WAITING, "kiosk:quay-1")


def test_a_card_that_is_offered_tells_of_the_appointment_too_and_asks_the_host(shop: Shop) -> None:
    book(shop)
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    later_ms = NOON_MS + 5 * MINUTE_MS

    page_of(shop, outbox, later_ms)
    shop.handle(outbox.says(CHECKS_IN, later_ms))

    with shop.read() as db:
        (card,) = alerts.board(db, STORE)
        row = db.get_one(alerts.AlertRow, card.alert)
    assert (card.kind, card.order_number, card.asks) == (AlertKind.PICK_UP, "#A-1", "hanh")
    assert card.booked is not None
    assert row.look_at_ms == later_ms + 180_000


def test_a_card_that_somebody_took_stays_theirs_and_the_host_gets_another(shop: Shop) -> None:
    book(shop)
    shop.order()
    outbox = Outbox()
    shop.handle(outbox.says(near()))
    with shop.writers.begin() as db:
        alerts.claim(db, alerts.board(db, STORE)[0].alert, "tu", NOON_MS)

    page_of(shop, outbox)
    shop.handle(outbox.says(CHECKS_IN))

    with shop.read() as db:
        assert [(card.staff, card.asks) for card in alerts.board(db, STORE)] == [
            ("tu", None),
            (None, "hanh"),
        ]


@pytest.mark.parametrize(
    ("minutes", "store", "starts", "hitch"),
    [
        pytest.param(31, STORE, "12:31 today", Hitch.TOO_EARLY, id="early"),
        pytest.param(-16, STORE, "11:44 today", Hitch.TOO_LATE, id="late"),
        pytest.param(24 * 60, STORE, "12:00 on 2 Mar", Hitch.WRONG_DAY, id="another day"),
        pytest.param(0, "hue-2", "12:00 today", Hitch.ELSEWHERE, id="another store"),
    ],
)
def test_what_cannot_be_now_or_here_is_shown_with_its_reason_and_stays_booked(
    shop: Shop, minutes: int, store: str, starts: str, hitch: Hitch
) -> None:
    with shop.writers.begin() as db:
        db.add(StoreRow(store="hue-2", name="An Nhiên 2", store_no=8))
    book(shop, minutes=minutes, store=store)
    outbox = Outbox()
    (one,) = page_of(shop, outbox)
    assert (one.starts.en, one.ticket, one.hitch) == (starts, None, SENTENCES[hitch])

    (page,) = shown(shop.handle(outbox.says(CHECKS_IN)))

    assert page.appointments == (one,)
    assert row_of(shop).state == VisitState.BOOKED


def test_another_members_appointment_is_neither_shown_nor_checked_in(shop: Shop) -> None:
    book(shop)
    shop.member(HUY, "Phạm Gia Huy")
    outbox = Outbox()
    (page,) = shown(shop.handle(outbox.says(scan(pass_of(HUY)))))
    assert page.appointments == ()

    shop.handle(outbox.says(CHECKS_IN))

    assert row_of(shop).state == VisitState.BOOKED


def test_who_only_carries_a_tag_checks_in_for_nothing(shop: Shop) -> None:
    book(shop)
    outbox = Outbox()
    shop.handle(outbox.says(near()), outbox.says(CHECKS_IN))

    assert row_of(shop).state == VisitState.BOOKED


def test_what_a_kiosk_tells_much_later_calls_nobody(shop: Shop) -> None:
    book(shop)
    outbox, late = Outbox(), Outbox("quay-2")
    page_of(shop, outbox)
    now = late.says(near(None), NOON_MS + STALE_AFTER_MS + 1)

    shop.handle(outbox.says(CHECKS_IN), now)

    assert row_of(shop).state == VisitState.BOOKED
