"""Which offers a visitor gets, and for every other one the reason why not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contract.messages import ShownOffer

SHOWN_AT_MOST = 3  # what fits on the reference screen without scrolling
SURE_ENOUGH = 0.6  # a tag and a "yes, this is me"


class Tier(StrEnum):
    """Membership tiers, lowest first."""

    MEMBER = "member"
    SILVER = "silver"
    GOLD = "gold"


RANKS = {tier: rank for rank, tier in enumerate(Tier)}


class Reason(StrEnum):
    """Why an offer was shown or not; a closed list, each with its sentence for people."""

    GRANTED = "granted"
    CONSENT_MISSING = "consent_missing"
    IDENTITY_TOO_WEAK = "identity_too_weak"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    SEGMENT = "segment"
    TIER = "tier"
    BETTER_OFFER_APPLIED = "better_offer_applied"
    NOTHING_RUNS = "nothing_runs"


@dataclass(frozen=True, slots=True)
class Visitor:
    """What offers are chosen by."""

    tier: Tier
    interests: Collection[str]
    consents_to_personal_offers: bool
    confidence: float
    today: date


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as the owner wrote it."""

    content: ShownOffer
    priority: int
    is_personal: bool
    interest: str = ""  # empty: everybody's
    tier: Tier = Tier.MEMBER  # the lowest tier that gets it
    starts_on: date = date.min
    ends_on: date = date.max

    @property
    def needs_consent(self) -> bool:
        """Whether it may only be chosen for who agreed that their profile chooses."""
        return self.is_personal or bool(self.interest) or self.tier is not Tier.MEMBER


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one offer for one visitor; `offer` is None if there was none to decide on."""

    offer: Offer | None
    reason: Reason


def choose(visitor: Visitor, offers: Sequence[Offer]) -> list[Decision]:
    """Decide on every offer, best first; at most three are granted.

    The order is total: priority, then the offer's id, so that two runs never differ.
    """
    if not offers:
        return [Decision(None, Reason.NOTHING_RUNS)]
    decisions, granted = [], 0
    for offer in sorted(offers, key=lambda offer: (-offer.priority, offer.content.id)):
        reason = judge(visitor, offer)
        if reason is Reason.GRANTED:
            granted += 1
            reason = Reason.BETTER_OFFER_APPLIED if granted > SHOWN_AT_MOST else reason
        decisions.append(Decision(offer, reason))
    return decisions


def judge(visitor: Visitor, offer: Offer) -> Reason:
    """Whether a visitor may have an offer, as if it were the only one."""
    if visitor.today < offer.starts_on:
        return Reason.NOT_STARTED
    if visitor.today > offer.ends_on:
        return Reason.ENDED
    if offer.needs_consent and not visitor.consents_to_personal_offers:
        return Reason.CONSENT_MISSING
    if RANKS[visitor.tier] < RANKS[offer.tier]:
        return Reason.TIER
    if offer.is_personal and visitor.confidence < SURE_ENOUGH:
        return Reason.IDENTITY_TOO_WEAK
    if offer.interest and offer.interest not in visitor.interests:
        return Reason.SEGMENT
    return Reason.GRANTED
