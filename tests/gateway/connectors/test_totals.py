"""What an order costs in all, as shops of each kind say it; in other money nobody here knows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.connectors import shopify, woocommerce
from gateway.core.changes import OrderChanged

WOO = {
    "id": 7,
    "number": "7",
    "status": "processing",
    "currency": "VND",
    "total": "90000",
    "date_modified_gmt": "2026-03-01T05:00:00",
    "date_paid_gmt": "2026-03-01T05:00:00",
}
SHOPIFY = {
    "id": 7,
    "updated_at": "2026-03-01T05:00:00Z",
    "name": "#7",
    "currency": "VND",
    "total_outstanding": "0",
    "current_total_price": "90000.00",
}


@pytest.mark.parametrize(
    ("change", "total_vnd"),
    [
        ({}, 90_000),
        ({"refunds": [{"total": "-15000"}, {"total": "-5000"}]}, 70_000),
        ({"refunds": [{"total": "-95000"}]}, 0),
        ({"currency": "USD"}, None),
    ],
)
def test_woocommerce_says_it_less_what_went_back(
    change: dict[str, Any], total_vnd: int | None
) -> None:
    body = json.dumps({**WOO, **change}).encode()
    (told,) = woocommerce.normalise("order.updated", body)
    assert isinstance(told, OrderChanged)
    assert told.total_vnd == total_vnd


@pytest.mark.parametrize(
    ("change", "total_vnd"),
    [({}, 90_000), ({"currency": "USD"}, None), ({"current_total_price": None}, None)],
)
def test_shopify_says_it_as_it_is_now(change: dict[str, Any], total_vnd: int | None) -> None:
    body = json.dumps({**SHOPIFY, **change}).encode()
    (told,) = shopify.normalise("orders/updated", body)
    assert isinstance(told, OrderChanged)
    assert told.total_vnd == total_vnd
