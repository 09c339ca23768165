"""How members met the shop, told over the REST API and by a shop's own signed webhook."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from gateway.connectors import standard
from gateway.core.attribution import Key, Tags
from gateway.core.changes import ProfileChanged, TouchNoted
from gateway.core.consent import Purpose
from gateway.core.external_ids import IdKind, external_id
from gateway.store.external_ids import claim
from gateway.store.outside import Desk
from gateway.store.touches import TouchRow
from tests.gateway.api.system import System
from tests.gateway.shop import ALL, HUY, NGOC, NOON_MS, Shop

HERS = f"/profiles/{NGOC}/touches"
LINK = "https://an-nhien.example/tra-sen?utm_campaign=tet&utm_source=zalo&gclid=x1"
TOUCH = {"touch": "t-1", "key": "link", "link": LINK, "at_ms": NOON_MS - 5}


@pytest.fixture
def system(shop: Shop) -> System:
    shop.member(consents=ALL | {Purpose.PROFILING})
    shop.member(HUY, "Phạm Gia Huy")
    return System(shop)


def test_a_touch_is_kept_once_with_what_its_link_says(system: System) -> None:
    first, again = (system.said("POST", HERS, TOUCH) for _ in range(2))
    assert (first["_"], again["_"]) == (201, 200)
    assert (first["campaign"], first["origin"], first["at_ms"]) == ("tet", "zalo", NOON_MS - 5)
    with system.shop.read() as db:
        (row,) = db.scalars(select(TouchRow))
        assert (row.member, row.key, row.click) == (NGOC, "link", "x1")


def test_what_is_said_beside_the_link_counts_more(system: System) -> None:
    assert system.said("POST", HERS, {**TOUCH, "campaign": "8-3"})["campaign"] == "8-3"


def test_who_did_not_agree_is_not_followed_and_the_teller_hears_that(system: System) -> None:
    said = system.said("POST", f"/profiles/{HUY}/touches", TOUCH)
    assert (said["_"], said["why"]) == (409, "consent_missing")
    assert system.shop.count(TouchRow) == 0


@pytest.mark.parametrize(
    "change", [{"key": "check_in"}, {"link": "ftp://x"}, {"campaign": "x" * 81}, {"touch": ""}]
)
def test_what_cannot_be_is_not_kept(system: System, change: dict[str, str]) -> None:
    assert system.said("POST", HERS, {**TOUCH, **change})["_"] == 422


def test_a_web_shop_tells_it_of_its_own_customer(system: System) -> None:
    data = {"id": "t-9", "customer": "c-1", "key": "qr", "link": LINK}
    body = {"type": "touch.noted", "timestamp": "2026-03-01T05:00:00Z", "data": data}
    (told,) = standard.normalise("event", json.dumps(body).encode())
    assert told == TouchNoted("c-1", "t-9", NOON_MS, Key.QR, Tags("tet", "zalo", "", "x1"))
    with system.shop.writers.begin() as db:
        desk = Desk(db, "web", NOON_MS)
        assert desk.touch(told) is False  # nobody here
        claim(db, NGOC, external_id(IdKind.SHOP, "web:c-1"), ("file", NOON_MS))
        desk.profile(ProfileChanged("c-1", NOON_MS, "Ngọc", ""))
        assert desk.touch(told) is True
