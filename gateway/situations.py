"""What is known about one shopper at one screen, for offers to be chosen by; it chooses nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gateway.core.consent import Purpose
from gateway.core.offers.facts import Value
from gateway.core.offers.rules import Situation
from gateway.core.visits import Place
from gateway.store import visits
from gateway.store.orders import OrderState
from gateway.store.scene import Scene
from gateway.store.screen_sessions import ScreenSession
from gateway.store.visits import Visit

SHOP_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # offers end at the shop's midnight
KIOSK = "kiosk"
CHECK_IN = "check_in"
DAY_MS = 86_400_000
HISTORY = frozenset({"visits.count", "visits.days_since_last"})


def at_screen(scene: Scene, session: ScreenSession, place: Place) -> Situation:
    """The member of a personal session, who stands at a kiosk now."""
    member = session.member or ""
    facts = {"kiosk": place.kiosk, "moment": CHECK_IN, **_profile(scene, member)}
    for visit in scene.visits[place.store, member]:
        if visit.visit == session.visit:
            facts |= _visit(scene, visit, place.at_ms)
    consents = scene.people.consents.get(member, set[Purpose]())
    return Situation(local(place.at_ms), place.store, KIOSK, frozenset(consents), facts)


def local(at_ms: int) -> datetime:
    """A time as the shop's clocks show it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHOP_TIME)


def _profile(scene: Scene, member: str) -> dict[str, Value]:
    profile, orders = scene.people.profiles[member], scene.people.orders[member]
    states = [order.state for order in orders]
    return {
        "profile.tier": profile.tier,
        "profile.points": profile.points,
        "interests": frozenset(profile.interest_words),
        "orders.open": len(orders),
        "orders.ready": states.count(OrderState.READY),
        "orders.arrived": states.count(OrderState.ARRIVED),
        "orders.unpaid_vnd": sum(order.unpaid_vnd for order in orders),
    }


def _visit(scene: Scene, visit: Visit, at_ms: int) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "visit.confidence": visit.confidence,
        "visit.evidence": visit.evidence,
        "visit.dwell_s": max(0, at_ms - visit.first_at_ms) // 1000,
    }
    if scene.rules.reads & HISTORY:
        count, last_ms = visits.before(scene.db, visit)
        facts["visits.count"] = count + 1
        if last_ms is not None:
            facts["visits.days_since_last"] = (visit.first_at_ms - last_ms) // DAY_MS
    return facts
