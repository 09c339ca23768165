"""The proof that nothing personal is on a screen too early: stories in which it is, and is not."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.core.inputs import Button
from runtime.clock import stopwatch_ms
from simulator.browser import Painted
from simulator.errand import Seen
from simulator.glass import Glass
from simulator.people import Plan, Shopper
from simulator.shop import make_shop

SHOP = make_shop(date(2026, 11, 23))
MEMBER, OTHER = (
    SHOP.members[0],
    next(one for one in SHOP.members if one.given_name != SHOP.members[0].given_name),
)
SHOPPER = Shopper("khach-001", Plan.SHOW, MEMBER)
KIOSK = "quay-1"
MINE = f"Chào {MEMBER.given_name}"


@pytest.fixture
def glass() -> Glass:
    return Glass(SHOP)


def paint(glass: Glass, screen: str, revision: int, says: str = "", at_ms: float = 0.0) -> None:
    seen = Seen(screen, revision, title=says)
    glass.painted(Painted(KIOSK, seen, f"<h1>{says}</h1>", at_ms or stopwatch_ms()))


def test_a_pass_opens_the_page_of_who_shows_it(glass: Glass) -> None:
    paint(glass, "attract", 1)
    glass.raised(KIOSK, SHOPPER, 1)
    glass.taken(KIOSK, stopwatch_ms())
    paint(glass, "waiting", 2)
    glass.lowered(KIOSK)
    paint(glass, "offers", 3, MINE)
    verdicts = glass.verdicts()

    assert not verdicts.leaks
    assert not verdicts.mistaken
    assert len(verdicts.latencies_ms) == 1
    assert verdicts.promises == 1


def test_a_touch_opens_the_page_even_if_an_older_screen_is_painted_late(glass: Glass) -> None:
    glass.touched(KIOSK, SHOPPER, Button.HELLO, 5)
    paint(glass, "hello", 5)
    paint(glass, "confirm", 7, f"{MEMBER.given_name[0]}***")
    glass.touched(KIOSK, SHOPPER, Button.CONFIRM, 7)
    paint(glass, "offers", 9, MINE)

    assert not glass.verdicts().leaks
    assert len(glass.verdicts().latencies_ms) == 2


@pytest.mark.parametrize(
    "says",
    [MINE, MEMBER.name, MEMBER.phone, SHOP.orders[0].number, f"x <b>{MEMBER.given_name}</b>!"],
)
@pytest.mark.parametrize("screen", ["hello", "attract", "offers", "confirm"])
def test_anything_personal_before_a_touch_is_a_leak(glass: Glass, screen: str, says: str) -> None:
    paint(glass, screen, 1, says)

    assert len(glass.verdicts().leaks) == 1
    assert MEMBER.given_name not in glass.verdicts().leaks[0]


@pytest.mark.parametrize("revision", [1, 2])
@pytest.mark.parametrize("screen", ["attract", "hello", "goodbye", "refused"])
def test_a_neutral_screen_says_nothing_personal_even_after_a_touch(
    glass: Glass, screen: str, revision: int
) -> None:
    glass.touched(KIOSK, SHOPPER, Button.HELLO, 1)
    paint(glass, screen, revision, MINE)

    assert len(glass.verdicts().leaks) == 1


def test_the_next_shopper_begins_with_nothing(glass: Glass) -> None:
    glass.touched(KIOSK, SHOPPER, Button.HELLO, 1)
    paint(glass, "offers", 2, MINE)
    paint(glass, "attract", 3)
    paint(glass, "offers", 4, MINE)

    assert len(glass.verdicts().leaks) == 1


def test_other_touches_open_nothing(glass: Glass) -> None:
    for button in (Button.STAFF, Button.BACK, Button.END, Button.STAY):
        glass.touched(KIOSK, SHOPPER, button, 1)
    paint(glass, "offers", 2, MINE)

    assert len(glass.verdicts().leaks) == 1


def test_a_hello_while_the_phone_is_up_does_not_close_the_page(glass: Glass) -> None:
    glass.raised(KIOSK, SHOPPER, 1)
    paint(glass, "hello", 2)
    paint(glass, "offers", 3, MINE)

    assert not glass.verdicts().leaks


def test_another_persons_page_is_a_mistake(glass: Glass) -> None:
    glass.touched(KIOSK, SHOPPER, Button.CONFIRM, 1)
    paint(glass, "offers", 2, f"Chào {OTHER.given_name}")

    assert len(glass.verdicts().mistaken) == 1


def test_ordinary_words_are_not_personal(glass: Glass) -> None:
    paint(glass, "attract", 1, "Quét mã thành viên để xem ưu đãi của riêng bạn · An Nhiên")

    assert not glass.verdicts().leaks


def test_latency_is_counted_from_the_frame_before_the_last_and_never_too_kindly(
    glass: Glass,
) -> None:
    glass.raised(KIOSK, SHOPPER, 1)
    for at_ms in (1000.0, 1100.0, 1200.0):
        glass.taken(KIOSK, at_ms)
    paint(glass, "waiting", 2, at_ms=1217.0)
    paint(glass, "offers", 3, MINE, at_ms=1234.0)

    assert glass.verdicts().latencies_ms == (134.0,)
    assert glass.verdicts().accepted_ms == (117.0,)


def test_offers_for_everybody_are_nobodys_page(glass: Glass) -> None:
    """While the gateway is silent, a kiosk gives what it may by itself, and names nobody."""
    glass.touched(KIOSK, SHOPPER, Button.HELLO, 1)
    paint(glass, "offers", 2, "Dành cho mọi người ở đây")

    assert not glass.verdicts().mistaken
