"""What a store sells and what it costs. One rule says the price, wherever it is shown.

A kiosk is sent the whole list, sealed, and answers from it without the gateway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from contract.events import VERSION, UnixMs
from contract.identifiers import StoreId
from contract.messages import Count, Id, Message, Text, Vnd

PRODUCTS_MAX = 5_000  # of one store: 2 MB at most, a quarter of what the broker lets through


class Product(Message, frozen=True):
    """One product as a store sells it."""

    id: Id
    name: Text
    price_vnd: Vnd
    gtin: Annotated[str, Meta(pattern="^([0-9]{14})?$")] = (
        ""  # what its barcode says, if it has one
    )
    promo_vnd: Vnd | None = None  # instead of the price, from one moment until another
    promo_from_ms: UnixMs | None = None
    promo_until_ms: UnixMs | None = None
    stock: Count | None = None  # in this store; None: nobody counted it
    shelf: Annotated[str, Meta(max_length=32)] = ""  # where in this store
    is_for_adults: bool = False


class Catalogue(Message, frozen=True):
    """All that a store sells, as of a moment. The newest says all."""

    store: StoreId
    at_ms: UnixMs  # when its newest word was said
    products: Annotated[tuple[Product, ...], Meta(max_length=PRODUCTS_MAX)] = ()
    v: int = VERSION


@dataclass(frozen=True, slots=True)
class Price:
    """What a product costs; with what it cost before and until when, if that is a promotion."""

    vnd: int
    was_vnd: int | None = None
    until_ms: int | None = None


def price(product: Product, now_ms: int | None) -> Price:
    """What a product costs at a moment; None, who does not know the time, promises no promotion.

    A promotion holds from its first millisecond and ends before its last.
    """
    if product.promo_vnd is None or now_ms is None:
        return Price(product.price_vnd)
    begins_ms, ends_ms = product.promo_from_ms or 0, product.promo_until_ms
    if now_ms < begins_ms or (ends_ms is not None and now_ms >= ends_ms):
        return Price(product.price_vnd)
    return Price(product.promo_vnd, product.price_vnd, ends_ms)
