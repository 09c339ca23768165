"""An offer over visits of the past: counted, capped, and never beyond what it would have had."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Situation
from gateway.core.offers.simulation import EXAMPLES, Occasion, Outcome, as_if_running, simulate
from tests.gateway.core.offers.making import SUNDAY_NOON as NOON
from tests.gateway.core.offers.making import offer

NOBODY = Situation(NOON, "hue-1", "kiosk")
EVERYBODYS: dict[str, Any] = {"is_personal": False, "interest": ""}


def played(terms: dict[str, Any], occasions: list[Occasion]) -> Outcome:
    made = offer("tea", terms, starts_on=date(2030, 1, 1), **EVERYBODYS)
    rules, chosen = as_if_running([made], "tea")
    assert chosen is not None
    return simulate(rules, chosen, occasions)


def visits(many: int) -> list[Occasion]:
    """Three members in turns, one an hour; two looks are one visit."""
    return [
        Occasion(replace(NOBODY, at=NOON + timedelta(hours=n)), f"m{n % 3}", n // 2)
        for n in range(many)
    ]


def test_an_offer_that_is_paused_and_not_begun_is_played_as_if_it_ran() -> None:
    terms = {"paused": True, "effects": [{"discount_vnd": 5_000}]}
    outcome = played(terms, visits(30))

    assert (outcome.occasions, outcome.granted, outcome.cost_vnd) == (30, 30, 150_000)
    assert outcome.members == {"m0", "m1", "m2"}
    assert len(outcome.examples) == EXAMPLES
    assert outcome.spent_up_at is None


def test_caps_are_kept_and_it_is_said_when_all_was_gone() -> None:
    effects = [{"discount_vnd": 5_000}]
    assert played({"caps": {"total": 4}}, visits(9)).spent_up_at == NOON + timedelta(hours=4)
    spent = played({"caps": {"spend_vnd": 12_000}, "effects": effects}, visits(9))
    assert (spent.granted, spent.refused) == (2, {Reason.BUDGET_SPENT: 7})

    def granted(caps: dict[str, int]) -> int:
        return played({"caps": caps}, visits(30)).granted

    assert granted({"per_store": 7}) == 7
    assert granted({"per_profile": 2}) == 6
    assert granted({"per_visit": 1}) == 15
    assert granted({"per_day": 1}) == 2  # from noon on, thirty hours
    assert granted({"cooldown_s": 6 * 3_600}) == 15


def test_other_offers_stay_as_they_are_and_may_keep_it_out() -> None:
    best = offer("best", {"stacking": {"exclusive": True}}, priority=9, **EVERYBODYS)
    rules, chosen = as_if_running([offer("tea", **EVERYBODYS), best], "tea")
    assert chosen is not None
    outcome = simulate(rules, chosen, visits(2))

    assert outcome.refused == {Reason.EXCLUDED_BY_GROUP: 2}
    assert as_if_running([best], "tea")[1] is None
