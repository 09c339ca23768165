"""Checking in once, a host told at once, everybody after 180 s, nobody after half an hour."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from contract.messages import Live, Noun
from gateway import appointments
from gateway.appointments import Deed, Held, Tending, WalkIn
from gateway.core.alerts import AlertKind, Outcome
from gateway.core.appointments import MINUTE_MS, Hitch, VisitState, VisitStep
from gateway.store import alerts
from gateway.store.alerts import AlertRow
from gateway.store.appointments import AppointmentRow
from tests.gateway.shop import NGOC, NOON_MS, STORE, Shop
from tests.gateway.till import Till

WAIT_MS = 180_000


def book(shop: Shop, name: str = "T-1", minutes: int = 0, store: str = STORE) -> None:
    with shop.writers.begin() as db:
        db.add(
            AppointmentRow(
                appointment=name,
                store=store,
                kind="test_drive",
                member=NGOC,
                host="hanh",
                starts_at_ms=NOON_MS + minutes * MINUTE_MS,
                state=VisitState.BOOKED,
                day="",
                changed_at_ms=0,
                changed_by="system:crm",
            )
        )


def take(
    shop: Shop,
    step: VisitStep,
    at_ms: int = NOON_MS,
    name: str = "T-1",
    admit: bool = False,
) -> AppointmentRow | Held:
    with shop.writers.begin() as db:
        return appointments.take(db, name, Deed(step, "staff:hanh", at_ms, STORE, admit))


def row_of(shop: Shop, name: str = "T-1") -> AppointmentRow:
    with shop.read() as db:
        return db.get_one(AppointmentRow, name)


@pytest.fixture(autouse=True)
def people(shop: Shop) -> None:
    shop.member()
    shop.staff("Hanh", "Tu")


def test_who_checks_in_has_a_ticket_and_their_host_a_card_and_twice_is_once(shop: Shop) -> None:
    book(shop)

    first, again = take(shop, VisitStep.CHECK_IN), take(shop, VisitStep.CHECK_IN, NOON_MS + 9_000)

    assert isinstance(first, AppointmentRow)
    assert isinstance(again, AppointmentRow)
    assert (again.ticket, again.waiting_since_ms, again.alert) == (1, NOON_MS, first.alert)
    with shop.read() as db:
        (card,) = alerts.board(db, STORE)
    assert (card.kind, card.name, card.offered_at_ms) == (
        AlertKind.APPOINTMENT,
        "Trần Bảo Ngọc",
        NOON_MS,
    )
    assert card.booked is not None
    assert (card.booked.kind, card.booked.ticket, card.booked.host_name) == (
        "test_drive",
        1,
        "Hanh",
    )


def test_early_late_another_day_another_store_are_told_so_and_staff_may_let_them_in(
    shop: Shop,
) -> None:
    for name, minutes in (("early", 31), ("late", -16), ("other-day", 24 * 60)):
        book(shop, name, minutes)

    book(shop, "elsewhere", store="hue-2")

    def held(name: str, admit: bool = False) -> Hitch | None:
        answer = take(shop, VisitStep.CHECK_IN, NOON_MS, name, admit)
        return answer.hitch if isinstance(answer, Held) else None

    assert held("early") is Hitch.TOO_EARLY
    assert held("late") is Hitch.TOO_LATE
    assert held("late", admit=True) is None
    assert held("other-day", admit=True) is Hitch.WRONG_DAY
    assert held("elsewhere", admit=True) is Hitch.ELSEWHERE
    assert held("nothing") is Hitch.UNKNOWN
    assert row_of(shop, "early").state == VisitState.BOOKED


def test_walk_ins_stand_in_one_queue_with_who_was_booked_and_each_ticket_is_one(
    shop: Shop,
) -> None:
    book(shop)
    take(shop, VisitStep.CHECK_IN)

    def walk_in(number: int) -> int | None:
        who = WalkIn(STORE, "service", None, "staff:tu", NOON_MS + number)
        with shop.writers.begin() as db:
            return appointments.walk_in(db, who).ticket

    with ThreadPoolExecutor(8) as desks:
        tickets = list(desks.map(walk_in, range(8)))

    assert sorted(filter(None, tickets)) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert shop.count(AlertRow) == 9


def test_the_card_and_the_appointment_go_together(shop: Shop) -> None:
    book(shop)
    take(shop, VisitStep.CHECK_IN)
    card = row_of(shop).alert
    assert card is not None

    with shop.writers.begin() as db:
        alerts.claim(db, card, "hanh", NOON_MS + 1)
    assert (row_of(shop).state, row_of(shop).changed_by) == (VisitState.SERVING, "staff:hanh")
    with shop.writers.begin() as db:
        alerts.serve(db, card, "hanh")
        alerts.close(db, card, "hanh", Outcome.SOLD, NOON_MS + 2)
    assert row_of(shop).state == VisitState.DONE


@pytest.mark.parametrize(
    ("last", "outcome"), [(VisitStep.FINISH, "assisted"), (VisitStep.MISS, "not_found")]
)
def test_what_is_done_on_the_page_is_done_with_the_card(
    shop: Shop, last: VisitStep, outcome: str
) -> None:
    book(shop)
    take(shop, VisitStep.CHECK_IN)
    take(shop, VisitStep.SERVE)
    with shop.read() as db:
        (card,) = alerts.board(db, STORE)
    assert (card.state, card.staff) == ("claimed", "hanh")

    take(shop, last)

    with shop.read() as db:
        assert alerts.board(db, STORE) == []
        assert db.get_one(AlertRow, card.alert).outcome == outcome


def test_everybody_is_called_after_180_seconds_once_and_not_before(shop: Shop) -> None:
    book(shop)
    take(shop, VisitStep.CHECK_IN)
    now_ms = [NOON_MS + WAIT_MS - 1]
    said: list[tuple[str, Live]] = []
    tending = Tending(shop.readers, lambda: now_ms[0], lambda *live: said.append(live))

    tending.once()
    assert said == []
    now_ms[0] += 1
    with ThreadPoolExecutor(4) as processes:
        list(processes.map(lambda _one: tending.once(), range(4)))
    tending.once()

    row = row_of(shop)
    assert row.escalated_at_ms == NOON_MS + WAIT_MS
    assert said == [(STORE, Live(Noun.ALERT, "T-1"))]
    with shop.read() as db:
        (card,) = alerts.board(db, STORE)
    assert card.booked is not None
    assert card.booked.is_escalated


def test_who_was_taken_in_time_is_not_called_for(shop: Shop) -> None:
    book(shop)
    take(shop, VisitStep.CHECK_IN)
    take(shop, VisitStep.SERVE)

    Tending(shop.readers, lambda: NOON_MS + 2 * WAIT_MS, lambda *_live: None).once()

    assert row_of(shop).escalated_at_ms is None


def test_who_did_not_come_for_half_an_hour_is_a_no_show(shop: Shop) -> None:
    book(shop)
    now_ms = [NOON_MS + 30 * MINUTE_MS - 1]
    tending = Tending(shop.readers, lambda: now_ms[0], lambda *_live: None)

    tending.once()
    assert row_of(shop).state == VisitState.BOOKED
    now_ms[0] += 1
    tending.once()

    assert row_of(shop).state == VisitState.NO_SHOW
    late = take(shop, VisitStep.CHECK_IN, now_ms[0], admit=True)
    assert isinstance(late, Held)
    assert late.hitch is Hitch.OVER


def test_offers_may_ask_for_todays_appointments(shop: Shop) -> None:
    till = Till(shop, {"when": {"fact": "appointments.kinds", "has": "test_drive"}})

    def reason() -> str:
        return str(till.reserve(till.wish(member=NGOC)).reason)

    book(shop, minutes=24 * 60)
    assert reason() == "condition_unmet"
    book(shop, "T-2", minutes=60)
    assert reason() == "granted"
