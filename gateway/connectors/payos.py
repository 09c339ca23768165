"""payOS: the confirmation that a VietQR payment arrived.

https://payos.vn/docs/tich-hop-webhook/kiem-tra-du-lieu-voi-signature/: HMAC-SHA256 in hex over the
fields of `data`, sorted by name, as `key=value&…`; what is null is empty. It names no delivery and
no time, so the signature itself tells one confirmation from another.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

import msgspec
from msgspec import Struct

from gateway.connectors import reading
from gateway.connectors.reading import ForeignCurrencyError, UnreadableError
from gateway.connectors.vendor import Incoming, Keys, Vendor, Verified
from gateway.core.changes import Change, PaymentConfirmed, Refusal

PAID = "00"
VIETNAM = timezone(timedelta(hours=7))  # its times have no zone

Value = str | int | float | bool | None


class _Signed(Struct):
    data: dict[str, Value]
    signature: str


class _Payment(Struct):
    orderCode: int  # noqa: N815 - payOS' word
    amount: int
    reference: str
    transactionDateTime: str  # noqa: N815
    code: str
    currency: str = "VND"


class _Confirmation(Struct):
    data: _Payment
    code: str = PAID


def verify(keys: Keys, request: Incoming) -> Verified | Refusal:
    """Whether payOS signed the payment."""
    try:
        said = msgspec.json.decode(request.body, type=_Signed)
    except msgspec.MsgspecError:
        return Refusal.UNSIGNED
    signed = signed_text(said.data).encode()
    offered = said.signature.lower().encode()
    for secret in keys.secrets:
        wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
        if hmac.compare_digest(wanted, offered):
            return Verified(wanted.decode(), "payment")
    return Refusal.WRONG_SIGNATURE


def signed_text(data: Mapping[str, Value]) -> str:
    """What the signature is over."""
    return "&".join(f"{key}={_written(data[key])}" for key in sorted(data))


def _written(value: Value) -> str:
    """As payOS' own JavaScript writes it."""
    if value is None or value in ("null", "undefined"):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def normalise(_topic: str, body: bytes) -> Sequence[Change] | Refusal:
    """The payment; nothing if it did not succeed."""
    try:
        said = msgspec.json.decode(body, type=_Confirmation)
        if said.code != PAID or said.data.code != PAID:
            return []
        return [_payment(said.data)]
    except ForeignCurrencyError:
        return Refusal.FOREIGN_CURRENCY
    except (msgspec.MsgspecError, UnreadableError, ValueError):
        return Refusal.UNREADABLE


def _payment(paid: _Payment) -> PaymentConfirmed:
    at = datetime.fromisoformat(paid.transactionDateTime).replace(tzinfo=VIETNAM)
    amount = reading.vnd(str(paid.amount), paid.currency)
    if not amount or not paid.reference or len(paid.reference) > reading.ID_MAX:
        raise UnreadableError("a payment without amount or reference")
    return PaymentConfirmed(paid.reference, str(paid.orderCode), amount, reading.unix_ms(at))


# payOS keeps no list of what it sent: whether an order was paid is asked order by order, not here.
VENDOR = Vendor(verify, normalise)
