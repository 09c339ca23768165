"""What the gateway tells kiosks and the web, and the state a kiosk keeps retained at the broker.

Nothing here is the record: it is derived from committed state and may be said again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.consents import PurposeName, TextVersion
from contract.events import VERSION, ClockTrust, Condition, Device, UnixMs
from contract.identifiers import Chain, Epoch, EventId, KioskId, MemberId, SessionId, StoreId, TagId
from contract.vitals import Glass, OrderAnswer, Seconds, Vitals

Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Vnd = Annotated[int, Meta(ge=0, le=10**12)]  # đồng have no decimals
Short = Annotated[str, Meta(max_length=80)]
Long = Annotated[str, Meta(max_length=240)]
Id = Annotated[str, Meta(pattern="^[0-9a-zA-Z-]{1,40}$")]
Hex = Annotated[str, Meta(pattern="^([0-9a-f]{2}){1,64}$")]
AesKey = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Salt = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]  # contract.denials


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """A message with its version first, so that an older reader can say so."""


class Text(Message, frozen=True):
    """Words for people, in both languages; content is bilingual, not only labels."""

    vi: Long
    en: Long


class Receipt(Message, frozen=True):
    """The gateway's word that a kiosk's events up to `upto` are committed.

    All but `unread` of them: those arrived, but nobody could read them, and they lie with the
    gateway's dead letters. `chain` is the chain value there: an outbox that has another one at
    that number was restored from a copy, and what it numbered since was never committed.
    """

    epoch: Epoch
    upto: Count
    chain: Chain
    unread: Count = 0
    v: int = VERSION


class Level(StrEnum):
    """How much a screen may say."""

    CONFIRM = "confirm"  # a masked question: "are you A***?"
    PERSONAL = "personal"  # name, offers, orders
    REFUSED = "refused"  # a reason, and nothing about anyone
    ORDER = "order"  # what is unpaid of an order on the page is otherwise; all else stands
    CODE = "code"  # what became of a number or a code that was typed, and nothing about anyone


class Refusal(StrEnum):
    """Why a screen stays impersonal; each has its sentence in both languages."""

    UNKNOWN_PASS = "unknown_pass"
    FORGED_PASS = "forged_pass"
    REPLAYED_PASS = "replayed_pass"
    FOREIGN_PASS = "foreign_pass"
    EXPIRED_PASS = "expired_pass"
    CONSENT_MISSING = "consent_missing"
    NOT_RECOGNISED = "not_recognised"


class CodeAnswer(StrEnum):
    """What became of a number or a code that was typed at a screen."""

    SENT = "sent"  # if anybody here has that number; whether, is not told
    TOO_SOON = "too_soon"  # the last one was sent a moment ago
    LOCKED = "locked"  # too many codes or tries
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"  # used, too old, or never asked for
    UNAVAILABLE = "unavailable"  # nobody here can send codes just now


class Tone(StrEnum):
    """The colour family an offer is shown in; never the only sign of anything."""

    JADE = "jade"
    GOLD = "gold"
    LACQUER = "lacquer"


class ShownOffer(Message, frozen=True):
    """One offer as a screen shows it."""

    id: Id
    tone: Tone
    kind: Text  # "For you only"
    badge: Text  # "30 %"
    until: Text  # "until tonight"
    title: Text
    why: Text  # always said: why this shopper sees this offer
    price_vnd: Vnd | None = None
    was_vnd: Vnd | None = None


class ShownReason(Message, frozen=True):
    """Why an offer is not this shopper's just now; what would help, and nothing about them."""

    title: Text
    why: Text


class ShownOrder(Message, frozen=True):
    """One order to pick up."""

    id: Id
    number: Short
    items: Count
    unpaid_vnd: Vnd
    ready: bool
    pay: Annotated[str, Meta(max_length=512)] = ""  # contract.vietqr; empty: at the counter only


class ShownAppointment(Message, frozen=True):
    """One appointment, and how its check-in stands: a ticket, a reason against it, or neither."""

    id: Id
    kind: Text  # "Test drive"
    starts: Text  # "14:00 today"
    host: Short = ""  # who waits for them; empty: whoever is free
    bring: Annotated[tuple[Text, ...], Meta(max_length=8)] = ()  # what will be looked at first
    ticket: Count | None = None
    hitch: Text | None = None


class Hitch(StrEnum):
    """Why a yes was not taken; each has its sentence in both languages."""

    OLD_TEXT = "old_text"  # the words it answered are no longer, or never were, the gateway's
    MINOR = "minor"  # a child does not agree to that by itself


class AskedConsent(Message, frozen=True):
    """One purpose, with the words it is asked with now."""

    purpose: PurposeName
    version: TextVersion
    title: Text
    says: Text
    is_granted: bool
    shows: Annotated[tuple[Id, ...], Meta(max_length=12)] = ()  # offers that need it
    hitch: Hitch | None = None  # why the yes that this answers was not taken


class Consents(Message, frozen=True):
    """What a member agrees to; of a child, only what may be taken back."""

    asked: Annotated[tuple[AskedConsent, ...], Meta(max_length=16)]
    is_child: bool = False


class Show(Message, frozen=True):
    """What one session at one screen may show from now on."""

    session: SessionId
    in_reply_to: EventId
    level: Level
    refusal: Refusal | None = None
    code_answer: CodeAnswer | None = None
    masked_name: Short = ""
    name: Short = ""
    points: Count = 0  # that can be used now
    points_pending: Count = 0  # that can be used later
    points_ending: Count = 0  # of `points`, those that are over at `points_end_ms`
    points_end_ms: UnixMs | None = None
    tier: Text | None = None
    offers: Annotated[tuple[ShownOffer, ...], Meta(max_length=12)] = ()
    why_not: Annotated[tuple[ShownReason, ...], Meta(max_length=3)] = ()
    orders: Annotated[tuple[ShownOrder, ...], Meta(max_length=12)] = ()
    appointments: Annotated[tuple[ShownAppointment, ...], Meta(max_length=6)] = ()
    consents: Consents | None = None  # only of who signed in with more than a tag
    v: int = VERSION


class TrustedTag(Message, frozen=True):
    """A radio identity that may be recognised, because its member consents to presence.

    `identity` is `ibeacon:{uuid}:{major}:{minor}`, `altbeacon:{id1}:{id2}:{id3}` or
    `eddystone-uid:{namespace}:{instance}`; hex in lower case, numbers in decimal.
    """

    tag: TagId
    identity: Annotated[str, Meta(max_length=80)]


class TrustedKey(Message, frozen=True):
    """The public half of a member's pass key in hex: Ed25519, 32 bytes, or P-256, 33 bytes."""

    member: MemberId
    key_id: Annotated[int, Meta(ge=0, le=255)]
    public_key: Hex


class TrustedEid(Message, frozen=True):
    """A tag with a rotating identity (Eddystone-EID), as far as kiosks need it for some hours.

    Not its identity key: with temporary keys a stolen kiosk can follow or imitate a tag until the
    last of them has passed, and no longer (docs/decisions/0003-what-a-kiosk-knows-of-tags.md).
    """

    tag: TagId
    exponent: Annotated[int, Meta(ge=0, le=15)]  # a new EID every 2^exponent seconds
    started_s: Annotated[int, Meta(ge=-(2**32), le=2**32)]  # Unix time when its counter said 0
    unsure_s: Annotated[int, Meta(ge=0, le=2**16)]  # by so much its clock may have gone wrong since
    first_block: Annotated[int, Meta(ge=0, le=0xFFFF)]  # its counter, by 65,536 s
    keys: Annotated[tuple[AesKey, ...], Meta(max_length=16)]  # temporary keys from that block on


class TrustedIrk(Message, frozen=True):
    """A phone that changes its address, and the key by which its owner lets it be known."""

    tag: TagId
    irk: AesKey  # most significant byte first


class Trust(Message, frozen=True):
    """Whom the kiosks of a store may recognise: members who consent, and nobody else. Sealed."""

    store: StoreId
    epoch: Count  # grows; a kiosk never goes back to an older one
    not_after_ms: UnixMs  # from then on a kiosk recognises nobody
    tags: tuple[TrustedTag, ...] = ()
    keys: tuple[TrustedKey, ...] = ()
    eids: tuple[TrustedEid, ...] = ()
    irks: tuple[TrustedIrk, ...] = ()
    v: int = VERSION


class Denial(Message, frozen=True):
    """Who is in the Trust and may be recognised no more; small, so that it is there at once.

    Sealed. It has the last word over any Trust, and each says all: whoever is not in the newest
    is free. It names nobody, because it stays at the broker when they are erased: tags and members
    stand in it as digests (contract/denials.py), which mean something to whoever holds the Trust.
    """

    store: StoreId
    epoch: Count  # counts by itself
    salt: Salt  # random, of the gateway that said it
    tags: Annotated[tuple[Digest, ...], Meta(max_length=100_000)] = ()
    members: Annotated[tuple[Digest, ...], Meta(max_length=100_000)] = ()
    v: int = VERSION


class TagHeard(Struct, frozen=True, forbid_unknown_fields=True):
    """When a kiosk last heard a known tag, and what that said of its battery, if anything."""

    tag: TagId
    at_ms: UnixMs
    battery_mv: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    battery_percent: Annotated[int, Meta(ge=0, le=100)] | None = None


class ShownCode(Struct, frozen=True, forbid_unknown_fields=True):
    """A code on a kiosk's screen that a phone may claim: its digest, contract.screen_codes."""

    digest: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    left_ms: Count  # it is good for so long from when this was said


class KioskState(Message, frozen=True):
    """What a kiosk says of itself; retained, and replaced by the broker when the kiosk is gone."""

    kiosk: KioskId
    online: bool
    at_ms: UnixMs = 0
    version: Short = ""
    clock: ClockTrust = ClockTrust.TRUSTED
    outbox_depth: Count = 0
    devices: dict[Device, Condition] = {}
    decided_to_painted_p95_ms: Annotated[float, Meta(ge=0)] | None = None
    grabbed_to_painted_p95_ms: Annotated[float, Meta(ge=0)] | None = None
    # What it advertises itself, as a TrustedTag's identity is written; a phone that says it heard
    # this was here. "" if it advertises nothing.
    beacon: Annotated[str, Meta(max_length=80)] = ""
    # Known tags of members who consent to presence, the last ones heard; 64 are 6 kB.
    tags: Annotated[tuple[TagHeard, ...], Meta(max_length=64)] = ()
    codes: Annotated[tuple[ShownCode, ...], Meta(max_length=4)] = ()
    vitals: Vitals | None = None
    glass: Glass | None = None
    heard_ago_s: Seconds | None = None  # any advertisement at all; None: not since the start
    answers: Annotated[tuple[OrderAnswer, ...], Meta(max_length=4)] = ()  # the newest last
    v: int = VERSION


class Noun(StrEnum):
    """What can change on the web pages."""

    VISIT = "visit"
    ALERT = "alert"
    KIOSK = "kiosk"


class Live(Message, frozen=True):
    """Something changed: re-read it. Ids only."""

    noun: Noun
    id: Id
    v: int = VERSION
