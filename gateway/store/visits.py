"""Visits: who was in which store from when till when, however many kiosks and evidences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, bindparam, delete, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.visits import LONGEST_MS, QUIET_MS, UNREPORTED_MS, Span
from gateway.store import batches, measured_days, touches
from gateway.store.base import Base
from gateway.store.batches import Prepared, among, filtered
from gateway.store.weeks_of_visits import WEEK, by_week


class VisitRow(Base):
    """One member in one store, from the first evidence to two minutes after the last."""

    __tablename__ = "visit"
    __table_args__ = (
        # By the beginning, which stays: a visit that goes on changes no page of the index.
        Index("ix_visit_week", text(WEEK), "member", "store").ddl_if(dialect="sqlite"),
        Index("ix_visit_member_store_first", "member", "store", "first_at_ms").ddl_if(
            dialect="postgresql"
        ),
        Index("ix_visit_store_first", "store", "first_at_ms"),
    )

    visit: Mapped[int] = mapped_column(primary_key=True)
    store: Mapped[str]
    member: Mapped[str]
    kiosk: Mapped[str]  # where the newest evidence came from
    first_at_ms: Mapped[int]
    last_at_ms: Mapped[int]
    confidence: Mapped[float]
    evidence: Mapped[str]  # the newest source, gateway.core.matching.Source
    heard_by: Mapped[int] = mapped_column(
        default=0
    )  # kiosks that reported the tag's arrival and not yet its departure


COLUMNS = tuple(column.key for column in VisitRow.__table__.columns)
GOING_ON = ("kiosk", "last_at_ms", "confidence", "evidence", "heard_by")
"""What a visit that goes on may change. No index has them, so no page of one is written."""


@dataclass(slots=True)
class Visit:
    """A visit while it is decided upon; `keep` writes it. The fields of a row, in its order."""

    visit: int
    store: str
    member: str
    kiosk: str
    first_at_ms: int
    last_at_ms: int
    confidence: float
    evidence: str
    heard_by: int = 0
    stored: tuple[object, ...] | None = None  # as it stands in the database

    @property
    def span(self) -> Span:
        """From the first to the last evidence."""
        return Span(self.first_at_ms, self.last_at_ms)

    @property
    def row(self) -> tuple[object, ...]:
        """As it is to stand in the database."""
        return (
            self.visit,
            self.store,
            self.member,
            self.kiosk,
            self.first_at_ms,
            self.last_at_ms,
            self.confidence,
            self.evidence,
            self.heard_by,
        )

    @property
    def present(self) -> tuple[object, ...]:
        """What of it changes while it goes on, and its number."""
        return *(getattr(self, name) for name in GOING_ON), self.visit


_AROUND = Prepared(
    select(*VisitRow.__table__.columns)
    .where(
        # Pairs, and a bound of its own: else SQLite takes the index by store and time, and reads
        # all visits that a store ever had.
        among(VisitRow.member, filtered(VisitRow.store), rows="who"),
        by_week(VisitRow.first_at_ms, bindparam("longest_ms"), bindparam("until_ms")),
        VisitRow.first_at_ms >= bindparam("longest_ms"),
        VisitRow.first_at_ms <= bindparam("until_ms"),
        VisitRow.last_at_ms >= bindparam("unreported_ms"),
        or_(VisitRow.last_at_ms >= bindparam("since_ms"), VisitRow.heard_by > 0),
    )
    .order_by(VisitRow.first_at_ms, VisitRow.visit)
)


def numbers(db: Session) -> Iterator[int]:
    """Numbers for new visits."""
    return batches.new_numbers(db, VisitRow.visit)


def keep(db: Session, visits: Iterable[Visit], now_ms: int) -> None:
    """Write those that are new or changed."""
    changed = [(visit, row) for visit in visits if (row := visit.row) != visit.stored]
    began = [one for one in changed if _begins(*one)]
    went_on = [visit for visit, row in changed if not _begins(visit, row)]
    measured_days.outdate(db, [(visit.store, visit.first_at_ms) for visit, _ in changed], now_ms)
    measured_days.outdate(db, _since(db, [visit for visit, _ in began], now_ms), now_ms)
    touches.due_if_touched(db, [visit.member for visit, _ in began])
    batches.put_rows(db, VisitRow, COLUMNS, [row for _, row in began], key=("visit",))
    batches.change_rows(db, VisitRow, GOING_ON, [visit.present for visit in went_on], key="visit")
    for visit, row in changed:
        visit.stored = row


def _begins(visit: Visit, row: tuple[object, ...]) -> bool:
    at = COLUMNS.index("first_at_ms")
    return visit.stored is None or visit.stored[at] != row[at]


def _since(db: Session, late: Collection[Visit], now_ms: int) -> list[tuple[str, int]]:
    """Where a visit comes late, its member's later ones there: each has one more before it."""
    row, today_ms = VisitRow, measured_days.today_ms(now_ms)
    found: list[tuple[str, int]] = []
    for visit in late:
        if visit.first_at_ms < today_ms:
            theirs = row.member == visit.member, filtered(row.store) == visit.store
            later = select(row.first_at_ms).where(
                *theirs, by_week(row.first_at_ms), row.first_at_ms > visit.first_at_ms
            )
            found += [(visit.store, at_ms) for at_ms in db.scalars(later)]
            if visit.stored is not None:
                found.append((visit.store, int(str(visit.stored[COLUMNS.index("first_at_ms")]))))
    return found


def outdate_members(db: Session, members: Collection[str], now_ms: int) -> None:
    """Whose visits these are is another question since: their days must be counted anew."""
    row = VisitRow
    mine = among(row.member, rows=members), by_week(row.first_at_ms)
    theirs = select(row.store, row.first_at_ms).where(*mine)
    found = [(store, at_ms) for store, at_ms in db.execute(theirs)]
    measured_days.outdate(db, found, now_ms)


def forget(db: Session, visit: int) -> None:
    """It was one with another."""
    db.execute(delete(VisitRow).where(VisitRow.visit == visit))


def around(db: Session, who: Collection[tuple[str, str]], span: Span) -> list[Visit]:
    """Visits to which evidence from that time may belong, oldest first; `who` is member, store."""
    found = _AROUND.rows(
        db,
        who=who,
        until_ms=span.last_ms + QUIET_MS,
        since_ms=span.first_ms - QUIET_MS,
        unreported_ms=span.first_ms - QUIET_MS - UNREPORTED_MS,
        longest_ms=span.first_ms - LONGEST_MS,
    )
    return [_visit(tuple(row)) for row in found]


def _visit(row: tuple[Any, ...]) -> Visit:
    visit = Visit(*row)
    visit.stored = row
    return visit


def newest_first(db: Session, store: str, limit: int) -> Sequence[VisitRow]:
    """The visits of a store, the one that began last first: so an index has them."""
    query = select(VisitRow).filter_by(store=store).order_by(VisitRow.first_at_ms.desc())
    return db.scalars(query.limit(limit)).all()


def open_of(db: Session, store: str, member: str, now_ms: int) -> VisitRow | None:
    """The visit a member is on now, if they are here."""
    query = select(VisitRow).where(
        VisitRow.member == member,
        filtered(VisitRow.store) == store,
        by_week(VisitRow.first_at_ms),
        or_(VisitRow.last_at_ms >= now_ms - QUIET_MS, VisitRow.heard_by > 0),
        VisitRow.last_at_ms >= now_ms - QUIET_MS - UNREPORTED_MS,
        VisitRow.first_at_ms >= now_ms - LONGEST_MS,
    )
    return db.scalars(query.order_by(VisitRow.last_at_ms.desc()).limit(1)).first()


def count_since(db: Session, store: str, at_ms: int) -> int:
    """How many visits began at or after a time."""
    query = select(func.count()).where(VisitRow.store == store, VisitRow.first_at_ms >= at_ms)
    return db.scalar(query) or 0


def first_ms(db: Session, store: str) -> int | None:
    """When the first visit of a store began."""
    return db.scalar(select(func.min(VisitRow.first_at_ms)).where(VisitRow.store == store))


def before(
    db: Session, visit: Visit | VisitRow, unkept: Collection[Visit] = ()
) -> tuple[int, int | None]:
    """How many visits there the member made before this one, and when the last ended.

    `unkept` are those of the same member and store that may stand otherwise in the database.
    """
    query = select(func.count(), func.max(VisitRow.last_at_ms)).where(
        VisitRow.member == visit.member,
        filtered(VisitRow.store) == visit.store,
        by_week(VisitRow.first_at_ms),
        VisitRow.first_at_ms < visit.first_at_ms,
        VisitRow.visit.not_in({visit.visit, *(one.visit for one in unkept)}),
    )
    count, last_ms = db.execute(query).one()
    others = [one for one in unkept if one.visit != visit.visit]
    ends_ms = [one.last_at_ms for one in others if one.first_at_ms < visit.first_at_ms]
    known_ms = [at_ms for at_ms in (*ends_ms, last_ms) if at_ms]  # SQL's max of none is null
    return count + len(ends_ms), max(known_ms, default=None)
