"""Whom kiosks may recognise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.core.consent import Purpose
from gateway.store import profiles
from gateway.store.stores import StoreRow
from tests.gateway.shop import ALL, HUY, NGOC, STORE, Shop

NOON = datetime(2026, 3, 1, 5, tzinfo=UTC)


def test_only_tags_of_who_consents_to_presence_are_trusted_and_everybodys_keys(shop: Shop) -> None:
    shop.member()
    shop.member(HUY, "Phạm Gia Huy", consents=ALL - {Purpose.PRESENCE})
    with shop.writers.begin() as db:
        trust = profiles.next_trust(db, STORE, NOON)

    assert [tag.tag for tag in trust.tags] == [f"t-{NGOC}"]
    assert [key.member for key in trust.keys] == [NGOC, HUY]


def test_trust_grows_within_a_second_after_a_backup_and_when_the_clock_is_set_back(
    shop: Shop,
) -> None:
    with shop.writers.begin() as db:
        told = [
            profiles.next_trust(db, STORE, NOON + timedelta(seconds=after_s)).epoch
            for after_s in (0, 0, -3_600)
        ]
        db.get_one(StoreRow, STORE).trust_epoch = 1  # a backup from the first day
        told.append(profiles.next_trust(db, STORE, NOON + timedelta(minutes=1)).epoch)

    assert told == sorted(set(told))
