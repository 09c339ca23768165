"""What is read aloud, to whom: everybody's screens to everybody, one's own to who asked for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.events import Verdict
from kiosk.core import aloud, screen
from kiosk.core.ease import Ease
from kiosk.core.inputs import Button
from kiosk.core.screen import Attract, Hello, Offers, Refused, ScreenState, StaffCalled
from kiosk.core.screen_rules import ScreenRules
from kiosk.core.screen_state import to
from tests.web_ui.screen.samples import PERSONAL_SCREENS, SCREENS, SESSION, shown

ON = frozenset({Ease.ALOUD})
OTHER = "0000000000000002"
OWN = ScreenState(Offers(shown()), SESSION)


def switched_on(state: ScreenState) -> ScreenState:
    for subject in ("", "aloud"):
        state = screen.press(state, Button.EASE, subject, 1)
    return screen.press(state, Button.BACK, "", 1)


@pytest.mark.parametrize("name", PERSONAL_SCREENS)
def test_ones_own_page_is_read_to_nobody_who_did_not_ask_for_it(name: str) -> None:
    private = ScreenState(PERSONAL_SCREENS[name], SESSION)

    assert not aloud.is_read(private)
    assert not aloud.asks(private), "it is off until somebody wants it"
    before = replace(private, ease=ON)  # switched on in front of the invitation
    assert (aloud.is_read(before), aloud.asks(before)) == (False, True)
    asked = screen.press(before, Button.READ, "", 1)
    assert (aloud.is_read(asked), aloud.asks(asked)) == (True, False)
    assert asked.revision == before.revision + 1
    assert not aloud.is_read(replace(asked, session=OTHER))


def test_who_switches_it_on_at_their_own_page_has_asked() -> None:
    on = switched_on(OWN)

    assert (aloud.is_read(on), on.read_for) == (True, SESSION)
    assert aloud.is_read(screen.press(on, Button.WHY_NOT, "", 2))
    off = switched_on(on)
    assert (aloud.is_read(off), aloud.asks(off)) == (False, False)


def test_it_is_heard_from_the_invitation_through_a_wrong_code_to_the_own_page() -> None:
    state = switched_on(ScreenState(Attract()))
    assert aloud.is_read(state)
    state = screen.accept_code(state, SESSION, 2)
    state = to(state, Refused(Verdict.EXPIRED), 3, OTHER)
    assert aloud.is_read(state)
    state = replace(screen.accept_code(state, SESSION, 4), screen=Offers(shown()))
    assert aloud.asks(state)


@pytest.mark.parametrize("is_asked", [True, False])
def test_it_ends_with_the_session(is_asked: bool) -> None:
    mine = replace(OWN, ease=ON, read_for=SESSION if is_asked else "")

    ended = screen.press(mine, Button.END, "", 1)
    assert Ease.ALOUD not in ended.ease
    followed = screen.accept_code(mine, OTHER, 1)
    assert Ease.ALOUD not in followed.ease
    assert Ease.ALOUD not in screen.tick(mine, ScreenRules(), 100).ease


def test_what_covers_the_own_page_is_everybodys() -> None:
    own = replace(OWN, ease=ON)

    assert aloud.is_read(replace(own, warning_left_s=20))
    assert aloud.is_read(replace(own, is_easing=True))


def test_every_screen_is_everybodys_or_somebodys_and_a_new_one_is_somebodys() -> None:
    private = {type(one) for one in SCREENS.values() if aloud.is_private(ScreenState(one))}

    assert {kind.__name__ for kind in private} == {
        *("Confirm", "Offers", "OfferDetail", "WhyNot", "Privacy", "Choices", "PickUp", "CheckIn"),
        *("RainCheck", "CodeAsked"),
    }
    assert not aloud.is_private(ScreenState(StaffCalled()))
    assert aloud.is_private(ScreenState(StaffCalled(shown())))
    assert screen.press(ScreenState(Hello(), ease=ON), Button.READ, "", 1).read_for == ""
