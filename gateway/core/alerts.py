"""Cards for staff: when one is due, and what may become of it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from gateway.core.consent import Purpose
from gateway.core.offers import Tier


class AlertKind(StrEnum):
    """Why staff are called."""

    PICK_UP = "pick_up"
    HELP = "help"
    VIP = "vip"


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


OPEN = (AlertState.OFFERED, AlertState.CLAIMED, AlertState.SERVING)
BEFORE = {
    AlertState.CLAIMED: AlertState.OFFERED,
    AlertState.SERVING: AlertState.CLAIMED,
    AlertState.CLOSED: AlertState.SERVING,
}
"""The one state each state may be reached from."""


def on_arrival(
    consents: Collection[Purpose], tier: Tier, has_ready_order: bool
) -> AlertKind | None:
    """Whether a member's arrival is worth a card; never without their consent."""
    if Purpose.STAFF_CONTEXT not in consents:
        return None
    if has_ready_order:
        return AlertKind.PICK_UP
    return AlertKind.VIP if tier is Tier.GOLD else None
