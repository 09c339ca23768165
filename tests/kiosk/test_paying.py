"""An order is paid at the glass: the code stands there, and the bank's word turns the page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from contract.messages import Level, ShownOrder
from kiosk.core.inputs import Button
from kiosk.core.screen import Attract, Offers, PickUp
from tests.kiosk.whole_kiosk import ORDER, Kiosk

OWED = structs.replace(ORDER, unpaid_vnd=185_000, pay="0002…6304ABCD")
OTHER = ShownOrder("A-2", "#A-2", items=1, unpaid_vnd=9_000, ready=True, pay="0002…6304FFFF")
PAID = structs.replace(OWED, unpaid_vnd=0, pay="")


@pytest.fixture
def paying(kiosk: Kiosk) -> Kiosk:
    """Somebody who picks up an order that is not paid."""
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc", orders=(OWED, OTHER))
    kiosk.press(Button.PICK_UP, OWED.id)
    return kiosk


def test_when_the_money_has_come_the_glass_says_so_and_the_page_behind_it_too(
    paying: Kiosk,
) -> None:
    before = paying.screen()
    assert isinstance(before, PickUp)
    assert (before.is_paying, before.is_paid) == (True, False)

    paying.told(Level.ORDER, orders=(PAID,))

    after = paying.screen()
    assert isinstance(after, PickUp)
    assert (after.order, after.is_paying, after.is_paid) == (PAID, False, True)
    paying.press(Button.BACK)
    page = paying.screen()
    assert isinstance(page, Offers)
    assert page.shown.orders == (PAID, OTHER)
    assert page.shown.name == "Ngọc", "all else stands"


def test_half_of_it_leaves_a_code_for_the_rest_and_another_order_leaves_this_one(
    paying: Kiosk,
) -> None:
    half = structs.replace(OWED, unpaid_vnd=85_000, pay="0002…63040000")
    paying.told(Level.ORDER, orders=(half, structs.replace(OTHER, unpaid_vnd=0, pay="")))

    page = paying.screen()
    assert isinstance(page, PickUp)
    assert (page.order, page.is_paid, page.is_paying) == (half, False, True)
    at_the_counter = structs.replace(half, pay="")
    paying.told(Level.ORDER, orders=(at_the_counter,))
    page = paying.screen()
    assert isinstance(page, PickUp)
    assert (page.order, page.is_paid, page.is_paying) == (at_the_counter, False, False)


def test_it_says_nothing_to_somebody_else_and_nothing_again(paying: Kiosk) -> None:
    was = paying.app.state
    paying.told(Level.ORDER, "00000000000000ff", orders=(PAID,))
    paying.told(Level.ORDER, orders=(OWED,))
    assert paying.app.state == was

    paying.press(Button.END)
    gone = paying.app.state
    paying.told(Level.ORDER, was.session, orders=(PAID,))
    assert paying.app.state == gone


def test_who_pays_with_a_telephone_has_three_minutes_and_who_has_paid_has_no_more(
    paying: Kiosk,
) -> None:
    paying.wait(175)
    assert not paying.warns()
    paying.wait(10)
    assert paying.warns()
    paying.told(Level.ORDER, orders=(PAID,))
    paying.wait(80)
    assert paying.screen() == Attract()
    assert replace(paying.app.state, screen=Attract()).session == ""
