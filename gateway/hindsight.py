"""Offers asked about afterwards: why somebody gets one or not, and what one would have cost.

It looks and writes nothing. What was true of a member on a past day and is not kept, it does not
guess: orders of then are unknown, and tier, points and consents are today's.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy.orm import Session

from gateway.core.ledger import Currency
from gateway.core.matching import CONFIDENCE, Source
from gateway.core.offers.explanations import Explanation, explain
from gateway.core.offers.facts import Value
from gateway.core.offers.rules import RuleSet, Situation
from gateway.core.offers.simulation import Occasion
from gateway.situations import (
    CHECK_IN,
    HISTORY,
    KIOSK,
    at_till,
    history,
    local,
    of_profile,
    of_visit,
)
from gateway.store import ledger, profiles, redemptions, visits
from gateway.store.offers import Asked, asked
from gateway.store.redemptions import Holder
from gateway.store.visits import VisitRow

AT_ONCE = 500  # visits whose members are looked up together


def why(db: Session, rules: RuleSet, who: tuple[str, str], now_ms: int) -> list[Explanation]:
    """Every offer for a member at a kiosk of a store now, `who` being (store, member).

    Without an open visit it is as if they had just shown their pass.
    """
    store, member = who
    visit = visits.open_of(db, store, member, now_ms)
    number = visit.visit if visit is not None else None
    at = at_till(db, store, KIOSK, (member, number), now_ms)
    facts: dict[str, Value] = {**at.facts, "moment": CHECK_IN}
    if visit is None:
        facts |= {
            "visit.confidence": CONFIDENCE[Source.PASS],
            "visit.evidence": str(Source.PASS),
            "visit.dwell_s": 0,
            **history(db, _new(store, member, now_ms)),
        }
    holder = Holder(store, at.at.date().isoformat(), member, number)
    used = redemptions.used(db, rules.capped, holder, now_ms) if rules.capped else {}
    return explain(rules, Situation(at.at, store, KIOSK, at.consents, facts, member), used)


def occasions(db: Session, rules: RuleSet, span_ms: range, store: str | None) -> Iterator[Occasion]:
    """Each time that offers were chosen for somebody, oldest first."""
    rows = iter(asked(db, span_ms, store))
    while some := list(islice(rows, AT_ONCE)):
        members = {one.member for one in some}
        known = profiles.by_member(db, members)
        agreed = profiles.consents(db, members)
        points = ledger.standings(db, members, Currency.POINTS, span_ms.stop)
        for one in some:
            if one.member in known:
                facts = of_profile(known[one.member], points[one.member].usable, one.at_ms)
                facts |= {"kiosk": one.kiosk, "moment": CHECK_IN, **_visit(db, rules, one)}
                consents = frozenset(agreed[one.member])
                at = Situation(local(one.at_ms), one.store, KIOSK, consents, facts, one.member)
                yield Occasion(at, one.member, one.visit)


def _visit(db: Session, rules: RuleSet, one: Asked) -> dict[str, Value]:
    row = db.get(VisitRow, one.visit)
    if row is None:
        return {}
    past = history(db, row) if rules.reads & HISTORY else {}
    return {**of_visit(row, one.at_ms), **past}


def _new(store: str, member: str, now_ms: int) -> VisitRow:
    return VisitRow(visit=0, store=store, member=member, first_at_ms=now_ms, last_at_ms=now_ms)
