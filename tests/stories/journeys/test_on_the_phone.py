"""What people do on their own phones: sign in at a screen, ask at a shelf, agree and withdraw."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from simulator.shop import STORE
from tests.living import Living
from tests.stories.journeys.acts import SLOW_MS, Keep, own_page, read_from, seen
from tests.stories.shop import StoryShop
from tests.stories.test_day import agrees_to_all, by_name, called, names_nobody
from tests.waiting import until

OPT_OUT_S = 60.0  # what we promise


def test_j4_a_phone_reads_the_screens_code_and_the_screen_asks(
    shop: StoryShop, demo: Living, phones: Callable[[str], Page], keep: Keep
) -> None:
    minh, glass = shop.member(agrees_to_all), shop.glass("quay-3")
    phone = phones(demo.redirect(f"stage/phone?member={minh['member']}"))
    keep(phone)
    phone.get_by_role("button", name="tạo thẻ").click()
    seen(phone.locator("#card"))
    keep(phone)
    seen(glass.locator("[data-code] svg"))
    (link,) = read_from(glass.screenshot())
    phone.goto(str(link))
    seen(phone.locator("#ask"))
    keep(phone)
    phone.locator("#on-screen").click()
    seen(phone.locator("#sent"))
    keep(phone)
    seen(glass.get_by_text(f"{called(minh)[0]}***"))
    names_nobody(glass, minh)
    keep(glass)
    glass.get_by_role("button", name="Đúng, là tôi").click()
    own_page(glass, minh)


def test_j10_a_code_at_the_shelf_is_read_without_a_name_and_brings_a_person(
    shop: StoryShop, demo: Living, phones: Callable[[str], Page], keep: Keep
) -> None:
    board, glass = shop.board("Tú"), shop.glass("quay-3")
    phone = phones(f"{demo.url('web')}/s/{STORE}/tra/tra-sen")
    price = seen(phone.locator(".price")).inner_text()
    assert "150.000" in price
    keep(phone)
    phone.get_by_role("button", name="Gọi nhân viên").click()
    seen(phone.get_by_text("Nhân viên đang đến kệ tra"))
    keep(phone)
    assert phone.context.cookies() == []
    card = seen(board.locator(".ticket", has_text="Khách ở kệ tra"))
    expect(card).to_contain_text("Trà ướp sen")
    keep(board)
    card.get_by_role("button", name="Nhận khách").click()

    guest = shop.comes_to("quay-3")
    shop.holds_up(guest, "quay-3", "package")
    seen(glass.get_by_role("heading", name="Trà ướp sen"))
    assert "150.000" in glass.locator(".banner b").inner_text(), "one price wherever it is shown"
    keep(glass)
    shop.lowers("quay-3")
    glass.get_by_role("button", name="Quay lại").click()

    phone.goto(f"{demo.url('web')}/s/{STORE}/am-chen/am-chen-phuoc-tich?language=en")
    seen(phone.get_by_text("Sold out in this store"))
    keep(phone)
    card = board.locator(".ticket", has_text="Khách ở kệ tra")
    seen(card.get_by_role("button", name="Đã phục vụ xong")).click()
    board.locator("[id^=closing] summary").first.click()
    board.locator("button[name=outcome]:visible").first.click()


def test_j11_a_member_sees_what_they_agreed_to_and_withdraws_it(
    shop: StoryShop, demo: Living, phones: Callable[[str], Page], keep: Keep
) -> None:
    member = shop.member(agrees_to_all)
    phone = phones(demo.redirect(f"stage/phone?member={member['member']}"))
    phone.get_by_role("button", name="tạo thẻ").click()
    seen(phone.locator("#card"))
    phone.goto(f"{demo.url('web')}/phone/privacy")
    seen(phone.locator("#choices"))
    keep(phone)
    box = phone.locator("input[name=staff_context]")
    assert box.is_checked()
    box.uncheck()
    phone.get_by_role("button", name="Lưu").click()
    seen(phone.get_by_text("Đã lưu"))
    keep(phone)
    stranger = {"presence": False}
    os.kill(by_name(demo)["quay-2"], signal.SIGKILL)
    chooses(phone, stranger)
    until(lambda: demo.screen("quay-2") == "attract", "who was away is back", SLOW_MS / 1000)
    until(lambda: not is_greeted(shop, "quay-1", member), "the opt-out acts", OPT_OUT_S)
    until(lambda: not is_greeted(shop, "quay-2", member), "also where it was away", OPT_OUT_S)
    chooses(phone, {"presence": True, "staff_context": True})
    until(lambda: is_greeted(shop, "quay-1", member), "and so does a new yes", OPT_OUT_S)


def chooses(phone: Page, choices: dict[str, bool]) -> None:
    """On their phone somebody says what they agree to, and is told that it is kept."""
    for purpose, agrees in choices.items():
        phone.locator(f"input[name={purpose}]").set_checked(agrees)
    with phone.expect_response("**/phone/privacy/asks") as answer:
        phone.get_by_role("button", name="Lưu").click()
    assert answer.value.ok
    seen(phone.get_by_text("Đã lưu"))


def is_greeted(shop: StoryShop, kiosk: str, member: dict[str, Any]) -> bool:
    """Whether a kiosk says hello to somebody who stands there with their tag for a while."""
    shop.comes_to(kiosk, member)
    shop.skip(8)
    greeted = shop.demo.screen(kiosk) == "hello"
    shop.goes_home()
    shop.skip(60)
    return greeted
