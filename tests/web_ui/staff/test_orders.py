"""Orders at the counter: who waits stands first, a second bag is a conflict and says whose."""

from __future__ import annotations

import re

import pytest

from contract import vietqr
from contract.vietqr import VietQr
from gateway.core.orders import OrderState, OrderStep
from gateway.core.pay_to import Account
from gateway.store import orders
from gateway.store.alerts import AlertRow
from gateway.store.orders import Deed, OrderRow
from tests.gateway.shop import NGOC, STORE
from tests.web_ui.office import Office
from web_ui.staff import pay_to
from web_ui.staff.orders import SHOWN_AT_ONCE


@pytest.fixture(autouse=True)
def member(office: Office) -> None:
    office.shop.member()


def state(office: Office, order: str = "A-1") -> str:
    with office.shop.read() as db:
        return db.get_one(OrderRow, order).state


def columns(page: str) -> list[list[str]]:
    return [re.findall(r'id="order-([^"]+)"', part) for part in page.split("<h2>")[1:]]


def test_orders_stand_under_what_is_to_be_done_with_them(office: Office) -> None:
    for number, of in enumerate((*OrderState,)):
        office.shop.order(f"A-{number}", state=of, store=STORE)
    office.shop.order("B-1", state="ready", store="hue-2")
    with office.shop.writers.begin() as db:
        for row in db.query(OrderRow):
            row.changed_at_ms = office.now_ms
        yesterday = db.get_one(OrderRow, "A-8")
        yesterday.changed_at_ms -= 24 * 60 * 60 * 1000

    found = columns(office.at("hanh").get("/staff/orders/"))

    assert found == [["A-3"], ["A-2"], ["A-0", "A-1"], ["A-4", "A-5", "A-6", "A-7"]]


def test_of_many_orders_the_first_are_seen_and_the_others_folded_away(office: Office) -> None:
    for number in range(35):
        office.shop.order(f"A-{number:02}", store=STORE)

    page = office.at("hanh").get("/staff/orders/")

    _here, ready, *_rest = columns(page)
    assert ready == [f"A-{number:02}" for number in range(35)]
    seen, folded = page.split('<details class="rest"')
    assert len(re.findall(r'id="order-', seen)) == SHOWN_AT_ONCE
    assert f"Thêm {35 - SHOWN_AT_ONCE}" in folded


def test_an_order_is_prepared_made_ready_and_handed_over(office: Office) -> None:
    office.shop.order(state="placed", store=STORE)
    browser = office.at("hanh")

    for step in ("prepare", "make_ready", "arrive", "hand_over"):
        assert browser.post(f"/staff/orders/A-1/{step}").status_code == 302

    assert state(office) == "handed_over"
    assert "Hạnh 13:00" in browser.get("/staff/orders/")
    assert {str(live.id) for _, live in office.said} == {"A-1"}


def test_the_second_bag_is_a_conflict_that_says_who_and_when(office: Office) -> None:
    office.shop.order(store=STORE)
    office.at("hanh").post("/staff/orders/A-1/hand_over")
    office.clock.advance(60)

    second = office.at("tu").post("/staff/orders/A-1/hand_over")

    assert second.status_code == 409
    assert "Đơn hàng đã được giao rồi. (Hạnh, 13:00)" in second.get_data(as_text=True)


def cancelled(office: Office) -> None:
    with office.shop.writers.begin() as db:
        orders.take(db, "A-1", Deed(OrderStep.CANCEL, "system:web-shop", office.now_ms))


def test_cancelled_ten_seconds_before_staff_see_the_conflict_on_the_page_and_on_the_card(
    office: Office,
) -> None:
    office.shop.order(state="arrived", store=STORE)
    card = office.card("pick_up", member=NGOC, order="A-1", state="serving", staff="hanh")
    browser = office.at("hanh")
    assert "đừng giao" not in browser.get("/staff/")
    cancelled(office)
    office.clock.advance(10)

    answer = browser.post("/staff/orders/A-1/hand_over")
    assert (answer.status_code, state(office)) == (409, "cancelled")
    assert "đừng giao. (web-shop, 13:00)" in answer.get_data(as_text=True)
    assert "Đã hủy trên mạng: đừng giao" in browser.get("/staff/")
    closed = browser.post(f"/staff/cards/{card}/close", scripts=True, outcome="handed_over")
    assert "đừng giao. (web-shop, 13:00)" in closed.get_data(as_text=True)
    with office.shop.read() as db:
        assert db.get_one(AlertRow, card).state == "serving"
    browser.post(f"/staff/cards/{card}/close", outcome="declined")
    with office.shop.read() as db:
        assert db.get_one(AlertRow, card).state == "closed"


def test_a_card_is_closed_by_who_handed_the_order_over_before(office: Office) -> None:
    office.shop.order(store=STORE)
    card = office.card("pick_up", member=NGOC, order="A-1", state="serving", staff="hanh")
    browser = office.at("hanh")
    browser.post("/staff/orders/A-1/hand_over")
    browser.post(f"/staff/cards/{card}/close", outcome="handed_over")

    with office.shop.read() as db:
        assert db.get_one(AlertRow, card).state == "closed"


def test_what_is_unpaid_is_handed_over_only_with_a_word_on_how_it_was_paid(office: Office) -> None:
    office.shop.order(store=STORE)
    with office.shop.writers.begin() as db:
        db.get_one(OrderRow, "A-1").unpaid_vnd = 45_000
    browser = office.at("hanh")

    assert "Chưa trả: 45.000" in browser.get("/staff/orders/")
    assert browser.post("/staff/orders/A-1/hand_over").status_code == 409
    browser.post("/staff/orders/A-1/hand_over", paid="tiền mặt")

    assert state(office) == "handed_over"
    with office.shop.read() as db:
        assert orders.steps_of(db, "A-1")[-1].note == "tiền mặt"


@pytest.mark.parametrize(
    ("number", "note"), [("#20418", "20418"), ("HD-7", "HD-7"), ("Đơn 7", "A-1"), ("x" * 26, "A-1")]
)
def test_a_banks_app_pays_what_is_unpaid_under_the_orders_number(
    office: Office, number: str, note: str
) -> None:
    office.shop.order(store=STORE)
    with office.shop.writers.begin() as db:
        row = db.get_one(OrderRow, "A-1")
        row.unpaid_vnd, row.number = 45_000, number
    browser = office.at("hanh")
    assert 'class="qr"' not in browser.get("/staff/orders/"), "nobody said where to"
    pay_to.install(office.app, Account("970422", "0011223344"))

    assert 'class="qr"' in browser.get("/staff/orders/")
    with office.app.app_context():
        text = pay_to.code(row)
        row.unpaid_vnd = 0
        assert pay_to.code(row) == ""
    assert vietqr.read(text) == VietQr("970422", "0011223344", 45_000, note)


def test_a_step_that_is_none_is_not_found(office: Office) -> None:
    office.shop.order(store=STORE)

    assert office.at("hanh").post("/staff/orders/A-1/eat").status_code == 404


def test_who_comes_instead_of_the_customer_shows_the_code_that_staff_made(office: Office) -> None:
    office.shop.order(store=STORE)
    office.shop.order("B-1", store="hue-2")
    browser = office.at("hanh")

    browser.post("/staff/orders/A-1/pick-up-code", collector="delegate", name="chị Lan")
    page = browser.get("/staff/orders/")
    code = re.findall(r"Mã nhận hàng cho đơn #A-1: ([0-9A-Z-]{14}), dùng đến", page)[0]
    elsewhere = browser.post("/staff/orders/B-1/pick-up-code", collector="delegate")
    assert elsewhere.status_code == 404
    wrong = browser.post("/staff/orders/A-1/hand_over", code="nothing")
    assert (wrong.status_code, state(office)) == (409, "ready")
    assert "Không có mã nhận hàng này" in wrong.get_data(as_text=True)
    browser.post("/staff/orders/A-1/hand_over", code=code)

    assert state(office) == "handed_over"
    with office.shop.read() as db:
        assert orders.steps_of(db, "A-1")[0].handed_to == "delegate chị Lan"
