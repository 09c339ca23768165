"""What people ask for who have a right to it, and until when; doing it is a person's work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.changes import PrivacyAsked
from gateway.store.base import Base

# Decree 356/2025: most rights within 10 to 20 days; Shopify: 30. The shortest serves all.
DUE_MS = 10 * 86_400_000


class PrivacyRequestRow(Base):
    """One request."""

    __tablename__ = "privacy_request"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    connector: Mapped[str]
    ask: Mapped[str]  # gateway.core.changes.Ask
    outside: Mapped[str]  # the vendor's id of the customer; "" for a whole shop
    member: Mapped[str | None]  # who that is here; None: nobody
    asked_at_ms: Mapped[int]
    due_ms: Mapped[int]
    done_at_ms: Mapped[int | None]


def add(db: Session, connector: str, asked: PrivacyAsked, member: str | None, now_ms: int) -> None:
    """Put a request on the list; `member` is who that is here."""
    row = PrivacyRequestRow(connector=connector, ask=asked.ask, outside=asked.customer)
    row.member, row.asked_at_ms, row.due_ms = member, now_ms, now_ms + DUE_MS
    db.add(row)


def undone(db: Session) -> Sequence[PrivacyRequestRow]:
    """What is still to be done, the most urgent first."""
    query = select(PrivacyRequestRow).where(PrivacyRequestRow.done_at_ms.is_(None))
    return db.scalars(query.order_by(PrivacyRequestRow.due_ms, PrivacyRequestRow.number)).all()


def done(db: Session, number: int, now_ms: int) -> bool:
    """Cross a request off; False if somebody did before, or there is none."""
    row = PrivacyRequestRow
    statement = update(row).where(row.number == number, row.done_at_ms.is_(None))
    return db.scalar(statement.values(done_at_ms=now_ms).returning(row.number)) is not None
