"""Everything that can happen to a kiosk; all threads of the process put these in the inbox.

The two that come by the hundred a second are Structs, which are made in a sixth of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from contract.events import Condition, Device, Record, Touch
from contract.leases import Allowance
from contract.messages import Denial, Receipt, Show, Trust
from kiosk.core.door_wire import Answer


class Advertisement(Struct, frozen=True):
    """One Bluetooth advertisement, as the radio split it.

    `manufacturer_data` by Bluetooth SIG company id, `service_data` by 16-bit UUID. `address` is a
    resolvable private address, most significant byte first; no other address goes beyond a radio.
    """

    manufacturer_data: Mapping[int, bytes]
    service_data: Mapping[int, bytes]
    rssi_dbm: int
    address: bytes | None = None

    def __repr__(self) -> str:
        """How loud, and not who: this is what a log or a traceback would show."""
        return f"Advertisement(rssi_dbm={self.rssi_dbm})"


class Heard(Struct, frozen=True):
    """A receiver heard an advertisement at a monotonic time; "" is the kiosk's own radio."""

    advertisement: Advertisement
    heard_s: float
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class CodeRead:
    """The camera read a QR code in a frame it grabbed at that stopwatch time."""

    text: str
    grabbed_ms: float


class Button(StrEnum):
    """What a shopper can press on the screen."""

    HELLO = "hello"  # show me what is for me
    CONFIRM = "confirm"  # yes, this is me
    DENY = "deny"  # no, that is someone else
    PAUSE = "pause"  # this is me, and I do not want to be recognised today
    OFFER = "offer"  # look at one offer; its id is the subject
    WHY_NOT = "why_not"  # which offers do I not get?
    PRIVACY = "privacy"  # what may I say about being recognised?
    CONSENTS = "consents"  # what do I agree to?
    CONSENT = "consent"  # switch one on or off; its purpose is the subject
    BACK = "back"
    PICK_UP = "pick_up"  # I am here for my order; its id is the subject
    CHECK_IN = "check_in"  # I am here for my appointment; its id is the subject
    NUMBER = "number"  # I have no pass here, but a telephone; a new session is the subject
    RESEND = "resend"  # the message with the code did not come
    MAINTENANCE = "maintenance"  # touched long: I look after this kiosk
    TOUCH_TEST = "touch_test"  # begin it, or one of its fields, which is the subject
    SOUND = "sound"  # let me hear and see that it works
    RESTART = "restart"  # start this kiosk anew
    STAFF = "staff"  # please send somebody
    EASE = "ease"  # make the screen easier; one of `kiosk.core.ease` is the subject, or none yet
    READ = "read"  # read my own page aloud, too
    STAY = "stay"  # I am still here
    END = "end"  # wipe what you show


TOUCHES = {
    Button.HELLO: Touch.HELLO,
    Button.CONFIRM: Touch.CONFIRM,
    Button.DENY: Touch.DENY,
    Button.PAUSE: Touch.PAUSE,
    Button.OFFER: Touch.OFFER,
    Button.PICK_UP: Touch.PICK_UP,
    Button.CHECK_IN: Touch.CHECK_IN,
    Button.END: Touch.DONE,
}
"""The buttons the gateway hears of; the others concern only this screen."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A shopper pressed a button on the screen of that revision."""

    button: Button
    revision: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A shopper typed a number or a code on the screen of that revision."""

    text: str = field(repr=False)
    revision: int


class Language(StrEnum):
    """The languages every screen speaks."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """A shopper chose the language of this session."""

    language: Language


@dataclass(frozen=True, slots=True)
class Painted:
    """The browser has painted the screen of that revision, at that stopwatch time."""

    revision: int
    at_ms: float


@dataclass(frozen=True, slots=True)
class Told:
    """The gateway said something to this kiosk."""

    message: Show | Receipt | Trust | Denial | Allowance


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection to the broker came or went."""

    online: bool


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A part of the kiosk failed or came back."""

    device: Device
    condition: Condition
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The gateway sent a sealed order for this kiosk's door, which judges it by itself."""

    sealed: bytes


@dataclass(frozen=True, slots=True)
class DoorAnswered:
    """The door has decided about a pass or an order."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class DoorRecorded:
    """The door hands over a record of its journal, to be reported and then acknowledged."""

    record: Record


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody broke the beam of a door counter."""


@dataclass(frozen=True, slots=True)
class Approached:
    """Somebody moves before the screen."""


@dataclass(frozen=True, slots=True)
class Rang:
    """Somebody pressed the button beside the screen: please send somebody."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed; departures and idle screens are found by this, not by other events."""


Input = (
    Heard
    | CodeRead
    | Pressed
    | Typed
    | LanguageChosen
    | Painted
    | Told
    | LinkChanged
    | DeviceChanged
    | Ordered
    | DoorAnswered
    | DoorRecorded
    | Approached
    | Passed
    | Rang
    | Tick
)
