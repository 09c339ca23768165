"""What a kiosk reports: one envelope, one body per kind. Everything here survives a power cut."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Raw, Struct

from contract.consents import PurposeName, TextDigest, TextVersion
from contract.drawn_codes import Drawn
from contract.footfall import COUNTED_LEAST, Counter
from contract.identifiers import Chain, Epoch, EventId, HolderId, KioskId, SessionId, StoreId, TagId

VERSION = 1

# 2100-01-01; a kiosk whose clock is beyond it is not believed, and JSON stays within 2^53
LATEST_MS = 4_102_444_800_000

UnixMs = Annotated[int, Meta(ge=0, le=LATEST_MS)]
Seq = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Dbm = Annotated[int, Meta(ge=-127, le=20)]  # the range of RSSI in the Bluetooth HCI
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
PassText = Annotated[str, Meta(max_length=160)]  # the longest QR text a kiosk passes on
Occupancy = Annotated[int, Meta(ge=0, le=100_000)]  # people inside, as far as known
SubjectId = Annotated[str, Meta(pattern="^[0-9a-zA-Z-]{0,40}$")]  # an offer, an order, or none


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """What an event says, beyond who and when."""


class Arrived(Body, frozen=True):
    """A tag of a consenting member came near and stayed. Never a name, never a MAC address."""

    tag: TagId
    zone: KioskId
    rssi_dbm: Dbm
    session: SessionId | None = None  # set when the screen said hello because of it
    # A tag with a rotating identity shows its clock: so far it was ahead of the Trust's reckoning,
    # at the least. The gateway sets its reckoning right, or the tag will one day be a stranger.
    clock_ahead_s: Annotated[int, Meta(ge=-(2**17), le=2**17)] | None = None


class Moved(Body, frozen=True):
    """The tag is in another zone of the same store; the visit goes on."""

    tag: TagId
    zone: KioskId


class Left(Body, frozen=True):
    """The tag was not heard for long enough."""

    tag: TagId
    zone: KioskId
    dwell_s: Seconds


class Verdict(StrEnum):
    """What the kiosk itself could tell about a code. Only `good` may lead to anything personal."""

    GOOD = "good"
    UNVERIFIED = "unverified"  # well formed and in time, but this kiosk does not hold the key
    EXPIRED = "expired"
    EARLY = "early"  # from the future: one of the two clocks is wrong
    REPLAYED = "replayed"
    FOREIGN = "foreign"  # a pass for another store
    FORGED = "forged"  # the signature does not fit
    UNREADABLE = "unreadable"  # a QR code, but none of ours


class Scanned(Body, frozen=True):
    """A code was held to the camera. The text travels only if it is one of our passes."""

    session: SessionId
    verdict: Verdict
    text: PassText = ""


class Touch(StrEnum):
    """What a shopper pressed that the gateway must know of."""

    HELLO = "hello"  # "yes, greet me": asks for the masked question
    CONFIRM = "confirm"  # "yes, this is me"
    DENY = "deny"  # "no, that is someone else"
    PAUSE = "pause"  # "do not recognise me today"
    PICK_UP = "pick_up"  # "I am here for my order"
    CHECK_IN = "check_in"  # "I am here for my appointment"
    OFFER = "offer"  # looked at one offer
    DONE = "done"


class Touched(Body, frozen=True):
    """A deliberate touch; the only thing besides a pass that makes a screen personal."""

    session: SessionId
    touch: Touch
    subject: SubjectId = ""


class Chose(Body, frozen=True):
    """A yes or no to one purpose, by a shopper who signed in with more than a tag."""

    session: SessionId
    purpose: PurposeName
    is_granted: bool
    version: TextVersion  # of the words on the screen
    digest: TextDigest  # of those very words: contract.consents


class Called(Body, frozen=True):
    """A shopper asks for a person."""

    session: SessionId


class Device(StrEnum):
    """The parts of a kiosk that can fail on their own."""

    RADIO = "radio"
    CAMERA = "camera"
    OUTBOX = "outbox"
    SCREEN = "screen"
    PINS = "pins"
    DOOR = "door"
    SCANNER = "scanner"  # beside the camera; all of them together
    CASE = "case"  # out: somebody opened it
    CLOCK = "clock"  # degraded: what it knows of the time would not survive a restart


class Condition(StrEnum):
    """How a part is."""

    OK = "ok"
    DEGRADED = "degraded"
    OUT = "out"


class StateChanged(Body, frozen=True):
    """A part of the kiosk failed or came back."""

    device: Device
    condition: Condition
    detail: Annotated[str, Meta(max_length=200)] = ""


class ClockTrust(StrEnum):
    """How far the kiosk trusts the time it stamps."""

    TRUSTED = "trusted"
    HOLDOVER = "holdover"
    SUSPECT = "suspect"
    FLOOR = "floor"


class Decision(StrEnum):
    """What a door did."""

    GRANTED = "granted"
    REFUSED = "refused"


class EntryReason(StrEnum):
    """Why a door opened or stayed shut; each has its sentence in both languages."""

    # granted
    PASS = "pass"
    STAFF = "staff"  # a person at the console ordered it
    # refused because of what was shown, a pass or an order
    UNREADABLE = "unreadable"  # none of ours
    NOT_FOR_DOORS = "not_for_doors"  # a voucher, a pick-up, an appointment
    FOREIGN = "foreign"  # for another store or another door
    UNKNOWN = "unknown"  # this door holds no key for it
    FORGED = "forged"
    EXPIRED = "expired"
    EARLY = "early"
    REVOKED = "revoked"
    REPLAYED = "replayed"
    # refused because of the shop
    CLOSED = "closed"
    HOLIDAY = "holiday"
    FULL = "full"
    ALREADY_INSIDE = "already_inside"
    BUSY = "busy"  # the door is open, or released for the one before
    # refused because of the door itself
    CLOCK_UNKNOWN = "clock_unknown"
    TRUST_STALE = "trust_stale"  # its list of revoked passes is too old
    OUT_OF_ORDER = "out_of_order"


class Doubt(StrEnum):
    """What somebody should look at although the door opened."""

    ALREADY_INSIDE = "already_inside"  # came in before and was not seen leaving
    UNCLAIMED = "unclaimed"  # the store's other doors could not be asked about this pass


class Record(Body, frozen=True):
    """What a door wrote down before it acted. (door, journal, number) names it for ever."""

    door: KioskId
    journal: Epoch  # random, new with a new journal
    number: Seq  # 1, 2, 3 … within a journal
    decided_ms: UnixMs  # the event's own time is when a kiosk passed it on


class Entry(Record, frozen=True, kw_only=True):
    """A door decided to let somebody in, or not to. Going out is never decided."""

    decision: Decision
    reason: EntryReason
    holder: HolderId = ""  # a member or a card, only if the signature proved it
    staff: SubjectId = ""  # who ordered it
    doubts: tuple[Doubt, ...] = ()
    times: Annotated[int, Meta(ge=1)] = 1  # equal refusals are counted together in a flood
    occupancy: Occupancy = 0

    @property
    def is_granted(self) -> bool:
        """Whether the door opened."""
        return self.decision is Decision.GRANTED


class Direction(StrEnum):
    """Through a door, seen from the street."""

    IN = "in"
    OUT = "out"


class Passage(Record, frozen=True, kw_only=True):
    """Somebody went through a door, as its contact tells."""

    direction: Direction
    occupancy: Occupancy  # after it
    entry: Annotated[int, Meta(ge=0)] = 0  # the number of the entry that led to it, if any


class Trouble(StrEnum):
    """What can be wrong with a door."""

    FORCED = "forced"  # opened, and nobody was let in or out
    HELD_OPEN = "held_open"
    TAILGATED = "tailgated"  # more people than passes
    OUT_OF_ORDER = "out_of_order"  # its closer or a line is missing; nobody is let in
    CUT_OFF = "cut_off"  # it left its lock released, and the closer dropped it
    JOURNAL_DAMAGED = "journal_damaged"  # set aside; what it knew of used passes is lost


class Incident(Record, frozen=True, kw_only=True):
    """Something is wrong with a door, or right again."""

    trouble: Trouble
    is_over: bool = False


class PurseOpened(Body, frozen=True):
    """The kiosk has a new memory of leases; it knows nothing of what it gave out before."""

    purse: Epoch


class Given(Body, frozen=True):
    """One of an offer was given out of a lease, without the gateway."""

    session: SessionId
    offer: SubjectId
    lease: SubjectId
    spent: Annotated[int, Meta(ge=1, le=2**31 - 1)]  # out of this lease in all, this one included


class Promised(Body, frozen=True):
    """None of an offer was left here without the gateway; a code for it if one is left there."""

    session: SessionId
    offer: SubjectId
    code: Drawn


class LeaseReturned(Body, frozen=True):
    """Nothing more is given out of a lease; the gateway may give what is left to others."""

    lease: SubjectId
    spent: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Counted(Body, frozen=True):
    """How many came past in a quarter of an hour that is over; None: fewer than five."""

    what: Counter
    number: Annotated[int, Meta(ge=COUNTED_LEAST, le=100_000)] | None


class Followed(Body, frozen=True):
    """A tracked link of the shop's own was held to the camera; only its tags travel."""

    session: SessionId
    campaign: Annotated[str, Meta(min_length=1, max_length=80)]
    origin: Annotated[str, Meta(max_length=80)] = ""
    medium: Annotated[str, Meta(max_length=80)] = ""


class Kind(StrEnum):
    """The closed list of event kinds."""

    ARRIVED = "arrived"
    MOVED = "moved"
    LEFT = "left"
    SCANNED = "scanned"
    TOUCHED = "touched"
    CHOSE = "chose"
    CALLED = "called"
    STATE_CHANGED = "state_changed"
    ENTRY = "entry"
    PASSAGE = "passage"
    INCIDENT = "incident"
    PURSE_OPENED = "purse_opened"
    GIVEN = "given"
    LEASE_RETURNED = "lease_returned"
    PROMISED = "promised"
    COUNTED = "counted"
    FOLLOWED = "followed"


BODIES: dict[Kind, type[Body]] = {
    Kind.ARRIVED: Arrived,
    Kind.MOVED: Moved,
    Kind.LEFT: Left,
    Kind.SCANNED: Scanned,
    Kind.TOUCHED: Touched,
    Kind.CHOSE: Chose,
    Kind.CALLED: Called,
    Kind.STATE_CHANGED: StateChanged,
    Kind.ENTRY: Entry,
    Kind.PASSAGE: Passage,
    Kind.INCIDENT: Incident,
    Kind.PURSE_OPENED: PurseOpened,
    Kind.GIVEN: Given,
    Kind.LEASE_RETURNED: LeaseReturned,
    Kind.PROMISED: Promised,
    Kind.COUNTED: Counted,
    Kind.FOLLOWED: Followed,
}
KINDS: dict[type[Body], Kind] = {body: kind for kind, body in BODIES.items()}


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """One event on the wire; `body` is still JSON and decoded by its `kind`."""

    v: int
    id: EventId
    store: StoreId
    kiosk: KioskId
    epoch: Epoch
    seq: Seq
    at_ms: UnixMs
    clock: ClockTrust
    kind: Kind
    body: Raw
    chain: Chain


class Numbered(Struct, frozen=True):
    """What can be read of an event although the rest cannot: enough to count it, and no more."""

    v: int
    id: EventId
    store: StoreId
    kiosk: KioskId
    epoch: Epoch
    seq: Seq
    at_ms: UnixMs
    body: Raw
    chain: Chain


class Event(Struct, frozen=True):
    """One event, whole and typed."""

    id: str
    store: str
    kiosk: str
    epoch: str
    seq: int
    at_ms: int
    clock: ClockTrust
    body: Body
    chain: str

    @property
    def kind(self) -> Kind:
        """The event's kind, which is the type of its body."""
        return KINDS[type(self.body)]
