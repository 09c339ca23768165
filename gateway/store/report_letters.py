"""Which reports went out: each once, however often the timer comes."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.report_periods import Period
from gateway.store.base import Base


class ReportLetterRow(Base):
    """One report that a mail server took."""

    __tablename__ = "report_letter"

    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date] = mapped_column(primary_key=True)
    at_ms: Mapped[int]


def is_sent(db: Session, period: Period) -> bool:
    """Whether the report of a period went out."""
    return db.get(ReportLetterRow, (period.first, period.last)) is not None


def sent(db: Session, period: Period, at_ms: int) -> None:
    """It went out."""
    db.merge(ReportLetterRow(first=period.first, last=period.last, at_ms=at_ms))
