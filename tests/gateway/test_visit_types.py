"""A shop's own types of visits: from its settings to who is asked, and goods that come back."""

from __future__ import annotations

import pytest
from msgspec import json
from pydantic import ValidationError
from sqlalchemy import select

from contract.messages import Text
from gateway import appointments
from gateway.appointments import Deed, Held, Tending, WalkIn
from gateway.core.alerts import Outcome
from gateway.core.appointments import (
    MINUTE_MS,
    STANDARD,
    Hitch,
    Settlement,
    VisitState,
    VisitStep,
)
from gateway.settings import GatewaySettings
from gateway.store import alerts, staff, visit_types
from gateway.store.appointments import AppointmentRow
from gateway.store.outgoing import OutgoingEventRow
from gateway.store.staff import StaffRow
from tests.gateway.shop import NGOC, NOON_MS, STORE, Shop
from tests.gateway.test_appointments import book, row_of

MASSAGE = {
    "vi": "Mát-xa",
    "en": "Massage",
    "minutes": 90,
    "early_min": 5,
    "late_min": 0,
    "no_show_min": 10,
    "host_within_s": 60,
    "skill": "massage",
    "checklist": [{"vi": "Phiếu sức khỏe", "en": "Health form"}],
}


def configure(shop: Shop, **visits: dict[str, object]) -> None:
    settings = GatewaySettings.model_validate({"visits": visits})
    with shop.writers.begin() as db:
        visit_types.keep(db, settings.visit_types())


def test_a_shops_own_visits_take_the_place_of_the_standard_ones_until_it_has_none(
    shop: Shop,
) -> None:
    configure(shop, massage=MASSAGE, nails={"vi": "Làm móng", "en": "Nails"})

    with shop.read() as db:
        assert list(visit_types.every(db)) == ["massage", "nails"]
        one = visit_types.every(db)["massage"]
    assert (one.name, one.minutes, one.skill) == (Text("Mát-xa", "Massage"), 90, "massage")
    assert (one.early_ms, one.late_ms, one.no_show_ms) == (5 * MINUTE_MS, 0, 10 * MINUTE_MS)
    assert (one.host_within_ms, one.checklist[0].en) == (60_000, "Health form")
    configure(shop)
    with shop.read() as db:
        assert visit_types.every(db) == STANDARD


def test_what_makes_no_sense_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ValidationError, match="who may come is no no-show"):
        GatewaySettings.model_validate({"visits": {"massage": {**MASSAGE, "late_min": 11}}})


def test_who_can_do_it_is_asked_first_where_nobody_is_named(shop: Shop) -> None:
    configure(shop, massage=MASSAGE)
    shop.staff("An", "Mai")
    with shop.writers.begin() as db:
        for name in ("an", "mai"):
            staff.begin_duty(db, name, STORE, NOON_MS)
        db.get_one(StaffRow, "mai").skills = "massage"

    with shop.writers.begin() as db:
        appointments.walk_in(db, WalkIn(STORE, "massage", None, "staff:an", NOON_MS))

    with shop.read() as db:
        assert [card.asks for card in alerts.board(db, STORE)] == ["mai"]


def test_a_visit_that_the_settings_forgot_can_still_be_kept_and_missed(shop: Shop) -> None:
    shop.member()
    book(shop)
    configure(shop, massage=MASSAGE)

    with shop.writers.begin() as db:
        early = Deed(VisitStep.CHECK_IN, "staff:hanh", NOON_MS - 31 * MINUTE_MS, STORE)
        assert appointments.take(db, "T-1", early) == Held(Hitch.TOO_EARLY, at_ms=NOON_MS)
    Tending(shop.readers, lambda: NOON_MS + 30 * MINUTE_MS, lambda *_live: None).once()

    assert row_of(shop).state == VisitState.NO_SHOW


def bring_back(shop: Shop) -> AppointmentRow:
    shop.member()
    shop.staff("Hanh")
    with shop.writers.begin() as db:
        who = WalkIn(STORE, "return", NGOC, "staff:hanh", NOON_MS, "A-20418", "hộp bị móp")
        row = appointments.walk_in(db, who)
        taken = appointments.take(db, row.appointment, Deed(VisitStep.SERVE, "staff:hanh", NOON_MS))
        assert isinstance(taken, AppointmentRow)
    return taken


def test_goods_that_come_back_end_in_a_word_which_the_shops_system_is_told(shop: Shop) -> None:
    ticket = bring_back(shop)
    ends = Deed(VisitStep.FINISH, "staff:hanh", NOON_MS + 1)
    with shop.writers.begin() as db:
        assert appointments.take(db, ticket.appointment, ends) == Held(Hitch.NOT_SETTLED)
        settled = Deed(
            VisitStep.FINISH,
            "staff:hanh",
            NOON_MS + 1,
            outcome=Settlement.DECLINED,
            note="đã dùng",
        )
        row = appointments.take(db, ticket.appointment, settled)

    assert isinstance(row, AppointmentRow)
    assert (row.state, row.outcome, row.note) == (VisitState.DONE, "declined", "đã dùng")
    with shop.read() as db:
        told = db.scalars(select(OutgoingEventRow).filter_by(kind="return.settled")).one()
        assert alerts.board(db, STORE) == []
    assert json.decode(told.body)["data"] == {
        "ticket": ticket.appointment,
        "kind": "return",
        "order": "A-20418",
        "store": STORE,
        "outcome": "declined",
        "by": "staff:hanh",
    }


def test_closing_the_card_leaves_goods_to_be_settled(shop: Shop) -> None:
    ticket = bring_back(shop)
    with shop.writers.begin() as db:
        alerts.serve(db, ticket.alert or 0, "hanh")
        alerts.close(db, ticket.alert or 0, "hanh", Outcome.ASSISTED, NOON_MS)

    assert row_of(shop, ticket.appointment).state == VisitState.SERVING
