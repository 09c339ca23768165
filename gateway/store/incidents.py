"""The incident log: what was said of each, by whom and when. It is only ever added to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ForeignKey, Index, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core import incidents
from gateway.core.incidents import Incident, Said, What
from gateway.store import privacy_requests
from gateway.store.base import Base

BLANK = "…"  # in place of who was erased


class IncidentRow(Base):
    """One incident."""

    __tablename__ = "incident"

    incident: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    known_ms: Mapped[int]
    due_ms: Mapped[int]  # as the owner's table was when it was opened


class IncidentSaidRow(Base):
    """One entry."""

    __tablename__ = "incident_said"
    __table_args__ = (Index("ix_incident_said_incident", "incident", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    incident: Mapped[int] = mapped_column(ForeignKey("incident.incident"))
    what: Mapped[str]  # gateway.core.incidents.What
    words: Mapped[str]
    said_ms: Mapped[int]
    by: Mapped[str]
    told_ms: Mapped[int | None]


def open_(db: Session, known_ms: int, words: Mapping[What, str], by: str, now_ms: int) -> int:
    """Begin one with what is known; its number. The clock runs since it became known."""
    hours = privacy_requests.clocks(db).breach_hours
    row = IncidentRow(known_ms=known_ms, due_ms=incidents.due_ms(known_ms, hours))
    db.add(row)
    db.flush()
    for what, said in words.items():
        if said:
            say(db, row.incident, Said(what, said, now_ms, by))
    return row.incident


def say(db: Session, incident: int, said: Said) -> None:
    """Add an entry."""
    db.add(
        IncidentSaidRow(
            incident=incident,
            what=str(said.what),
            words=said.words,
            said_ms=said.said_ms,
            by=said.by,
            told_ms=said.told_ms,
        )
    )
    db.flush()


def every(db: Session) -> list[Incident]:
    """All, the newest first."""
    said: dict[int, list[Said]] = defaultdict(list)
    for row in db.scalars(select(IncidentSaidRow).order_by(IncidentSaidRow.number)):
        one = Said(What(row.what), row.words, row.said_ms, row.by, row.told_ms)
        said[row.incident].append(one)
    rows = db.scalars(select(IncidentRow).order_by(IncidentRow.incident.desc()))
    return [Incident(row.incident, row.known_ms, row.due_ms, said[row.incident]) for row in rows]


def get(db: Session, number: int) -> Incident | None:
    """One of them."""
    return next((one for one in every(db) if one.number == number), None)


def unname(db: Session, needles: Sequence[str]) -> int:
    """Take names and numbers of the erased out of what was said; in how many entries they stood."""
    found = db.scalars(select(IncidentSaidRow).order_by(IncidentSaidRow.number)).all()
    named = [row for row in found if any(needle in row.words for needle in needles)]
    for row in named:
        values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        for needle in sorted(needles, key=len, reverse=True):
            values["words"] = values["words"].replace(needle, BLANK)
        # The database refuses to change an entry: it is written anew, in its place.
        db.execute(delete(IncidentSaidRow).filter_by(number=row.number))
        db.execute(insert(IncidentSaidRow).values(values))
    return len(named)
