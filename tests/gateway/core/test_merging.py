"""What two profiles of one person become."""

from __future__ import annotations

import pytest

from gateway.core import merging
from gateway.core.merging import Consent, Word


def word(said_at_ms: int, **agreed: int) -> Word:
    return Word({one: Consent(at_ms, 1, "test") for one, at_ms in agreed.items()}, said_at_ms)


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        pytest.param(word(5, sms=5), word(7, sms=7), {"sms": 7}, id="both agreed"),
        pytest.param(word(5, sms=5), word(7), {}, id="the other said no later"),
        pytest.param(word(9, sms=9), word(7), {"sms": 9}, id="agreed after the other's last word"),
        pytest.param(word(7, sms=7), word(7), {}, id="at the same instant: no"),
        pytest.param(word(9, sms=3, email=9), word(7), {"email": 9}, id="purpose by purpose"),
        pytest.param(word(0), word(0), {}, id="nobody said anything"),
    ],
)
def test_a_consent_holds_if_both_agreed_or_the_later_word_did(
    one: Word, other: Word, held: dict[str, int]
) -> None:
    for pair in ((one, other), (other, one)):
        merged = merging.consents(*pair)
        assert {purpose: consent.granted_at_ms for purpose, consent in merged.items()} == held


def test_the_kept_one_is_believed_and_the_other_adds_what_is_missing() -> None:
    kept = {"name": "An", "phone": "", "birthday": "", "source": "ad:tet"}
    gone = {"name": "An Lê", "phone": "0901", "birthday": "03-01", "source": "link:x"}

    merged = merging.fields(
        kept | {"tier": "member", "interests": "tra", "segments": ""},
        gone | {"tier": "gold", "interests": "gom;tra", "segments": "vip"},
    )

    assert merged == {
        "name": "An",
        "phone": "0901",
        "birthday": "03-01",
        "source": "ad:tet",
        "tier": "gold",
        "interests": "tra;gom",
        "segments": "vip",
    }
