"""Any sender that signs as standardwebhooks.com describes, with bodies as docs/connectors.md does.

The specification: "Verifying webhook authenticity". Its time is signed, so what is more than five
minutes old or early is refused; what cannot be read is answered with an error, for the sender is
somebody who can mend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Raw, Struct

from contract import messages as contract_messages
from contract import product_codes
from gateway.connectors import reading
from gateway.connectors.vendor import Incoming, Keys, Poll, Vendor, Verified
from gateway.core import standard_webhooks
from gateway.core.attribution import Key, Tags, tags_of
from gateway.core.changes import (
    Ask,
    Change,
    InterestNoted,
    Noun,
    OrderChanged,
    OrderGone,
    PaymentConfirmed,
    PrivacyAsked,
    ProductChanged,
    ProfileChanged,
    Progress,
    Refusal,
    TouchNoted,
)
from gateway.core.interests import InterestKind

TOLERANCE_S = 5 * 60  # the reference implementations'
EVENT = "event"  # the body says what it is; a header would not be signed

Id = Annotated[str, Meta(min_length=1, max_length=reading.ID_MAX)]
Text = Annotated[str, Meta(max_length=reading.NAME_MAX)]
Word = Annotated[str, Meta(pattern="^[0-9a-z-]{1,32}$")]  # as interests are named everywhere
Vnd = Annotated[int, Meta(ge=0, le=reading.VND_MAX)]


class _Customer(Struct, forbid_unknown_fields=True):
    id: Id
    name: Text = ""
    phone: Text = ""


class _Order(Struct, forbid_unknown_fields=True):
    id: Id
    number: Annotated[str, Meta(min_length=1, max_length=reading.NAME_MAX)]
    items: Annotated[int, Meta(ge=1, le=reading.ITEMS_MAX)]
    unpaid_vnd: Vnd
    progress: Progress
    customer: _Customer
    total_vnd: Vnd | None = None


class _Gone(Struct, forbid_unknown_fields=True):
    id: Id


class _Payment(Struct, forbid_unknown_fields=True):
    reference: Id
    order: Id
    amount_vnd: Annotated[int, Meta(ge=1, le=reading.VND_MAX)]


class _Privacy(Struct, forbid_unknown_fields=True):
    ask: Ask
    customer: Annotated[str, Meta(max_length=reading.ID_MAX)] = ""
    orders: list[Id] = []


class _Interest(Struct, forbid_unknown_fields=True):
    customer: Id
    kind: InterestKind
    words: Annotated[list[Word], Meta(min_length=1, max_length=50)]
    gone: bool = False


class _Touch(Struct, forbid_unknown_fields=True):
    id: Id
    customer: Id
    key: Literal["link", "code", "qr"]
    link: Annotated[str, Meta(max_length=2_000)] = ""
    campaign: Text = ""
    origin: Text = ""
    medium: Text = ""
    click: Text = ""

    def tags(self) -> Tags:
        """As they are said, else as the link says."""
        read = tags_of(self.link)
        return Tags(
            self.campaign or read.campaign,
            self.origin or read.origin,
            self.medium or read.medium,
            self.click or read.click,
        )


class _Product(Struct, forbid_unknown_fields=True):
    id: contract_messages.Id
    name_vi: Annotated[str, Meta(min_length=1, max_length=240)]
    name_en: Annotated[str, Meta(min_length=1, max_length=240)]
    price_vnd: Annotated[int, Meta(ge=1, le=reading.VND_MAX)]
    gtin: Annotated[str, Meta(pattern="^([0-9]{8}|[0-9]{12,14})?$")] = ""
    promo_vnd: Vnd | None = None
    promo_from: Annotated[datetime, Meta(tz=True)] | None = None
    promo_until: Annotated[datetime, Meta(tz=True)] | None = None
    link: Annotated[str, Meta(pattern="^(https?://[!-~]{1,500})?$")] = ""
    adults: bool = False
    sold: bool = True

    def changed(self, at_ms: int) -> ProductChanged:
        """In our words; ValueError if its barcode or its promotion cannot be right."""
        code = product_codes.read(self.gtin) if self.gtin else None
        if self.gtin and code is None:
            raise ValueError("the check digit of the gtin is wrong")
        if self.promo_vnd is not None and self.promo_vnd >= self.price_vnd:
            raise ValueError("a promotion costs less")
        return ProductChanged(
            self.id,
            at_ms,
            contract_messages.Text(self.name_vi, self.name_en),
            self.price_vnd,
            code.gtin if code is not None else "",
            self.promo_vnd,
            reading.unix_ms(self.promo_from) if self.promo_from else None,
            reading.unix_ms(self.promo_until) if self.promo_until else None,
            self.link,
            self.adults,
            self.sold,
        )


class _Event(Struct):
    type: str
    timestamp: Annotated[datetime, Meta(tz=True)]
    data: Raw


def verify(keys: Keys, request: Incoming) -> Verified | Refusal:
    """Whether the sender signed id, time and body, within five minutes."""
    message = request.header("webhook-id")
    at = request.header("webhook-timestamp")
    signatures = request.header("webhook-signature")
    if not (message and signatures and at.isascii() and at.isdecimal() and len(at) <= 12):
        return Refusal.UNSIGNED
    secrets = [key for secret in keys.secrets if (key := standard_webhooks.key_of(secret))]
    if not any(
        standard_webhooks.is_genuine(key, message, int(at), request.body, signatures)
        for key in secrets
    ):
        return Refusal.WRONG_SIGNATURE
    age_s = request.at_ms / 1000 - int(at)
    if abs(age_s) > TOLERANCE_S:
        return Refusal.OLD if age_s > 0 else Refusal.EARLY
    return Verified(message[: reading.ID_MAX], EVENT)


def normalise(_topic: str, body: bytes) -> Sequence[Change] | Refusal:
    """What an event says; nothing for types that are not ours."""
    try:
        said = msgspec.json.decode(body, type=_Event)
        return _changes(said)
    except (msgspec.MsgspecError, ValueError):
        return Refusal.UNREADABLE


def _changes(said: _Event) -> Sequence[Change]:
    at_ms = reading.unix_ms(said.timestamp)
    match said.type:
        case "profile.changed":
            return [_profile(msgspec.json.decode(said.data, type=_Customer), at_ms)]
        case "order.changed":
            order = msgspec.json.decode(said.data, type=_Order)
            return [
                OrderChanged(
                    order.id,
                    at_ms,
                    order.number,
                    order.items,
                    order.unpaid_vnd,
                    order.progress,
                    _profile(order.customer, 0),
                    order.total_vnd,
                )
            ]
        case "order.gone":
            return [OrderGone(msgspec.json.decode(said.data, type=_Gone).id)]
        case "payment.confirmed":
            paid = msgspec.json.decode(said.data, type=_Payment)
            return [PaymentConfirmed(paid.reference, paid.order, paid.amount_vnd, at_ms)]
        case "privacy.asked":
            asked = msgspec.json.decode(said.data, type=_Privacy)
            if (asked.ask is Ask.ERASE_SHOP) is bool(asked.customer):
                raise ValueError("a person has an id, a shop has none")
            return [PrivacyAsked(asked.ask, asked.customer, tuple(asked.orders))]
        case "interest.noted":
            near = msgspec.json.decode(said.data, type=_Interest)
            return [InterestNoted(near.customer, at_ms, near.kind, tuple(near.words), near.gone)]
        case "touch.noted":
            met = msgspec.json.decode(said.data, type=_Touch)
            return [TouchNoted(met.customer, met.id, at_ms, Key(met.key), met.tags())]
        case "product.changed":
            return [msgspec.json.decode(said.data, type=_Product).changed(at_ms)]
    return []


def _profile(customer: _Customer, at_ms: int) -> ProfileChanged:
    who, number = reading.name(customer.name), reading.phone(customer.phone)
    return ProfileChanged(customer.id, at_ms, who, number)


def _events_since(since_ms: int) -> str:
    return f"?{urlencode({'since': reading.iso(since_ms)})}"


def _objects(body: bytes) -> Sequence[bytes] | Refusal:
    try:
        return [bytes(one) for one in msgspec.json.decode(body, type=list[Raw])]
    except msgspec.MsgspecError:
        return Refusal.UNREADABLE


VENDOR = Vendor(
    verify,
    normalise,
    tells_unreadable=True,
    polls=(Poll(Noun.ORDER, EVENT, _events_since, _objects),),
    login=lambda token: {"Authorization": f"Bearer {token}"},
)
