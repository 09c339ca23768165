"""Plays a typed offer over recorded visits, as `hien offers simulate` does; writes nothing."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from sqlalchemy.orm import Session

from gateway import hindsight
from gateway.core.offers.model import Offer
from gateway.core.offers.simulation import Outcome, as_if_running, simulate
from gateway.core.shop_days import day_of, span
from gateway.store import offers

DAYS = (7, 30)  # a week, and a month with its pay day
# A page is waited for; so many visits are played in some seconds on a Raspberry Pi. The command
# `hien offers simulate` knows no bound.
MOST = 3_000


def wanted_days(typed: str) -> int:
    """As many as was asked for, if it is one of the choices."""
    return next((days for days in DAYS if str(days) == typed), DAYS[1])


def play(db: Session, offer: Offer, days: int, now_ms: int) -> Outcome:
    """What would have become of it on these days, today included."""
    last = day_of(now_ms)
    first = last - timedelta(days=days - 1)
    span_ms = range(span(first).from_ms, span(last).until_ms)
    name = offer.content.id
    others = [one for one in offers.every(db) if one.content.id != name]
    rules, chosen = as_if_running([*others, offer], name)
    past = islice(hindsight.occasions(db, rules, span_ms, None), MOST)
    return simulate(rules, chosen or offer, past)
