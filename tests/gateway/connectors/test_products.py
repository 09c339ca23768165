"""A product as a web shop tells of it; what cannot be right is refused whole."""

from __future__ import annotations

import json

import pytest

from contract.messages import Text
from gateway.connectors import standard
from gateway.core.changes import ProductChanged, Refusal
from tests.gateway.shop import NOON_MS

TEA = {"id": "tra-sen", "name_vi": "Trà sen", "name_en": "Lotus tea", "price_vnd": 185_000}


def body(**more: object) -> bytes:
    said = {"type": "product.changed", "timestamp": "2026-03-01T05:00:00Z", "data": {**TEA, **more}}
    return json.dumps(said).encode()


def test_all_of_a_product_is_read() -> None:
    told = body(
        gtin="8934563138165",
        promo_vnd=150_000,
        promo_from="2026-03-01T00:00:00+07:00",
        promo_until="2026-03-02T00:00:00+07:00",
        link="https://an.example/tra-sen",
        adults=True,
        sold=False,
    )

    assert standard.normalise("event", told) == [
        ProductChanged(
            *("tra-sen", NOON_MS, Text("Trà sen", "Lotus tea"), 185_000, "08934563138165"),
            *(150_000, 1_772_298_000_000, 1_772_384_400_000, "https://an.example/tra-sen"),
            is_for_adults=True,
            is_sold=False,
        )
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"gtin": "8934563138164"},
        {"promo_vnd": 185_000},
        {"price_vnd": 0},
        {"price_vnd": 1.5},
        {"id": "a b"},
        {"name_vi": ""},
        {"link": "javascript:alert(1)"},
        {"promo_from": "2026-03-01T00:00:00"},
        {"colour": "red"},
    ],
    ids=str,
)
def test_what_cannot_be_right_is_refused(wrong: dict[str, object]) -> None:
    assert standard.normalise("event", body(**wrong)) is Refusal.UNREADABLE
