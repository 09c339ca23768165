"""An alarm at the broker and the card it becomes, in a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.messages import Noun
from firmware_config.broker_watch import Alarm, Attempt
from gateway.broker_alarms import raise_card
from gateway.core.alerts import AlertKind, Outcome
from gateway.store import alerts
from gateway.store.alerts import Card
from tests.gateway.shop import NOON_MS, STORE, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.staff("Lan")
    return made


def told(shop: Shop, user: str = "quay-1@hue-1", attempt: Attempt = Attempt.SAID) -> str | None:
    with shop.writers.begin() as db:
        change = raise_card(db, Alarm(attempt, user, "a/topic"), NOON_MS)
    if change is None:
        return None
    assert (change[0], change[1].noun) == (STORE, Noun.ALERT)
    return change[1].id


def cards(shop: Shop) -> list[Card]:
    with shop.read() as db:
        return list(alerts.board(db, STORE))


def test_staff_are_told_once_until_somebody_has_looked(shop: Shop) -> None:
    first = told(shop)

    assert first is not None
    assert told(shop, attempt=Attempt.HEARD) is None
    (card,) = cards(shop)
    assert (card.kind, card.kiosk, card.name) == (AlertKind.IMPOSTOR, "quay-1", "")
    assert str(card.alert) == first

    with shop.writers.begin() as db:
        alerts.claim(db, card.alert, "lan", NOON_MS)
        alerts.serve(db, card.alert, "lan")
    assert told(shop) is None, "somebody is looking"
    with shop.writers.begin() as db:
        alerts.close(db, card.alert, "lan", Outcome.ASSISTED, NOON_MS)
    assert told(shop) not in (None, first)


def test_each_kiosk_has_its_own_card(shop: Shop) -> None:
    told(shop)

    assert told(shop, "quay-2@hue-1") is not None
    assert {card.kiosk for card in cards(shop)} == {"quay-1", "quay-2"}


@pytest.mark.parametrize("user", ["", "gateway", "hien-shard-07", "quay-9@hue-1", "quay-1@hue-9"])
def test_who_is_no_kiosk_of_ours_has_no_card(shop: Shop, user: str) -> None:
    assert told(shop, user) is None
    assert not cards(shop)
