"""Who works here: invited with a PIN for once, moved, given another, dismissed and thrown out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from gateway.core.roles import MAY, Right, Role
from gateway.store import audit, csv_import, csv_rows
from gateway.store.staff import StaffRow
from gateway.store.stores import StoreRow
from gateway.store.workforce import GIVEN_LIFE_MS
from runtime.errors import SettingsError
from tests.browser import clipped_text, open_page, small_targets, violations
from tests.gateway.shop import NOON_MS, STORE
from tests.web_ui.desk.test_in_browser import SIZES, serving, sign_in
from tests.web_ui.office import PIN, TOKEN, Browser, Office
from web_ui.desk.words import RIGHTS, ROLES

PAGE = "/console/staff/"
OWN = "80808"


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner."""
    return office.at("lan")


def given(lan: Browser, path: str, **form: Any) -> str:
    """The PIN that the answer shows, and only the answer."""
    found = re.search(
        r'class="given number">(\d{6})<', lan.post(path, **form).get_data(as_text=True)
    )
    assert found is not None
    assert found[1] not in lan.get(PAGE)
    return found[1]


def invited(lan: Browser, staff: str = "an", role: str = "staff") -> str:
    return given(lan, PAGE, staff=staff, name="An", role=role, skills="tra, gom")


def tries(office: Office, staff: str, pin: str) -> Browser:
    browser = Browser(office.app.test_client())
    browser.post("/sign-in", staff=staff, store=STORE, pin=pin)
    return browser


def is_in(browser: Browser) -> bool:
    return browser.client.get("/staff/").headers.get("Location", "") != "/sign-in"


def row(office: Office, staff: str) -> StaffRow:
    with office.shop.read() as db:
        return db.get_one(StaffRow, staff)


def deeds(office: Office) -> list[tuple[str, str, str]]:
    with office.shop.read() as db:
        return [(one.deed, one.subject, one.detail) for one in audit.newest(db, 9)]


def choose(browser: Browser, old: str, new: str, again: str = "") -> str:
    page = browser.client.get("/own-pin/").get_data(as_text=True)
    token = TOKEN.search(page)
    assert token is not None
    form = {"old": old, "new": new, "again": again or new, "csrf_token": token[1]}
    answer = browser.client.post("/own-pin/", data=form, follow_redirects=True)
    return answer.get_data(as_text=True)


def test_the_words_say_all_of_the_table_and_the_page_shows_it(lan: Browser) -> None:
    assert set(RIGHTS) == set(Right)
    assert set(ROLES) == set(Role)
    page = lan.get(PAGE)
    assert page.count('<span class="unseen">có</span>') == sum(map(len, MAY.values()))


def test_who_is_invited_chooses_a_pin_of_their_own_before_anything_else(
    lan: Browser, office: Office
) -> None:
    pin = invited(lan)
    assert (row(office, "an").skills, row(office, "an").zones) == ("tra;gom", "")
    an = tries(office, "an", pin)

    for path in ("/staff/", "/live", "/staff/orders/"):
        assert an.client.get(path).headers["Location"] == "/own-pin/"
    assert "khác mã cũ" in choose(an, pin, pin)
    assert "khác nhau" in choose(an, pin, OWN, "80809")
    assert "4 đến 8" in choose(an, pin, "123")
    assert "chưa đúng" in choose(an, "000000", OWN)
    assert "Bảng phục vụ" in choose(an, pin, OWN)

    assert not is_in(tries(office, "an", pin))
    assert is_in(tries(office, "an", OWN))
    assert [deed for deed, _, _ in deeds(office)] == ["pin_changed", "staff_invited"]


def test_a_pin_that_was_given_is_good_for_a_day(lan: Browser, office: Office) -> None:
    pin = invited(lan)
    office.clock.advance(GIVEN_LIFE_MS / 1000)

    late = tries(office, "an", pin)

    assert not is_in(late)
    assert "quá hạn" in late.get("/sign-in")


@pytest.mark.parametrize("step", ["dismiss", "new_pin"])
def test_whoever_is_dismissed_or_gets_another_pin_is_thrown_out_at_once(
    lan: Browser, office: Office, step: str
) -> None:
    hanh = office.at("hanh")
    office.said.clear()

    lan.post(f"{PAGE}hanh/{step}")

    headers = {"HX-Request": "true"}
    assert hanh.client.get("/staff/cards", headers=headers).status_code == 401
    assert [store for store, _ in office.said] == [STORE], "open pages ask again at once"
    assert not is_in(tries(office, "hanh", PIN))
    assert row(office, "hanh").duty_store is None
    if step == "dismiss":
        assert "Hạnh" not in lan.client.get("/sign-in").get_data(as_text=True)
        back = tries(office, "hanh", given(lan, f"{PAGE}hanh/take_back"))
        assert back.client.get("/staff/").headers["Location"] == "/own-pin/"
        assert not is_in(hanh), "what was open before stays shut"


def test_another_role_counts_at_the_next_touch_and_nobody_takes_their_own(
    lan: Browser, office: Office
) -> None:
    hanh = office.at("hanh")
    assert hanh.client.get("/console/").status_code == 403

    lan.post(f"{PAGE}hanh", name="Hạnh", role="manager", zones="quay-1")
    lan.post(f"{PAGE}lan", name="Lan", role="staff")
    lan.post(f"{PAGE}lan/dismiss")

    assert hanh.client.get("/console/").status_code == 200
    assert row(office, "lan").role == Role.OWNER
    assert is_in(lan)
    changed = ("staff_changed", "hanh", "role: staff → manager; zones:  → quay-1")
    assert deeds(office) == [changed]


def test_who_works_in_one_store_does_not_come_in_at_another(lan: Browser, office: Office) -> None:
    with office.shop.writers.begin() as db:
        db.add(StoreRow(store="hoi-an-1", name="Hội An", store_no=8))
    tu = office.at("tu")
    lan.post(f"{PAGE}tu", name="Tú", role="staff", stores="hoi-an-1")

    assert not is_in(tu)
    refused = tries(office, "tu", PIN)
    assert not is_in(refused)
    assert "không làm ở cửa hàng này" in refused.get("/sign-in")


def test_a_file_neither_changes_who_the_console_changed_nor_their_pin(
    lan: Browser, office: Office, tmp_path: Path
) -> None:
    choose(tries(office, "an", (pin := invited(lan))), pin, OWN)

    def bring(role: str) -> None:
        line = f"an,An,{role},4321,tra;gom"
        (tmp_path / "staff.csv").write_text(f"{csv_rows.COLUMNS['staff']},skills\n{line}\n")
        with office.shop.writers.begin() as db:
            csv_import.load(db, tmp_path, NOON_MS)

    bring("staff")
    assert is_in(tries(office, "an", OWN))
    with pytest.raises(SettingsError, match="the console looks after 'an'"):
        bring("owner")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Office]:
    with serving(tmp_path) as made:
        yield made


def test_the_pages_can_be_read_and_touched_and_an_open_board_shuts(
    chromium: Chromium, served: Office
) -> None:
    board, _ = open_page(chromium, f"{served.url}/sign-in", SIZES["tablet"])
    sign_in(board, "Tú")
    page, watch = open_page(chromium, f"{served.url}/sign-in", SIZES["computer"])
    sign_in(page, "Chị Lan")
    wrong = {}
    for path in (PAGE, f"{PAGE}tu", "/own-pin/"):
        page.goto(f"{served.url}{path}")
        wrong[path] = clipped_text(page, scrolls=True) + small_targets(page, 44) + violations(page)
    assert {path: found for path, found in wrong.items() if found} == {}

    page.goto(f"{served.url}{PAGE}tu")
    page.locator("summary", has_text="Họ không còn làm").click()
    page.get_by_role("button", name="Vâng, họ đã nghỉ").click()
    expect(board).to_have_url(f"{served.url}/sign-in")
    assert (watch.errors, watch.strangers) == ([], [])
    board.context.close()
    page.context.close()
