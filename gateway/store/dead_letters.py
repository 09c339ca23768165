"""Messages nobody could read, kept for a person to look at; the newest ones only.

What a kiosk says again and again, because it gets no receipt for it, is one letter.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store.base import Base

KEPT = 10_000  # a flood must not fill the disk; the first thousand of one kind say it all
PAYLOAD_BYTES = 8_192  # twice the largest event


class DeadLetterRow(Base):
    """One message and why it was refused."""

    __tablename__ = "dead_letter"

    letter: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)  # SHA-256 of topic and payload
    topic: Mapped[str]
    payload: Mapped[bytes]  # cut to PAYLOAD_BYTES
    reason: Mapped[str]
    at_ms: Mapped[int]  # when it came last
    times: Mapped[int]  # how often it came
    # The event it is, if a receipt counted it: its kiosk has forgotten it, this is all there is.
    event: Mapped[str | None] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message nobody can read, and why."""

    topic: str
    payload: bytes
    reason: str
    event: str | None = None

    @property
    def digest(self) -> str:
        """What tells it from others."""
        return sha256(self.topic.encode() + b"\0" + self.payload).hexdigest()


def add(db: Session, letters: Sequence[Letter], at_ms: int) -> None:
    """Keep letters, and let go of the oldest beyond KEPT.

    A flood of those that were never counted drives out none that was.
    """
    if not letters:
        return
    digests = [letter.digest for letter in letters]
    found = db.scalars(select(DeadLetterRow).where(DeadLetterRow.digest.in_(digests)))
    rows = {row.digest: row for row in found}
    for digest, letter in zip(digests, letters, strict=True):
        if digest not in rows:
            rows[digest] = DeadLetterRow(
                digest=digest,
                topic=_storable(letter.topic[:200]),
                payload=letter.payload[:PAYLOAD_BYTES],
                reason=_storable(letter.reason[:200]),
                times=0,
            )
            db.add(rows[digest])
        rows[digest].times += 1
        rows[digest].at_ms = at_ms
        rows[digest].event = rows[digest].event or letter.event
    db.flush()
    for is_kind in (DeadLetterRow.event.is_(None), DeadLetterRow.event.is_not(None)):
        ranked = select(DeadLetterRow.letter).where(is_kind).order_by(DeadLetterRow.letter.desc())
        oldest = ranked.offset(KEPT).subquery()
        db.execute(delete(DeadLetterRow).where(DeadLetterRow.letter.in_(select(oldest.c.letter))))


def counted(db: Session, events: Collection[str]) -> set[str]:
    """Those of some events that a receipt counted although nobody could read them."""
    query = select(DeadLetterRow.event).where(DeadLetterRow.event.in_(events))
    return {event for event in db.scalars(query) if event is not None}


def newest_first(db: Session, limit: int) -> Sequence[DeadLetterRow]:
    """The latest dead letters."""
    query = select(DeadLetterRow).order_by(DeadLetterRow.at_ms.desc(), DeadLetterRow.letter.desc())
    return db.scalars(query.limit(limit)).all()


def get(db: Session, letter: int) -> DeadLetterRow | None:
    """One of them; None if it is gone."""
    return db.get(DeadLetterRow, letter)


def count(db: Session) -> int:
    """How many there are."""
    return db.scalar(select(func.count()).select_from(DeadLetterRow)) or 0


def _storable(text: str) -> str:
    """Text as every database takes it: PostgreSQL knows no NUL, and none knows half a surrogate."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
