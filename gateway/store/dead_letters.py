"""Messages nobody could read, kept for a person to look at; the newest ones only.

What a kiosk says again and again, because it gets no receipt for it, is one letter.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def add(db: Session, rows: Sequence[tuple[str, bytes, str]], at_ms: int) -> None:
    """Keep (topic, payload, reason), and let go of the oldest beyond KEPT."""
    if not rows:
        return
    digests = [_digest(topic, payload) for topic, payload, _ in rows]
    found = db.scalars(select(DeadLetterRow).where(DeadLetterRow.digest.in_(digests)))
    letters = {row.digest: row for row in found}
    for digest, (topic, payload, reason) in zip(digests, rows, strict=True):
        if digest not in letters:
            letters[digest] = DeadLetterRow(
                digest=digest,
                topic=topic[:200],
                payload=payload[:PAYLOAD_BYTES],
                reason=reason[:200],
                times=0,
            )
            db.add(letters[digest])
        letters[digest].times += 1
        letters[digest].at_ms = at_ms
    db.flush()
    newest = db.scalar(select(func.max(DeadLetterRow.letter))) or 0
    db.execute(delete(DeadLetterRow).where(DeadLetterRow.letter <= newest - KEPT))


def newest_first(db: Session, limit: int) -> Sequence[DeadLetterRow]:
    """The latest dead letters."""
    query = select(DeadLetterRow).order_by(DeadLetterRow.at_ms.desc(), DeadLetterRow.letter.desc())
    return db.scalars(query.limit(limit)).all()


def count(db: Session) -> int:
    """How many there are."""
    return db.scalar(select(func.count()).select_from(DeadLetterRow)) or 0


def _digest(topic: str, payload: bytes) -> str:
    return sha256(topic.encode() + b"\0" + payload).hexdigest()
