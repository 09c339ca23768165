"""What the touchscreen shows, as one state machine. It never decides who anybody is.

Personal content enters by one door only: a `Show` that answers the session now on screen.
It leaves with the session: by the end button, by idling, or by the next shopper's pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil

from contract.events import EntryReason, Verdict
from contract.messages import Level, Refusal, Show
from kiosk.core import own_page
from kiosk.core.ease import Ease, turned
from kiosk.core.identify import Identify
from kiosk.core.inputs import Button, Language
from kiosk.core.new_here import NewHere
from kiosk.core.own_page import CheckIn, OfferDetail, Offers, PickUp, RainCheck
from kiosk.core.screen_rules import ScreenRules

__all__ = [
    "CheckIn",
    "OfferDetail",
    "Offers",
    "PickUp",
    "RainCheck",
]  # the rest of all there is to see


@dataclass(frozen=True, slots=True)
class Attract:
    """Nobody is here: invite, and say where to hold a code."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A member's tag is near: a neutral greeting, nothing personal until a touch."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A touch or a pass was recorded; the gateway's answer is on its way."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer does not come: the check-in is safe, and here is what still works."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The masked question: are you A***?"""

    masked_name: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A code or a question led nowhere; says why and what to do."""

    reason: Verdict | Refusal


@dataclass(frozen=True, slots=True)
class DoorAsked:
    """A pass was shown at a door, which decides in a moment."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """The door is released: come in."""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """The door stays shut; says why and what to do."""

    reason: EntryReason


@dataclass(frozen=True, slots=True)
class StaffCalled:
    """Somebody is coming; a shopper who had their own screen finds it again afterwards."""

    shown: Show | None = None


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """The kiosk cannot keep what it would be told, so it asks shoppers to go to the counter."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Thanks; everything personal is gone already."""


Screen = (
    Attract
    | Hello
    | Waiting
    | Recorded
    | Confirm
    | Offers
    | OfferDetail
    | PickUp
    | CheckIn
    | RainCheck
    | Refused
    | DoorAsked
    | LetIn
    | KeptOut
    | StaffCalled
    | OutOfOrder
    | Goodbye
    | Identify
    | NewHere  # before there is a kiosk; `press` and `tick` know nothing of it
)


class ReadBy(StrEnum):
    """What here can read a code."""

    CAMERA = "camera"
    SCANNER = "scanner"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ScreenState:
    """The screen now. `revision` grows with every visible change."""

    screen: Screen = Attract()
    session: str = ""  # empty while nobody is being served
    language: Language = Language.VI
    offline: bool = True  # until the broker is reached
    read_by: ReadBy = ReadBy.CAMERA
    ease: frozenset[Ease] = frozenset()
    is_easing: bool = False  # the choice of eases covers the screen
    dimmed: bool = False  # only ever the invitation
    phone_link: str = ""  # what the invitation's QR code says to phones, if it has one
    warning_left_s: int | None = None  # set while "are you still here?" covers the screen
    active_s: float = 0.0  # monotonic time of the last sign of life
    revision: int = 0
    since_revision: int = 0  # the revision at which this screen replaced another


def greet(state: ScreenState, session: str, now_s: float) -> ScreenState:
    """A member's tag came near. Only an idle screen greets; nobody is interrupted."""
    if not isinstance(state.screen, Attract):
        return state
    return _to(state, Hello(), now_s, session)


def accept_code(state: ScreenState, session: str, now_s: float) -> ScreenState:
    """A pass was shown: whoever was served before is gone from the screen at once."""
    return _to(state, Waiting(), now_s, session)


def refuse_code(state: ScreenState, session: str, verdict: Verdict, now_s: float) -> ScreenState:
    """A code that leads nowhere; it never throws a shopper out of their own screen."""
    if isinstance(state.screen, Confirm) or _shown_on(state.screen) is not None:
        return replace(state, active_s=now_s)
    return _to(state, Refused(verdict), now_s, session)


def ask_door(state: ScreenState, now_s: float) -> ScreenState:
    """A code was shown at a door; whoever was served before is gone from the screen at once."""
    return _to(state, DoorAsked(), now_s, session="")


def door_answered(
    state: ScreenState, reason: EntryReason, now_s: float, *, is_granted: bool
) -> ScreenState:
    """The door has decided. That it opened is always said, a refusal only to whoever waits."""
    if is_granted:
        return _to(state, LetIn(), now_s, session="")
    return _to(state, KeptOut(reason), now_s) if isinstance(state.screen, DoorAsked) else state


def claimed(state: ScreenState, shown: Show, now_s: float) -> ScreenState:
    """A phone claimed this screen's code: the masked question, unless somebody is served here.

    Nothing else begins so. The phone may be far away and have a picture of the code; whoever
    stands here answers.
    """
    if shown.level is not Level.CONFIRM or not isinstance(state.screen, (Attract, Hello)):
        return state
    return _to(state, Confirm(shown.masked_name), now_s, shown.session)


def show(state: ScreenState, shown: Show, now_s: float) -> ScreenState:
    """What the gateway allows. An answer to another session is dropped, however late or early."""
    if shown.session != state.session or not state.session:
        return state
    match shown.level:
        case Level.CONFIRM:
            return _to(state, Confirm(shown.masked_name), now_s)
        case Level.PERSONAL if isinstance(state.screen, CheckIn):
            return _to(state, own_page.answered(state.screen, shown), now_s)
        case Level.PERSONAL if not isinstance(state.screen, (OfferDetail, PickUp)):
            return _to(state, Offers(shown), now_s)
        case Level.REFUSED:
            return _to(state, Refused(shown.refusal or Refusal.NOT_RECOGNISED), now_s)
    return state


def press(state: ScreenState, button: Button, subject: str, now_s: float) -> ScreenState:
    """A touch. A button that is not on the present screen does nothing."""
    state = _awake(state, now_s)
    if button is Button.EASE or (state.is_easing and button not in (Button.END, Button.STAFF)):
        return _eased(state, button, subject)
    match button, state.screen:
        case (Button.END, _) | (Button.PAUSE, Confirm()):
            return _to(state, Goodbye(), now_s, session="")
        case Button.STAFF, StaffCalled():
            return state
        case Button.STAFF, _:
            return _to(state, StaffCalled(_shown_on(state.screen)), now_s)
        case (Button.HELLO, Hello()) | (Button.CONFIRM, Confirm()):
            return _to(state, Waiting(), now_s)
        case Button.DENY, Confirm():
            return _to(state, Attract(), now_s, session="")
        case Button.OFFER, Offers(shown):
            return _open(state, own_page.offer_of(shown, subject), now_s)
        case Button.PICK_UP, Offers(shown) | OfferDetail(shown):
            return _open(state, own_page.order_of(shown, subject), now_s)
        case Button.CHECK_IN, Offers(shown):
            return _open(state, own_page.appointment_of(shown, subject), now_s)
        case Button.BACK, Attract() | Waiting() | DoorAsked() | Confirm() | Offers():
            return state
        case Button.BACK, opened:
            page = _shown_on(opened)
            if page is not None:
                return _to(state, Offers(page), now_s)
            return _to(state, Attract(), now_s, session="")
    return state


def fail(state: ScreenState, now_s: float) -> ScreenState:
    """What was just done could not be kept: nothing is promised to anybody."""
    if isinstance(state.screen, OutOfOrder):
        return replace(state, active_s=now_s)
    return _to(state, OutOfOrder(), now_s, session="")


def give_up(state: ScreenState, now_s: float) -> ScreenState:
    """What was asked for cannot be had without the gateway: the visit is kept, and staff help."""
    return _to(state, Recorded(), now_s)


def promise(state: ScreenState, later: RainCheck, now_s: float) -> ScreenState:
    """Nothing of an offer is left here for now: a code instead, which staff will know."""
    return _to(state, later, now_s)


def speak(state: ScreenState, language: Language, now_s: float) -> ScreenState:
    """Change the language until this session ends."""
    state = _awake(state, now_s)
    if language is state.language:
        return state
    return replace(state, language=language, revision=state.revision + 1)


def link(state: ScreenState, online: bool) -> ScreenState:
    """The network came or went; the screen says so."""
    if state.offline is not online:
        return state
    return replace(state, offline=not online, revision=state.revision + 1)


def read_by(state: ScreenState, reader: ReadBy) -> ScreenState:
    """Camera or scanner came or went; the invitation says where to hold a code, if anywhere."""
    if state.read_by is reader:
        return state
    return replace(state, read_by=reader, revision=state.revision + 1)


def link_phones(state: ScreenState, phone_link: str) -> ScreenState:
    """The code for phones is another one; only the invitation shows it."""
    if state.phone_link == phone_link:
        return state
    is_seen = isinstance(state.screen, Attract)
    return replace(state, phone_link=phone_link, revision=state.revision + is_seen)


def approach(state: ScreenState, now_s: float) -> ScreenState:
    """Somebody moves before the screen: an invitation that was dimmed is bright again.

    Nobody's own screen is kept up by this: it may be the next in the queue who moves.
    """
    if not isinstance(state.screen, Attract):
        return state
    awake = replace(state, dimmed=False, active_s=now_s)
    return replace(awake, revision=state.revision + 1) if state.dimmed else awake


def tick(state: ScreenState, rules: ScreenRules, now_s: float) -> ScreenState:
    """Time passed: give up waiting, warn, wipe."""
    still_s = now_s - state.active_s
    match state.screen:
        case Attract() if still_s < rules.idle_s or not _is_anyones(state):
            return _dim(state, rules, still_s)
        case Attract():
            return _wiped(state, now_s)
        case Waiting():
            return _to(state, Recorded(), now_s) if still_s >= rules.answer_s else state
        case DoorAsked():
            silent = KeptOut(EntryReason.OUT_OF_ORDER)
            return _to(state, silent, now_s) if still_s >= rules.answer_s else state
        case CheckIn() as asked if asked.is_asking:
            late = replace(asked, is_unanswered=True)
            return _to(state, late, now_s) if still_s >= rules.answer_s else state
        case (
            Hello()
            | Recorded()
            | Refused()
            | LetIn()
            | KeptOut()
            | StaffCalled(None)
            | OutOfOrder()
            | Goodbye()
            | Identify()
        ):
            return _wiped(state, now_s) if still_s >= rules.notice_s else state
    return _warn_or_wipe(state, rules, still_s, now_s)


def _is_anyones(state: ScreenState) -> bool:
    return state.is_easing or state.language is not Language.VI or state.ease != frozenset()


def _wiped(state: ScreenState, now_s: float) -> ScreenState:
    plain = replace(state, language=Language.VI, ease=frozenset())
    return _to(plain, Attract(), now_s, session="")


def _dim(state: ScreenState, rules: ScreenRules, still_s: float) -> ScreenState:
    if state.dimmed or rules.dim_after_s is None or still_s < rules.dim_after_s:
        return state
    return replace(state, dimmed=True, revision=state.revision + 1)


def _warn_or_wipe(
    state: ScreenState, rules: ScreenRules, still_s: float, now_s: float
) -> ScreenState:
    left_s = rules.idle_s + rules.warning_s - still_s
    if left_s <= 0:
        return _wiped(state, now_s)
    if left_s > rules.warning_s:
        return state
    whole_s = ceil(left_s)
    if whole_s == state.warning_left_s:
        return state
    return replace(state, warning_left_s=whole_s, revision=state.revision + 1)


def _to(
    state: ScreenState, screen: Screen, now_s: float, session: str | None = None
) -> ScreenState:
    return replace(
        state,
        screen=screen,
        session=state.session if session is None else session,
        warning_left_s=None,
        is_easing=False,
        dimmed=False,
        active_s=now_s,
        revision=state.revision + 1,
        since_revision=state.revision + 1,
    )


def _eased(state: ScreenState, button: Button, subject: str) -> ScreenState:
    if button not in (Button.EASE, Button.BACK):
        return state  # it lies under the choice
    chosen = turned(state.ease, subject)
    is_open = button is Button.EASE
    return replace(state, ease=chosen, is_easing=is_open, revision=state.revision + 1)


def _awake(state: ScreenState, now_s: float) -> ScreenState:
    if state.warning_left_s is None and not state.dimmed:
        return replace(state, active_s=now_s)
    awake = replace(state, active_s=now_s, warning_left_s=None, dimmed=False)
    return replace(awake, revision=state.revision + 1)


def _shown_on(screen: Screen) -> Show | None:
    own = Offers | OfferDetail | PickUp | CheckIn | StaffCalled
    return screen.shown if isinstance(screen, own) else None


def _open(state: ScreenState, found: Screen | None, now_s: float) -> ScreenState:
    return state if found is None else _to(state, found, now_s)
