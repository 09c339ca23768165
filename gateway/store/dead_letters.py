"""Messages nobody could read, kept for a person to look at; the newest ones only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store.base import Base

KEPT = 10_000  # a flood must not fill the disk; the first thousand of one kind say it all
PAYLOAD_BYTES = 8_192  # twice the largest event


class DeadLetterRow(Base):
    """One message and why it was refused."""

    __tablename__ = "dead_letter"

    letter: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[bytes]  # cut to PAYLOAD_BYTES
    reason: Mapped[str]
    at_ms: Mapped[int]


def add(db: Session, rows: Sequence[tuple[str, bytes, str]], at_ms: int) -> None:
    """Keep (topic, payload, reason), and let go of the oldest beyond KEPT."""
    if not rows:
        return
    values = [
        {
            "topic": topic[:200],
            "payload": payload[:PAYLOAD_BYTES],
            "reason": reason[:200],
            "at_ms": at_ms,
        }
        for topic, payload, reason in rows
    ]
    db.execute(insert(DeadLetterRow), values)
    newest = db.scalar(select(func.max(DeadLetterRow.letter))) or 0
    db.execute(delete(DeadLetterRow).where(DeadLetterRow.letter <= newest - KEPT))


def newest_first(db: Session, limit: int) -> Sequence[DeadLetterRow]:
    """The latest dead letters."""
    query = select(DeadLetterRow).order_by(DeadLetterRow.letter.desc()).limit(limit)
    return db.scalars(query).all()


def count(db: Session) -> int:
    """How many there are."""
    return db.scalar(select(func.count()).select_from(DeadLetterRow)) or 0
