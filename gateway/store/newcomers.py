"""Machines that ask to be let in: who waits, what the owner said, and whose place they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from contract.petitions import LIFE_MS, Stage
from contract.topics import KioskAddress
from gateway.store import kiosk_certificates, stores
from gateway.store.kiosk_petition_rows import KioskPetitionRow
from gateway.store.stores import KioskRow

WAITING_MAX = 16  # more than anybody sets up at once; who floods keeps others out for 15 minutes
KEPT_MS = 30 * 86_400_000  # what was decided can be read for a month


@dataclass(frozen=True, slots=True)
class Asked:
    """A petition as it came, and the number that was given for it."""

    petition: str
    request: str
    commitment: str
    nonce: str
    wish: str
    address: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an owner decided, and when."""

    petition: str
    staff: str
    now_ms: int


def note(db: Session, asked: Asked, now_ms: int) -> bool:
    """Remember who asks; False if too many wait. Who asks anew begins anew."""
    db.execute(delete(KioskPetitionRow).where(KioskPetitionRow.until_ms <= now_ms - KEPT_MS))
    before = db.get(KioskPetitionRow, asked.petition)
    if before is not None:
        if before.stage != Stage.WAITING:
            return False  # a key that was judged stays judged
        db.delete(before)
        db.flush()
    is_waiting = (KioskPetitionRow.stage == Stage.WAITING) & (KioskPetitionRow.until_ms > now_ms)
    counted = select(func.count()).select_from(KioskPetitionRow).where(is_waiting)
    if (db.scalar(counted) or 0) >= WAITING_MAX:
        return False
    db.add(
        KioskPetitionRow(
            petition=asked.petition,
            request=asked.request,
            commitment=asked.commitment,
            nonce=asked.nonce,
            wish=asked.wish,
            address=asked.address,
            asked_at_ms=now_ms,
            until_ms=now_ms + LIFE_MS,
            stage=Stage.WAITING,
        )
    )
    return True


def get(db: Session, petition: str) -> KioskPetitionRow | None:
    """One of them, whatever has become of it."""
    return db.get(KioskPetitionRow, petition)


def stage(row: KioskPetitionRow, now_ms: int) -> Stage:
    """What has become of it by now."""
    said = Stage(row.stage)
    return said if said is Stage.REFUSED or row.until_ms > now_ms else Stage.EXPIRED


def waiting(db: Session, now_ms: int) -> Sequence[KioskPetitionRow]:
    """Those with a code to compare, who asked first first."""
    query = select(KioskPetitionRow).where(
        KioskPetitionRow.stage == Stage.WAITING,
        KioskPetitionRow.until_ms > now_ms,
        KioskPetitionRow.code.is_not(None),
    )
    return db.scalars(query.order_by(KioskPetitionRow.asked_at_ms)).all()


def approve(db: Session, verdict: Verdict, at: KioskAddress, name: str) -> bool:
    """Let a machine be this kiosk, a new one under `name` or one that is there.

    Whatever was this kiosk before is nobody from now on: its certificates and codes end. False if
    the petition was decided already, or its time is over.
    """
    if not _decide(db, verdict, Stage.APPROVED, at):
        return False
    if db.get(KioskRow, (at.store, at.kiosk)) is None:
        db.add(KioskRow(store=at.store, kiosk=at.kiosk, name=name))
        db.flush()
    kiosk_certificates.revoke(db, at, verdict.now_ms)
    stores.next_edition(db)
    return True


def refuse(db: Session, verdict: Verdict) -> bool:
    """Send a machine away; False if that was decided already."""
    return _decide(db, verdict, Stage.REFUSED, None)


def _decide(db: Session, verdict: Verdict, stage: Stage, at: KioskAddress | None) -> bool:
    """One statement decides, so that of two owners at once one wins."""
    decided = db.execute(
        update(KioskPetitionRow)
        .where(
            KioskPetitionRow.petition == verdict.petition,
            KioskPetitionRow.stage == Stage.WAITING,
            KioskPetitionRow.code.is_not(None),
            KioskPetitionRow.until_ms > verdict.now_ms,
        )
        .values(
            stage=stage,
            store=None if at is None else at.store,
            kiosk=None if at is None else at.kiosk,
            staff=verdict.staff,
            decided_at_ms=verdict.now_ms,
            until_ms=verdict.now_ms + LIFE_MS,  # to fetch what it was given
        )
    )
    return isinstance(decided, CursorResult) and decided.rowcount == 1
