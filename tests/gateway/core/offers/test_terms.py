"""Terms from JSON: all of the grammar, and a sentence for each mistake."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gateway.core.consent import Purpose
from gateway.core.offers.conditions import TermsError, leaves
from gateway.core.offers.model import Effect, EffectKind, Hours, Mode
from gateway.core.offers.terms import _TRIGGERS, read_terms

WHOLE: dict[str, Any] = {
    "paused": False,
    "when": {"fact": "basket.total_vnd", "at_least": 300_000},
    "trigger": {"birthday_within_days": 7},
    "effects": [{"discount_pct": 10, "max_vnd": 50_000}, {"free_item": "CUP-1"}],
    "caps": {"total": 100, "per_profile": 1, "cooldown_s": 86_400},
    "stacking": {"group": "tea", "mode": "best_for_shopper", "at_most": 1, "excludes": ["x"]},
    "stores": ["hue-1"],
    "channels": ["kiosk"],
    "hours": [{"days": [1, 2], "from": "09:00", "to": "11:30"}],
    "not_on": ["2027-02-06"],
    "consents": ["zalo"],
}


def test_all_of_the_grammar_is_read() -> None:
    terms = read_terms(WHOLE)

    assert [leaf.fact.path for leaf in leaves(terms.when)] == ["basket.total_vnd"]
    assert [leaf.fact.path for leaf in leaves(terms.trigger)] == ["profile.birthday_in_days"]
    assert terms.effects == (
        Effect(EffectKind.DISCOUNT_PCT, 10, max_vnd=50_000),
        Effect(EffectKind.FREE_ITEM, word="CUP-1"),
    )
    assert (terms.caps.total, terms.caps.per_profile, terms.caps.per_day) == (100, 1, None)
    assert terms.stacking.mode is Mode.BEST_FOR_SHOPPER
    assert terms.stacking.excludes == {"x"}
    assert terms.hours == (Hours(frozenset({1, 2}), 540, 690),)
    assert terms.not_on == {date(2027, 2, 6)}
    assert terms.purposes == {Purpose.ZALO}


@pytest.mark.parametrize("word", _TRIGGERS)
def test_every_trigger_asks_about_a_fact(word: str) -> None:
    value = "quay" if word in ("moment", "scan") else 3
    assert len(list(leaves(read_terms({"trigger": {word: value}}).trigger))) == 1


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ([], "terms: must be an object"),
        ({"cap": {}}, "terms: 'cap' is not one of caps, channels"),
        ({"paused": 1}, "paused: must be true or false"),
        ({"effects": {}}, "effects: must be a list"),
        ({"effects": [{}]}, "effects[0]: must have exactly one of"),
        ({"effects": [{"open_door": True}]}, "effects[0]: 'open_door' is not one of"),
        ({"effects": [{"discount_pct": 101}]}, "101 is not a whole number from 0 to 100"),
        ({"effects": [{"free_item": ""}]}, "effects[0].free_item: must be words"),
        ({"experiment": {"holdout_pct": 10}}, "experiment.name: must be a word"),
        ({"experiment": {"name": "t"}}, "experiment: needs holdout_pct or other"),
        ({"experiment": {"name": "t", "holdout_pct": 91}}, "91 is not a whole number from 0 to 90"),
        ({"experiment": {"name": "t", "other": {}}}, "experiment.other: must change something"),
        ({"experiment": {"name": "t", "other": {"title_vi": ""}}}, "title_vi must be words"),
        (
            {"experiment": {"name": "t", "holdout_pct": 9, "goal": "redeemed"}},
            "experiment.goal: who is held out cannot redeem it",
        ),
        (
            {"experiment": {"name": "t", "holdout_pct": 9, "window_days": 0}},
            "experiment: window_days and enough must be 1 or more",
        ),
        (
            {"experiment": {"name": "t", "other": {"effects": [{}]}}},
            "experiment.other.effects[0]: must have exactly one of",
        ),
        ({"caps": {"total": -1}}, "caps.total: -1 is not a whole number"),
        ({"caps": {"total": 1.5}}, "caps.total: 1.5 is not a whole number"),
        ({"stacking": {"mode": "best"}}, "stacking.mode: 'best' is not one of stack, first"),
        ({"channels": ["tv"]}, "channels: 'tv' is not one of kiosk, phone"),
        ({"hours": [{"from": "12:00", "to": "09:00"}]}, "hours[0]: must be some of the days"),
        ({"hours": [{"days": [8]}]}, "hours[0].days: 8 is not a whole number from 0 to 7"),
        ({"hours": [{"days": [0]}]}, "hours[0]: must be some of the days 1 to 7"),
        ({"not_on": ["Tết"]}, "not_on: 'Tết' is not a day like"),
        ({"consents": ["everything"]}, "consents: 'everything' is not one of presence"),
        ({"trigger": {"nth_visit": "x"}}, "trigger.nth_visit.is: 'x' is not a number"),
        ({"stores": "hue-1"}, "stores: must be a list"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_terms_that_make_no_sense_say_where(terms: object, sentence: str) -> None:
    with pytest.raises(TermsError) as caught:
        read_terms(terms)

    assert sentence in str(caught.value)
