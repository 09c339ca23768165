"""A code or an offer at the desk: held when opened, used, let go, undone; each refusal in words."""

from __future__ import annotations

import re

import pytest

from contract.events import Arrived
from gateway.core.consent import Purpose
from gateway.core.redemption import LOCK_MS, State
from gateway.store.alerts import AlertRow
from gateway.store.redemptions import RedemptionRow
from tests.gateway.shop import NGOC, STORE, Outbox, pass_of, scan
from tests.gateway.till import CODE, EVERYBODYS, Till
from tests.web_ui.office import Browser, Office

TILL_TERMS = {"when": {"fact": "basket.total_vnd", "at_least": 300_000}}


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="(\w+)"', page)
    assert found is not None
    return found[1]


def hold(browser: Browser, code: str = CODE, key: str = "", total_vnd: str = "") -> str:
    """Open a code; the page that follows."""
    key = key or key_on(browser.get("/staff/redeem/"))
    answer = browser.post("/staff/redeem/", code=code, key=key, total_vnd=total_vnd)
    return browser.get(answer.headers["Location"])


def state_on(page: str) -> str:
    found = re.search(r'data-state="(\w+)"', page)
    return found[1] if found else ""


def test_a_code_is_held_used_and_undone(office: Office) -> None:
    till, browser = Till(office.shop, uses=1), office.at("hanh")

    page = hold(browser, "tet 2027")
    assert state_on(page) == State.RESERVED
    assert "Giữ đến 13:02." in page
    assert till.code_used() == 1

    browser.post("/staff/redeem/1/confirm", order_ref="HD-7")
    page = browser.get("/staff/redeem/1")
    assert (state_on(page), "HD-7" in page) == (State.CONFIRMED, True)

    browser.post("/staff/redeem/1/undo")
    assert state_on(browser.get("/staff/redeem/1")) == State.ROLLED_BACK
    assert till.code_used() == 0
    assert "Đã hoàn tác" in browser.get("/staff/redeem/")


def test_pressed_twice_it_is_held_once(office: Office) -> None:
    till, browser = Till(office.shop, uses=5), office.at("hanh")
    key = key_on(browser.get("/staff/redeem/"))

    pages = [hold(browser, key=key) for _ in range(2)]

    assert [state_on(page) for page in pages] == [State.RESERVED] * 2
    assert till.code_used() == 1


def test_the_second_desk_hears_why_not_in_its_own_language(office: Office) -> None:
    Till(office.shop, uses=1)
    hold(office.at("hanh"))
    other = office.at("tu")

    assert "đang được dùng ở nơi khác" in hold(other)
    other.post("/language", language="en")
    assert "is being used elsewhere" in hold(other)
    assert "We do not know this code" in hold(other, "F7KA")


def test_who_comes_too_late_is_told_and_can_hold_it_again(office: Office) -> None:
    Till(office.shop, uses=1)
    browser = office.at("hanh")
    hold(browser)
    office.clock.advance(LOCK_MS / 1000)

    assert state_on(browser.get("/staff/redeem/1")) == State.EXPIRED
    browser.post("/staff/redeem/1/confirm")
    assert "hãy quét lại mã" in browser.get("/staff/redeem/1")
    assert state_on(hold(browser)) == State.RESERVED


def test_the_basket_counts_however_it_is_written(office: Office) -> None:
    Till(office.shop, TILL_TERMS, uses=1)
    browser = office.at("hanh")

    assert "Tổng giỏ hàng" in hold(browser, total_vnd="255.000")
    assert state_on(hold(browser, total_vnd="300.000 ₫")) == State.RESERVED
    assert browser.post("/staff/redeem/", code=CODE, key="a", total_vnd="many").status_code == 400


@pytest.mark.parametrize("may_know", [True, False])
def test_what_their_screen_promised_is_offered_to_who_serves_them_if_they_agreed(
    office: Office, may_know: bool
) -> None:
    Till(office.shop, {"caps": {"per_profile": 1}})
    agreed = {Purpose.PRESENCE, Purpose.PERSONAL_OFFERS}
    office.shop.member(
        consents=frozenset({*agreed, *({Purpose.STAFF_CONTEXT} if may_know else ())})
    )
    visit = seen(office)
    card = office.card(member=NGOC, staff="hanh", state="claimed")
    with office.shop.writers.begin() as db:
        db.get_one(AlertRow, card).visit = visit
    mine, others = office.at("hanh"), office.at("tu")

    page = mine.get(f"/staff/redeem/?card={card}")
    assert (f'value="{EVERYBODYS}"' in page) is may_know
    assert f'value="{EVERYBODYS}"' not in others.get(f"/staff/redeem/?card={card}")
    assert f"/staff/redeem/?card={card}" in mine.get("/staff/")

    mine.post("/staff/redeem/", offer=EVERYBODYS, key="k", card=str(card))
    with office.shop.read() as db:
        row = db.get_one(RedemptionRow, 1)
        assert (row.member, row.visit, row.state) == (NGOC, visit, State.RESERVED)


def test_another_stores_redemptions_are_not_seen(office: Office) -> None:
    till, browser = Till(office.shop, uses=1), office.at("hanh")
    till.reserve(till.wish(code=CODE))
    with office.shop.writers.begin() as db:
        db.get_one(RedemptionRow, 1).store = "hue-2"

    assert browser.client.get("/staff/redeem/1").status_code == 404
    assert browser.post("/staff/redeem/1/confirm").status_code == 404
    assert browser.post("/staff/redeem/1/expire").status_code == 404
    assert browser.client.get("/staff/redeem/").status_code == 200
    assert STORE not in browser.get("/staff/redeem/")


def seen(office: Office) -> int:
    """A member came and showed their pass; their visit."""
    outbox, at_ms = Outbox(), office.now_ms
    office.shop.handle(
        outbox.says(Arrived(f"t-{NGOC}", "quay-1", -60), at_ms),
        outbox.says(scan(pass_of(NGOC, at_ms)), at_ms),
    )
    return 1
