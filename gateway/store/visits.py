"""Visits, and the sessions at screens in which they became personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.matching import Evidence
from gateway.core.visits import QUIET_MS, Span
from gateway.store.base import Base

SAME_CHECK_IN_MS = 90_000  # longer than any pass is valid, so a pass serves one check-in


class VisitRow(Base):
    """One member in one store, from the first evidence to two minutes after the last."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_member_store", "member", "store", "last_at_ms"),)

    visit: Mapped[int] = mapped_column(primary_key=True)
    store: Mapped[str] = mapped_column(index=True)
    member: Mapped[str]
    kiosk: Mapped[str]  # where the newest evidence came from
    first_at_ms: Mapped[int]
    last_at_ms: Mapped[int]
    confidence: Mapped[float]
    evidence: Mapped[str]  # the newest source, gateway.core.matching.Source


class ScreenSessionRow(Base):
    """One shopper's time at one screen, and who the gateway believes it is."""

    __tablename__ = "screen_session"

    store: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str | None]  # None once somebody said "that is not me"
    visit: Mapped[int | None]
    is_confirmed: Mapped[bool]  # a pass, or "yes, this is me"


class PassUseRow(Base):
    """The newest slot a member's pass was used in: an older one is a replay."""

    __tablename__ = "pass_use"

    member: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int]
    kiosk: Mapped[str]
    first_at_ms: Mapped[int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when something happened."""

    store: str
    kiosk: str
    at_ms: int


def join(db: Session, place: Place, evidence: Evidence) -> VisitRow:
    """The visit this evidence belongs to: one that is there, or a new one."""
    near = select(VisitRow).where(
        VisitRow.member == evidence.member,
        VisitRow.store == place.store,
        VisitRow.last_at_ms >= place.at_ms - QUIET_MS,
        VisitRow.first_at_ms <= place.at_ms + QUIET_MS,
    )
    row = db.scalars(near.order_by(VisitRow.last_at_ms.desc()).limit(1)).first()
    if row is None:
        row = VisitRow(
            store=place.store,
            member=evidence.member,
            kiosk=place.kiosk,
            first_at_ms=place.at_ms,
            last_at_ms=place.at_ms,
            confidence=evidence.confidence,
            evidence=evidence.source,
        )
        db.add(row)
        db.flush()
        return row
    if place.at_ms >= row.last_at_ms:
        row.kiosk, row.evidence = place.kiosk, evidence.source
    span = Span(row.first_at_ms, row.last_at_ms).with_evidence(place.at_ms)
    row.first_at_ms, row.last_at_ms = span.first_ms, span.last_ms
    row.confidence = max(row.confidence, evidence.confidence)
    return row


def session_at(db: Session, place: Place, session: str) -> ScreenSessionRow | None:
    """What is known of a screen's session."""
    return db.get(ScreenSessionRow, (place.store, place.kiosk, session))


def newest_first(db: Session, store: str, limit: int) -> Sequence[VisitRow]:
    """The latest visits of a store."""
    query = select(VisitRow).filter_by(store=store).order_by(VisitRow.last_at_ms.desc())
    return db.scalars(query.limit(limit)).all()


def count_since(db: Session, store: str, at_ms: int) -> int:
    """How many visits began at or after a time."""
    query = select(func.count()).where(VisitRow.store == store, VisitRow.first_at_ms >= at_ms)
    return db.scalar(query) or 0


def use_pass(db: Session, place: Place, member: str, slot: int) -> bool:
    """Whether a genuine pass may count here and now; if so it is used.

    The same slot at the same kiosk soon after is the same check-in. Anywhere else, later, or
    with an older slot than one already used, it is a replay.
    """
    row = db.get(PassUseRow, (member, place.store))
    if row is None:
        row = PassUseRow(
            member=member, store=place.store, slot=slot, kiosk=place.kiosk, first_at_ms=place.at_ms
        )
        db.add(row)
        db.flush()
        return True
    if slot == row.slot:
        return row.kiosk == place.kiosk and abs(place.at_ms - row.first_at_ms) <= SAME_CHECK_IN_MS
    if slot < row.slot:
        return False
    row.slot, row.kiosk, row.first_at_ms = slot, place.kiosk, place.at_ms
    return True
