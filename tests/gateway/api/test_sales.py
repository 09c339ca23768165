"""A till tells what it sold over the REST API."""

from __future__ import annotations

import pytest

from gateway.core.api_keys import Scope
from gateway.store.sales import SaleRow
from tests.gateway.api.system import System
from tests.gateway.shop import HUY, NGOC, NOON_MS, STORE, Shop

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
