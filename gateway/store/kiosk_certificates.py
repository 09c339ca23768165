"""Kiosks' one-time codes and certificates: who may come to the broker, and who may no more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint, Index, delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.petitions import Stage
from contract.topics import KioskAddress
from gateway.store import stores
from gateway.store.base import Base
from gateway.store.kiosk_petition_rows import KioskPetitionRow
from gateway.store.stores import KioskRow

CODE_LIFE_MS = 15 * 60_000  # from the owner's screen to the kiosk; one in an old message is nothing


class KioskCodeRow(Base):
    """A one-time code; only its digest is kept."""

    __tablename__ = "kiosk_code"
    __table_args__ = (ForeignKeyConstraint(["store", "kiosk"], ["kiosk.store", "kiosk.kiosk"]),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str]
    kiosk: Mapped[str]
    until_ms: Mapped[int]
    used_by: Mapped[str | None]  # SHA-256 of the public key that came with it first


class KioskCertificateRow(Base):
    """A certificate that was signed."""

    __tablename__ = "kiosk_certificate"
    __table_args__ = (
        ForeignKeyConstraint(["store", "kiosk"], ["kiosk.store", "kiosk.kiosk"]),
        Index("ix_kiosk_certificate_kiosk", "store", "kiosk"),
    )

    serial: Mapped[str] = mapped_column(primary_key=True)  # in hex: it has 159 bits
    store: Mapped[str]
    kiosk: Mapped[str]
    issued_at_ms: Mapped[int]
    ends_at_ms: Mapped[int]
    revoked_at_ms: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Signed:
    """What is remembered of a certificate."""

    serial: int
    issued_at_ms: int
    ends_at_ms: int


def invite(db: Session, kiosk: KioskAddress, digest: str, now_ms: int) -> bool:
    """Keep a new code for a kiosk; False if there is no such kiosk."""
    if db.get(KioskRow, (kiosk.store, kiosk.kiosk)) is None:
        return False
    db.add(
        KioskCodeRow(
            digest=digest, store=kiosk.store, kiosk=kiosk.kiosk, until_ms=now_ms + CODE_LIFE_MS
        )
    )
    stores.next_edition(db)  # a kiosk that was struck out is let in again
    return True


def redeem(db: Session, digest: str, key: str, now_ms: int) -> KioskAddress | None:
    """Whose code it is, for the first key that comes with it; None if it is not good any more.

    One statement decides, so that of two keys at once one wins. The same key may ask again: its
    answer may have been lost.
    """
    used = db.execute(
        update(KioskCodeRow)
        .where(
            KioskCodeRow.digest == digest,
            KioskCodeRow.until_ms > now_ms,
            or_(KioskCodeRow.used_by.is_(None), KioskCodeRow.used_by == key),
        )
        .values(used_by=key)
    )
    if not isinstance(used, CursorResult) or used.rowcount != 1:
        return None
    row = db.get_one(KioskCodeRow, digest)
    return KioskAddress(row.store, row.kiosk)


def keep(db: Session, kiosk: KioskAddress, signed: Signed) -> None:
    """Remember a certificate before it is handed out."""
    db.add(
        KioskCertificateRow(
            serial=f"{signed.serial:x}",
            store=kiosk.store,
            kiosk=kiosk.kiosk,
            issued_at_ms=signed.issued_at_ms,
            ends_at_ms=signed.ends_at_ms,
        )
    )


def holder(db: Session, serial: int, now_ms: int) -> KioskAddress | None:
    """Whose certificate it is, if it is good now."""
    row = db.get(KioskCertificateRow, f"{serial:x}")
    if row is None or row.revoked_at_ms is not None or row.ends_at_ms <= now_ms:
        return None
    return KioskAddress(row.store, row.kiosk)


def revoke(db: Session, kiosk: KioskAddress, now_ms: int) -> int:
    """End a kiosk's certificates and codes; returns how many certificates ended."""
    where = {"store": kiosk.store, "kiosk": kiosk.kiosk}
    db.execute(delete(KioskCodeRow).filter_by(**where))
    good = db.scalars(select(KioskCertificateRow).filter_by(**where, revoked_at_ms=None)).all()
    for row in good:
        row.revoked_at_ms = now_ms
    stores.next_edition(db)
    return len(good)


def revoked(db: Session) -> set[int]:
    """The serials a broker refuses. Those that have ended stay: a clock may be set back."""
    query = select(KioskCertificateRow.serial).where(KioskCertificateRow.revoked_at_ms.is_not(None))
    return {int(serial, 16) for serial in db.scalars(query)}


def holders(db: Session, serials: Collection[int]) -> set[KioskAddress]:
    """Whose certificates these are, good or not."""
    query = select(KioskCertificateRow.store, KioskCertificateRow.kiosk).where(
        KioskCertificateRow.serial.in_({f"{serial:x}" for serial in serials})
    )
    return {KioskAddress(store, kiosk) for store, kiosk in db.execute(query)}


def admitted(db: Session, now_ms: int) -> set[KioskAddress]:
    """The kiosks that have rights at the broker: all but those whose certificates were revoked.

    A code that is open, or an owner's yes to a machine on whose screen one is, lets a kiosk in
    again, before it has its new certificate.
    """
    places = (KioskCertificateRow.store, KioskCertificateRow.kiosk)
    out = set(db.execute(select(*places).where(KioskCertificateRow.revoked_at_ms.is_not(None))))
    out -= set(db.execute(select(*places).where(KioskCertificateRow.revoked_at_ms.is_(None))))
    open_codes = select(KioskCodeRow.store, KioskCodeRow.kiosk)
    out -= set(db.execute(open_codes.where(KioskCodeRow.until_ms > now_ms)))
    approved = select(KioskPetitionRow.store, KioskPetitionRow.kiosk).where(
        KioskPetitionRow.stage == Stage.APPROVED, KioskPetitionRow.until_ms > now_ms
    )
    out -= set(db.execute(approved))
    return {KioskAddress(store, kiosk) for store, kiosk in stores.kiosks(db) - out}
