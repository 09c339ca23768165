"""What was answered under an idempotency key, so that whoever asks again hears the same.

Answers may be personal: they are kept for a day and no longer.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.store.base import Base, insert

KEPT_MS = 24 * 60 * 60 * 1000  # a queue that retries for longer has other troubles
UNANSWERED = 0  # a status while the transaction that will answer is open; nobody else sees it


class ApiAnswerRow(Base):
    """One answer."""

    __tablename__ = "api_answer"

    connector: Mapped[str] = mapped_column(primary_key=True)
    idem_key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]  # a digest of what was asked: a key is good for one question
    status: Mapped[int]
    body: Mapped[bytes]
    at_ms: Mapped[int] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with a key."""

    connector: str
    idem_key: str
    request: str
    at_ms: int


def first(db: Session, asked: Asked) -> ApiAnswerRow | None:
    """Claim a key; None if it is ours to answer, else what was answered under it.

    Who asks at the same time waits here until the other has answered, or has failed.
    """
    claim = insert(db, ApiAnswerRow).values(
        connector=asked.connector,
        idem_key=asked.idem_key,
        request=asked.request,
        status=UNANSWERED,
        body=b"",
        at_ms=asked.at_ms,
    )
    free = claim.on_conflict_do_nothing(index_elements=["connector", "idem_key"])
    if db.scalar(free.returning(ApiAnswerRow.idem_key)) is not None:
        return None
    return db.get_one(ApiAnswerRow, (asked.connector, asked.idem_key), populate_existing=True)


def keep(db: Session, asked: Asked, status: int, body: bytes) -> None:
    """Write down the answer to a claimed key."""
    row = db.get_one(ApiAnswerRow, (asked.connector, asked.idem_key))
    row.status, row.body = status, body


def forget(db: Session, now_ms: int) -> None:
    """Drop what is older than a day."""
    db.execute(delete(ApiAnswerRow).where(ApiAnswerRow.at_ms < now_ms - KEPT_MS))
