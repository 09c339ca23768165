"""Codes and how often each was used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ForeignKey, insert, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.vouchers import Voucher, VoucherKind
from gateway.store.base import Base


class VoucherRow(Base):
    """One code. `used` counts reservations too: they hold it until they are let go."""

    __tablename__ = "voucher"

    code: Mapped[str] = mapped_column(primary_key=True)
    offer: Mapped[str] = mapped_column(ForeignKey("offer.offer"), index=True)
    kind: Mapped[str]  # gateway.core.vouchers.VoucherKind
    member: Mapped[str | None] = mapped_column(ForeignKey("profile.member"))
    store: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    max_uses: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)


def add(db: Session, vouchers: Collection[Voucher]) -> None:
    """Keep new codes."""
    rows = [
        {
            "code": one.code,
            "offer": one.offer,
            "kind": one.kind,
            "member": one.member,
            "store": one.store,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
            "max_uses": one.max_uses,
            "used": 0,
        }
        for one in vouchers
    ]
    if rows:
        db.execute(insert(VoucherRow), rows)


def get(db: Session, code: str) -> Voucher | None:
    """A code as it was given out."""
    row = db.get(VoucherRow, code)
    if row is None:
        return None
    return Voucher(
        row.code,
        row.offer,
        VoucherKind(row.kind),
        row.member,
        row.store,
        row.starts_on,
        row.ends_on,
        row.max_uses,
    )


def use(db: Session, code: str) -> bool:
    """Take one use of a code; False if there is none left. One statement decides."""
    taken = (
        update(VoucherRow)
        .where(VoucherRow.code == code, VoucherRow.used < VoucherRow.max_uses)
        .values(used=VoucherRow.used + 1)
        .returning(VoucherRow.code)
    )
    return db.scalar(taken) is not None


def give_back(db: Session, code: str) -> None:
    """Return a use."""
    db.execute(update(VoucherRow).where(VoucherRow.code == code).values(used=VoucherRow.used - 1))
