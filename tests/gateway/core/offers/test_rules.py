"""Which offer for whom, and the reason for every one that is not given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.core.consent import Purpose
from gateway.core.offers.model import Offer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Decision, Situation, Used, compiled, evaluate
from gateway.core.tiers import Tier
from tests.gateway.core.offers.making import NGOC, SUNDAY_NOON, knowing, offer

SILENT = replace(NGOC, consents=frozenset())
BASKET: dict[str, Any] = {"when": {"fact": "basket.total_vnd", "at_least": 300_000}}


def decide(who: Situation, offers: Sequence[Offer], used: Used | None = None) -> list[Decision]:
    counted = {} if used is None else {one.content.id: used for one in offers}
    return evaluate(compiled(offers), who, counted)


@pytest.mark.parametrize(
    ("who", "changes", "reason"),
    [
        pytest.param(NGOC, {}, Reason.GRANTED, id="fits"),
        pytest.param(NGOC, {"starts_on": date(2026, 3, 2)}, Reason.NOT_STARTED, id="tomorrow"),
        pytest.param(NGOC, {"ends_on": date(2026, 2, 28)}, Reason.ENDED, id="yesterday"),
        pytest.param(NGOC, {"ends_on": date(2026, 3, 1)}, Reason.GRANTED, id="last day"),
        pytest.param(NGOC, {"tier": Tier.SILVER}, Reason.GRANTED, id="own tier"),
        pytest.param(NGOC, {"tier": Tier.GOLD}, Reason.TIER, id="a higher tier"),
        pytest.param(NGOC, {"interest": "gom"}, Reason.SEGMENT, id="not their interest"),
        pytest.param(NGOC, {"interest": ""}, Reason.GRANTED, id="everybody's"),
        pytest.param(SILENT, {}, Reason.CONSENT_MISSING, id="no consent"),
        pytest.param(
            SILENT,
            {"is_personal": False, "interest": ""},
            Reason.GRANTED,
            id="general offers need no consent",
        ),
        pytest.param(
            SILENT,
            {"is_personal": False},
            Reason.CONSENT_MISSING,
            id="nobody's interests are used without it",
        ),
        pytest.param(
            SILENT,
            {"is_personal": False, "interest": "", "tier": Tier.SILVER},
            Reason.CONSENT_MISSING,
            id="nor their tier",
        ),
        pytest.param(knowing(visit_confidence=0.5), {}, Reason.IDENTITY_TOO_WEAK, id="who is it"),
    ],
)
def test_every_offer_has_its_reason(
    who: Situation, changes: dict[str, Any], reason: Reason
) -> None:
    (decision,) = decide(who, [offer(**changes)])
    assert decision.reason is reason


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        pytest.param({"paused": True}, Reason.PAUSED, id="paused"),
        pytest.param({"stores": ["hue-2"]}, Reason.WRONG_STORE, id="another store"),
        pytest.param({"stores": ["hue-1", "hue-2"]}, Reason.GRANTED, id="one of its stores"),
        pytest.param({"channels": ["unmanned"]}, Reason.WRONG_CHANNEL, id="another channel"),
        pytest.param({"not_on": ["2026-03-01"]}, Reason.OUTSIDE_HOURS, id="not today"),
        pytest.param({"hours": [{"to": "12:00"}]}, Reason.OUTSIDE_HOURS, id="until noon sharp"),
        pytest.param({"hours": [{"from": "12:00"}]}, Reason.GRANTED, id="from noon on"),
        pytest.param({"hours": [{"days": [1, 6]}]}, Reason.OUTSIDE_HOURS, id="not on Sundays"),
        pytest.param({"consents": ["zalo"]}, Reason.CONSENT_MISSING, id="a purpose it names"),
        pytest.param({"trigger": {"nth_visit": 5}}, Reason.GRANTED, id="the fifth visit"),
        pytest.param({"trigger": {"nth_visit": 6}}, Reason.NOT_TRIGGERED, id="not the sixth"),
        pytest.param({"trigger": {"winback_days": 60}}, Reason.NOT_TRIGGERED, id="never away"),
        pytest.param(BASKET, Reason.MIN_SPEND, id="too small a basket"),
        pytest.param(
            {"when": {"fact": "basket.skus", "has": "CUP-1"}}, Reason.ITEM_MISSING, id="no cup"
        ),
        pytest.param(
            {"when": {"fact": "orders.open", "is": 0}}, Reason.FACT_UNKNOWN, id="unknown fact"
        ),
        pytest.param(
            {"when": {"not": {"fact": "orders.open", "is": 0}}},
            Reason.FACT_UNKNOWN,
            id="nor is its opposite known",
        ),
        pytest.param(
            {"when": {"fact": "profile.points", "at_most": 10}},
            Reason.CONDITION_UNMET,
            id="any other condition",
        ),
    ],
)
def test_every_part_of_the_terms_counts(terms: dict[str, Any], reason: Reason) -> None:
    (decision,) = decide(NGOC, [offer(terms=terms)])
    assert decision.reason is reason


@pytest.mark.parametrize(
    ("caps", "used", "reason"),
    [
        ({"total": 3}, Used(total=2), Reason.GRANTED),
        ({"total": 3}, Used(total=3), Reason.TOTAL_LIMIT),
        ({"per_store": 3}, Used(total=9, store=3), Reason.STORE_LIMIT),
        ({"per_day": 3}, Used(total=9, day=3), Reason.DAY_LIMIT),
        ({"per_profile": 1}, Used(profile=1), Reason.PROFILE_LIMIT),
        ({"per_visit": 1}, Used(visit=1), Reason.VISIT_LIMIT),
        ({"total": 0}, Used(), Reason.TOTAL_LIMIT),
        ({"spend_vnd": 100_000}, Used(spent_vnd=75_000), Reason.BUDGET_SPENT),
        ({"spend_vnd": 100_000}, Used(spent_vnd=74_500), Reason.GRANTED),
        ({"cooldown_s": 60}, Used(quiet_s=59.9), Reason.COOLDOWN),
        ({"cooldown_s": 60}, Used(quiet_s=60), Reason.GRANTED),
        ({"cooldown_s": 60}, Used(), Reason.GRANTED),
    ],
    ids=str,
)
def test_caps_and_budgets_are_part_of_the_decision(
    caps: dict[str, int], used: Used, reason: Reason
) -> None:
    made = offer(terms={"caps": caps, "effects": [{"discount_pct": 10}]})  # 25,500 of 255,000

    assert decide(NGOC, [made], used)[0].reason is reason


def test_nothing_running_is_a_reason_too() -> None:
    assert decide(NGOC, []) == [Decision(None, Reason.NOTHING_RUNS)]


def test_the_most_important_three_are_shown() -> None:
    decisions = decide(NGOC, [offer(f"o-{one}", priority=one) for one in (1, 5, 3, 4, 2)])

    assert granted(decisions) == ["o-5", "o-4", "o-3"]
    assert [one.reason for one in decisions[3:]] == [Reason.BETTER_OFFER_APPLIED] * 2


def granted(decisions: Sequence[Decision]) -> list[str]:
    return [one.offer.content.id for one in decisions if one.offer and one.reason is Reason.GRANTED]


DISCOUNTS = {"a": 20_000, "b": 50_000, "c": 30_000}


@pytest.mark.parametrize(
    ("stacking", "expected"),
    [
        ({"mode": "first"}, ["a"]),
        ({"mode": "best_for_shopper"}, ["b"]),
        ({"mode": "best_for_shopper", "at_most": 2}, ["b", "c"]),
        ({"mode": "lowest_cost"}, ["a"]),
        ({"mode": "stack", "at_most": 2}, ["a", "b"]),
        ({"mode": "stack"}, ["a", "b", "c"]),
    ],
    ids=str,
)
def test_a_group_gives_what_its_rule_says(stacking: dict[str, object], expected: list[str]) -> None:
    offers = [
        offer(
            name, terms={"effects": [{"discount_vnd": off}], "stacking": {"group": "g", **stacking}}
        )
        for name, off in DISCOUNTS.items()
    ]

    assert granted(decide(NGOC, offers)) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"exclusive": True}, {}, ["a"]),
        ({}, {"exclusive": True}, ["a"]),
        ({"excludes": ["g"]}, {"group": "g"}, ["a"]),
        ({"group": "g"}, {"excludes": ["g"]}, ["a"]),
        ({"excludes": ["h"]}, {"group": "g"}, ["a", "b"]),
    ],
    ids=str,
)
def test_offers_that_do_not_go_together_are_kept_apart_and_the_more_important_one_stays(
    first: dict[str, object], second: dict[str, object], expected: list[str]
) -> None:
    offers = [offer("a", terms={"stacking": first}), offer("b", terms={"stacking": second})]

    decisions = decide(NGOC, offers)

    assert granted(decisions) == expected
    assert decisions[1].reason in (Reason.GRANTED, Reason.EXCLUDED_BY_GROUP)


def test_the_time_is_the_shops_own() -> None:
    before_midnight = replace(NGOC, at=SUNDAY_NOON + timedelta(hours=11, minutes=59))
    last_day = offer(ends_on=date(2026, 3, 1))

    assert granted(decide(before_midnight, [last_day])) == ["o"]


def test_consent_to_offers_is_not_consent_to_profiling() -> None:
    who = replace(NGOC, consents=frozenset({Purpose.PERSONAL_OFFERS}))

    (decision,) = decide(who, [offer(terms={"trigger": {"nth_visit": 5}})])

    assert decision.reason is Reason.CONSENT_MISSING
