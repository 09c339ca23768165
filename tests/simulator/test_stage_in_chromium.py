"""The stage page in a real browser: what is drawn, and what a hand on it tells the shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from simulator import ports, stage_page
from simulator.codes import Code
from simulator.director import Autopilot, Command, Enter, HoldUp, LetGo, PutDown, Skip, Walk
from simulator.floor import STANDS
from simulator.living import KioskSeen, PersonSeen, Snapshot
from simulator.shop import make_shop
from simulator.stage_words import WORDS
from tests.browser import LANDSCAPE, Watch, clipped_text, open_page, small_targets
from tests.waiting import until
from web_ui.shared.serving import Server

SHOP = make_shop(date(2026, 11, 23))
GUEST = stage_page.guests(SHOP)[0]
STAFF_TARGET_PX = 48.0  # as on the staff's pages
NAMES = (*STANDS, "staff", "console")


def somebody(shopper: str, name: str, x_m: float, y_m: float, holds: str = "") -> PersonSeen:
    return PersonSeen(shopper, name, x_m, y_m, has_tag=True, is_led=False, kiosk="", holds=holds)


class Shop:
    """A shop that stands still and notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Command] = []
        self.people = [somebody("khach-001", "Trần Thu Quỳnh", 12.0, 7.0)]
        addresses = dict.fromkeys(NAMES, "http://localhost:1")
        app = stage_page.create_app(SHOP, self.snapshot, self.told.append, addresses, str)
        self.server = Server(app, ports.HOST, 0, stage_page.THREADS)
        self.server.start()

    def snapshot(self) -> Snapshot:
        kiosks = tuple(KioskSeen(kiosk, "attract") for kiosk in STANDS)
        return Snapshot(1.0, 1.8e9, True, 0.0, tuple(self.people), kiosks)


@pytest.fixture(scope="module")
def server() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.server.stop()


@pytest.fixture
def shop(server: Shop) -> Shop:
    server.told.clear()
    del server.people[1:]
    return server


@pytest.fixture
def stage(chromium: Browser, shop: Shop) -> Iterator[tuple[Page, Watch]]:
    page, watch = open_page(chromium, f"http://localhost:{shop.server.port}/?lang=en", LANDSCAPE)
    page.wait_for_selector(".person")
    yield page, watch
    assert not watch.errors
    assert not watch.strangers
    page.context.close()


def choose(page: Page) -> None:
    page.click('[data-shopper="khach-001"] .dot')


@pytest.mark.parametrize("language", ["vi", "en"])
def test_everything_can_be_read_and_touched(chromium: Browser, shop: Shop, language: str) -> None:
    address = f"http://localhost:{shop.server.port}/?lang={language}"
    page, _ = open_page(chromium, address, LANDSCAPE)
    page.wait_for_selector(".person")
    choose(page)

    for part in ("header", "aside"):  # on the plan, words lie where people walk
        assert not clipped_text(page, part, scrolls=True)
    assert not small_targets(page, STAFF_TARGET_PX)
    assert page.text_content("#who") == f"Trần Thu Quỳnh · {WORDS[language]['tag']}"
    page.context.close()


def test_people_stand_where_they_are(stage: tuple[Page, Watch], shop: Shop) -> None:
    page, _ = stage
    shop.people.append(somebody("khach-002", "", 1.0, 2.0, holds="wifi"))
    page.wait_for_selector('[data-shopper="khach-002"] .phone')
    place = page.eval_on_selector('[data-shopper="khach-002"]', "one => one.style.transform")
    assert place == "translate(1px, 2px)"

    del shop.people[1:]
    page.wait_for_selector('[data-shopper="khach-002"]', state="detached")


def test_somebody_is_carried_to_a_kiosk(stage: tuple[Page, Watch], shop: Shop) -> None:
    page, _ = stage
    person = page.locator('[data-shopper="khach-001"] .dot').bounding_box()
    kiosk = page.locator('[data-kiosk="quay-2"] .body').bounding_box()
    assert person
    assert kiosk
    page.mouse.move(person["x"] + 5, person["y"] + 5)
    page.mouse.down()
    page.mouse.move(kiosk["x"] + kiosk["width"] / 2, kiosk["y"] + kiosk["height"] / 2, steps=5)
    page.mouse.up()
    until(lambda: shop.told, "the walk")

    (walk,) = shop.told
    assert isinstance(walk, Walk)
    assert walk.at_once
    assert walk.to.x_m == pytest.approx(STANDS["quay-2"].at.x_m, abs=0.1)
    assert walk.to.y_m == pytest.approx(STANDS["quay-2"].at.y_m, abs=0.1)


def test_a_touch_without_a_drag_carries_nobody(stage: tuple[Page, Watch], shop: Shop) -> None:
    page, _ = stage
    choose(page)
    page.click("#let-go")
    until(lambda: shop.told, "the command")

    assert shop.told == [LetGo("khach-001")]


def test_a_phone_is_held_to_the_nearest_kiosk(stage: tuple[Page, Watch], shop: Shop) -> None:
    page, _ = stage
    choose(page)
    page.select_option("#code", "forged")
    page.click("#hold")
    page.click("#lower")
    page.click('[data-lead="quay-3"]')
    until(lambda: len(shop.told) == 3, "three commands")

    assert shop.told == [
        HoldUp("khach-001", "quay-2", Code.FORGED),
        PutDown("quay-2"),
        Walk("khach-001", STANDS["quay-3"].front),
    ]


def test_a_guest_who_is_brought_in_is_chosen(stage: tuple[Page, Watch], shop: Shop) -> None:
    page, _ = stage
    page.select_option("#guest", GUEST.member)
    page.click("#enter")
    until(lambda: shop.told, "the guest")
    (enter,) = shop.told
    assert isinstance(enter, Enter)
    assert enter.member == GUEST.member

    shop.people.append(somebody(enter.shopper, GUEST.name, 10.2, 14.8))
    page.wait_for_selector(f'.chosen[data-shopper="{enter.shopper}"]')
    assert GUEST.name in (page.text_content("#who") or "")


def test_time_and_autopilot_are_in_the_hand_of_who_looks_on(
    stage: tuple[Page, Watch], shop: Shop
) -> None:
    page, _ = stage
    page.click("#skip")
    until(lambda: shop.told == [Skip(60.0)], "the skipped minute")
    page.click(".switch")
    until(lambda: shop.told == [Skip(60.0), Autopilot(is_on=False)], "the switched autopilot")


def test_the_keyboard_chooses_too(stage: tuple[Page, Watch]) -> None:
    page, _ = stage
    page.focus('[data-shopper="khach-001"]')
    page.keyboard.press("Enter")

    assert page.is_visible("#deeds")


def test_a_stage_that_is_gone_is_said(chromium: Browser) -> None:
    shop = Shop()
    page, _ = open_page(chromium, f"http://localhost:{shop.server.port}/", LANDSCAPE)
    page.wait_for_selector(".person")
    assert not page.is_visible("#gone")
    shop.server.stop()

    page.wait_for_selector("#gone", state="visible")
    page.context.close()
