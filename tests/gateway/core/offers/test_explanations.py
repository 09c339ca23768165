"""Why, and why not: in two languages, with what was found and what was asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contract.messages import Text
from gateway.core.offers.conditions import Op
from gateway.core.offers.explanations import LIMITS, OPS, Explanation, explain, written
from gateway.core.offers.facts import FACTS, Kind, Value
from gateway.core.offers.model import Caps
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import UNUSED, Used, compiled, limits
from gateway.core.offers.sentences import SENTENCES
from gateway.core.tiers import Tier
from tests.gateway.core.offers.making import NGOC, offer

VIETNAMESE = set("ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")


def explained(terms: dict[str, Any], used: Used = UNUSED, **changes: object) -> Explanation:
    (one,) = explain(compiled([offer(terms=terms, **changes)]), NGOC, {"o": used})
    return one


def test_every_question_is_answered_with_what_was_found_and_what_was_asked() -> None:
    why = explained(
        {
            "when": {
                "all": [
                    {"fact": "basket.total_vnd", "at_least": 300_000},
                    {
                        "any": [
                            {"fact": "orders.open", "is": 1},
                            {"fact": "interests", "has": "tra"},
                        ]
                    },
                    {"not": {"fact": "profile.tier", "is": "gold"}},
                ]
            },
            "caps": {"total": 5, "spend_vnd": 100_000, "cooldown_s": 60},
            "effects": [{"discount_pct": 10}],
        },
        Used(total=5, spent_vnd=20_000, quiet_s=10),
        tier=Tier.SILVER,
    )

    assert why.decision.reason is Reason.MIN_SPEND
    assert [(line.is_met, line.depth, line.text.en) for line in why.lines] == [
        (True, 0, "tier at least silver (now silver)"),
        (True, 0, "certainty about who it is at least 60% (now 95%)"),
        (True, 0, "interests has tra (now tra)"),
        (False, 0, "basket total at least 300,000 ₫ (now 255,000 ₫)"),
        (True, 0, "at least one of these holds"),
        (False, 1, "open orders is 1 (now not known)"),
        (True, 1, "interests has tra (now tra)"),
        (True, 0, "not: tier is gold (now silver)"),
        (False, 0, "given in all less than 5 (now 5)"),
        (True, 0, "budget spent 20,000 ₫, this time 25,500 ₫, at most 100,000 ₫"),
        (False, 0, "time since the last use at least 60 s (now 10 s)"),
    ]
    assert why.lines[3].text.vi == "tổng giỏ hàng từ 300.000 ₫ (hiện là 255.000 ₫)"


def test_without_consent_the_facts_stay_unread() -> None:
    who = replace(NGOC, consents=frozenset())

    (why,) = explain(compiled([offer(tier=Tier.GOLD)]), who, {})

    assert [line.text.en for line in why.lines] == ["consent to personal_offers"]
    assert "silver" not in str(why.lines)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1_250_000, Kind.VND, Text("1.250.000 ₫", "1,250,000 ₫")),
        (0.95, Kind.SHARE, Text("95%", "95%")),
        (570, Kind.CLOCK, Text("09:30", "09:30")),
        (61, Kind.SECONDS, Text("61 giây", "61 s")),
        (3, Kind.DAYS, Text("3 ngày", "3 days")),
        (2.5, Kind.NUMBER, Text("2,5", "2.5")),
        (frozenset({"b", "a"}), Kind.WORDS, Text("a, b", "a, b")),
        (frozenset[str](), Kind.WORDS, Text("-", "-")),
        ("2026-03-01", Kind.DAY, Text("2026-03-01", "2026-03-01")),
    ],
)
def test_values_are_written_as_people_of_each_language_write_them(
    value: Value, kind: Kind, text: Text
) -> None:
    assert written(value, kind) == text


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Reason)
    assert set(OPS) == set(Op)
    assert set(LIMITS) == {reason for _, _, reason in limits(Caps(), UNUSED)}
    for sentence in SENTENCES.values():
        assert VIETNAMESE & set(sentence.vi.lower())
        assert sentence.en.isascii()
    assert len({sentence.en for sentence in SENTENCES.values()}) == len(Reason)
    assert all(fact.name.vi and fact.name.en for fact in FACTS.values())
