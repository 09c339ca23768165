"""What web shops and banks tell us: verified, kept, acknowledged; then applied in order.

THE MAIN PATH of connectors. A delivery is on the disk before it is acknowledged, and is applied
afterwards, so a vendor never waits for us and never has to send twice what we have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock

from sqlalchemy.orm import Session, sessionmaker

from gateway.connections import Connection
from gateway.connectors.vendor import PING, Incoming
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
    Refusal,
    TouchNoted,
)
from gateway.core.telling import Kind
from gateway.store import connectors, outgoing, payments, privacy_requests, products
from gateway.store.base import writing
from gateway.store.connectors import DeliveryRow, DeliveryState, Failure
from gateway.store.outside import Desk

STATUS = {
    Refusal.UNKNOWN_CONNECTOR: HTTPStatus.NOT_FOUND,
    Refusal.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Refusal.UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.FOREIGN_CURRENCY: HTTPStatus.UNPROCESSABLE_ENTITY,
}  # everything else is about who signed, and 401


@dataclass(frozen=True, slots=True)
class Taken:
    """What to answer."""

    reason: Refusal | None = None
    is_acknowledged: bool = True

    @property
    def status(self) -> HTTPStatus:
        """As the vendor reads it."""
        if self.is_acknowledged or self.reason is None:
            return HTTPStatus.OK
        return STATUS.get(self.reason, HTTPStatus.UNAUTHORIZED)


@dataclass
class Refused:
    """Counts what was refused unkept, until somebody writes it down: a stranger costs no write."""

    counts: Counter[tuple[str, Refusal]] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def add(self, connector: str, reason: Refusal) -> None:
        """One more."""
        with self.lock:
            self.counts[connector, reason] += 1

    def write(self, db: Session, now_ms: int) -> None:
        """Write down what came since the last time."""
        with self.lock:
            counts, self.counts = self.counts, Counter()
        for (connector, reason), times in counts.items():
            connectors.failed(db, connector, Failure(reason, times, now_ms))


def receive(
    sessions: sessionmaker[Session], connection: Connection, request: Incoming, refused: Refused
) -> Taken:
    """Verify and keep a delivery; one that is here already is acknowledged, and changes nothing."""
    vendor = connection.vendor
    verified = vendor.verify(connection.keys, request)
    if isinstance(verified, Refusal):
        refused.add(connection.name, verified)
        return Taken(verified, is_acknowledged=False)
    if verified.topic == PING:
        return Taken()
    said = vendor.normalise(verified.topic, request.body)
    reason = said if isinstance(said, Refusal) else None
    row = DeliveryRow(connector=connection.name, delivery=verified.delivery, topic=verified.topic)
    row.at_ms, row.body, row.reason = request.at_ms, request.body, reason or ""
    row.state = DeliveryState.WAITING if reason is None else DeliveryState.REFUSED
    with writing(sessions) as db:
        is_new = connectors.keep(db, row)
        if is_new and reason is not None:
            connectors.failed(db, connection.name, Failure(reason, 1, request.at_ms))
    return Taken(reason, is_acknowledged=reason is None or not vendor.tells_unreadable)


def apply_next(
    sessions: sessionmaker[Session],
    known: Mapping[str, Connection],
    now_ms: int,
    paid: list[str] | None = None,
) -> int | None:
    """Apply the oldest delivery that waits; how much it changed, None if none waits.

    Orders that it paid for are added to `paid`; they are so once this has returned.
    """
    with writing(sessions) as db:
        row = connectors.next_waiting(db)
        if row is None:
            return None
        connection = known.get(row.connector)
        said = (
            Refusal.UNKNOWN_CONNECTOR  # it was taken out of the settings meanwhile
            if connection is None
            else connection.vendor.normalise(row.topic, row.body)
        )
        if connection is None or isinstance(said, Refusal):
            row.state, row.reason = DeliveryState.REFUSED, str(said)
            return 0
        desk = Desk(db, connection.name, now_ms, connection.matches_phones)
        row.changed = apply(desk, said, is_delivery=True)
        if paid is not None:
            paid += desk.paid
        row.state = DeliveryState.APPLIED
        is_private = any(isinstance(change, PrivacyAsked) for change in said)
        if is_private or not row.changed:
            row.body = b""  # it says nothing that we do not know, or must forget
        return row.changed


def apply(desk: Desk, said: Sequence[Change], *, is_delivery: bool) -> int:
    """Apply what a connector said; how many things are otherwise since.

    What was delivered, and not found by asking, proves that the connector is not silent.
    """
    changed = sum(_apply(desk, change) for change in said)
    if is_delivery:
        for noun in filter(None, {noun_of(change) for change in said}):
            connectors.heard(desk.db, desk.connector, noun)
    return changed


def noun_of(change: Change) -> Noun | None:
    """What a change is of, for vendors that are asked for such things."""
    match change:
        case ProfileChanged():
            return Noun.CUSTOMER
        case OrderChanged() | OrderGone():
            return Noun.ORDER
    return None


def _apply(desk: Desk, change: Change) -> bool:
    match change:
        case ProfileChanged():
            return desk.profile(change)
        case OrderChanged():
            return desk.order(change)
        case OrderGone():
            return desk.order_gone(change)
        case PaymentConfirmed():
            return _pay(desk, change)
        case PrivacyAsked():
            return _ask(desk, change)
        case InterestNoted():
            return desk.interest(change)
        case TouchNoted():
            return desk.touch(change)
        case ProductChanged():
            return products.take(desk.db, desk.connector, change)


def _pay(desk: Desk, paid: PaymentConfirmed) -> bool:
    is_new = payments.take(desk.db, desk.connector, paid, desk.now_ms)
    order = payments.order_of(desk.db, desk.connector, paid.reference)
    if order is not None:
        desk.paid.append(order)
    return is_new


def _ask(desk: Desk, asked: PrivacyAsked) -> bool:
    """Put it on the list of people; what is to be erased is not taken in again from now on."""
    member = None
    if asked.ask is Ask.ERASE_SHOP:
        desk.erase_all()
    elif asked.ask is Ask.ERASE:
        member = desk.erase(Noun.CUSTOMER, asked.customer)
        for order in asked.orders:
            desk.erase(Noun.ORDER, order)
    else:
        member = desk.who(asked.customer)
    if asked.ask is not Ask.SEE:
        connectors.forget_bodies(desk.db, desk.connector, desk.now_ms)
    privacy_requests.add(desk.db, desk.connector, asked, member, desk.now_ms)
    told = {"ask": asked.ask, "connector": desk.connector, "member": member}
    outgoing.tell(desk.db, Kind.PRIVACY_ASKED, told, desk.now_ms)
    return True
