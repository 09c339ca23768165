"""Which offer for whom, and the reason for every one that is not shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import ShownOffer, Text, Tone
from gateway.core.offers import SHOWN_AT_MOST, Decision, Offer, Reason, Tier, Visitor, choose

WORDS = Text("x", "x")
NGOC = Visitor(Tier.SILVER, ["tra"], True, 0.95, date(2026, 3, 1))


def offer(offer_id: str = "o", /, **changes: object) -> Offer:
    content = ShownOffer(offer_id, Tone.JADE, WORDS, WORDS, WORDS, WORDS, WORDS)
    made = Offer(content, priority=1, is_personal=True, interest="tra", tier=Tier.MEMBER)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("visitor", "changes", "reason"),
    [
        pytest.param(NGOC, {}, Reason.GRANTED, id="fits"),
        pytest.param(NGOC, {"starts_on": date(2026, 3, 2)}, Reason.NOT_STARTED, id="tomorrow"),
        pytest.param(NGOC, {"ends_on": date(2026, 2, 28)}, Reason.ENDED, id="yesterday"),
        pytest.param(NGOC, {"ends_on": date(2026, 3, 1)}, Reason.GRANTED, id="last day"),
        pytest.param(NGOC, {"tier": Tier.SILVER}, Reason.GRANTED, id="own tier"),
        pytest.param(NGOC, {"tier": Tier.GOLD}, Reason.TIER, id="a higher tier"),
        pytest.param(NGOC, {"interest": "gom"}, Reason.SEGMENT, id="not their interest"),
        pytest.param(NGOC, {"interest": ""}, Reason.GRANTED, id="everybody's"),
        pytest.param(
            replace(NGOC, consents_to_personal_offers=False), {}, Reason.CONSENT_MISSING, id="no"
        ),
        pytest.param(
            replace(NGOC, consents_to_personal_offers=False),
            {"is_personal": False, "interest": ""},
            Reason.GRANTED,
            id="general offers need no consent",
        ),
        pytest.param(
            replace(NGOC, consents_to_personal_offers=False),
            {"is_personal": False},
            Reason.CONSENT_MISSING,
            id="nobody's interests are used without it",
        ),
        pytest.param(
            replace(NGOC, consents_to_personal_offers=False),
            {"is_personal": False, "interest": "", "tier": Tier.SILVER},
            Reason.CONSENT_MISSING,
            id="nor their tier",
        ),
        pytest.param(replace(NGOC, confidence=0.5), {}, Reason.IDENTITY_TOO_WEAK, id="who is it"),
    ],
)
def test_every_offer_has_its_reason(
    visitor: Visitor, changes: dict[str, object], reason: Reason
) -> None:
    (decision,) = choose(visitor, [offer(**changes)])
    assert decision.reason is reason


def test_nothing_running_is_a_reason_too() -> None:
    assert choose(NGOC, []) == [Decision(None, Reason.NOTHING_RUNS)]


def test_the_most_important_three_are_shown() -> None:
    offers = [offer(f"o-{priority}", priority=priority) for priority in (1, 5, 3, 4, 2)]

    decisions = choose(NGOC, offers)

    shown = [one.offer.priority for one in decisions if one.offer and one.reason is Reason.GRANTED]
    assert shown == [5, 4, 3]
    assert [one.reason for one in decisions[3:]] == [Reason.BETTER_OFFER_APPLIED] * 2


changes = st.fixed_dictionaries(
    {
        "priority": st.integers(0, 3),
        "is_personal": st.booleans(),
        "interest": st.sampled_from(["", "tra", "gom"]),
        "tier": st.sampled_from(Tier),
    }
)
visitors = st.builds(
    Visitor,
    st.sampled_from(Tier),
    st.lists(st.sampled_from(["tra", "gom"])),
    st.booleans(),
    st.floats(0, 1),
    st.just(date(2026, 3, 1)),
)


@given(visitors, st.lists(changes, max_size=12), st.randoms())
def test_the_choice_does_not_depend_on_the_order_offers_are_stored_in(
    visitor: Visitor, made: list[dict[str, object]], random: Random
) -> None:
    offers = [offer(f"o-{number}", **change) for number, change in enumerate(made)]
    shuffled = list(offers)
    random.shuffle(shuffled)

    assert choose(visitor, offers) == choose(visitor, shuffled)


@given(visitors, st.lists(changes, max_size=12))
def test_without_consent_nothing_personal_is_ever_granted(
    visitor: Visitor, made: list[dict[str, object]]
) -> None:
    offers = [offer(f"o-{number}", **change) for number, change in enumerate(made)]
    decisions = choose(replace(visitor, consents_to_personal_offers=False), offers)
    granted = [one.offer for one in decisions if one.offer and one.reason is Reason.GRANTED]

    assert not any(one.is_personal for one in granted)
    assert len(granted) <= SHOWN_AT_MOST
    assert len(decisions) == max(len(offers), 1)
