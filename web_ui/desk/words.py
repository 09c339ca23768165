"""The gateway's closed lists as people read them. Marked for translation here, said elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.alerts import AlertKind, Outcome
from gateway.core.tiers import Tier
from web_ui.shared.i18n import later


@dataclass(frozen=True)
class Kind:
    """How a kind of card looks and is called."""

    label: str
    icon: str
    tone: str  # a colour family of desk.css
    first_outcomes: tuple[Outcome, ...]  # how it mostly ends, so these buttons come first
    is_a_shopper: bool = True  # who waits; else something wants a look


KINDS = {
    AlertKind.DOOR: Kind(
        later("The door needs a look"), "door-exit", "lacquer", (Outcome.ASSISTED,), False
    ),
    AlertKind.CASE: Kind(
        later("Somebody opened the case"), "alert-triangle", "lacquer", (Outcome.ASSISTED,), False
    ),
    AlertKind.IMPOSTOR: Kind(
        later("Somebody may be posing as this kiosk"), "info-circle", "lacquer", (Outcome.ASSISTED,)
    ),
    AlertKind.PICK_UP: Kind(
        later("Picks up an order"), "shopping-bag", "jade", (Outcome.HANDED_OVER,)
    ),
    AlertKind.APPOINTMENT: Kind(
        later("Has come for a visit"), "clock", "gold", (Outcome.ASSISTED, Outcome.SOLD)
    ),
    AlertKind.HELP: Kind(
        later("Asks for help"), "bell-ringing", "lacquer", (Outcome.ASSISTED, Outcome.SOLD)
    ),
    AlertKind.VIP: Kind(
        later("Gold member has arrived"), "user-heart", "gold", (Outcome.ASSISTED, Outcome.SOLD)
    ),
}
OUTCOMES = {
    Outcome.SOLD: later("Bought something"),
    Outcome.ASSISTED: later("Was helped"),
    Outcome.HANDED_OVER: later("Order handed over"),
    Outcome.DECLINED: later("Wanted no help"),
    Outcome.NOT_FOUND: later("Nobody there"),
}
TIERS = {Tier.MEMBER: later("Member"), Tier.SILVER: later("Silver"), Tier.GOLD: later("Gold")}
