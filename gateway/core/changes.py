"""What happened in a web shop or a bank, in our words. Knows no vendor, no wire and no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from contract.messages import Text
from gateway.core.attribution import Key, Tags
from gateway.core.interests import InterestKind


class ConnectorKind(StrEnum):
    """Whose words a connector understands."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    STANDARD = "standard"  # standardwebhooks.com, with the bodies that docs/connectors.md describes
    PAYOS = "payos"


class Refusal(StrEnum):
    """Why a delivery did not count. The closed list; each has a sentence in both languages."""

    UNKNOWN_CONNECTOR = "unknown_connector"
    TOO_LARGE = "too_large"
    UNSIGNED = "unsigned"  # a header or field is missing that every delivery has
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_SHOP = "wrong_shop"  # signed well, and about another shop that uses the same app
    OLD = "old"
    EARLY = "early"
    UNREADABLE = "unreadable"
    FOREIGN_CURRENCY = "foreign_currency"  # something is to be paid, and not in đồng


class Noun(StrEnum):
    """What a vendor's id is of."""

    CUSTOMER = "customer"
    ORDER = "order"


class Progress(StrEnum):
    """How far the vendor says an order is."""

    PLACED = "placed"
    READY = "ready"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class Ask(StrEnum):
    """What somebody asks for who has a right to it."""

    SEE = "see"
    ERASE = "erase"
    ERASE_SHOP = "erase_shop"  # the shop left the vendor; all that came from it


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """A customer, as the vendor knows them since `at_ms`."""

    outside: str  # the vendor's id
    at_ms: int  # 0: the vendor did not say, so it never replaces what is known
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order, as the vendor knows it since `at_ms`."""

    outside: str
    at_ms: int
    number: str  # as the customer knows it
    items: int
    unpaid_vnd: int
    progress: Progress
    customer: ProfileChanged
    total_vnd: int | None = None  # what it costs in all; None: not said, or not in đồng


@dataclass(frozen=True, slots=True)
class OrderGone:
    """An order that was deleted; no time is given, so it counts when it is heard."""

    outside: str


@dataclass(frozen=True, slots=True)
class PaymentConfirmed:
    """Money arrived for an order."""

    reference: str  # the payment's own, and no other's
    order_ref: str  # an order's id or number, as we or the shop gave it
    amount_vnd: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class PrivacyAsked:
    """A customer wants to see or erase what is known of them, or a shop has gone."""

    ask: Ask
    customer: str  # the vendor's id; "" for a whole shop
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InterestNoted:
    """A customer looked at something, put it into the cart or asked of it; or is done with it."""

    outside: str  # the vendor's id of the customer
    at_ms: int
    near: InterestKind
    words: tuple[str, ...]
    is_gone: bool


@dataclass(frozen=True, slots=True)
class TouchNoted:
    """A customer followed a link, took a code or read a QR code."""

    outside: str  # the vendor's id of the customer
    touch: str
    at_ms: int
    key: Key
    tags: Tags


@dataclass(frozen=True, slots=True)
class ProductChanged:
    """A product, as the web shop sells it since `at_ms`; what it has in store is not its word."""

    product: str
    at_ms: int
    name: Text
    price_vnd: int
    gtin: str = ""  # 14 digits, or none
    promo_vnd: int | None = None
    promo_from_ms: int | None = None
    promo_until_ms: int | None = None
    link: str = ""
    is_for_adults: bool = False
    is_sold: bool = True


Change: TypeAlias = (
    ProfileChanged
    | OrderChanged
    | OrderGone
    | PaymentConfirmed
    | PrivacyAsked
    | InterestNoted
    | TouchNoted
    | ProductChanged
)
