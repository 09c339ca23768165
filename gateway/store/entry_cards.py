"""Printed entry cards that have ended before their day. The cards themselves are kept nowhere."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store import stores
from gateway.store.base import Base

# Doors are told all of them in one document: 190 kB. Who lost more prints new ones with a new key.
MOST = 10_000


class EndedCardRow(Base):
    """One card that opens no door any more."""

    __tablename__ = "ended_entry_card"

    card: Mapped[str] = mapped_column(primary_key=True)  # 16 hex digits, as in passes
    ended_at_ms: Mapped[int]


def end(db: Session, card: str, now_ms: int) -> bool:
    """End a card; False if it has ended before. OverflowError if there are too many by now."""
    if db.get(EndedCardRow, card) is not None:
        return False
    if (db.scalar(select(func.count()).select_from(EndedCardRow)) or 0) >= MOST:
        raise OverflowError(f"{MOST} entry cards have ended")
    db.add(EndedCardRow(card=card, ended_at_ms=now_ms))
    stores.next_edition(db)
    return True


def ended(db: Session) -> tuple[str, ...]:
    """The cards that have ended, in order of their numbers."""
    return tuple(db.scalars(select(EndedCardRow.card).order_by(EndedCardRow.card)))
