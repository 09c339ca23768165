"""Experiments: who is held out, who sees which variant, and what the screen shows beside."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from contract.messages import Text
from gateway.core.consent import Purpose
from gateway.core.lending import is_lendable
from gateway.core.offers.drawing import Arm
from gateway.core.offers.model import Offer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Decision, Situation, Used, compiled, evaluate
from tests.gateway.core.offers.making import NGOC, drawn, knowing, offer

EVERYBODY = [f"{number:012x}" for number in range(2_000)]
OTHER = {"title_vi": "Trà", "effects": [{"discount_vnd": 30_000}], "price_vnd": 9_000}


def _first(arm: Arm, **said: object) -> str:
    return next(who for who in EVERYBODY if drawn("tea", **said).arm(who) is arm)


def _decided(who: Situation, *offers: Offer, at_most: int = 3) -> dict[str, Decision]:
    found = evaluate(compiled(offers, b"key"), who, {}, at_most)
    return {one.offer.content.id: one for one in found if one.offer is not None}


def test_a_lot_is_the_same_for_ever() -> None:
    # Written down: another version of this program must not draw everybody anew.
    arms = [drawn("tea", holdout_pct=20, other=OTHER).arm(who) for who in EVERYBODY[:12]]

    assert "".join(arm[0] for arm in arms) == "aaahabhhaabb"


def test_so_many_are_held_out_and_the_rest_is_halved() -> None:
    counted = Counter(drawn("tea", holdout_pct=20, other=OTHER).arm(who) for who in EVERYBODY)

    assert abs(counted[Arm.HOLDOUT] - 400) < 54  # three standard errors
    assert abs(counted[Arm.A] - counted[Arm.B]) < 120


def test_another_name_or_key_draws_other_lots_and_another_share_moves_nobody_else() -> None:
    def arms(name: str, pct: int) -> list[Arm]:
        return [drawn(name, holdout_pct=pct, other=OTHER).arm(who) for who in EVERYBODY]

    same = sum(one is other for one, other in zip(arms("tea", 50), arms("rice", 50), strict=True))
    assert abs(same / len(EVERYBODY) - 0.375) < 0.04  # 1/4 + 1/16 + 1/16, as if by chance
    for one, other in zip(arms("tea", 10), arms("tea", 30), strict=True):
        assert other in (one, Arm.HOLDOUT)


def test_the_other_variant_says_and_gives_what_it_says_and_the_rest_stays() -> None:
    said = {"experiment": {"name": "tea", "other": OTHER}}
    decisions = {
        arm: _decided(replace(NGOC, who=_first(arm, other=OTHER)), offer("o", said))["o"]
        for arm in (Arm.A, Arm.B)
    }

    assert all(one.reason is Reason.GRANTED and one.arm is arm for arm, one in decisions.items())
    a, b = (decisions[arm].offer for arm in (Arm.A, Arm.B))
    assert a is not None
    assert b is not None
    assert (a.content.title, a.terms.effects, a.content.price_vnd) == (Text("x", "x"), (), None)
    assert (b.content.title, b.content.price_vnd) == (Text("Trà", "x"), 9_000)
    assert [one.amount for one in b.terms.effects] == [30_000]
    assert b.content.id == a.content.id == "o"


def test_nobody_is_drawn_who_is_unknown_or_does_not_agree_to_profiling() -> None:
    said = {"experiment": {"name": "tea", "holdout_pct": 90}}
    held = replace(NGOC, who=_first(Arm.HOLDOUT, holdout_pct=90))
    unasked = replace(held, consents={Purpose.PERSONAL_OFFERS})

    assert _decided(held, offer("o", said))["o"].reason is Reason.HOLDOUT
    for who in (NGOC, unasked):
        assert _decided(who, offer("o", said))["o"][1:] == (Reason.GRANTED, None, None)


def test_who_is_held_out_sees_what_would_be_there_without_the_offer() -> None:
    said = {"experiment": {"name": "tea", "holdout_pct": 50}}
    tested, other, third = (
        offer("tested", said, priority=3),
        offer("other", priority=2),
        offer("third"),
    )
    held = replace(NGOC, who=_first(Arm.HOLDOUT, holdout_pct=50))
    treated = replace(NGOC, who=_first(Arm.A, holdout_pct=50))

    def reasons(who: Situation) -> list[Reason]:
        return [one.reason for one in _decided(who, tested, other, third, at_most=2).values()]

    assert reasons(treated) == [Reason.GRANTED, Reason.GRANTED, Reason.BETTER_OFFER_APPLIED]
    assert reasons(held) == [Reason.HOLDOUT, Reason.GRANTED, Reason.GRANTED]


def test_who_would_not_have_seen_it_is_not_counted_as_held_out() -> None:
    said = {"experiment": {"name": "tea", "holdout_pct": 50}}
    for terms, wanted in (
        ({"paused": True, **said}, Reason.PAUSED),
        ({"when": {"fact": "visits.count", "at_least": 6}, **said}, Reason.CONDITION_UNMET),
        (said, Reason.BETTER_OFFER_APPLIED),
    ):
        for arm in (Arm.HOLDOUT, Arm.A):
            who = replace(NGOC, who=_first(arm, holdout_pct=50))
            found = _decided(who, offer("o", terms), offer("better", priority=2), at_most=1)
            assert found["o"].reason is wanted


def test_a_budget_is_spent_by_what_the_shopper_would_get() -> None:
    terms = {
        "experiment": {"name": "tea", "other": OTHER},
        "effects": [{"discount_vnd": 10_000}],
        "caps": {"spend_vnd": 25_000},
    }
    rules = compiled([offer("o", terms)], b"key")
    found = {
        arm: evaluate(rules, replace(knowing(), who=_first(arm, other=OTHER)), {"o": Used()})
        for arm in (Arm.A, Arm.B)
    }

    assert found[Arm.A][0].reason is Reason.GRANTED
    assert found[Arm.B][0].reason is Reason.BUDGET_SPENT


def test_no_kiosk_gives_out_an_experiment_alone() -> None:
    said = {"experiment": {"name": "tea", "holdout_pct": 50}}
    public: dict[str, Any] = {"is_personal": False, "interest": ""}
    without, tested = compiled([offer("a", **public), offer("b", said, **public)], b"key").rules

    assert is_lendable(without)
    assert not is_lendable(tested)
