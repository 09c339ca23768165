"""Kiosk, glass and gateway together: from the street to a ticket in few touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from contract.events import Body
from gateway.core.alerts import AlertKind
from gateway.store import alerts, staff
from gateway.store.profiles import TagRow
from kiosk.core.inputs import Painted, Pressed, Told
from tests.browser import PORTRAIT, open_page
from tests.gateway.shop import NGOC, NOON_MS, STORE, Outbox, Shop, shown
from tests.gateway.test_appointments import book
from tests.kiosk.whole_kiosk import Kiosk
from tests.waiting import until
from tests.web_ui.screen.conftest import ServedGlass

MOST_TOUCHES = 4  # PRODUCT.md, J6


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "gateway"
    folder.mkdir()
    made = Shop(folder)
    made.member()
    made.staff("Hanh")
    with made.writers.begin() as db:
        db.add(TagRow(tag="t-17", identity="ibeacon:0", member=NGOC))
        staff.begin_duty(db, "hanh", STORE, NOON_MS)
    book(made, minutes=10)
    yield made
    made.engine.dispose()


class Between:
    """Carries touches from the glass to the kiosk, its events to the gateway, and answers back."""

    def __init__(self, kiosk: Kiosk, glass: ServedGlass, shop: Shop) -> None:
        self.kiosk, self.glass, self.shop, self.outbox = kiosk, glass, shop, Outbox()
        self.kiosk.app.ports = replace(kiosk.app.ports, feed=glass.feed)
        self.reported: list[Body] = []
        self.touches = 0

    def touch(self, page: Page, button: str) -> None:
        """Touch a button, and wait until what follows is on the glass."""
        page.get_by_role("button", name=button).click()
        self.touches += 1
        until(lambda: len(self._pressed()) == self.touches, "the touch")
        self.kiosk.app.handle(self._pressed()[-1])
        self.carry()

    def carry(self) -> None:
        """Bring to the gateway what the kiosk reported, and back what it answers."""
        new = self.kiosk.sent[len(self.reported) :]
        for body in new:
            assert isinstance(body, Body)
            self.reported.append(body)
            for answer in shown(self.shop.handle(self.outbox.says(body))):
                self.kiosk.app.handle(Told(answer))
        revision = self.glass.feed.latest().revision
        until(
            lambda: any(isinstance(one, Painted) and one.revision == revision
                        for one in self.glass.heard),
            f"revision {revision} is painted",
        )  # fmt: skip

    def _pressed(self) -> list[Pressed]:
        return [one for one in self.glass.heard if isinstance(one, Pressed)]


def test_from_a_tag_to_a_ticket_are_three_touches_and_the_host_knows(
    chromium: Browser, served: ServedGlass, shop: Shop, tmp_path: Path
) -> None:
    kiosk = Kiosk(tmp_path)
    page, watch = open_page(chromium, served.url, PORTRAIT)
    between = Between(kiosk, served, shop)
    kiosk.tag_near()
    between.carry()

    between.touch(page, "Xem dành cho tôi")
    between.touch(page, "Đúng")
    between.touch(page, "Tôi đến theo hẹn")

    expect(page.locator(".ticket .number")).to_have_text("1")
    expect(page.get_by_text("Hanh đã biết bạn đến.")).to_be_visible()
    expect(page.get_by_text("Giấy phép lái xe, Căn cước")).to_be_visible()
    with shop.read() as db:
        (card,) = alerts.board(db, STORE)
    assert (card.kind, card.asks, card.kiosk) == (AlertKind.APPOINTMENT, "hanh", "quay-1")
    assert between.touches <= MOST_TOUCHES
    page.context.close()
    assert watch.errors == []
