"""From the kiosk's state to a picture: which template, in which language. Decides no state."""

from __future__ import annotations

import msgspec
from flask import render_template
from markupsafe import Markup

from kiosk.core import aloud
from kiosk.core import screen as screens
from kiosk.core.at_the_shelf import NoProduct, ProductShown
from kiosk.core.identify import Identify
from kiosk.core.inputs import Language
from kiosk.core.maintenance import FIELDS, Maintenance, PinAsked, PinLocked, TouchTest
from kiosk.core.new_here import NewHere
from kiosk.core.screen import ScreenState
from web_ui.screen.advice import ADVICE, AT_DOORS, AT_SHELVES, NEW_HERE, NO_CODE
from web_ui.screen.parts import facts
from web_ui.shared import i18n

NAMES: dict[type[screens.Screen], str] = {
    screens.Attract: "attract",
    screens.Hello: "hello",
    screens.Waiting: "waiting",
    screens.Recorded: "recorded",
    screens.Confirm: "confirm",
    screens.Offers: "offers",
    screens.OfferDetail: "offer_detail",
    screens.WhyNot: "why_not",
    screens.Privacy: "privacy",
    screens.Choices: "choices",
    screens.PickUp: "pick_up",
    screens.CheckIn: "check_in",
    screens.NumberAsked: "number_asked",
    screens.CodeAsked: "code_asked",
    screens.NoCode: "no_code",
    screens.RainCheck: "rain_check",
    screens.Refused: "refused",
    screens.DoorAsked: "door_asked",
    screens.LetIn: "let_in",
    screens.KeptOut: "kept_out",
    screens.StaffCalled: "staff_called",
    screens.Closed: "closed",
    screens.OutOfOrder: "out_of_order",
    screens.Goodbye: "goodbye",
    ProductShown: "product",
    NoProduct: "no_product",
    PinAsked: "pin_asked",
    PinLocked: "pin_locked",
    Maintenance: "maintenance",
    TouchTest: "touch_test",
    Identify: "identify",
    NewHere: "new_here",
}
EASE = "ease"  # and while it is chosen how to make the screen easier
IDLE = "idle"  # the picture of any screen while "are you still here?" is asked
LOST = "lost"  # what the browser shows by itself when the kiosk's process is gone


class Picture(msgspec.Struct, frozen=True):
    """One screen, ready for the browser."""

    revision: int
    screen: str
    lang: str
    ease: str  # by space
    html: str


def picture(state: ScreenState) -> Picture:
    """Draw a state. Needs an application context.

    While the shopper is asked whether they are still here, the screen's own content is not
    drawn at all: whoever comes by then must not find it behind the question.
    """
    i18n.speak(state.language)
    if state.warning_left_s is not None:
        return _drawn(state, IDLE, left_s=state.warning_left_s)
    if state.is_easing:
        return _drawn(state, EASE)
    words = {"advice": ADVICE, "at_doors": AT_DOORS, "new_here": NEW_HERE, "no_code": NO_CODE}
    words |= {"at_shelves": AT_SHELVES, "fields": FIELDS, "facts": facts}
    return _drawn(state, NAMES[type(state.screen)], screen=state.screen, **words)


def lost() -> dict[str, Markup]:
    """In each language, what to show when the kiosk's process answers no more."""
    pictures = {}
    for language in Language:
        i18n.speak(language)
        drawn = _drawn(ScreenState(language=language), LOST)
        pictures[language.value] = Markup(drawn.html)  # noqa: S704 (our own template, escaped)
    return pictures


def _drawn(state: ScreenState, name: str, **content: object) -> Picture:
    html = render_template(
        f"screen/{name}.html",
        name=name,
        offline=state.offline,
        read_by=state.read_by,
        ease=state.ease,
        asks_to_read=aloud.asks(state),
        dimmed=state.dimmed,
        phone_link=state.phone_link,
        is_at_door=state.is_at_door,
        asks_number=state.asks_number,
        has_pin=state.has_pin,
        **content,
    )
    ease = " ".join(sorted(state.ease))
    return Picture(state.revision, name, state.language.value, ease, html)
