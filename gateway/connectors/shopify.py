"""Shopify: webhooks of customers, orders and privacy; the REST Admin API to ask what we missed.

https://shopify.dev/docs/apps/build/webhooks/verify-deliveries and
https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance. It waits five seconds, tries
again for four hours and then drops the subscription, so what we cannot read is still acknowledged;
a wrong signature is answered with 401, as it demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Raw, Struct

from gateway.connectors import reading
from gateway.connectors.reading import ForeignCurrencyError, UnreadableError
from gateway.connectors.vendor import Incoming, Keys, Poll, Vendor, Verified, is_signed
from gateway.core.changes import (
    Ask,
    Change,
    Noun,
    OrderChanged,
    OrderGone,
    PrivacyAsked,
    ProfileChanged,
    Progress,
    Refusal,
)

PAGE = 250  # the most it gives at once
S = TypeVar("S", bound=Struct)


class _Address(Struct, frozen=True):
    name: str | None = None
    phone: str | None = None


class _Customer(Struct):
    id: int
    updated_at: datetime | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    default_address: _Address | None = None


class _Line(Struct):
    quantity: int
    current_quantity: int | None = None  # without what was taken off the order since


class _Order(Struct):
    id: int
    updated_at: datetime
    name: str
    currency: str
    total_outstanding: str
    current_total_price: str | None = None  # without what was taken off the order since
    cancelled_at: datetime | None = None
    fulfillment_status: str | None = None
    phone: str | None = None
    customer: _Customer | None = None
    billing_address: _Address | None = None
    line_items: list[_Line] = []


class _Gone(Struct, forbid_unknown_fields=True):
    """Nothing but an id: the topic is not signed, and no other body may pass for this one."""

    id: int


class _Person(Struct):
    id: int


class _See(Struct):
    customer: _Person
    data_request: _Person
    orders_requested: list[int] = []


class _Erase(Struct, forbid_unknown_fields=True):
    shop_id: int
    shop_domain: str
    customer: _Person
    orders_to_redact: list[int] = []


class _EraseShop(Struct, forbid_unknown_fields=True):
    shop_id: int
    shop_domain: str


def verify(keys: Keys, request: Incoming) -> Verified | Refusal:
    """Whether Shopify signed the body, and for our shop.

    One event has one id however often it is delivered; each topic tells another side of it.
    """
    signature = request.header("x-shopify-hmac-sha256")
    topic = request.header("x-shopify-topic")
    event = request.header("x-shopify-event-id") or request.header("x-shopify-webhook-id")
    if not (signature and topic and event):
        return Refusal.UNSIGNED
    if not is_signed(keys, request.body, signature):
        return Refusal.WRONG_SIGNATURE
    if keys.shop is not None and request.header("x-shopify-shop-domain") != keys.shop:
        return Refusal.WRONG_SHOP
    return Verified(f"{event[: reading.ID_MAX]} {topic[: reading.ID_MAX]}", topic)


def normalise(topic: str, body: bytes) -> Sequence[Change] | Refusal:
    """What a delivery says; nothing for topics that are no business of a shop's porch."""
    try:
        return _changes(topic, body)
    except ForeignCurrencyError:
        return Refusal.FOREIGN_CURRENCY
    except (msgspec.MsgspecError, UnreadableError):
        return Refusal.UNREADABLE


def _changes(topic: str, body: bytes) -> Sequence[Change]:
    match topic:
        case "customers/create" | "customers/update" | "customers/enable" | "customers/disable":
            return [_profile(_read(_Customer, body))]
        case "orders/delete":
            return [OrderGone(str(_read(_Gone, body).id))]
        case "customers/data_request":
            see = _read(_See, body)
            return [PrivacyAsked(Ask.SEE, str(see.customer.id), _ids(see.orders_requested))]
        case "customers/redact":
            erase = _read(_Erase, body)
            return [PrivacyAsked(Ask.ERASE, str(erase.customer.id), _ids(erase.orders_to_redact))]
        case "shop/redact":
            _read(_EraseShop, body)
            return [PrivacyAsked(Ask.ERASE_SHOP, "")]
        case _ if topic.startswith("orders/"):
            return [_order(_read(_Order, body))]
    return []


def _profile(customer: _Customer) -> ProfileChanged:
    home = customer.default_address or _Address()
    return ProfileChanged(
        str(customer.id),
        reading.unix_ms(customer.updated_at),
        reading.name(customer.first_name, customer.last_name),
        reading.phone(customer.phone, home.phone),
    )


def _order(order: _Order) -> OrderChanged:
    lines = (
        line.quantity if line.current_quantity is None else line.current_quantity
        for line in order.line_items
    )
    is_over = order.cancelled_at is not None
    return OrderChanged(
        str(order.id),
        reading.unix_ms(order.updated_at),
        order.name[: reading.NAME_MAX],
        reading.items(lines),
        0 if is_over else reading.vnd(order.total_outstanding, order.currency),
        _progress(order),
        _buyer(order),
        reading.total_vnd(order.current_total_price, order.currency),
    )


def _progress(order: _Order) -> Progress:
    if order.cancelled_at is not None:
        return Progress.CANCELLED
    return Progress.HANDED_OVER if order.fulfillment_status == "fulfilled" else Progress.PLACED


def _buyer(order: _Order) -> ProfileChanged:
    """Who ordered; a guest is known by this order only."""
    if order.customer is not None:
        return _profile(order.customer)
    bill = order.billing_address or _Address()
    who = reading.name(bill.name)
    return ProfileChanged(f"guest-{order.id}", 0, who, reading.phone(order.phone, bill.phone))


def _read(kind: type[S], body: bytes) -> S:
    return msgspec.json.decode(body, type=kind)


def _ids(numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(map(str, numbers))


def _poll(noun: Noun, plural: str, topic: str, **more: str) -> Poll:
    def path(since_ms: int) -> str:
        since = {"updated_at_min": reading.iso(since_ms), "limit": str(PAGE)}
        return f"/{plural}.json?{urlencode({**since, 'order': 'updated_at asc', **more})}"

    def objects(body: bytes) -> Sequence[bytes] | Refusal:
        try:
            page = msgspec.json.decode(body, type=dict[str, list[Raw]])
            return [bytes(one) for one in page[plural]]
        except (msgspec.MsgspecError, KeyError):
            return Refusal.UNREADABLE

    return Poll(noun, topic, path, objects)


VENDOR = Vendor(
    verify,
    normalise,
    polls=(
        _poll(Noun.CUSTOMER, "customers", "customers/update"),
        _poll(Noun.ORDER, "orders", "orders/updated", status="any"),
    ),
    login=lambda token: {"X-Shopify-Access-Token": token},
)
