"""Purses and leases of kiosks. What a lease holds is counted as given out, until it is returned."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.leases import Lease, Report
from contract.topics import KioskAddress
from gateway.core.leases import Leased, Pool, settle
from gateway.core.redemption import State
from gateway.store import redemptions
from gateway.store.base import Base
from gateway.store.redemptions import Change, Holder


class PurseRow(Base):
    """The newest memory that a kiosk opened; only to this one anything is lent."""

    __tablename__ = "purse"

    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    purse: Mapped[str]


class LeaseRow(Base):
    """So much of an offer that is one kiosk's to give out."""

    __tablename__ = "lease"
    __table_args__ = (Index("ix_lease_open", "is_closed", "store", "kiosk"),)

    lease: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str]
    kiosk: Mapped[str]
    purse: Mapped[str]
    offer: Mapped[str] = mapped_column(index=True)
    day: Mapped[str]  # on which it counts, in the shop's calendar
    granted: Mapped[int]
    spent: Mapped[int] = mapped_column(default=0)
    unit_vnd: Mapped[int]  # what one costs, for the budget
    at_ms: Mapped[int]
    until_ms: Mapped[int]
    renew_ms: Mapped[int | None]
    is_closed: Mapped[bool] = mapped_column(default=False)

    @property
    def lease_of_kiosk(self) -> Lease:
        """As the kiosk is told."""
        return Lease(self.lease, self.offer, self.granted, self.until_ms, self.renew_ms)

    @property
    def holder(self) -> Holder:
        """Where and when it counts."""
        return Holder(self.store, self.day, None, None)


def open_purse(db: Session, at: KioskAddress, purse: str) -> None:
    """A kiosk has a new memory. What it holds under an older one stays set aside for ever."""
    db.merge(PurseRow(store=at.store, kiosk=at.kiosk, purse=purse))
    db.flush()


def purses(db: Session) -> dict[KioskAddress, str]:
    """Every kiosk that can be lent something."""
    return {KioskAddress(row.store, row.kiosk): row.purse for row in db.scalars(select(PurseRow))}


def open_leases(db: Session) -> Sequence[LeaseRow]:
    """What kiosks hold, as far as we know."""
    return db.scalars(select(LeaseRow).filter_by(is_closed=False).order_by(LeaseRow.at_ms)).all()


def is_held(db: Session, at: KioskAddress, purse: str, offer: str) -> bool:
    """Whether a kiosk holds a lease of an offer; asked when it is our turn to count that."""
    mine = {"is_closed": False, "store": at.store, "kiosk": at.kiosk, "purse": purse}
    query = select(LeaseRow.lease).filter_by(**mine, offer=offer)
    return db.scalar(query.limit(1)) is not None


def add(db: Session, row: LeaseRow) -> None:
    """Set a lease aside; it is the caller's turn to count this offer."""
    db.add(row)
    redemptions.set_aside(db, row.offer, row.holder, _worth(row, row.granted))
    db.flush()


def report(db: Session, at: KioskAddress, said: Report) -> LeaseRow | None:
    """Take a kiosk's word for its own lease; None if that is not one."""
    row = _mine(db, at, said.lease)
    if row is None:
        return None
    redemptions.take_turns(db, row.offer)
    db.refresh(row)
    was = Leased(row.kiosk, row.granted, row.spent, row.is_closed)
    pool = settle(Pool(row.granted, leases={row.lease: was}), at.kiosk, said)
    now = pool.leases[row.lease]
    row.spent, row.is_closed = now.spent, now.is_closed
    if now.holds != was.holds:
        redemptions.set_aside(db, row.offer, row.holder, _worth(row, now.holds - was.holds))
    db.flush()
    return row


def given(db: Session, row: LeaseRow, visit: int | None, at_ms: int) -> bool:
    """Write down one that a kiosk gave out; it is counted already. False: it came before."""
    number = {"idem_key": f"lease:{row.lease}:{row.spent}", "request": ""}
    redemption = {
        **number,
        "offer": row.offer,
        "code": None,
        "member": None,
        "visit": visit,
        "store": row.store,
        "day": row.day,
        "state": State.CONFIRMED,
        "reason": "granted",
        "cost_vnd": row.unit_vnd,
        "at_ms": at_ms,
        "lock_until_ms": at_ms,
        "changed_at_ms": at_ms,
        "rewards": "[]",
    }
    return redemptions.first(db, redemption) is not None


def _mine(db: Session, at: KioskAddress, lease: str) -> LeaseRow | None:
    row = db.get(LeaseRow, lease)
    return row if row is not None and (row.store, row.kiosk) == (at.store, at.kiosk) else None


def _worth(row: LeaseRow, uses: int) -> Change:
    return Change(uses, uses * row.unit_vnd)
