"""WooCommerce: webhooks of customers and orders; its REST API to ask for orders we missed.

https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks, and the plugin's own
class-wc-webhook.php for what the page leaves out: the trial request is not signed, the delivery id
is made of the second and so is not unique, and after the sixth failure in a row the webhook is
switched off for good. So what we cannot read is acknowledged all the same.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlencode

import msgspec
from msgspec import Raw, Struct

from gateway.connectors import reading
from gateway.connectors.reading import ForeignCurrencyError, UnreadableError
from gateway.connectors.vendor import (
    PING,
    Incoming,
    Keys,
    Poll,
    Vendor,
    Verified,
    fingerprint,
    is_signed,
)
from gateway.core.changes import (
    Change,
    Noun,
    OrderChanged,
    OrderGone,
    ProfileChanged,
    Progress,
    Refusal,
)

PAGE = 100  # the most it gives at once
_PING = re.compile(rb"webhook_id=\d{1,20}")

# Anything else is placed: shops invent their own, and staff say themselves when it is ready.
PROGRESS = {
    "ready-for-pickup": Progress.READY,  # plugins for picking up
    "ready-pickup": Progress.READY,
    "completed": Progress.HANDED_OVER,
    "cancelled": Progress.CANCELLED,
    "refunded": Progress.CANCELLED,
    "failed": Progress.CANCELLED,
    "trash": Progress.CANCELLED,
}


class _Address(Struct, frozen=True):
    first_name: str = ""
    last_name: str = ""
    phone: str = ""


class _Customer(Struct):
    id: int
    date_modified_gmt: datetime | None = None
    date_created_gmt: datetime | None = None
    first_name: str = ""
    last_name: str = ""
    billing: _Address = _Address()


class _Line(Struct):
    quantity: int


class _Refund(Struct):
    total: str  # below zero


class _Order(Struct):
    id: int
    number: str
    status: str
    currency: str
    total: str
    date_modified_gmt: datetime
    customer_id: int = 0
    date_paid_gmt: datetime | None = None
    billing: _Address = _Address()
    line_items: list[_Line] = []
    refunds: list[_Refund] = []


class _Gone(Struct, forbid_unknown_fields=True):
    id: int


def verify(keys: Keys, request: Incoming) -> Verified | Refusal:
    """Whether the shop signed the body; its unsigned trial changes nothing and so may pass."""
    signature = request.header("x-wc-webhook-signature")
    topic = request.header("x-wc-webhook-topic")
    delivery = request.header("x-wc-webhook-delivery-id")
    if not signature and _PING.fullmatch(request.body):
        return Verified("", PING)
    if not (signature and topic and delivery):
        return Refusal.UNSIGNED
    if not is_signed(keys, request.body, signature):
        return Refusal.WRONG_SIGNATURE
    return Verified(f"{delivery[: reading.ID_MAX]} {fingerprint(request.body)}", topic)


def normalise(topic: str, body: bytes) -> Sequence[Change] | Refusal:
    """What a delivery says; nothing for products and coupons."""
    try:
        match topic:
            case "customer.created" | "customer.updated":
                return [_profile(msgspec.json.decode(body, type=_Customer))]
            case "order.created" | "order.updated" | "order.restored":
                return [_order(msgspec.json.decode(body, type=_Order))]
            case "order.deleted":
                return [OrderGone(str(msgspec.json.decode(body, type=_Gone).id))]
    except ForeignCurrencyError:
        return Refusal.FOREIGN_CURRENCY
    except (msgspec.MsgspecError, UnreadableError):
        return Refusal.UNREADABLE
    return []


def _profile(customer: _Customer) -> ProfileChanged:
    home = customer.billing
    return ProfileChanged(
        str(customer.id),
        reading.unix_ms(customer.date_modified_gmt or customer.date_created_gmt),
        reading.name(customer.first_name or home.first_name, customer.last_name or home.last_name),
        reading.phone(home.phone),
    )


def _order(order: _Order) -> OrderChanged:
    progress = PROGRESS.get(order.status, Progress.PLACED)
    is_open = progress is not Progress.CANCELLED and order.date_paid_gmt is None
    home = order.billing
    who = str(order.customer_id) if order.customer_id else f"guest-{order.id}"
    return OrderChanged(
        str(order.id),
        reading.unix_ms(order.date_modified_gmt),
        f"#{order.number}"[: reading.NAME_MAX],
        reading.items(line.quantity for line in order.line_items),
        reading.vnd(order.total, order.currency) if is_open else 0,
        progress,
        ProfileChanged(
            who, 0, reading.name(home.first_name, home.last_name), reading.phone(home.phone)
        ),
        _total_vnd(order),
    )


def _total_vnd(order: _Order) -> int | None:
    """Less what went back since."""
    whole_vnd = reading.total_vnd(order.total, order.currency)
    back = (one.total.removeprefix("-") for one in order.refunds)
    return None if whole_vnd is None else max(0, whole_vnd - sum(_each(back, order.currency)))


def _each(amounts: Iterable[str], currency: str) -> Iterable[int]:
    return (reading.vnd(one, currency) for one in amounts)


def _orders_since(since_ms: int) -> str:
    asked = {"modified_after": reading.iso(since_ms), "dates_are_gmt": "true", "per_page": PAGE}
    return f"/wp-json/wc/v3/orders?{urlencode({**asked, 'orderby': 'modified', 'order': 'asc'})}"


def _objects(body: bytes) -> Sequence[bytes] | Refusal:
    try:
        return [bytes(one) for one in msgspec.json.decode(body, type=list[Raw])]
    except msgspec.MsgspecError:
        return Refusal.UNREADABLE


def _login(token: str) -> dict[str, str]:
    """A token is `consumer key:consumer secret`; over https only (runtime.outbound sees to it)."""
    return {"Authorization": "Basic " + base64.b64encode(token.encode()).decode()}


# Customers cannot be asked for by time: one we missed comes with their next order.
VENDOR = Vendor(
    verify,
    normalise,
    polls=(Poll(Noun.ORDER, "order.updated", _orders_since, _objects),),
    login=_login,
)
