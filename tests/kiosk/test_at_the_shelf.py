"""A product's code is held to the kiosk: it answers by itself, and interrupts nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.events import ClockTrust
from contract.messages import Level, Text
from contract.products import Catalogue, Price, Product
from kiosk.core.at_the_shelf import NoProduct, ProductShown, Unknown
from kiosk.core.inputs import Button, LinkChanged
from kiosk.core.screen import (
    Attract,
    NumberAsked,
    Offers,
    PickUp,
    Refused,
    StaffCalled,
    Waiting,
)
from tests.kiosk.whole_kiosk import ORDER, Kiosk

LABEL = "https://an.example/s/hue-1/ke-2/tra-sen"
BARCODE = "8934563138165"
TEA = Product("tra-sen", Text("Trà sen", "Lotus tea"), 185_000, f"0{BARCODE}", 150_000, stock=12)
SELLS = Catalogue("hue-1", 1_000, (TEA,))


@pytest.fixture
def sells(kiosk: Kiosk) -> Kiosk:
    kiosk.sells = SELLS
    return kiosk


@pytest.mark.parametrize("text", [LABEL, BARCODE, f"https://id.gs1.org/01/0{BARCODE}"])
def test_a_label_or_a_barcode_shows_price_and_stock_also_without_a_network(
    sells: Kiosk, text: str
) -> None:
    sells.app.handle(LinkChanged(online=False))

    sells.hold_up(text)

    assert sells.screen() == ProductShown(TEA, Price(150_000, 185_000), 1_000)
    assert sells.sent == [], "what somebody looks at is reported to nobody"
    sells.press(Button.BACK)
    assert sells.screen() == Attract()


def test_who_does_not_know_the_time_promises_no_promotion(sells: Kiosk) -> None:
    sells.time.trust = ClockTrust.FLOOR
    sells.hold_up(LABEL)
    assert sells.screen() == ProductShown(TEA, Price(185_000), 1_000)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://an.example/s/hue-1/ke-2/none", Unknown.NOT_LISTED),
        ("96385074", Unknown.NOT_LISTED),
        ("https://an.example/s/hue-2/ke-2/tra-sen", Unknown.FOREIGN),
        ("https://an.example.evil/s/hue-1/ke-2/tra-sen", Unknown.FOREIGN),
        ("https://an.example@evil/s/hue-1/ke-2/tra-sen", Unknown.FOREIGN),
    ],
)
def test_what_it_does_not_know_it_says_in_words(sells: Kiosk, text: str, why: Unknown) -> None:
    sells.hold_up(text)
    assert sells.screen() == NoProduct(why)
    sells.wait(120)
    assert sells.screen() == Attract(), "left alone it invites again"


def test_a_kiosk_that_was_told_of_nothing_says_so_and_another_code_is_refused(kiosk: Kiosk) -> None:
    kiosk.hold_up(LABEL)
    assert kiosk.screen() == NoProduct(Unknown.NO_LIST)
    kiosk.hold_up("https://an.example/k/quay-1/5e551014c0ffee00")
    assert isinstance(kiosk.screen(), Refused)


def test_who_is_served_keeps_their_page_behind_it(sells: Kiosk) -> None:
    sells.hold_up(sells.pass_text())
    sells.told(Level.PERSONAL, name="Ngọc", orders=(ORDER,))
    own = sells.screen()

    sells.hold_up(LABEL)
    assert isinstance(sells.screen(), ProductShown)
    sells.press(Button.STAFF)
    assert isinstance(sells.screen(), StaffCalled)
    sells.press(Button.BACK)
    assert sells.screen() == own

    sells.press(Button.PICK_UP, ORDER.id)
    sells.wait(3)
    sells.hold_up(LABEL)
    assert isinstance(sells.screen(), PickUp), "who picks up is not interrupted"


def test_who_waits_or_types_is_not_interrupted(sells: Kiosk) -> None:
    sells.hold_up(sells.pass_text())
    sells.hold_up(LABEL)
    assert sells.screen() == Waiting()
    sells.told(Level.PERSONAL)
    assert isinstance(sells.screen(), Offers)
    sells.press(Button.END)
    sells.wait(30)
    sells.app.state = replace(sells.app.state, asks_number=True, offline=False)
    sells.press(Button.NUMBER)
    sells.wait(3)
    sells.hold_up(LABEL)
    assert isinstance(sells.screen(), NumberAsked)
