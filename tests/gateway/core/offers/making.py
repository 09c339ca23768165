"""Offers and shoppers for tests: those that fit each other, to be changed in one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contract.messages import ShownOffer, Text, Tone
from gateway.core.consent import Purpose
from gateway.core.offers.drawing import Draw
from gateway.core.offers.facts import Value
from gateway.core.offers.model import Offer
from gateway.core.offers.rules import Situation
from gateway.core.offers.terms import read_terms
from gateway.core.tiers import Tier

WORDS = Text("x", "x")
HUE = ZoneInfo("Asia/Ho_Chi_Minh")
SUNDAY_NOON = datetime(2026, 3, 1, 12, 0, tzinfo=HUE)
FACTS: dict[str, Value] = {
    "profile.tier": "silver",
    "profile.points": 1250,
    "interests": frozenset({"tra"}),
    "visit.confidence": 0.95,
    "visits.count": 5,
    "basket.total_vnd": 255_000,
    "basket.skus": frozenset({"TEA-1"}),
}
NGOC = Situation(
    SUNDAY_NOON, "hue-1", "kiosk", frozenset({Purpose.PERSONAL_OFFERS, Purpose.PROFILING}), FACTS
)


def offer(offer_id: str = "o", /, terms: dict[str, Any] | None = None, **changes: object) -> Offer:
    """One that Ngọc gets, unless something is changed."""
    content = ShownOffer(offer_id, Tone.JADE, WORDS, WORDS, WORDS, WORDS, WORDS)
    made = Offer(content, priority=1, is_personal=True, interest="tra", tier=Tier.MEMBER)
    return replace(made, terms=read_terms(terms or {}), **changes)  # type: ignore[arg-type]


def knowing(**facts: Value) -> Situation:
    """Ngọc, with other facts; `basket_total_vnd` stands for `basket.total_vnd`."""
    named = {name.replace("_", ".", 1): value for name, value in facts.items()}
    return replace(NGOC, facts={**FACTS, **named})


def drawn(name: str, **said: Any) -> Draw:
    """An experiment's lots, under a key that is no shop's."""
    draw = Draw.of(offer("o", {"experiment": {"name": name, **said}}), b"key")
    assert draw is not None
    return draw
