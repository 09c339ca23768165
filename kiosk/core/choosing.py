"""What a shopper agrees to, switched on and off at the screen. It knows no purpose by name.

Who may choose, and what comes of it, the gateway decides; a no takes its offers away here at once.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from contract.consents import digest
from contract.events import Chose
from contract.messages import AskedConsent, Show
from kiosk.core.inputs import Button
from kiosk.core.own_page import Choices, Privacy
from kiosk.core.screen_state import ScreenState, to


def press(state: ScreenState, button: Button, subject: str, now_s: float) -> ScreenState | None:
    """A touch that opens the choices, or makes one; None if it is neither."""
    match button, state.screen:
        case Button.CONSENTS, Privacy(shown) if shown.consents is not None:
            return to(state, Choices(shown), now_s)
        case Button.CONSENT, Choices(shown):
            return _switched(state, shown, subject, now_s)
    return None


def choice_made(was: ScreenState, after: ScreenState) -> Chose | None:
    """What the gateway must know of a touch: which choice it made, and of which words."""
    screen = after.screen
    if was.since_revision == after.since_revision or not isinstance(screen, Choices):
        return None
    one = _asked(screen.shown, screen.saved)
    if one is None:
        return None
    read = digest((one.title.vi, one.says.vi, one.title.en, one.says.en))
    return Chose(after.session, one.purpose, one.is_granted, one.version, read)


def heard(state: ScreenState, shown: Show) -> tuple[ScreenState, Show]:
    """A page from the gateway, less what was taken back here since it was written."""
    if shown.consents is None:
        return state, shown
    waiting = frozenset(
        (purpose, is_granted)
        for purpose, is_granted in state.chosen
        if (one := _asked(shown, purpose)) is not None
        and one.is_granted is not is_granted
        and one.hitch is None
    )
    for purpose, is_granted in waiting:
        shown = _with(shown, purpose, is_granted=is_granted)
    return replace(state, chosen=waiting), shown


def answered(state: ScreenState, choices: Choices, shown: Show) -> ScreenState:
    """The gateway's word on what was chosen; who touches meanwhile touches the same screen."""
    one = _asked(shown, choices.saved)
    saved = "" if one is None or one.hitch is not None else choices.saved
    after = Choices(shown, saved)
    return replace(state, screen=after, revision=state.revision + 1)


def _switched(state: ScreenState, shown: Show, purpose: str, now_s: float) -> ScreenState:
    one = _asked(shown, purpose)
    if one is None or shown.consents is None or (shown.consents.is_child and not one.is_granted):
        return state
    is_granted = not one.is_granted
    after = Choices(_with(shown, purpose, is_granted=is_granted), purpose)
    others = {said for said in state.chosen if said[0] != purpose}
    chosen = frozenset({*others, (purpose, is_granted)})
    return replace(to(state, after, now_s), chosen=chosen)


def _with(shown: Show, purpose: str, *, is_granted: bool) -> Show:
    """The page as it is after a choice: a no takes with it what only a yes allows to show."""
    if shown.consents is None:
        return shown
    asked, gone = [], frozenset[str]()
    for one in shown.consents.asked:
        is_it = one.purpose == purpose
        asked.append(structs.replace(one, is_granted=is_granted, hitch=None) if is_it else one)
        if is_it and not is_granted:
            gone = frozenset(one.shows)
    return structs.replace(
        shown,
        consents=structs.replace(shown.consents, asked=tuple(asked)),
        offers=tuple(offer for offer in shown.offers if offer.id not in gone),
        why_not=shown.why_not if is_granted else (),  # said of one who had agreed
    )


def _asked(shown: Show, purpose: str) -> AskedConsent | None:
    asked = () if shown.consents is None else shown.consents.asked
    return next((one for one in asked if one.purpose == purpose), None)
