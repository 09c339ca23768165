"""Which offers a kiosk may give out alone, how many of each, and until when. It sets aside none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gateway.core.ledger import DAY_MS
from gateway.core.offers.conditions import leaves
from gateway.core.offers.model import Caps, EffectKind, Offer
from gateway.core.offers.rules import Rule, Used, cost_vnd

LIFE_MS = DAY_MS  # over a night and a day without network
RENEWED_AFTER_MS = LIFE_MS // 2  # a kiosk with network always has half a day in hand
OFFERS_MAX = 12  # what contract.leases.Allowance carries; a screen shows three at once
# Half of what is free stays with the tills that have the gateway, and with kiosks yet to come.
SHARED = 2
KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in Unix milliseconds."""

    from_ms: int
    until_ms: int


def is_lendable(rule: Rule) -> bool:
    """Whether a kiosk can judge an offer alone: everybody's, at any hour.

    What asks about a person, is kept apart from other offers or is an experiment, needs the
    gateway.
    """
    offer, terms = rule.offer, rule.offer.terms
    stacking = terms.stacking
    return (
        next(leaves(rule.who), None) is None
        and rule.is_triggered is None
        and rule.draw is None
        and not rule.purposes
        and not offer.is_personal
        and not terms.is_paused
        and not terms.hours
        and not terms.not_on
        and (not terms.channels or KIOSK in terms.channels)
        and not (stacking.group or stacking.is_exclusive or stacking.excludes)
        and _is_countable(offer)
    )


def is_in(rule: Rule, store: str) -> bool:
    """Whether an offer is one of a store's."""
    return not rule.offer.terms.stores or store in rule.offer.terms.stores


def _is_countable(offer: Offer) -> bool:
    caps = offer.terms.caps
    is_about_somebody = (caps.per_profile, caps.per_visit, caps.cooldown_s) != (None, None, None)
    # A share of a basket that no kiosk sees costs nobody knows what.
    is_unsure = any(one.kind is EffectKind.DISCOUNT_PCT for one in offer.terms.effects)
    return not is_about_somebody and not (caps.spend_vnd is not None and is_unsure)


def is_capped(offer: Offer) -> bool:
    """Whether it takes a lease to give it out."""
    return offer.terms.caps != Caps()


def free(offer: Offer, used: Used) -> int:
    """How many more may be given out or set aside, in one store on one day."""
    caps, unit_vnd = offer.terms.caps, cost_vnd(offer, {})
    left = [
        cap - count
        for cap, count in (
            (caps.total, used.total),
            (caps.per_store, used.store),
            (caps.per_day, used.day),
        )
        if cap is not None
    ]
    if caps.spend_vnd is not None and unit_vnd:
        left.append((caps.spend_vnd - used.spent_vnd) // unit_vnd)
    return max(0, min(left, default=0))


def share(left: int, kiosks: int) -> int:
    """How many one kiosk gets."""
    return min(left, max(1, left // (SHARED * max(1, kiosks))))


def span(offer: Offer, at: datetime) -> Span:
    """When an offer runs. `at` is the shop's own time, and says where its midnight is."""
    ends = min(offer.ends_on, at.date() + timedelta(days=366))  # for ever has no Unix time
    starts = max(offer.starts_on, at.date() - timedelta(days=366))
    first = datetime.combine(starts, time.min, at.tzinfo)
    last = datetime.combine(ends + timedelta(days=1), time.min, at.tzinfo)
    return Span(_ms(first), _ms(last))


def until_ms(offer: Offer, at: datetime) -> int:
    """When a lease of an offer ends: by midnight if it is counted by the day."""
    ends = min(_ms(at) + LIFE_MS, span(offer, at).until_ms)
    if offer.terms.caps.per_day is not None:
        midnight = datetime.combine(at.date() + timedelta(days=1), time.min, at.tzinfo)
        ends = min(ends, _ms(midnight))
    return ends


def renew_ms(ends_ms: int, now_ms: int) -> int | None:
    """From when on a kiosk may have it anew; None if its end is the offer's or the day's."""
    return now_ms + RENEWED_AFTER_MS if ends_ms == now_ms + LIFE_MS else None


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
