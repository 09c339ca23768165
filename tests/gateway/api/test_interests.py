"""What members came near elsewhere, told over the REST API and by a shop's own signed webhook."""

from __future__ import annotations

import json

import pytest

from gateway.core import standard_webhooks
from gateway.core.changes import ConnectorKind
from gateway.core.consent import Purpose
from gateway.core.interests import InterestKind
from gateway.store import interests
from gateway.store.connectors import DeliveryRow
from gateway.store.interests import InterestRow
from gateway.store.profiles import ProfileRow
from tests.gateway.api.system import System
from tests.gateway.connectors.golden import FILES, vector
from tests.gateway.porch import Web
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, Shop

HERS = f"/profiles/{NGOC}/interests"


@pytest.fixture
def system(shop: Shop) -> System:
    shop.member(consents=ALL | {Purpose.PROFILING})
    shop.member(HUY, "Phạm Gia Huy")
    return System(shop)


def words(answer: dict[str, object]) -> list[tuple[str, str]]:
    items = answer["items"]
    assert isinstance(items, list)
    return [(one["kind"], one["word"]) for one in items]


def test_what_a_member_came_near_is_kept_until_they_are_done_with_it(system: System) -> None:
    carted = {"kind": "carted", "words": ["am-tra", "chen-gom"], "at_ms": NOON_MS - 9}

    assert system.said("POST", HERS, carted)["_"] == 200
    system.said("POST", HERS, {"kind": "asked", "words": ["bao-hanh"]})
    bought = {"kind": "carted", "words": ["chen-gom", "khay"], "gone": True}
    left = system.said("POST", HERS, bought)

    assert words(left) == [("asked", "bao-hanh"), ("carted", "am-tra")]
    assert system.said("GET", HERS)["items"][1] == {
        "kind": "carted",
        "word": "am-tra",
        "at_ms": NOON_MS - 9,
        "source": "web-shop",
    }


def test_what_is_older_than_what_we_know_changes_nothing(system: System) -> None:
    system.said("POST", HERS, {"kind": "carted", "words": ["am-tra"]})
    old = {"kind": "carted", "words": ["am-tra"], "at_ms": NOON_MS - 1}

    again = system.said("POST", HERS, old)
    system.said("POST", HERS, {**old, "gone": True})

    assert [one["at_ms"] for one in again["items"]] == [NOON_MS]
    assert words(system.said("GET", HERS)) == [("carted", "am-tra")]


def test_a_time_that_is_still_to_come_is_now(system: System) -> None:
    soon = {"kind": "viewed", "words": ["am-tra"], "at_ms": NOON_MS + 10**9}

    assert system.said("POST", HERS, soon)["items"][0]["at_ms"] == NOON_MS


def test_without_consent_nothing_is_kept_and_whoever_tells_is_told(system: System) -> None:
    told = system.said(
        "POST", f"/profiles/{HUY}/interests", {"kind": "viewed", "words": ["am-tra"]}
    )

    assert (told["_"], told["why"]) == (409, "consent_missing")
    assert system.shop.count(InterestRow) == 0


def test_who_withdraws_is_forgotten_at_once(system: System) -> None:
    system.said("POST", HERS, {"kind": "viewed", "words": ["am-tra"]})

    system.ask("DELETE", f"/profiles/{NGOC}/consents/personal_offers")
    assert system.shop.count(InterestRow) == 1
    system.ask("DELETE", f"/profiles/{NGOC}/consents/profiling")

    assert system.shop.count(InterestRow) == 0


def send(web: Web, number: str, at: str, **data: object) -> None:
    body = {"type": "interest.noted", "timestamp": f"2026-03-01T{at}:00Z"}
    data = {"customer": "kh-9", "kind": "carted", **data}
    text = json.dumps({**body, "data": data})
    (secret,) = FILES[ConnectorKind.STANDARD]["secrets"]
    at_s = web.now_ms // 1000
    signed = standard_webhooks.sign(
        standard_webhooks.key_of(secret) or b"", number, at_s, text.encode()
    )
    headers = {
        "webhook-id": number,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signed,
    }
    assert web.post("standard", headers, text) == (200, "accepted")
    web.apply()


def test_a_shops_own_webhook_tells_only_of_whom_it_knows_and_who_agreed(shop: Shop) -> None:
    web = Web(shop)
    send(web, "m-0", "04:00", words=["am-tra"])  # nobody knows the customer yet
    web.send(ConnectorKind.STANDARD, vector(ConnectorKind.STANDARD, "a customer"))
    web.apply()
    send(web, "m-1", "04:00", words=["am-tra"])  # and they agreed to nothing
    with shop.read() as db:
        assert not [row for row in db.query(DeliveryRow) if b"am-tra" in row.body]
        member = db.query(ProfileRow).one().member
    assert shop.count(InterestRow) == 0

    agreed = {"granted_at_ms": 1, "text_version": 1, "evidence": "test"}
    System(shop).ask("PUT", f"/profiles/{member}/consents/profiling", agreed)
    send(web, "m-2", "04:30", words=["am-tra", "chen-gom"])
    send(web, "m-3", "04:40", words=["chen-gom"], gone=True)

    with shop.read() as db:
        (kept,) = interests.of_member(db, member)
    assert (kept.kind, kept.word, kept.source) == (InterestKind.CARTED, "am-tra", "standard")
