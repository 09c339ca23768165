"""What is known about one shopper at one screen, for offers to be chosen by; it chooses nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gateway.core.birthdays import days_from
from gateway.core.consent import Purpose
from gateway.core.interests import InterestKind
from gateway.core.ledger import Currency
from gateway.core.minors import age
from gateway.core.offers.facts import Value
from gateway.core.offers.rules import Situation
from gateway.core.orders import OrderState
from gateway.core.shop_days import SHOP_TIME, span
from gateway.core.visits import Place
from gateway.store import appointments, interests, ledger, orders, profiles, visits
from gateway.store.appointments import Today
from gateway.store.orders import OrderRow
from gateway.store.profiles import Profile
from gateway.store.scene import Scene
from gateway.store.screen_sessions import ScreenSession
from gateway.store.visits import Visit, VisitRow

KIOSK = "kiosk"
CHECK_IN = "check_in"
REDEEM = "redeem"
DAY_MS = 86_400_000
HISTORY = frozenset({"visits.count", "visits.days_since_last"})
SEEN = {f"interests.{kind}": kind for kind in InterestKind}
APPOINTMENTS = frozenset({"appointments.today", "appointments.kinds"})


def at_screen(scene: Scene, session: ScreenSession, place: Place) -> Situation:
    """The member of a personal session, who stands at a kiosk now."""
    member = session.member or ""
    profile, open_orders = scene.people.profiles[member], scene.people.orders[member]
    points = scene.people.points[member].usable
    known = of_profile(profile, points, place.at_ms)
    facts = {"kiosk": place.kiosk, "moment": CHECK_IN, **known, **_orders(open_orders)}
    if scene.rules.reads & SEEN.keys():
        facts |= _seen(scene.db, member, place.at_ms)
    is_history_read = bool(scene.rules.reads & HISTORY)
    if scene.rules.reads & APPOINTMENTS:
        facts |= _appointments(scene.db, member, today(place.store, place.at_ms))
    theirs = scene.visits[place.store, member]
    for visit in theirs:
        if visit.visit == session.visit:
            facts |= of_visit(visit, place.at_ms)
            facts |= history(scene.db, visit, theirs) if is_history_read else {}
    consents = scene.people.consents.get(member, set[Purpose]())
    return Situation(local(place.at_ms), place.store, KIOSK, frozenset(consents), facts, member)


def at_till(
    db: Session, store: str, channel: str, who: tuple[str | None, int | None], now_ms: int
) -> Situation:
    """A member, or nobody known, who redeems something on some visit; the till knows the basket."""
    member, visit_no = who
    at = local(now_ms)
    facts: dict[str, Value] = {"moment": REDEEM}
    if member is None:
        return Situation(at, store, channel, frozenset(), facts)
    found = profiles.by_member(db, [member]).get(member)
    if found is not None:
        points = ledger.standings(db, [member], Currency.POINTS, now_ms)[member].usable
        facts |= of_profile(found, points, now_ms) | _orders(orders.open_of(db, [member])[member])
        facts |= _seen(db, member, now_ms)
        facts |= _appointments(db, member, today(store, now_ms))
    visit = None if visit_no is None else db.get(VisitRow, visit_no)
    if visit is not None and (visit.member, visit.store) == (member, store):
        facts |= of_visit(visit, now_ms) | history(db, visit)
    agreed = frozenset(profiles.consents(db, [member])[member])
    return Situation(at, store, channel, agreed, facts, member)


def local(at_ms: int) -> datetime:
    """A time as the shop's clocks show it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHOP_TIME)


def today(store: str, now_ms: int) -> Today:
    """A store's present day, as its customers count days."""
    day = span(local(now_ms).date())
    return Today(store, day.day.isoformat(), day.from_ms, day.until_ms)


def _appointments(db: Session, member: str, day: Today) -> dict[str, Value]:
    kinds = appointments.of_member(db, member, day)
    return {"appointments.today": len(kinds), "appointments.kinds": frozenset(kinds)}


def of_profile(profile: Profile, points: int, at_ms: int) -> dict[str, Value]:
    """Facts about a member: their profile and balance."""
    facts: dict[str, Value] = {
        "profile.tier": profile.tier,
        "profile.points": points,
        "profile.segments": frozenset(profile.segment_words),
        "interests": frozenset(profile.interest_words),
    }
    days = days_from(profile.birthday, local(at_ms).date())
    if days is not None:
        facts["profile.birthday_in_days"] = days
    years = age(profile.birthday, local(at_ms).date())
    if years is not None:
        facts["profile.age"] = years
    if profile.source:
        facts["profile.source"] = profile.source
    return facts


def _orders(open_orders: Sequence[OrderRow]) -> dict[str, Value]:
    states = [order.state for order in open_orders]
    return {
        "orders.open": len(open_orders),
        "orders.ready": states.count(OrderState.READY),
        "orders.arrived": states.count(OrderState.ARRIVED),
        "orders.unpaid_vnd": sum(order.unpaid_vnd for order in open_orders),
    }


def _seen(db: Session, member: str, at_ms: int) -> dict[str, Value]:
    found = interests.recent(db, member, at_ms)
    return {fact: found[kind] for fact, kind in SEEN.items()}


def of_visit(visit: Visit | VisitRow, at_ms: int) -> dict[str, Value]:
    """Facts about a visit at a time."""
    return {
        "visit.confidence": visit.confidence,
        "visit.evidence": visit.evidence,
        "visit.dwell_s": max(0, at_ms - visit.first_at_ms) // 1000,
    }


def history(
    db: Session, visit: Visit | VisitRow, unkept: Collection[Visit] = ()
) -> dict[str, Value]:
    """Facts about the visits before one, of which some may not be written yet."""
    count, last_ms = visits.before(db, visit, unkept)
    facts: dict[str, Value] = {"visits.count": count + 1}
    if last_ms is not None:
        facts["visits.days_since_last"] = (visit.first_at_ms - last_ms) // DAY_MS
    return facts
