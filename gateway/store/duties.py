"""What the owner still has to do, what they said was done, and of what they were reminded."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.duties import FILED, Due, Duty, Filed, of_file
from gateway.core.incidents import Standing
from gateway.store import consents, incidents, privacy_requests
from gateway.store.base import Base


class FilingRow(Base):
    """The owner says that a part of their file was sent or looked through."""

    __tablename__ = "filing"

    number: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[str]  # gateway.core.duties.Duty, of FILED
    at_ms: Mapped[int]
    by: Mapped[str]


class DutyToldRow(Base):
    """How often somebody was reminded of one thing."""

    __tablename__ = "duty_told"

    key: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.duties.Due.key
    stage: Mapped[int]


def filed(db: Session) -> Filed:
    """When each part of the file was done last."""
    query = select(FilingRow.duty, func.max(FilingRow.at_ms)).group_by(FilingRow.duty)
    last = {Duty(duty): at_ms for duty, at_ms in db.execute(query)}
    return Filed(last.get(Duty.ASSESSMENT), last.get(Duty.REVIEW))


def file(db: Session, duty: Duty, by: str, now_ms: int) -> bool:
    """Write down that it is done; False if it is nothing that one can say so of."""
    if duty not in FILED:
        return False
    db.add(FilingRow(duty=str(duty), at_ms=now_ms, by=by))
    return True


def open_(db: Session, now_ms: int) -> list[Due]:
    """All that is still to be done, the most urgent first."""
    found = of_file(consents.began_ms(db), filed(db))
    found += [
        Due(Duty.REQUEST, row.due_ms, row.number)
        for row in privacy_requests.undone(db)
        if row.confirmed_at_ms is None  # else it is done as soon as it can be
    ]
    waiting = (Standing.RUNNING, Standing.LATE)
    found += [
        Due(Duty.INCIDENT, one.due_ms, one.number)
        for one in incidents.every(db)
        if one.standing(now_ms) in waiting
    ]
    return sorted(found, key=lambda due: (due.due_ms, due.key))


def told(db: Session) -> dict[str, int]:
    """How often each was told."""
    return {row.key: row.stage for row in db.scalars(select(DutyToldRow))}


def tell(db: Session, due: Due, stage: int) -> None:
    """Somebody was reminded so often."""
    db.merge(DutyToldRow(key=due.key, stage=stage))
