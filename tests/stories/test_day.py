"""A day in a shop, in a real browser before its real processes; the last story closes it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from simulator.premises import KIOSK_NAMES
from tests.living import OPENS_WITHIN_S, Living
from tests.stories.shop import StoryShop
from tests.waiting import until

SOON_S = 60.0  # seven processes on a machine that may be busy with other tests


def agrees_to_all(member: dict[str, Any]) -> bool:
    return member["has_tag"] and member["has_pass"] and len(member["consents"]) == 3


def called(member: dict[str, Any]) -> str:
    return str(member["name"]).split()[-1]


def names_nobody(page: Page, member: dict[str, Any]) -> None:
    content = page.content()
    for personal in (str(member["name"]), called(member), *member["orders"]):
        assert personal not in content, f"{personal!r} is in the page"


def test_a_walking_shopper_is_greeted_asked_and_shown_what_is_theirs(shop: StoryShop) -> None:
    ngoc = shop.member(agrees_to_all)
    glass = shop.glass("quay-1")
    shop.picture(glass, "1-attract")

    shop.comes_to("quay-1", ngoc)
    shop.skip(6)
    show_me = glass.get_by_role("button", name="Xem dành cho tôi")
    expect(show_me).to_be_visible(timeout=30_000)
    names_nobody(glass, ngoc)
    shop.picture(glass, "2-hello")

    show_me.click()
    yes = glass.get_by_role("button", name="Đúng, là tôi")
    expect(yes).to_be_visible()
    assert f"{called(ngoc)[0]}***" in glass.content()
    names_nobody(glass, ngoc)
    shop.picture(glass, "3-confirm")

    yes.click()
    expect(glass.get_by_role("heading", name=f"Chào {called(ngoc)}")).to_be_visible()
    assert glass.locator(".offer").count() >= 1
    shop.picture(glass, "4-offers")

    glass.get_by_role("button", name="English").click()
    expect(glass.get_by_role("heading", name=f"Hello {called(ngoc)}")).to_be_visible()
    shop.picture(glass, "5-offers-english")


def test_a_pass_opens_the_shoppers_own_screen_and_an_untouched_one_is_wiped(
    shop: StoryShop,
) -> None:
    lan = shop.member(agrees_to_all)
    glass = shop.glass("quay-2")
    guest = shop.comes_to("quay-2", lan)

    shop.holds_up(guest, "quay-2")
    expect(glass.get_by_role("heading", name=f"Chào {called(lan)}")).to_be_visible(timeout=30_000)
    shop.lowers("quay-2")

    shop.skip(48)
    expect(glass.get_by_text("Bạn vẫn ở đây chứ?")).to_be_visible()
    names_nobody(glass, lan)
    shop.picture(glass, "6-still-here")

    shop.skip(20)
    expect(glass.get_by_role("heading", name="Đưa mã QR vào đây")).to_be_visible()
    names_nobody(glass, lan)
    kept = glass.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])")
    assert called(lan) not in kept


@pytest.mark.parametrize(
    ("code", "words"),
    [("screenshot", "Mã này đã hết hạn"), ("web", "Đây không phải mã thành viên")],
)
def test_a_code_that_leads_nowhere_says_what_to_do(shop: StoryShop, code: str, words: str) -> None:
    glass = shop.glass("quay-3")
    guest = shop.comes_to("quay-3", shop.member(agrees_to_all))

    shop.holds_up(guest, "quay-3", code)

    expect(glass.get_by_text(words)).to_be_visible(timeout=30_000)
    shop.picture(glass, f"7-refused-{code}")


def test_of_two_staff_who_reach_for_a_card_one_gets_it_and_the_other_is_told_who(
    shop: StoryShop,
) -> None:
    minh = shop.member(lambda one: agrees_to_all(one) and bool(one["orders"]))
    hanh, tu = shop.board("Hạnh"), shop.board("Tú")
    shop.picture(hanh, "8-board-empty")
    glass = shop.glass("quay-1")
    guest = shop.comes_to("quay-1", minh)
    shop.holds_up(guest, "quay-1")
    expect(glass.get_by_role("heading", name=f"Chào {called(minh)}")).to_be_visible(timeout=30_000)

    cards = [page.locator(".ticket", has_text=str(minh["name"])) for page in (hanh, tu)]
    for card in cards:
        expect(card).to_be_visible()
    shop.picture(hanh, "9-board")
    tu.route("**/staff/cards", lambda route: route.fulfill(status=204))  # he hears of nothing yet
    cards[0].get_by_role("button", name="Nhận khách").click()
    expect(cards[0].get_by_role("button", name="Đã phục vụ xong")).to_be_visible()

    cards[1].get_by_role("button", name="Nhận khách").click()
    expect(tu.get_by_role("alert")).to_contain_text("Hạnh vừa nhận")
    tu.unroute("**/staff/cards")

    cards[0].get_by_role("button", name="Đã phục vụ xong").click()
    cards[0].locator("[id^=closing] summary").click()
    shop.picture(hanh, "10-board-closing")
    cards[0].locator("button[name=outcome]").first.click()
    for card in cards:
        expect(card).to_have_count(0)


def test_the_stage_leads_to_the_page_that_makes_passes(demo: Living) -> None:
    assert demo.redirect("stage/phone").startswith(f"{demo.url('web')}/phone/#")


def test_with_the_gateway_hung_screens_answer_and_say_what_is_kept(
    shop: StoryShop,
) -> None:
    pids = by_name(shop.demo)
    lan, glass = shop.member(agrees_to_all), shop.glass("quay-2")
    badge = glass.get_by_role("status").filter(has_text="Đang mất kết nối")
    expect(badge).to_be_hidden()
    os.kill(pids["intake"], signal.SIGSTOP)
    try:
        guest = shop.comes_to("quay-2", lan)
        shop.holds_up(guest, "quay-2")
        kept = glass.get_by_text("Lượt ghé của bạn đã được ghi nhận.")
        expect(kept).to_be_visible(timeout=SOON_S * 1000)
        shop.lowers("quay-2")
        shop.skip(10)  # nobody answers for as long as it takes to send it three times
        expect(badge).to_be_visible(timeout=SOON_S * 1000)
        shop.picture(glass, "11-gateway-hung")
        glass.get_by_role("button", name="Gọi nhân viên").first.click()
        expect(glass.get_by_role("heading", name="Mời bạn đến quầy")).to_be_visible()
        shop.picture(glass, "12-staff-called-while-it-hangs")
    finally:
        os.kill(pids["intake"], signal.SIGCONT)
    expect(badge).to_be_hidden(timeout=SOON_S * 1000)


def test_a_kiosk_that_is_killed_comes_back_and_a_closed_shop_leaves_nothing_behind(
    demo: Living,
) -> None:
    pids = _children(demo.process.pid)
    assert len(pids) == 3 + len(KIOSK_NAMES)  # broker, intake, web
    victim = next(pid for pid in pids if b"quay-3.toml" in _command(pid))
    os.kill(victim, signal.SIGKILL)
    until(lambda: demo.screen("quay-3") == "", "a black screen", SOON_S)
    until(lambda: demo.screen("quay-3") == "attract", "the kiosk is back", OPENS_WITHIN_S)

    pids = _children(demo.process.pid)
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(30) == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def by_name(demo: Living) -> dict[str, int]:
    """The broker, the intake and a kiosk among a demo's processes, as far as they live."""
    commands = {pid: _command(pid) for pid in _children(demo.process.pid)}
    marks = {"broker": b"mosquitto.conf", "intake": b"intake", "quay-2": b"quay-2.toml"}
    return {
        name: pid
        for name, mark in marks.items()
        for pid, command in commands.items()
        if mark in command
    }


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
