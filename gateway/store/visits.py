"""Visits: who was in which store from when till when, however many kiosks and evidences."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Index, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.visits import QUIET_MS, UNREPORTED_MS, Span
from gateway.store.base import Base


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
    heard_by: Mapped[int] = mapped_column(
        default=0
    )  # kiosks that reported the tag's arrival and not yet its departure

    @property
    def span(self) -> Span:
        """From the first to the last evidence."""
        return Span(self.first_at_ms, self.last_at_ms)


def around(
    db: Session, stores: Collection[str], members: Collection[str], span: Span
) -> Sequence[VisitRow]:
    """The visits of some members to which evidence from that time may belong, oldest first."""
    query = select(VisitRow).where(
        VisitRow.member.in_(members),
        VisitRow.store.in_(stores),
        VisitRow.first_at_ms <= span.last_ms + QUIET_MS,
        or_(
            VisitRow.last_at_ms >= span.first_ms - QUIET_MS,
            and_(
                VisitRow.heard_by > 0,
                VisitRow.last_at_ms >= span.first_ms - QUIET_MS - UNREPORTED_MS,
            ),
        ),
    )
    return db.scalars(query.order_by(VisitRow.first_at_ms, VisitRow.visit)).all()


def newest_first(db: Session, store: str, limit: int) -> Sequence[VisitRow]:
    """The latest visits of a store."""
    query = select(VisitRow).filter_by(store=store).order_by(VisitRow.last_at_ms.desc())
    return db.scalars(query.limit(limit)).all()


def count_since(db: Session, store: str, at_ms: int) -> int:
    """How many visits began at or after a time."""
    query = select(func.count()).where(VisitRow.store == store, VisitRow.first_at_ms >= at_ms)
    return db.scalar(query) or 0
