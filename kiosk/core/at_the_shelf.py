"""A product's code held to the kiosk: what is known of it here, or in words why nothing is.

It knows no shopper, and whoever was served keeps their page behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Show
from contract.product_codes import ProductCode
from contract.products import Catalogue, Price, Product, price


class Unknown(StrEnum):
    """Why nothing can be said of a product; each has its sentence in both languages."""

    NO_LIST = "no_list"  # this kiosk was never told what the store sells
    NOT_LISTED = "not_listed"
    FOREIGN = "foreign"  # a label of another store, or one that somebody pasted over ours


@dataclass(frozen=True, slots=True)
class ProductShown:
    """One product with its price and stock, as this kiosk was told."""

    product: Product
    costs: Price
    told_ms: int  # how old what is said of it may be
    shown: Show | None = None  # the page it came from


@dataclass(frozen=True, slots=True)
class NoProduct:
    """Nothing can be said of a product here; says why, and who knows more."""

    unknown: Unknown
    shown: Show | None = None  # the page it came from


@dataclass(frozen=True, slots=True)
class Own:
    """Whose labels are ours: this store's, at this host; any host if none is known."""

    store: str
    host: str


def answer(
    code: ProductCode, told: Catalogue | None, now_ms: int | None, own: Own
) -> ProductShown | NoProduct:
    """What to show for a code, as far as `told` goes; `now_ms` None: nobody knows the time."""
    is_label = bool(code.product)
    if is_label and (code.store != own.store or (own.host and code.host != own.host)):
        return NoProduct(Unknown.FOREIGN)
    if told is None:
        return NoProduct(Unknown.NO_LIST)
    found = next((one for one in told.products if _is_meant(one, code)), None)
    if found is None:
        return NoProduct(Unknown.NOT_LISTED)
    return ProductShown(found, price(found, now_ms), told.at_ms)


def _is_meant(product: Product, code: ProductCode) -> bool:
    return product.id == code.product if code.product else product.gtin == code.gtin
