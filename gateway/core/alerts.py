"""Cards for staff: when one is due, and what may become of it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from gateway.core.consent import Purpose
from gateway.core.tiers import Tier

AGAIN_AFTER_MS = 2 * 60 * 60 * 1000  # an arrival is worth one card in two hours: no fatigue
# What a kiosk reports this much later is history, not a task: nobody waits that long for a person.
STALE_AFTER_MS = 15 * 60 * 1000


class AlertKind(StrEnum):
    """Why staff are called, the most urgent first."""

    DOOR = "door"  # something is wrong with a door, which nobody may see but us
    CASE = "case"  # somebody opened a kiosk
    IMPOSTOR = "impostor"  # somebody tries at the broker what a kiosk never would
    HELP = "help"
    PICK_UP = "pick_up"
    APPOINTMENT = "appointment"
    VIP = "vip"


URGENCY = list(AlertKind)


class AlertState(StrEnum):
    """Where a card stands; the order is the only way through."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    SERVING = "serving"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How serving ended."""

    SOLD = "sold"
    ASSISTED = "assisted"
    HANDED_OVER = "handed_over"
    DECLINED = "declined"
    NOT_FOUND = "not_found"
    LEFT = "left"  # the shopper, before anybody came; nobody says so, the tag does


OPEN = (AlertState.OFFERED, AlertState.CLAIMED, AlertState.SERVING)
COMING = (AlertState.OFFERED, AlertState.CLAIMED)
"""Somebody is about to come: what else the visitor asks for goes on the same card."""
BEFORE = {
    AlertState.CLAIMED: AlertState.OFFERED,
    AlertState.SERVING: AlertState.CLAIMED,
    AlertState.CLOSED: AlertState.SERVING,
}
"""The one state staff take a card on from. One that nobody took closes if the shopper has left."""
MINE = (AlertState.CLAIMED, AlertState.SERVING)
"""Somebody has it, who may hand it on: then it is offered again."""


def may_be_announced(consents: Collection[Purpose]) -> bool:
    """Whether staff may be told that a member has come."""
    return Purpose.STAFF_CONTEXT in consents


def on_arrival(
    consents: Collection[Purpose], tier: Tier, has_ready_order: bool
) -> AlertKind | None:
    """Whether a member's arrival is worth a card; never without their consent."""
    if not may_be_announced(consents):
        return None
    if has_ready_order:
        return AlertKind.PICK_UP
    return AlertKind.VIP if tier is Tier.GOLD else None


def most_urgent(one: AlertKind, other: AlertKind) -> AlertKind:
    """What a card for both says first."""
    return min(one, other, key=URGENCY.index)
