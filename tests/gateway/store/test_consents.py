"""The consent ledger: what holds, what was said, and how often somebody may be written to."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from gateway.core.consent import Method, Purpose
from gateway.core.consent_texts import DAY_MS, PRESENT, digest
from gateway.core.interests import InterestKind, Noted
from gateway.store import consents, interests, merges, messages, pauses, profiles
from gateway.store.consents import ConsentSaidRow, Proof
from gateway.store.merges import Deed
from gateway.store.messages import Refused
from tests.gateway.shop import HUY, NGOC, NOON_MS, Shop

SMS, EMAIL, PRESENCE = Purpose.SMS, Purpose.EMAIL, Purpose.PRESENCE


def proof(at_ms: int = NOON_MS, method: Method = Method.PHONE) -> Proof:
    return Proof(at_ms, method, f"{NGOC}/1", "signed")


def said(shop: Shop, *members: str) -> list[tuple[str, str, bool]]:
    with shop.read() as db:
        found = consents.history(db, members or (NGOC,))
    return [(row.member, row.purpose, row.is_granted) for row in reversed(found)]


def test_a_yes_and_a_no_are_both_kept_with_the_words_that_were_read(shop: Shop) -> None:
    shop.member(consents=frozenset())
    with shop.writers.begin() as db:
        assert consents.agree(db, NGOC, SMS, proof())
        assert not consents.agree(db, NGOC, SMS, proof(NOON_MS + 1))
        assert consents.withdraw(db, NGOC, SMS, proof(NOON_MS + 2))
        assert not consents.withdraw(db, NGOC, SMS, proof(NOON_MS + 3))

    assert said(shop) == [(NGOC, "sms", True), (NGOC, "sms", True), (NGOC, "sms", False)]
    with shop.read() as db:
        assert profiles.consents(db, {NGOC})[NGOC] == set()
        newest, *_ = consents.history(db, [NGOC])
    assert newest.text_digest == digest(SMS, 1)
    assert (newest.at_ms, newest.method, newest.device) == (NOON_MS + 2, "phone", f"{NGOC}/1")


def test_what_was_said_can_be_changed_by_nobody(shop: Shop) -> None:
    shop.member(consents=frozenset())
    with shop.writers.begin() as db:
        consents.agree(db, NGOC, SMS, proof())

    with pytest.raises(DBAPIError, match="never changed"), shop.writers.begin() as db:
        db.execute(update(ConsentSaidRow).values(is_granted=False))

    assert said(shop) == [(NGOC, "sms", True)]


def test_a_choice_is_about_every_purpose_and_says_only_what_is_new(shop: Shop) -> None:
    shop.member(consents=frozenset({PRESENCE, EMAIL}))
    with shop.writers.begin() as db:
        assert consents.choose(db, NGOC, {EMAIL, SMS}, proof())
        assert not consents.choose(db, NGOC, {EMAIL, SMS}, proof(NOON_MS + 1))

    assert said(shop) == [(NGOC, "presence", False), (NGOC, "sms", True)]


def test_who_agrees_to_profiling_no_more_is_forgotten_about_what_they_looked_at(shop: Shop) -> None:
    shop.member(consents=frozenset({Purpose.PROFILING}))
    with shop.writers.begin() as db:
        interests.learn(db, NGOC, Noted(InterestKind.VIEWED, ("gom",), "shop", NOON_MS))
        consents.withdraw(db, NGOC, Purpose.PROFILING, proof())

    with shop.read() as db:
        assert not any(interests.recent(db, NGOC, NOON_MS).values())


def test_a_merge_and_its_split_say_what_they_changed(shop: Shop) -> None:
    shop.member(consents=frozenset({PRESENCE}))
    shop.member(HUY, "Phạm Gia Huy", consents=frozenset({SMS}))
    with shop.writers.begin() as db:
        merges.merge(db, NGOC, HUY, Deed("lan", NOON_MS))
    assert said(shop, NGOC, HUY) == [(HUY, "sms", False), (NGOC, "presence", False)]

    with shop.writers.begin() as db:
        merges.split(db, HUY, Deed("lan", NOON_MS + 1))
    assert said(shop, NGOC, HUY)[2:] == [(NGOC, "presence", True), (HUY, "sms", True)]


def test_who_paused_as_either_of_two_is_paused_as_the_one(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy")
    with shop.writers.begin() as db:
        until_ms = pauses.begin(db, HUY, NOON_MS)
        merges.merge(db, NGOC, HUY, Deed("lan", NOON_MS))

    with shop.read() as db:
        assert pauses.until_ms(db, NGOC, NOON_MS) == until_ms
        assert profiles.owners(db, {f"t-{NGOC}", f"t-{HUY}"}) == {}


def test_a_message_needs_consent_and_no_more_go_out_than_were_promised(shop: Shop) -> None:
    shop.member(consents=frozenset({SMS}))
    promise = PRESENT[SMS].promise
    assert promise is not None

    def asks(at_ms: int, channel: Purpose = SMS) -> Refused | None:
        with shop.writers.begin() as db:
            return messages.permit(db, NGOC, channel, "crm", at_ms)

    assert asks(NOON_MS, EMAIL) is Refused.CONSENT_MISSING
    assert asks(NOON_MS, PRESENCE) is Refused.CONSENT_MISSING, "that is no channel"
    assert [asks(NOON_MS + n) for n in range(promise.most)] == [None] * promise.most
    assert asks(NOON_MS + DAY_MS) is Refused.TOO_OFTEN
    assert asks(NOON_MS + promise.within_ms) is None, "the first is as old as the promise"
    assert asks(NOON_MS + promise.within_ms) is Refused.TOO_OFTEN
