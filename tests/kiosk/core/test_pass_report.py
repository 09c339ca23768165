"""What is said of a pass, reason by reason."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import passes
from contract.events import EntryReason
from contract.retailer_passes import Sort
from kiosk.core.door_keys import DoorKeys
from kiosk.core.pass_report import Checker
from tests.kiosk.door.shop import (
    ANA,
    BINH,
    CARD,
    KEYS,
    MEMBERS,
    NOW_S,
    SLOT,
    STORE_NO,
    STRANGER,
    TODAY,
    card,
    learned,
    revocations,
)

HERE = Checker(KEYS, NOW_S, utc_offset_s=0, store_no=STORE_NO)
NO_KEYS = replace(HERE, keys=DoorKeys())
WITHOUT_BINH_AND_CARD = learned(MEMBERS.keyring(), revocations(members=b"\x02", cards=(CARD,)))
REVOKED = replace(HERE, keys=WITHOUT_BINH_AND_CARD)
FORGED = passes.make(STRANGER, 1, ANA, SLOT, STORE_NO)


@pytest.mark.parametrize(
    ("checker", "text", "reason"),
    [
        pytest.param(HERE, MEMBERS.show(ANA), "pass", id="fresh"),
        pytest.param(HERE, MEMBERS.show(ANA, SLOT - 2), "pass", id="just in time"),
        pytest.param(HERE, MEMBERS.show(ANA, SLOT - 3), "expired", id="a minute old"),
        pytest.param(HERE, MEMBERS.show(ANA, SLOT + 1), "pass", id="a fast clock"),
        pytest.param(HERE, MEMBERS.show(ANA, SLOT + 2), "early", id="from the future"),
        pytest.param(HERE, MEMBERS.show(ANA, store_no=0), "pass", id="for every store"),
        pytest.param(HERE, MEMBERS.show(ANA, store_no=8), "foreign", id="for another store"),
        pytest.param(HERE, FORGED, "forged", id="signed by a stranger"),
        pytest.param(NO_KEYS, FORGED, "unknown", id="no key at hand"),
        pytest.param(NO_KEYS, MEMBERS.show(ANA, SLOT - 3), "expired", id="old and no key at hand"),
        pytest.param(REVOKED, MEMBERS.show(BINH), "revoked", id="a lost phone"),
        pytest.param(REVOKED, MEMBERS.show(ANA), "pass", id="somebody else's phone"),
        pytest.param(HERE, card(), "pass", id="a card"),
        pytest.param(HERE, card(sort=Sort.VOUCHER), "pass", id="a voucher"),
        pytest.param(HERE, card(last_day=TODAY), "pass", id="its last day"),
        pytest.param(HERE, card(last_day=TODAY - 1), "expired", id="the day after"),
        pytest.param(REVOKED, card(), "revoked", id="a revoked card"),
        pytest.param(HERE, "https://example.org", "unreadable", id="another code"),
        pytest.param(HERE, "", "unreadable", id="nothing"),
    ],
)
def test_a_pass_is_good_or_there_is_a_reason(checker: Checker, text: str, reason: str) -> None:
    report = checker.report(text)

    assert report.reason == reason
    assert report.valid is (reason == "pass")


def test_a_member_pass_says_whose_it_is_and_how_old() -> None:
    report = replace(HERE, unix_s=NOW_S + 20).report(MEMBERS.show(BINH))

    assert (report.format, report.sort, report.member) == ("MD1", "member", BINH)
    assert (report.key_id, report.store_no, report.algorithm) == (1, STORE_NO, "ed25519")
    assert (report.slot, report.age_s, report.made_at) == (SLOT, 20, "2027-01-15T08:00:00+00:00")
    assert report.genuine


def test_a_card_says_until_when() -> None:
    report = HERE.report(card(last_day=TODAY))

    assert (report.format, report.sort, report.pass_id) == ("MV1", "entry_card", CARD)
    assert (report.last_day, report.member) == ("2027-01-15", None)


def test_the_days_of_cards_are_the_stores() -> None:
    """At seven in the evening UTC it is two in the morning in Việt Nam."""
    evening = replace(HERE, unix_s=TODAY * 86_400 + 19 * 3_600)

    assert evening.report(card(last_day=TODAY)).valid
    assert not replace(evening, utc_offset_s=7 * 3_600).report(card(last_day=TODAY)).valid


@given(st.text(max_size=200) | st.text("0123456789ABC %:", min_size=117, max_size=117))
def test_no_text_is_too_much(text: str) -> None:
    for candidate in (text, "MD1:" + text, "MV1:" + text):
        assert HERE.report(candidate).reason is not EntryReason.PASS
