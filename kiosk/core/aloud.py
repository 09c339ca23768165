"""What of a screen may be read aloud to everybody around, and what only if its shopper says so.

What is somebody's own is read only in the session in which they switched it on. It makes no sound.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.at_the_shelf import NoProduct, ProductShown
from kiosk.core.ease import Ease
from kiosk.core.identify import Identify
from kiosk.core.inputs import Button
from kiosk.core.maintenance import Maintenance, PinAsked, PinLocked, TouchTest
from kiosk.core.phone_keypad import NoCode, NumberAsked
from kiosk.core.screen_state import (
    Attract,
    Closed,
    DoorAsked,
    Goodbye,
    Hello,
    KeptOut,
    LetIn,
    OutOfOrder,
    Recorded,
    Refused,
    ScreenState,
    StaffCalled,
    Waiting,
)

# Everything that is not known to be everybody's is somebody's.
EVERYBODYS = (
    *(Attract, Closed, DoorAsked, Goodbye, Hello, KeptOut, LetIn, OutOfOrder, Recorded, Refused),
    *(Waiting, NumberAsked, NoCode, PinAsked, PinLocked, Maintenance, TouchTest, Identify),
    *(ProductShown, NoProduct),
)


def is_private(state: ScreenState) -> bool:
    """Whether what is drawn now is somebody's own."""
    if state.is_easing or state.warning_left_s is not None:
        return False  # these cover the screen, and nothing of it is drawn
    return not isinstance(state.screen, EVERYBODYS) and state.screen != StaffCalled(None)


def is_read(state: ScreenState) -> bool:
    """Whether what is drawn now may be read aloud."""
    if Ease.ALOUD not in state.ease:
        return False
    return not is_private(state) or (bool(state.session) and state.read_for == state.session)


def asks(state: ScreenState) -> bool:
    """Whether a shopper who has it read aloud must first say so of their own page."""
    return Ease.ALOUD in state.ease and not is_read(state)


def switched(was: ScreenState, after: ScreenState) -> ScreenState:
    """Who switches it on in front of their own page has said so."""
    is_new = Ease.ALOUD in after.ease and Ease.ALOUD not in was.ease
    return replace(after, read_for=after.session) if is_new else after


def press(state: ScreenState, button: Button, _subject: str, _now_s: float) -> ScreenState | None:
    """A touch on "read my page to me"; None if it is none."""
    if button is not Button.READ or not asks(state):
        return None
    return replace(state, read_for=state.session, revision=state.revision + 1)
