"""What a shopper does in front of a kiosk, as one state machine: sees a screen, acts with a hand.

It knows only what a person there would know: what the screen says, and their own name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from kiosk.core.inputs import Button
from simulator.people import Plan, Shopper

HELLO_PATIENCE_S = 25.0  # who waits for a hello gives up after this; presence needs 5 to 15 s
HOLD_PATIENCE_S = 8.0  # an arm gets tired
ANSWER_PATIENCE_S = 20.0
ERRAND_S = 180.0  # and then everybody has something better to do, whatever the screen does
LOOK_S = 16.0  # before the screen, touching nothing
READ_PACES = 3.0  # reading takes this many times as long as touching


@dataclass(frozen=True, slots=True)
class Seen:
    """What a screen says, as far as a shopper acts upon it."""

    screen: str = ""  # the name of its state; empty while there is no picture
    revision: int = 0
    title: str = ""  # its largest words: a greeting, a question
    offers: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Raise the phone to the camera."""


@dataclass(frozen=True, slots=True)
class Lower:
    """Put the phone away."""


@dataclass(frozen=True, slots=True)
class Press:
    """Touch a button."""

    button: Button
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """Walk off."""


Act = Hold | Lower | Press | Leave


class Phase(Enum):
    """How far the errand is."""

    COMING = auto()
    HOLDING = auto()
    ASKING = auto()  # something was pressed or shown; the answer is awaited
    READING = auto()  # the screen is personal
    GOING = auto()


_MASK = re.compile(r"(\w)\w*\*+")

PERSONAL = frozenset(("offers", "offer_detail", "pick_up", "check_in"))
_OF_OTHERS = PERSONAL | {"confirm", "recorded", "goodbye", "refused", "staff_called"}


@dataclass(frozen=True, slots=True)
class Errand:
    """One shopper at one kiosk. `acted_s` is when they last did something or saw a change."""

    shopper: Shopper
    began_s: float
    acted_s: float
    phase: Phase = Phase.COMING
    seen: Seen = Seen()
    wishes: tuple[Button, ...] = ()  # what is still to be pressed on the personal screen


def begin(shopper: Shopper, now_s: float) -> Errand:
    """The shopper stands before the kiosk."""
    wishes = [Button.OFFER, Button.BACK] * shopper.opens_offers
    wishes += [Button.PICK_UP, Button.BACK] * shopper.fetches
    wishes += [Button.STAFF, Button.BACK] * shopper.calls_staff
    wishes += [Button.END] * shopper.is_tidy
    return Errand(shopper, now_s, now_s, wishes=tuple(wishes))


def step(was: Errand, seen: Seen, now_s: float) -> tuple[Errand, Act | None]:
    """What they do now, if anything; people need a moment after everything they see."""
    if seen.screen != was.seen.screen or (seen != was.seen and seen.screen != "idle"):
        return replace(was, seen=seen, acted_s=now_s), _at_once(was, seen)
    still_s = now_s - was.acted_s
    if still_s < was.shopper.pace_s:
        return was, None
    if now_s - was.began_s > ERRAND_S and was.phase is not Phase.GOING:
        return _did(was, Phase.GOING, now_s), Lower()
    if seen.screen == "idle" and was.phase is Phase.READING:
        return _did(was, Phase.READING, now_s), Press(Button.STAY)
    match was.phase:
        case Phase.COMING:
            return _come(was, seen, now_s)
        case Phase.HOLDING:
            return _hold(was, seen, now_s, still_s)
        case Phase.ASKING:
            return _ask(was, seen, now_s, still_s)
        case Phase.READING if still_s >= READ_PACES * was.shopper.pace_s:
            return _read(was, seen, now_s)
        case Phase.GOING:
            return was, Leave()
    return was, None


def _at_once(was: Errand, seen: Seen) -> Act | None:
    """Nobody goes on holding a phone when the screen has already answered."""
    if was.phase is Phase.HOLDING and seen.screen not in ("attract", "hello"):
        return Lower()
    return None


def _come(was: Errand, seen: Seen, now_s: float) -> tuple[Errand, Act | None]:
    waited_s = now_s - was.began_s
    if seen.screen in _OF_OTHERS and was.shopper.plan is not Plan.LOOK:
        button = Button.END if seen.screen in PERSONAL | {"confirm"} else Button.BACK
        return _did(was, Phase.COMING, now_s), Press(button)
    match was.shopper.plan:
        case Plan.TOUCH if seen.screen == "hello":
            return _did(was, Phase.ASKING, now_s), Press(Button.HELLO)
        case Plan.TOUCH if waited_s < HELLO_PATIENCE_S:
            return was, None
        case Plan.SHOW:
            return _did(was, Phase.HOLDING, now_s), Hold()
        case Plan.LOOK if waited_s < LOOK_S:
            return was, None
    return _did(was, Phase.GOING, now_s), None


def _hold(was: Errand, seen: Seen, now_s: float, still_s: float) -> tuple[Errand, Act | None]:
    if seen.screen not in ("attract", "hello"):
        return _ask(was, seen, now_s, still_s)
    if still_s < HOLD_PATIENCE_S:
        return was, None
    return _did(was, Phase.GOING, now_s), Lower()


def _ask(was: Errand, seen: Seen, now_s: float, still_s: float) -> tuple[Errand, Act | None]:
    if seen.screen in PERSONAL:
        return _did(was, Phase.READING, now_s), None
    if seen.screen == "confirm":
        button = Button.CONFIRM if asks_for(was.shopper, seen.title) else Button.DENY
        phase = Phase.ASKING if button is Button.CONFIRM else Phase.GOING
        return _did(was, phase, now_s), Press(button)
    if seen.screen == "refused":
        return _did(was, Phase.GOING, now_s), Press(Button.BACK)
    if still_s < ANSWER_PATIENCE_S:
        return was, None
    return _did(was, Phase.GOING, now_s), None


def _read(was: Errand, seen: Seen, now_s: float) -> tuple[Errand, Act | None]:
    if not was.wishes:
        return _did(was, Phase.GOING, now_s), None
    wish, *rest = was.wishes
    was = replace(was, wishes=tuple(rest))
    subjects = {Button.OFFER: seen.offers, Button.PICK_UP: seen.orders}
    if wish in subjects:
        if not subjects[wish]:
            return replace(was, wishes=tuple(rest[1:])), None  # nor is there a way back to press
        choice = subjects[wish][len(rest) % len(subjects[wish])]
        return _did(was, Phase.READING, now_s), Press(wish, choice)
    return _did(was, Phase.READING, now_s), Press(wish)


def asks_for(shopper: Shopper, title: str) -> bool:
    """Whether "are you Q***?" may mean this person; the mask keeps a given name's first letter."""
    masked = _MASK.search(title)
    if shopper.member is None or masked is None:
        return False
    return shopper.member.given_name.startswith(masked.group(1))


def _did(was: Errand, phase: Phase, now_s: float) -> Errand:
    return replace(was, phase=phase, acted_s=now_s)
