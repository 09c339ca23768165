"""Who did what at the desk, and when: rows are added, and go only when they are too old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.audit import Deed
from gateway.store.base import Base

DETAIL_MAX = 1_000  # letters: what changed in a long offer is told by its fields' names


class AuditRow(Base):
    """One deed of one person."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at_ms", "at_ms"), Index("ix_audit_member", "member"))

    entry: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    store: Mapped[str]  # where they were signed in
    staff: Mapped[str]  # who; their id, which stays when they are gone
    deed: Mapped[str]  # gateway.core.audit.Deed
    subject: Mapped[str]  # an offer, a colleague; never a member
    member: Mapped[str | None]  # whom it was about
    detail: Mapped[str]


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, where and when."""

    staff: str
    store: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, to what or with whom."""

    deed: Deed
    subject: str = ""
    member: str | None = None
    detail: str = ""


def note(db: Session, by: By, done: Done) -> None:
    """Write a deed down, in the transaction that does it."""
    row = AuditRow(at_ms=by.at_ms, store=by.store, staff=by.staff, deed=done.deed)
    row.subject, row.member, row.detail = done.subject, done.member, done.detail[:DETAIL_MAX]
    db.add(row)


def newest(db: Session, limit: int, before: int | None = None, **only: str) -> Sequence[AuditRow]:
    """The latest deeds, newest first, older than entry `before`; `only` are columns' values."""
    query = select(AuditRow).filter_by(**only).order_by(AuditRow.entry.desc()).limit(limit)
    return db.scalars(query if before is None else query.where(AuditRow.entry < before)).all()
