from __future__ import annotations

import pytest
from sqlalchemy import delete

from gateway.store.staff import LOCKED_MS, MAX_FAILURES, StaffRow
from tests.gateway.shop import STORE
from tests.web_ui.office import PIN, Browser, Office

PAGES = (
    *("/staff/", "/staff/cards", "/live", "/console/", "/console/visits/"),
    *("/console/kiosks/", "/console/letters/"),
)


def stranger(office: Office) -> Browser:
    return Browser(office.app.test_client())


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_sees_the_sign_in_page_only(office: Office, path: str) -> None:
    answer = office.app.test_client().get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in"


def test_a_page_that_outlived_its_sign_in_leads_there(office: Office) -> None:
    headers = {"HX-Request": "true"}
    answer = office.app.test_client().get("/staff/cards", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_everybody_who_works_here_is_listed_and_no_pin(office: Office) -> None:
    page = stranger(office).get("/sign-in")

    assert all(name in page for name in ("Hạnh", "Tú", "Chị Lan"))
    assert "argon2" not in page


def test_a_right_pin_opens_the_board(office: Office) -> None:
    assert "Bảng phục vụ" in office.at("hanh").get("/staff/")


@pytest.mark.parametrize(
    ("staff", "pin"),
    [("hanh", "1357"), ("hanh", ""), ("nobody", PIN), ("", "")],
)
def test_a_wrong_pin_is_said_so_and_opens_nothing(office: Office, staff: str, pin: str) -> None:
    browser = stranger(office)
    browser.post("/sign-in", staff=staff, store=STORE, pin=pin)

    assert "Mã PIN chưa đúng" in browser.get("/sign-in")
    assert browser.client.get("/staff/").status_code == 302


def test_guessing_is_stopped_and_the_name_is_told_when_to_come_back(office: Office) -> None:
    browser = stranger(office)
    for _ in range(MAX_FAILURES):
        browser.post("/sign-in", staff="hanh", store=STORE, pin="0000")
    browser.post("/sign-in", staff="hanh", store=STORE, pin=PIN)
    page = browser.get("/sign-in")

    assert "Hãy thử lại lúc 13:05" in page
    office.clock.advance(seconds=LOCKED_MS / 1000 + 1)
    assert "Bảng phục vụ" in office.at("hanh").get("/staff/")


def test_a_store_that_does_not_exist_is_no_place_to_work(office: Office) -> None:
    answer = stranger(office).post("/sign-in", staff="hanh", store="paris", pin=PIN)

    assert answer.status_code == 400


def test_a_form_without_its_token_is_refused_in_words(office: Office) -> None:
    browser = office.at("hanh")
    card = office.card()
    answer = browser.client.post(f"/staff/cards/{card}/claim")

    assert answer.status_code == 400
    assert "Hãy tải lại trang" in answer.get_data(as_text=True)
    assert office.said == []


def test_staff_do_not_see_the_owners_pages_and_the_owner_sees_all(office: Office) -> None:
    staff, owner = office.at("hanh"), office.at("lan")
    refused = staff.client.get("/console/")

    assert refused.status_code == 403
    assert "dành cho chủ cửa hàng" in refused.get_data(as_text=True)
    assert "/console/" not in staff.get("/staff/")
    assert all(owner.client.get(path).status_code == 200 for path in PAGES if path != "/live")


def test_the_cookie_is_for_us_alone_and_says_little(office: Office) -> None:
    browser = stranger(office)
    browser.post("/sign-in", staff="lan", store=STORE, pin=PIN)
    cookie = browser.client.get_cookie("hien")

    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    with browser.client.session_transaction() as kept:
        assert set(kept) == {"_permanent", "staff", "store", "session"}


def test_who_left_the_shop_is_signed_out_at_once(office: Office) -> None:
    browser = office.at("hanh")
    with office.shop.writers.begin() as db:
        db.execute(delete(StaffRow).where(StaffRow.staff == "hanh"))

    assert browser.client.get("/staff/").status_code == 302


def test_signing_out_forgets_everything(office: Office) -> None:
    browser = office.at("hanh")
    browser.post("/sign-out")

    assert browser.client.get("/staff/").status_code == 302


def test_the_language_stays_and_so_does_the_page(office: Office) -> None:
    browser = office.at("lan")
    answer = browser.post("/language", language="en", back="/console/kiosks/")

    assert answer.headers["Location"] == "/console/kiosks/"
    assert '<html lang="en">' in browser.get("/console/")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_choosing_a_language_leads_nowhere_else(office: Office, back: str) -> None:
    assert office.at("hanh").post("/language", language="en", back=back).headers["Location"] == "/"


def test_an_unknown_language_is_refused(office: Office) -> None:
    assert office.at("hanh").post("/language", language="tlh").status_code == 400


def test_a_wrong_address_is_answered_in_words(office: Office) -> None:
    answer = office.at("hanh").client.get("/staff/coffee")

    assert answer.status_code == 404
    assert "Không có trang /staff/coffee" in answer.get_data(as_text=True)


def test_pages_are_kept_by_no_browser_and_run_no_foreign_script(office: Office) -> None:
    answer = office.at("lan").client.get("/console/")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
