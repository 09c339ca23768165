"""How the clocks of tags with rotating identities stand; set right whenever a kiosk hears one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.events import Arrived, Event
from gateway.core.rotating import TagClock
from gateway.store.base import Base


class TagClockRow(Base):
    """One tag's clock."""

    __tablename__ = "tag_clock"

    tag: Mapped[str] = mapped_column(ForeignKey("tag.tag", ondelete="CASCADE"), primary_key=True)
    started_s: Mapped[int]  # Unix time when the tag's counter said 0
    set_at_s: Mapped[int]  # Unix time when that was last seen to be right
    told_s: Mapped[int]  # what kiosks were last told; they report how far that was wrong


def every(db: Session) -> dict[str, TagClockRow]:
    """All clocks, by tag."""
    return {row.tag: row for row in db.scalars(select(TagClockRow))}


def tell(
    db: Session, known: Mapping[str, TagClockRow], tag: str, started_s: int, now_s: int
) -> TagClock:
    """What kiosks are told of a tag's clock from now on. A new tag's was just set."""
    row = known.get(tag)
    if row is None:
        row = TagClockRow(tag=tag, started_s=started_s, set_at_s=now_s, told_s=started_s)
        db.merge(row)
    row.told_s = row.started_s
    return TagClock(row.started_s, row.set_at_s)


def observe(db: Session, events: Sequence[Event]) -> None:
    """Learn from what kiosks heard. Saying the same twice moves no clock twice."""
    ahead_s = {
        event.body.tag: (event.body.clock_ahead_s, event.at_ms // 1_000)
        for event in events
        if isinstance(event.body, Arrived) and event.body.clock_ahead_s is not None
    }
    if not ahead_s:
        return
    for row in db.scalars(select(TagClockRow).where(TagClockRow.tag.in_(ahead_s))):
        by_s, at_s = ahead_s[row.tag]
        row.started_s = row.told_s - by_s
        row.set_at_s = max(row.set_at_s, at_s)
