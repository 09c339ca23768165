"""All there is to see on a touchscreen, the state it is in, and the steps every screen shares.

Which step follows from what happens is in `kiosk.core.screen` and the families beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contract.events import EntryReason, Verdict
from contract.messages import Refusal, Show
from kiosk.core.at_the_shelf import NoProduct, ProductShown
from kiosk.core.ease import Ease
from kiosk.core.identify import Identify
from kiosk.core.inputs import Language
from kiosk.core.maintenance import Maintenance, PinAsked, PinLocked, TouchTest
from kiosk.core.new_here import NewHere
from kiosk.core.own_page import (
    CheckIn,
    Choices,
    OfferDetail,
    Offers,
    PickUp,
    Privacy,
    RainCheck,
    WhyNot,
)
from kiosk.core.phone_keypad import CodeAsked, NoCode, NumberAsked


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
    opens: Closed | None = None  # if it is because the shop is closed, and it is known until when


@dataclass(frozen=True, slots=True)
class StaffCalled:
    """Somebody is coming; a shopper who had their own screen finds it again afterwards."""

    shown: Show | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The shop is closed; on the store's wall clock, until when, if that is known."""

    opens_at: datetime | None = None
    days_away: int = 0  # 0: later today
    is_by_owner: bool = False  # against the hours; nobody knows until when


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
    | WhyNot
    | Privacy
    | Choices
    | PickUp
    | CheckIn
    | RainCheck
    | Refused
    | DoorAsked
    | LetIn
    | KeptOut
    | StaffCalled
    | Closed
    | OutOfOrder
    | Goodbye
    | ProductShown
    | NoProduct
    | NumberAsked
    | CodeAsked
    | NoCode
    | PinAsked
    | PinLocked
    | Maintenance
    | TouchTest
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
    read_for: str = ""  # the session whose own page is read aloud
    is_easing: bool = False  # the choice of eases covers the screen
    chosen: frozenset[tuple[str, bool]] = frozenset()  # consents, until the gateway's word on them
    dimmed: bool = False  # only ever the invitation
    has_pin: bool = False  # a long touch on the name of the shop leads to maintenance
    is_at_door: bool = False  # what is read here opens a door, and nothing else
    asks_number: bool = False  # who has no pass at hand may type their telephone number
    phone_link: str = ""  # what the invitation's QR code says to phones, if it has one
    warning_left_s: int | None = None  # set while "are you still here?" covers the screen
    active_s: float = 0.0  # monotonic time of the last sign of life
    revision: int = 0
    since_revision: int = 0  # the revision at which this screen replaced another


def to(state: ScreenState, screen: Screen, now_s: float, session: str | None = None) -> ScreenState:
    """Another screen takes the place of this one; with a session, that of somebody else."""
    is_left = session not in (None, state.session) and shown_on(state.screen) is not None
    return replace(
        state,
        screen=screen,
        ease=state.ease - {Ease.ALOUD} if is_left else state.ease,  # no voice for who comes next
        session=state.session if session is None else session,
        chosen=state.chosen if session in (None, state.session) else frozenset(),
        warning_left_s=None,
        is_easing=False,
        dimmed=False,
        active_s=now_s,
        revision=state.revision + 1,
        since_revision=state.revision + 1,
    )


def is_anyones(state: ScreenState) -> bool:
    """Whether somebody has set up an impersonal screen for themselves."""
    return state.is_easing or state.language is not Language.VI or state.ease != frozenset()


def wiped(state: ScreenState, now_s: float) -> ScreenState:
    """The invitation, and nothing left of anybody: no words, no language, no ease."""
    plain = replace(state, language=Language.VI, ease=frozenset())
    return to(plain, Attract(), now_s, session="")


def awake(state: ScreenState, now_s: float) -> ScreenState:
    """Somebody is here: no warning, no dimness."""
    if state.warning_left_s is None and not state.dimmed:
        return replace(state, active_s=now_s)
    woken = replace(state, active_s=now_s, warning_left_s=None, dimmed=False)
    return replace(woken, revision=state.revision + 1)


def shown_on(screen: Screen) -> Show | None:
    """Whose own page it is, or came from."""
    own = Offers | OfferDetail | WhyNot | Privacy | Choices | PickUp | CheckIn | StaffCalled
    own |= ProductShown | NoProduct
    return screen.shown if isinstance(screen, own) else None
