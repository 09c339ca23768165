"""On which devices staff want to be told of a card while no board is open before them.

One row a browser: whoever signed in there last. It ends with the sign-in it was made in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.alerts import AlertKind, AlertState
from gateway.store.alert_rows import AlertRow
from gateway.store.base import Base
from gateway.store.staff import SHIFT_MS, StaffRow
from gateway.store.stores import KioskRow

DEVICES_MAX = 5  # of one person: a phone, a tablet, the counter; the oldest goes
LOOKED_AT = 100  # in one round: cards times devices


class PushSubscriptionRow(Base):
    """One browser that said yes."""

    __tablename__ = "push_subscription"

    subscription: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of the endpoint
    endpoint: Mapped[str]  # at the browser's push service; who knows it can send nothing readable
    public_key: Mapped[str]
    auth: Mapped[str]
    staff: Mapped[str] = mapped_column(index=True)
    store: Mapped[str]
    session: Mapped[int]  # of staff.session: who is signed out everywhere is told nothing
    language: Mapped[str]
    made_at_ms: Mapped[int]


@dataclass(frozen=True, slots=True)
class Device:
    """A browser, as it names itself."""

    endpoint: str
    public_key: str
    auth: str
    language: str

    @property
    def id(self) -> str:
        """What it is called here."""
        return sha256(self.endpoint.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """A card, and a device of somebody it asks."""

    alert: int
    kind: AlertKind
    place: str  # empty: nowhere in particular
    staff: str
    device: Device


def keep(db: Session, device: Device, person: tuple[str, str, int], now_ms: int) -> str:
    """Somebody (id, store, sign-in) wants to be told on this device; returns its id."""
    staff, store, session = person
    row = db.get(PushSubscriptionRow, device.id) or PushSubscriptionRow(subscription=device.id)
    row.endpoint, row.public_key, row.auth = device.endpoint, device.public_key, device.auth
    row.staff, row.store, row.session = staff, store, session
    row.language, row.made_at_ms = device.language, now_ms
    db.add(row)
    db.flush()
    theirs = select(PushSubscriptionRow).where(PushSubscriptionRow.staff == staff)
    newest = PushSubscriptionRow.made_at_ms.desc()
    for old in db.scalars(
        theirs.order_by(newest, PushSubscriptionRow.subscription).offset(DEVICES_MAX)
    ):
        db.delete(old)
    return device.id


def forget(db: Session, subscription: str) -> None:
    """A device is told nothing any more."""
    row = PushSubscriptionRow
    db.execute(delete(row).where(row.subscription == subscription))


def asked(db: Session, now_ms: int) -> Sequence[Asked]:
    """Every device of everybody at work whom a card that nobody took asks, the oldest card first.

    Whoever signed out, went home or was signed out everywhere is asked nothing.
    """
    row, card, who = PushSubscriptionRow, AlertRow, StaffRow
    query = (
        select(card.alert, card.kind, KioskRow.name, row)
        .join(row, (row.store == card.store) & (card.asks.is_(None) | (card.asks == row.staff)))
        .join(who, (who.staff == row.staff) & (who.session == row.session))
        .outerjoin(KioskRow, (KioskRow.store == card.store) & (KioskRow.kiosk == card.kiosk))
        .where(card.state == AlertState.OFFERED, who.duty_store == card.store)
        .where(who.seen_at_ms > now_ms - SHIFT_MS, who.disabled_at_ms.is_(None))
        .order_by(card.alert, row.subscription)
        .limit(LOOKED_AT)
    )
    return [
        Asked(alert, AlertKind(kind), place or "", one.staff, _device(one))
        for alert, kind, place, one in db.execute(query)
    ]


def _device(row: PushSubscriptionRow) -> Device:
    return Device(row.endpoint, row.public_key, row.auth, row.language)
