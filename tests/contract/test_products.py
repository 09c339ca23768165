"""One price wherever it is shown, and what a code at a shelf says."""

from __future__ import annotations

import pytest

from contract import product_codes
from contract.messages import Text
from contract.product_codes import ProductCode
from contract.products import Price, Product, price

TEA = Product("tra-sen", Text("Trà sen", "Lotus tea"), 185_000, promo_vnd=150_000)
WINDOWED = Product("w", Text("w", "w"), 100, "", 80, 1_000, 2_000)


@pytest.mark.parametrize(
    ("product", "now_ms", "costs"),
    [
        pytest.param(TEA, 5, Price(150_000, 185_000), id="a promotion without an end"),
        pytest.param(TEA, None, Price(185_000), id="whoever does not know the time promises none"),
        pytest.param(WINDOWED, 999, Price(100), id="not yet"),
        pytest.param(WINDOWED, 1_000, Price(80, 100, 2_000), id="from its first millisecond"),
        pytest.param(WINDOWED, 1_999, Price(80, 100, 2_000), id="to its last"),
        pytest.param(WINDOWED, 2_000, Price(100), id="over"),
        pytest.param(Product("p", Text("p", "p"), 7), 5, Price(7), id="none at all"),
    ],
)
def test_the_price_follows_from_the_moment(
    product: Product, now_ms: int | None, costs: Price
) -> None:
    assert price(product, now_ms) == costs


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("8934563138165", ProductCode(gtin="08934563138165"), id="EAN-13"),
        pytest.param("96385074", ProductCode(gtin="00000096385074"), id="EAN-8"),
        pytest.param("8934563138164", None, id="a wrong check digit"),
        pytest.param(
            "https://id.gs1.org/01/09520123456788",
            ProductCode(gtin="09520123456788", host="id.gs1.org"),
            id="Digital Link",
        ),
        pytest.param(
            "https://an.example/s/hue-1/ke-2/tra-sen?v=1",
            ProductCode("tra-sen", host="an.example", store="hue-1"),
            id="our label",
        ),
        pytest.param("https://an.example/s/hue-1/tra-sen", None, id="too few steps"),
        pytest.param("https://an.example/s/HUE/ke-2/tra-sen", None, id="no store's name"),
        pytest.param("https://an.example/s/hue-1/ke-2/a%20b", None, id="no product's id"),
        pytest.param("https://an.example/k/quay-1/x/y", None, id="another address of ours"),
        pytest.param("https://[broken/s/hue-1/ke-2/tra", None, id="no address"),
        pytest.param("MD1:ABC", None, id="a pass"),
    ],
)
def test_a_code_says_which_product_or_is_none(text: str, says: ProductCode | None) -> None:
    assert product_codes.read(text) == says


def test_a_label_is_read_as_it_was_written() -> None:
    text = product_codes.label("https://an.example", "hue-1", "", "tra-sen")

    assert text == "https://an.example/s/hue-1/-/tra-sen"
    assert product_codes.read(text) == ProductCode("tra-sen", "", "an.example", "hue-1")
