"""When members met the shop online, of those who agreed to profiling; who must be counted anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.attribution import Key, Tags
from gateway.core.consent import Purpose
from gateway.store import base
from gateway.store.base import Base
from gateway.store.batches import Prepared, among
from gateway.store.profiles import ConsentRow


class TouchRow(Base):
    """A member followed a link, took a code or read a QR code somewhere."""

    __tablename__ = "touch"
    __table_args__ = (Index("ix_touch_member", "member", "at_ms"), Index("ix_touch_at_ms", "at_ms"))

    source: Mapped[str] = mapped_column(primary_key=True)  # who told us
    touch: Mapped[str] = mapped_column(primary_key=True)  # their number of it
    member: Mapped[str] = mapped_column(ForeignKey("profile.member"))
    at_ms: Mapped[int]
    key: Mapped[str]  # gateway.core.attribution.Key
    campaign: Mapped[str]
    origin: Mapped[str]
    medium: Mapped[str]
    click: Mapped[str]


class JourneyDueRow(Base):
    """Something about a member's journeys changed; they are counted anew within a minute."""

    __tablename__ = "journey_due"

    member: Mapped[str] = mapped_column(primary_key=True)


_TOUCHED = Prepared(
    select(TouchRow.member).where(among(TouchRow.member, rows="members")).distinct()
)


@dataclass(frozen=True, slots=True)
class Noted:
    """One touch, as somebody tells us."""

    source: str
    touch: str
    at_ms: int
    key: Key
    tags: Tags


def learn(db: Session, member: str, noted: Noted) -> bool | None:
    """Keep a touch; whether it is new. None, and nothing is kept, without consent to profiling."""
    if db.get(ConsentRow, (member, str(Purpose.PROFILING))) is None:
        return None
    tags = noted.tags
    values = {
        "source": noted.source,
        "touch": noted.touch,
        "member": member,
        "at_ms": noted.at_ms,
        "key": str(noted.key),
        "campaign": tags.campaign,
        "origin": tags.origin,
        "medium": tags.medium,
        "click": tags.click,
    }
    put = base.insert(db, TouchRow).values(values).on_conflict_do_nothing()
    if db.scalar(put.returning(TouchRow.touch)) is None:
        return False
    due(db, [member])
    return True


def due(db: Session, members: Collection[str]) -> None:
    """Their journeys must be counted anew, whether they have any or not."""
    rows = [{"member": member} for member in sorted(set(members))]
    if rows:
        db.execute(base.insert(db, JourneyDueRow).on_conflict_do_nothing(), rows)


def due_if_touched(db: Session, members: Collection[str]) -> None:
    """Those of some members who were touched came, or bought something."""
    if members:
        due(db, [member for (member,) in _TOUCHED.rows(db, members=set(members))])


def forget_all(db: Session, members: Collection[str]) -> None:
    """Some members agree to profiling no more: their touches go now, what was made of them soon."""
    db.execute(delete(TouchRow).where(among(TouchRow.member, rows=members)))
    due(db, members)
