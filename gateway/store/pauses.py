"""Who is not to be recognised by a tag for a day. A pass that is shown still says who it is."""

from __future__ import annotations

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store import stores
from gateway.store.base import Base

PAUSE_MS = 24 * 3_600_000  # J11: "not today"


class PauseRow(Base):
    """One member's pause."""

    __tablename__ = "pause"

    member: Mapped[str] = mapped_column(ForeignKey("profile.member"), primary_key=True)
    until_ms: Mapped[int]


def begin(db: Session, member: str, now_ms: int) -> int:
    """A member's tags are nobody's for a day; until when."""
    db.merge(PauseRow(member=member, until_ms=now_ms + PAUSE_MS))
    stores.next_edition(db)
    return now_ms + PAUSE_MS


def end(db: Session, member: str) -> None:
    """They want to be recognised again."""
    db.execute(delete(PauseRow).filter_by(member=member))
    stores.next_edition(db)


def join(db: Session, kept: str, gone: str) -> None:
    """Two members are one: they are paused as long as either is. A split leaves it so."""
    theirs, mine = db.get(PauseRow, gone), db.get(PauseRow, kept)
    if theirs is not None:
        until = max(theirs.until_ms, 0 if mine is None else mine.until_ms)
        db.merge(PauseRow(member=kept, until_ms=until))


def until_ms(db: Session, member: str, now_ms: int) -> int | None:
    """Until when a member is paused; None if they are not."""
    return db.scalar(
        select(PauseRow.until_ms).where(PauseRow.member == member, PauseRow.until_ms > now_ms)
    )


def lapse(db: Session, now_ms: int) -> None:
    """Pauses that are over go; who tells kiosks whom to recognise asks first."""
    db.execute(delete(PauseRow).where(PauseRow.until_ms <= now_ms))
