"""The steps between the screens for who looks after a kiosk. It judges no PIN."""

from __future__ import annotations

from dataclasses import replace

from contract.messages import KioskState
from kiosk.core.identify import Identify
from kiosk.core.inputs import Button
from kiosk.core.maintenance import FIELDS, Maintenance, PinAsked, PinLocked, TouchTest
from kiosk.core.screen_state import Attract, Closed, Hello, OutOfOrder, ScreenState, to

NOBODYS = Attract | Closed | Hello | OutOfOrder | Identify


def press(state: ScreenState, button: Button, subject: str, now_s: float) -> ScreenState | None:
    """A touch on these screens, or the long one that leads to them; None if it is none of these."""
    match button, state.screen:
        case Button.MAINTENANCE, _:
            return _begin(state, now_s)
        case Button.TOUCH_TEST, Maintenance() as under:
            return to(state, TouchTest(under), now_s)
        case Button.TOUCH_TEST, TouchTest(under, touched) if _is_field(subject):
            more = TouchTest(under, touched | {int(subject)})
            return replace(state, screen=more, active_s=now_s, revision=state.revision + 1)
        case Button.RESTART, Maintenance() as one:
            return to(state, replace(one, is_restarting=True), now_s)
        case Button.BACK, TouchTest(under, _):
            return to(state, under, now_s)
    return None


def judged(state: ScreenState, *, is_right: bool, is_locked: bool, now_s: float) -> ScreenState:
    """What came of a PIN that was typed."""
    if not isinstance(state.screen, PinAsked):
        return state
    if is_locked:
        return to(state, PinLocked(), now_s)
    if is_right:
        return to(state, Maintenance(), now_s)
    return to(state, PinAsked(state.screen.wrong + 1), now_s)


def refreshed(state: ScreenState, said: KioskState | None) -> ScreenState:
    """How it is now; only the screen that shows it is painted again."""
    if not isinstance(state.screen, Maintenance) or state.screen.said == said:
        return state
    fresh = replace(state.screen, said=said)
    return replace(state, screen=fresh, revision=state.revision + 1)


def read(state: ScreenState, now_s: float) -> ScreenState | None:
    """A code was read while somebody tries the camera; None if nobody does."""
    match state.screen:
        case Maintenance() as one:
            more = replace(one, codes_read=one.codes_read + 1)
            return replace(state, screen=more, active_s=now_s, revision=state.revision + 1)
        case PinAsked() | PinLocked() | TouchTest():
            return state
    return None


def _begin(state: ScreenState, now_s: float) -> ScreenState:
    if not state.has_pin or not isinstance(state.screen, NOBODYS):
        return state
    return to(state, PinAsked(), now_s, session="")


def _is_field(subject: str) -> bool:
    return subject.isdecimal() and int(subject) < FIELDS
