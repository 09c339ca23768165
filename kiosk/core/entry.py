"""May this person come in? Decides from what was shown, what is known and what time it is.

It says why, always. It opens nothing and remembers nothing; whoever acts on a yes must first
have written down, for good, what `Spend` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from contract import commands, passes, retailer_passes
from contract.commands import Deed
from contract.errors import ContractError
from contract.events import Doubt, EntryReason
from contract.passes import MemberPass
from contract.retailer_passes import RetailerPass, Sort
from kiosk.core import clock_trust, hours
from kiosk.core.clock_trust import Belief, ClockRules
from kiosk.core.door_keys import DoorKeys
from kiosk.core.hours import OpeningHours, Shop

GRANTED = (EntryReason.PASS, EntryReason.STAFF)


@dataclass(frozen=True, slots=True)
class EntryRules:
    """How one door decides."""

    store: str
    store_no: int
    door: str
    hours: OpeningHours = field(default_factory=OpeningHours)
    clock: ClockRules = field(default_factory=ClockRules)
    capacity: int = 100_000  # no limit in practice
    passback_is_hard: bool = False  # a doubt of the software's keeps no customer out by itself
    card_rest_s: float = 600.0  # a card can be copied; it lets in one person in ten minutes
    trust_age_s: float = 86_400.0  # a lost phone opens doors for a day at most


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier entries left behind, all of it durable."""

    used: Mapping[str, int] = field(default_factory=dict)  # newest slot, by Spend.key
    nonces: AbstractSet[str] = frozenset()  # of orders obeyed
    blank_until: int = 0  # what was used up to this slot is unknown: it all counts as used


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything else that decides."""

    time: Belief
    people: int  # inside
    holders: frozenset[str]  # of them, those who came in with a pass
    is_ready: bool  # the door is shut and nobody is on the way in
    is_in_order: bool  # lock, closer and journal work


@dataclass(frozen=True, slots=True)
class Spend:
    """What an entry uses up: `key` again only in a slot at least `apart` later than `slot`."""

    key: str
    slot: int
    apart: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision. `holder` and `staff` are proven; `spend` or `nonce` is used up by a yes."""

    reason: EntryReason
    holder: str = ""
    staff: str = ""
    spend: Spend | None = None
    nonce: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_granted(self) -> bool:
        """Whether the door may open."""
        return self.reason in GRANTED


@dataclass(frozen=True, slots=True)
class _Pass:
    """A pass that is genuine, of either sort."""

    holder: str
    spend: Spend
    refusal: EntryReason | None  # because of its time, or because it was revoked


def decide(
    rules: EntryRules, keys: DoorKeys, memory: Memory, shown: str, now: Situation
) -> Verdict:
    """Whether who shows this pass may come in. What is wrong with the pass is said first."""
    found = _read(rules, keys, shown, now.time)
    if isinstance(found, EntryReason):
        return Verdict(found)
    used = memory.used.get(found.spend.key, memory.blank_until)
    if found.refusal is not None:
        return Verdict(found.refusal, found.holder)
    if found.spend.slot < used + found.spend.apart:
        return Verdict(EntryReason.REPLAYED, found.holder)
    if now.time.unix_s - keys.issued_s > rules.trust_age_s:
        return Verdict(EntryReason.TRUST_STALE, found.holder)
    is_inside = found.holder in now.holders
    refusal = _shop_refuses(rules, now, is_inside and rules.passback_is_hard)
    if refusal is not None:
        return Verdict(refusal, found.holder)
    doubts = (Doubt.ALREADY_INSIDE,) if is_inside else ()
    return Verdict(EntryReason.PASS, found.holder, spend=found.spend, doubts=doubts)


def decide_order(
    rules: EntryRules, keys: Mapping[int, bytes], memory: Memory, sealed: bytes, now: Situation
) -> Verdict:
    """Whether an order from the console opens the door. Hours and capacity do not bind staff."""
    try:
        order = commands.read(keys, sealed)
    except ContractError as error:
        is_ours = error.field == "seal"
        return Verdict(EntryReason.FORGED if is_ours else EntryReason.UNREADABLE)
    here = (rules.store, rules.door, Deed.OPEN_DOOR)
    if (order.store, order.device, order.deed) != here:
        return Verdict(EntryReason.FOREIGN, staff=order.staff)
    if not now.time.is_known or now.time.error_s > rules.clock.exact_s:
        return Verdict(EntryReason.CLOCK_UNKNOWN, staff=order.staff)
    if order.until_ms / 1_000 < now.time.unix_s - now.time.error_s:
        return Verdict(EntryReason.EXPIRED, staff=order.staff)
    if order.at_ms / 1_000 > now.time.unix_s + now.time.error_s:
        return Verdict(EntryReason.EARLY, staff=order.staff)
    if order.nonce in memory.nonces:
        return Verdict(EntryReason.REPLAYED, staff=order.staff)
    refusal = _door_refuses(now)
    if refusal is not None:
        return Verdict(refusal, staff=order.staff)
    return Verdict(EntryReason.STAFF, staff=order.staff, nonce=order.nonce)


def _read(rules: EntryRules, keys: DoorKeys, shown: str, time: Belief) -> _Pass | EntryReason:
    """The pass behind a text, or why it proves nothing."""
    try:
        if shown.startswith(retailer_passes.PREFIX):
            card = retailer_passes.read(shown)
            return _refuses(rules, card.store_no, time) or _card(rules, keys, card, time)
        member_pass = passes.read(shown)
    except ContractError:
        return EntryReason.UNREADABLE
    return _refuses(rules, member_pass.store_no, time) or _member(rules, keys, member_pass, time)


def _refuses(rules: EntryRules, store_no: int, time: Belief) -> EntryReason | None:
    """What no pass can overcome."""
    if store_no not in (passes.ANY_STORE, rules.store_no):
        return EntryReason.FOREIGN
    if not clock_trust.slots(time, rules.clock):
        return EntryReason.CLOCK_UNKNOWN
    return None


def _member(
    rules: EntryRules, keys: DoorKeys, shown: MemberPass, time: Belief
) -> _Pass | EntryReason:
    key = keys.member(shown.member, shown.key_id)
    if key is None:
        return EntryReason.UNKNOWN
    if not passes.is_genuine(shown, key):
        return EntryReason.FORGED
    window = clock_trust.slots(time, rules.clock)
    refusal = None
    if shown.slot < window.start:
        refusal = EntryReason.EXPIRED
    elif shown.slot >= window.stop:
        refusal = EntryReason.EARLY
    elif keys.is_revoked(shown.member, shown.key_id):
        refusal = EntryReason.REVOKED
    spend = Spend(f"{shown.member}/{shown.key_id}", shown.slot)
    return _Pass(shown.member, spend, refusal)


def _card(
    rules: EntryRules, keys: DoorKeys, shown: RetailerPass, time: Belief
) -> _Pass | EntryReason:
    key = keys.retailer.get(shown.key_id)
    if key is None:
        return EntryReason.UNKNOWN
    if not retailer_passes.is_genuine(shown, key):
        return EntryReason.FORGED
    if shown.sort is not Sort.ENTRY_CARD:
        return EntryReason.NOT_FOR_DOORS
    refusal = None
    if rules.hours.day(time.unix_s) > shown.last_day:
        refusal = EntryReason.EXPIRED
    elif shown.pass_id in keys.revoked_cards:
        refusal = EntryReason.REVOKED
    apart = max(1, round(rules.card_rest_s / passes.SLOT_S))
    spend = Spend(shown.pass_id, passes.slot_at(time.unix_s), apart)
    return _Pass(shown.pass_id, spend, refusal)


def _shop_refuses(rules: EntryRules, now: Situation, is_surely_inside: bool) -> EntryReason | None:
    shop = hours.at(rules.hours, now.time.unix_s)
    if shop is not Shop.OPEN:
        return EntryReason.HOLIDAY if shop is Shop.HOLIDAY else EntryReason.CLOSED
    if now.people >= rules.capacity:
        return EntryReason.FULL
    if is_surely_inside:
        return EntryReason.ALREADY_INSIDE
    return _door_refuses(now)


def _door_refuses(now: Situation) -> EntryReason | None:
    if not now.is_in_order:
        return EntryReason.OUT_OF_ORDER
    return None if now.is_ready else EntryReason.BUSY
