"""The gateway's closed lists as people read them. Marked for translation here, said elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.alerts import AlertKind, Outcome
from gateway.core.roles import Right, Role
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
ROLES = {Role.STAFF: later("Staff"), Role.MANAGER: later("Manager"), Role.OWNER: later("Owner")}
RIGHTS = {
    Right.SERVE: later("serve shoppers: board, orders, appointments, redeeming"),
    Right.SEE_SHOP: later("see the shop: overview, visits, numbers"),
    Right.CORRECT_SALES: later("correct sales: money that went back, who bought"),
    Right.CARE_FOR_KIOSKS: later("see kiosks and give them orders"),
    Right.WRITE_OFFERS: later("write offers"),
    Right.APPROVE_OFFERS: later("approve offers that another role wrote"),
    Right.CARE_FOR_MEMBERS: later("look up members; each look is written down"),
    Right.OPEN_DOORS: later("open doors and end entry cards"),
    Right.RUN_SHOP: later("connectors, new kiosks, the owner's file, unread messages"),
    Right.RUN_STAFF: later("invite, change and dismiss staff"),
    Right.SET_UP: later("name, logo and colour of the shop"),
    Right.READ_LOG: later("read who did what"),
}
