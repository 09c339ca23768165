"""A till tells what it sold over the REST API."""

from __future__ import annotations

import pytest

from gateway.core.api_keys import Scope
from gateway.core.attribution import Windows
from gateway.journeying import Journeying
from gateway.store.sales import SaleRow
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Shop

DAY_MS = 86_400_000
SALE = {"sale": "HD-1", "store": STORE, "amount_vnd": 250_000, "staff": "hanh"}
BACK = {"sale": "HD-1", "refund": "R-1", "amount_vnd": 250_000}


@pytest.fixture
def system(shop: Shop) -> System:
    shop.member(NGOC)
    shop.order("A-1")
    return System(shop)


def test_a_sale_is_kept_once_and_says_whose_it_was(system: System) -> None:
    first = system.said("POST", "/sales", {**SALE, "order": "A-1"})
    again = system.said("POST", "/sales", {**SALE, "order": "A-1"})

    assert (first["_"], again["_"]) == (201, 200)
    assert (first["member"], first["at_ms"], first["channel"]) == (NGOC, NOON_MS, "store")
    assert system.shop.count(SaleRow) == 1


def test_a_till_with_a_fast_clock_sells_now_and_not_tomorrow(system: System) -> None:
    assert system.said("POST", "/sales", {**SALE, "at_ms": NOON_MS * 2})["at_ms"] == NOON_MS


def test_what_goes_back_is_a_row_of_its_own_and_never_more_than_was_paid(system: System) -> None:
    system.said("POST", "/sales", SALE)
    back = system.said("POST", "/refunds", BACK)
    more = system.said("POST", "/refunds", {**BACK, "refund": "R-2", "amount_vnd": 1})

    assert (back["_"], back["amount_vnd"], back["refund_of"]) == (201, -250_000, "HD-1")
    assert (more["_"], more["why"]) == (409, "too_much")
    assert system.said("POST", "/refunds", {**BACK, "sale": "HD-9"})["_"] == 404


def test_another_tills_numbers_are_its_own(system: System) -> None:
    system.said("POST", "/sales", SALE)
    other = system.new_key("till-2", [Scope.SALES_WRITE])
    assert system.said("POST", "/sales", {**SALE, "amount_vnd": 9}, key=other)["_"] == 201
    assert system.said("POST", "/sales", {**SALE, "amount_vnd": 9})["why"] == "other_sale"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount_vnd": 0}, 422),
        ({"amount_vnd": 10**12 + 1}, 422),
        ({"sale": "HD 1"}, 422),
        ({"channel": "air"}, 422),
        ({"store": "nowhere"}, 404),
        ({"member": HUY}, 404),
    ],
)
def test_what_cannot_be_is_not_kept(system: System, change: dict[str, object], status: int) -> None:
    assert system.said("POST", "/sales", {**SALE, **change})["_"] == status
    assert system.shop.count(SaleRow) == 0


def listed(system: System, **asked: object) -> list[dict[str, object]]:
    """Every sale that is asked for, read page by page of two."""
    found: list[dict[str, object]] = []
    query, following = "&".join(f"{name}={value}" for name, value in asked.items()), ""
    while True:
        page = system.said("GET", f"/sales?limit=2&after={following}&{query}")
        assert page["_"] == 200, page
        found += page["items"]
        if page["next"] is None:
            return found
        following = page["next"]


def test_all_sales_can_be_read_by_store_day_member_and_number(system: System) -> None:
    for number in range(1, 6):
        member = {"member": NGOC} if number == 2 else {}
        at = {"at_ms": NOON_MS - DAY_MS} if number == 3 else {}
        system.said("POST", "/sales", {**SALE, **member, **at, "sale": f"HD/{number}"})
    system.said("POST", "/refunds", {**BACK, "sale": "HD/1", "amount_vnd": 50_000})

    def numbers(**asked: object) -> list[object]:
        return [one["sale"] for one in listed(system, **asked)]

    assert numbers() == ["HD/1", "HD/2", "HD/3", "HD/4", "HD/5", "R-1"]
    assert numbers(store=STORE, day="2026-03-01") == ["HD/1", "HD/2", "HD/4", "HD/5", "R-1"]
    assert numbers(day="2026-02-28") == ["HD/3"]
    assert numbers(member=NGOC) == ["HD/2"]
    assert numbers(store="hoi-an-1") == []
    (back,) = listed(system, sale="R-1")
    assert listed(system, sale="R-1", source="till-2") == []
    assert len(listed(system, source="web-shop")) == 6
    assert (back["refund_of"], back["amount_vnd"], back["source"]) == ("HD/1", -50_000, "web-shop")


def test_a_sale_says_what_brought_its_buyer_where_they_agreed_that_this_is_known(
    system: System,
) -> None:
    agreed = {"evidence": "form", "granted_at_ms": NOON_MS - DAY_MS}
    assert system.said("PUT", f"/profiles/{NGOC}/consents/profiling", agreed)["_"] < 300
    for number, campaign in enumerate(("tet", "hoa")):
        touch = {"touch": f"t-{number}", "key": "link", "campaign": campaign}
        at = {"at_ms": NOON_MS - 1000 + number}
        assert system.said("POST", f"/profiles/{NGOC}/touches", {**touch, **at})["_"] == 201
    system.said("POST", "/sales", {**SALE, "member": NGOC})
    system.said("POST", "/sales", {**SALE, "sale": "HD-2"})
    Journeying(system.shop.readers, lambda: NOON_MS, Windows()).round()

    mine, nobodys = listed(system)
    assert mine["first_touch"] == {"key": "link", "campaign": "tet"}
    assert mine["last_touch"] == {"key": "link", "campaign": "hoa"}
    assert (nobodys["first_touch"], nobodys["last_touch"]) == (None, None)


def test_who_may_tell_of_sales_may_not_read_them_for_that(system: System) -> None:
    till = system.new_key("till-2", [Scope.SALES_WRITE])
    assert system.said("GET", "/sales", key=till)["field"] == "sales:read"
