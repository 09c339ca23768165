"""Consents at the touchscreen: what a touch changes, what goes out, whose word is the last."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from contract.consents import digest
from contract.events import Chose
from contract.messages import AskedConsent, Consents, Hitch, Level, Show, ShownOffer, Text, Tone
from kiosk.core import choosing, screen
from kiosk.core.inputs import Button
from kiosk.core.screen import Attract, Choices, Offers, Privacy, ScreenState
from kiosk.core.screen_rules import ScreenRules

S1, S2 = "0000000000000001", "0000000000000002"
WORDS = Text("chữ", "words")


def offer(name: str) -> ShownOffer:
    return ShownOffer(name, Tone.JADE, WORDS, WORDS, WORDS, WORDS, WORDS)


def asked(purpose: str, *shows: str, on: bool = True, hitch: Hitch | None = None) -> AskedConsent:
    return AskedConsent(purpose, 3, Text("Tên", "Name"), Text("Lời", "Say"), on, shows, hitch)


OFFERS_TOO, SMS = asked("personal_offers", "mine"), asked("sms", on=False)


def page(*consents: AskedConsent, is_child: bool = False, session: str = S1) -> Show:
    return Show(
        session,
        "0" * 32,
        Level.PERSONAL,
        name="Ngọc",
        offers=(offer("mine"), offer("everybodys")),
        consents=Consents(consents, is_child),
    )


PAGE = page(OFFERS_TOO, SMS)
OPEN = ScreenState(Choices(PAGE), S1, since_revision=4, revision=4)


def switched(state: ScreenState, *purposes: str) -> ScreenState:
    for purpose in purposes:
        state = screen.press(state, Button.CONSENT, purpose, 1)
    return state


def choices(state: ScreenState) -> dict[str, bool]:
    assert isinstance(state.screen, Choices)
    assert state.screen.shown.consents is not None
    return {one.purpose: one.is_granted for one in state.screen.shown.consents.asked}


def offers(state: ScreenState) -> list[str]:
    assert isinstance(state.screen, Choices | Offers)
    return [one.id for one in state.screen.shown.offers]


def test_a_no_takes_at_once_what_it_showed_and_a_yes_waits_for_the_gateway() -> None:
    no = switched(OPEN, "personal_offers")
    assert (choices(no)["personal_offers"], offers(no)) == (False, ["everybodys"])
    assert isinstance(no.screen, Choices)
    assert no.screen.saved == "personal_offers"

    back = screen.press(no, Button.BACK, "", 2)
    assert isinstance(back.screen, Offers)
    assert offers(back) == ["everybodys"]

    yes = switched(no, "personal_offers")
    assert (choices(yes)["personal_offers"], offers(yes)) == (True, ["everybodys"])


def test_what_goes_out_is_the_choice_and_the_hash_of_the_words_that_were_shown() -> None:
    after = switched(OPEN, "sms")

    read = digest(("Tên", "Lời", "Name", "Say"))
    assert choosing.choice_made(OPEN, after) == Chose(
        S1, "sms", is_granted=True, version=3, digest=read
    )
    assert choosing.choice_made(after, after) is None
    opened = screen.press(replace(OPEN, screen=Privacy(PAGE)), Button.CONSENTS, "", 1)
    assert choosing.choice_made(replace(OPEN, screen=Privacy(PAGE)), opened) is None


def test_an_older_page_does_not_bring_back_what_was_taken_back_since() -> None:
    """The answer to a first touch is on its way while a second is made."""
    state = switched(OPEN, "sms", "personal_offers")
    older = page(OFFERS_TOO, structs.replace(SMS, is_granted=True))

    state = screen.show(state, older, 2)
    assert choices(state) == {"personal_offers": False, "sms": True}
    assert offers(state) == ["everybodys"]
    elsewhere = screen.press(state, Button.BACK, "", 3)
    assert offers(screen.show(elsewhere, older, 4)) == ["everybodys"]

    newest = page(asked("personal_offers", on=False), structs.replace(SMS, is_granted=True))
    done = screen.show(state, newest, 5)
    assert done.chosen == frozenset()
    assert offers(done) == ["mine", "everybodys"], "what the gateway then shows, it may show"


def test_a_yes_that_was_not_taken_is_said_so_and_no_longer_saved() -> None:
    state = switched(OPEN, "sms")
    refused = page(OFFERS_TOO, structs.replace(SMS, hitch=Hitch.OLD_TEXT))

    told = screen.show(state, refused, 2)

    assert (told.screen, told.chosen) == (Choices(refused), frozenset())
    assert told.revision == state.revision + 1
    assert told.since_revision == state.since_revision, "a finger that is on its way still counts"
    again = switched(told, "sms")
    assert isinstance(again.screen, Choices)
    assert again.screen.shown.consents is not None
    assert [one.hitch for one in again.screen.shown.consents.asked] == [None, None]


def test_a_child_switches_off_and_not_on() -> None:
    state = replace(OPEN, screen=Choices(page(OFFERS_TOO, SMS, is_child=True)))

    assert switched(state, "sms").screen == state.screen
    assert choices(switched(state, "personal_offers"))["personal_offers"] is False
    assert switched(state, "personal_offers", "personal_offers").chosen == {
        ("personal_offers", False)
    }


@pytest.mark.parametrize("purpose", ["", "fortune"])
def test_a_purpose_that_is_not_asked_changes_nothing(purpose: str) -> None:
    assert switched(OPEN, purpose).screen == OPEN.screen


def test_who_only_has_a_tag_is_not_asked() -> None:
    by_tag = structs.replace(PAGE, consents=None)
    state = ScreenState(Privacy(by_tag), S1)

    assert screen.press(state, Button.CONSENTS, "", 1).screen == Privacy(by_tag)
    assert screen.press(ScreenState(Offers(PAGE), S1), Button.CONSENT, "sms", 1).chosen == set()


def test_nothing_of_it_is_left_for_the_next_shopper() -> None:
    state = switched(OPEN, "personal_offers")

    after = screen.accept_code(state, S2, 2)
    assert after.chosen == frozenset()
    theirs = screen.show(after, structs.replace(PAGE, session=S2), 3)
    assert offers(theirs) == ["mine", "everybodys"]
    assert screen.show(theirs, PAGE, 4) == theirs, "what still comes for the first is nobody's"
    assert screen.press(state, Button.END, "", 3).chosen == frozenset()
    assert screen.tick(state, ScreenRules(), 100).screen == Attract()
