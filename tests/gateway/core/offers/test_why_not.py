"""What a shopper's own screen says of offers they do not get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_

from contract.messages import Text
from gateway.core.consent import Purpose
from gateway.core.offers import why_not
from gateway.core.offers.model import Offer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Decision, Situation, Used, compiled, evaluate
from gateway.core.offers.sentences import SENTENCES
from gateway.core.offers.why_not import BY_WHAT_IS_ASKED, CHOSEN, SAYABLE, TOLD_AT_MOST
from gateway.core.tiers import Tier
from tests.gateway.core.offers.making import NGOC, offer

RICH = {"when": {"fact": "basket.total_vnd", "at_least": 300_000}}


def named(made: Offer, title: str) -> Offer:
    return replace(made, content=with_(made.content, title=Text(title, title)))


def said(
    offers: Sequence[Offer], situation: Situation = NGOC, used: dict[str, Used] | None = None
) -> list[tuple[str, str]]:
    told = why_not.told(evaluate(compiled(offers), situation, used or {}))
    return [(one.title.en, one.why.en) for one in told]


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (offer(terms=RICH), "It needs: basket total, at least 300,000 ₫."),
        (offer(tier=Tier.GOLD), "For the Gold tier and above."),
        (
            offer(terms={"when": {"fact": "profile.points", "at_least": 2_000}}),
            "It needs: points, at least 2000.",
        ),
        (
            offer(terms={"when": {"fact": "basket.skus", "has": "TEA-9"}}),
            SENTENCES[Reason.ITEM_MISSING].en,
        ),
    ],
)
def test_what_would_help_is_said_and_not_what_is_known(made: Offer, why: str) -> None:
    assert said([named(made, "Tea")]) == [("Tea", why)]
    told = str(why_not.told(evaluate(compiled([made]), NGOC, {})))
    for known in ("255", "1250", "1.250", "silver", "Bạc", "Silver"):
        assert known not in told


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(offer(interest="ca-phe"), id="another group of customers"),
        pytest.param(
            offer(terms={"when": {"fact": "visits.count", "at_least": 9}}),
            id="count of visits",
        ),
        pytest.param(
            offer(terms={"when": {"fact": "profile.points", "at_most": 10}}), id="for who has fewer"
        ),
        pytest.param(
            offer(terms={"when": {"not": {"fact": "profile.points", "at_least": 10}}}), id="turned"
        ),
        pytest.param(offer(terms={"paused": True}), id="the shop's own plan"),
        pytest.param(offer(), id="they get it"),
    ],
)
def test_what_is_about_people_or_plans_is_not_said(made: Offer) -> None:
    assert said([made]) == []


def test_an_offer_that_needs_a_consent_is_not_named_and_said_of_once() -> None:
    offers = [named(offer(f"o{number}", tier=Tier.GOLD), "Birthday") for number in range(3)]
    stranger = replace(NGOC, consents=frozenset[Purpose]())

    assert said(offers, stranger) == [(CHOSEN.en, SENTENCES[Reason.CONSENT_MISSING].en)]


def test_at_a_kiosk_nobody_knows_the_basket_and_it_is_said_all_the_same() -> None:
    facts = {path: value for path, value in NGOC.facts.items() if not path.startswith("basket")}

    assert said([named(offer(terms=RICH), "Tea")], replace(NGOC, facts=facts)) == [
        ("Tea", "It needs: basket total, at least 300,000 ₫.")
    ]


def test_three_at_most_and_what_can_be_helped_comes_first() -> None:
    capped = {"caps": {"total": 1}}
    offers = [
        *(named(offer(f"gone-{number}", capped), f"Gone {number}") for number in range(4)),
        named(offer("rich", RICH), "Rich"),
    ]

    told = said(offers, used={f"gone-{number}": Used(total=1) for number in range(4)})

    assert [title for title, _ in told] == ["Rich", "Gone 0", "Gone 1"]


@given(st.lists(st.sampled_from(list(Reason)), max_size=12))
def test_whatever_was_decided_little_is_said_and_only_what_may_be(reasons: list[Reason]) -> None:
    decisions = [
        Decision(named(offer(f"o{number}"), f"Offer {number}"), reason)
        for number, reason in enumerate(reasons)
    ]

    told = why_not.told(decisions)

    assert len(told) <= TOLD_AT_MOST
    allowed = {SENTENCES[reason] for reason in SAYABLE if reason not in BY_WHAT_IS_ASKED}
    assert {one.why for one in told} <= allowed
    unnamed = {one.title.en for one in told if one.why == SENTENCES[Reason.CONSENT_MISSING]}
    assert unnamed <= {CHOSEN.en}


def test_nothing_runs_is_no_reason() -> None:
    assert said([]) == []
