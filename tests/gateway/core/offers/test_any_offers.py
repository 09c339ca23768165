"""Whatever owners write and whoever comes: order, consent, caps and redemption hold."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.consent import Purpose
from gateway.core.offers.explanations import explain
from gateway.core.offers.facts import FACTS, Value
from gateway.core.offers.model import Offer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import (
    SHOWN_AT_MOST,
    Situation,
    Used,
    compiled,
    evaluate,
    judge,
    moment_of,
)
from gateway.core.tiers import Tier
from tests.gateway.core.offers.making import NGOC, offer

CONDITIONS = st.sampled_from(
    [
        {"fact": "basket.total_vnd", "at_least": 100_000},
        {"fact": "visits.count", "is": 3},
        {"not": {"fact": "interests.viewed", "has": "tra"}},
        {"any": [{"fact": "profile.points", "at_least": 5}, {"fact": "orders.open", "is": 1}]},
        {"not": {"fact": "profile.tier", "is": "gold"}},
    ]
)
TERMS = st.fixed_dictionaries(
    {},
    optional={
        "when": CONDITIONS,
        "trigger": st.sampled_from([{"nth_visit": 3}, {"birthday_within_days": 3}]),
        "effects": st.sampled_from([[{"discount_pct": 10}], [{"discount_vnd": 20_000}]]),
        "caps": st.fixed_dictionaries(
            {},
            optional={
                "total": st.integers(0, 3),
                "per_profile": st.integers(0, 2),
                "spend_vnd": st.integers(0, 60_000),
                "cooldown_s": st.just(60),
            },
        ),
        "stacking": st.fixed_dictionaries(
            {},
            optional={
                "group": st.sampled_from(["g", "h"]),
                "mode": st.sampled_from(["stack", "first", "best_for_shopper", "lowest_cost"]),
                "exclusive": st.booleans(),
                "excludes": st.sampled_from([["g"], ["h"]]),
            },
        ),
        "consents": st.sampled_from([["zalo"], ["personal_offers"]]),
    },
)
MADE = st.lists(
    st.fixed_dictionaries(
        {
            "terms": TERMS,
            "priority": st.integers(0, 3),
            "is_personal": st.booleans(),
            "interest": st.sampled_from(["", "tra", "gom"]),
            "tier": st.sampled_from(Tier),
        }
    ),
    max_size=12,
)
WORDS = st.sampled_from([frozenset[str](), frozenset({"tra"}), frozenset({"tra", "gom"})])
PERSONAL = st.fixed_dictionaries(
    {},
    optional={
        "profile.tier": st.sampled_from([str(tier) for tier in Tier]),
        "profile.points": st.integers(0, 10),
        "profile.birthday_in_days": st.integers(0, 5),
        "interests": WORDS,
        "interests.viewed": WORDS,
        "orders.open": st.integers(0, 2),
        "visits.count": st.integers(1, 4),
    },
)
OPEN = st.fixed_dictionaries(
    {"visit.confidence": st.sampled_from([0.5, 0.6, 0.95])},
    optional={"basket.total_vnd": st.sampled_from([0, 99_999, 100_000, 300_000])},
)
CONSENTS = st.frozensets(st.sampled_from(list(Purpose)))
USED = st.builds(
    Used,
    total=st.integers(0, 3),
    profile=st.integers(0, 2),
    spent_vnd=st.integers(0, 60_000),
    quiet_s=st.sampled_from([None, 10.0, 100.0]),
)


def offers_of(made: list[dict[str, Any]]) -> list[Offer]:
    return [offer(f"o-{number}", **change) for number, change in enumerate(made)]


def situation(consents: frozenset[Purpose], *facts: dict[str, Value]) -> Situation:
    known = {name: value for some in facts for name, value in some.items()}
    return replace(NGOC, consents=consents, facts=known)


@given(MADE, CONSENTS, st.tuples(PERSONAL, OPEN), USED, st.randoms())
def test_the_choice_does_not_depend_on_the_order_offers_are_stored_in(
    made: list[dict[str, Any]],
    consents: frozenset[Purpose],
    facts: tuple[dict[str, Value], dict[str, Value]],
    used: Used,
    random: Random,
) -> None:
    offers = offers_of(made)
    shuffled = list(offers)
    random.shuffle(shuffled)
    who, counted = situation(consents, *facts), {one.content.id: used for one in offers}

    decisions = evaluate(compiled(offers), who, counted)

    assert decisions == evaluate(compiled(shuffled), who, counted)
    assert [one.decision for one in explain(compiled(offers), who, counted)] == decisions
    granted = [one for one in decisions if one.reason is Reason.GRANTED]
    assert len(granted) <= SHOWN_AT_MOST
    assert len(decisions) == max(len(offers), 1)


@given(MADE, CONSENTS, PERSONAL, OPEN, USED)
def test_what_is_granted_can_be_redeemed_in_the_same_second(
    made: list[dict[str, Any]],
    consents: frozenset[Purpose],
    personal: dict[str, Value],
    facts: dict[str, Value],
    used: Used,
) -> None:
    offers = offers_of(made)
    rules, who = compiled(offers), situation(consents, personal, facts)

    decisions = evaluate(rules, who, {one.content.id: used for one in offers})

    for rule, decision in zip(rules.rules, decisions, strict=False):
        if decision.reason is Reason.GRANTED:
            assert judge(rule, moment_of(rules, who), used).reason is Reason.GRANTED


@given(MADE, CONSENTS, PERSONAL, PERSONAL, OPEN)
def test_what_somebody_did_not_agree_to_changes_nothing(
    made: list[dict[str, Any]],
    consents: frozenset[Purpose],
    personal: dict[str, Value],
    other: dict[str, Value],
    facts: dict[str, Value],
) -> None:
    """Two people who differ only in facts whose use they did not agree to get the same answers."""
    agreed = {name: value for name, value in personal.items() if FACTS[name].purposes <= consents}
    hidden = {name: value for name, value in other.items() if not FACTS[name].purposes <= consents}
    rules = compiled(offers_of(made))

    without = evaluate(rules, situation(consents, agreed, facts), {})
    assert evaluate(rules, situation(consents, hidden, agreed, facts), {}) == without
    for rule, decision in zip(rules.rules, without, strict=False):
        if not rule.purposes <= consents:
            assert decision.reason is not Reason.GRANTED
