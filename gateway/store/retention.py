"""Forgets what is older than the table says, a few hundred rows at a time, and writes down what.

Rows are looked for while others write, and removed in transactions too short to hold anybody up.
Of an event only what it said is forgotten: its number and its place in the chain stay, so that
`hien gateway check` still tells what is missing from what was forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, sessionmaker

from contract.events import Kind, Verdict
from gateway.core.retention import Kept, Table, before_ms
from gateway.store.alert_rows import AlertRow
from gateway.store.appointments import AppointmentRow
from gateway.store.audit import AuditRow
from gateway.store.base import Base, writing
from gateway.store.consents import ConsentSaidRow
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.device_orders import DeviceOrderRow
from gateway.store.entries import DoorRecordRow
from gateway.store.events import FORGOTTEN, EventRow
from gateway.store.experiments import ExposureRow
from gateway.store.interests import InterestRow
from gateway.store.journeys import CreditRow, JourneyRow
from gateway.store.kiosk_petition_rows import KioskPetitionRow
from gateway.store.messages import MessageSentRow
from gateway.store.offers import DecisionRow
from gateway.store.one_time_codes import OneTimeCodeRow
from gateway.store.pass_uses import PassUseRow
from gateway.store.phones import PhoneCodeRow
from gateway.store.profiles import ProfileRow
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.touches import TouchRow
from gateway.store.visits import VisitRow

AT_A_TIME = 500  # rows in a transaction: some ten milliseconds of SQLite's one writer
REST_S = 0.02  # between two: SQLite's writers wait in no queue, and intake must get its turn


class RetentionRunRow(Base):
    """What one run forgot of one sort."""

    __tablename__ = "retention_run"

    at_ms: Mapped[int] = mapped_column(primary_key=True)  # when the run began
    kept: Mapped[str] = mapped_column(primary_key=True)  # gateway.core.retention.Kept
    before_ms: Mapped[int]  # what was older went
    removed: Mapped[int]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that may go: removed, or an event's words blanked in their order."""

    table: type[Base]
    is_old: Callable[[int], ColumnElement[bool]]  # by the time before which it goes
    along: str = ""  # blanked rows stay: walk along this column, look at none twice


def _is_before(column: InstrumentedAttribute[Any]) -> Callable[[int], ColumnElement[bool]]:
    return lambda at_ms: column < at_ms


def _said(before: int, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(EventRow.at_ms < before, EventRow.body != FORGOTTEN, *conditions)


def _is_sighting(before: int) -> ColumnElement[bool]:
    kinds = (Kind.ARRIVED, Kind.MOVED, Kind.LEFT)
    return _said(before, EventRow.kind.in_([str(kind) for kind in kinds]))


def _is_failed_scan(before: int) -> ColumnElement[bool]:
    # As our kiosks write it; what another writes with blanks is forgotten sooner, not later.
    was_good = EventRow.body.contains(f'"verdict":"{Verdict.GOOD}"')
    return _said(before, EventRow.kind == str(Kind.SCANNED), ~was_good)


def _is_past(before: int) -> ColumnElement[bool]:
    row = AppointmentRow
    return and_(
        row.changed_at_ms < before, or_(row.starts_at_ms.is_(None), row.starts_at_ms < before)
    )


def _of_old_visits(column: InstrumentedAttribute[Any]) -> Callable[[int], ColumnElement[bool]]:
    return lambda before: column.in_(select(VisitRow.visit).where(VisitRow.last_at_ms < before))


def _is_nobodys(before: int) -> ColumnElement[bool]:
    return and_(
        ConsentSaidRow.at_ms < before, ConsentSaidRow.member.not_in(select(ProfileRow.member))
    )


# In this order: what refers to a visit goes before it.
PARTS: Mapping[Kept, Sequence[Part]] = {
    Kept.SIGHTINGS: (Part(EventRow, _is_sighting, "id"),),
    Kept.FAILED_SCANS: (Part(EventRow, _is_failed_scan, "id"),),
    Kept.PASS_USES: (Part(PassUseRow, _is_before(PassUseRow.at_ms)),),
    Kept.PHONE_CODES: (
        Part(PhoneCodeRow, _is_before(PhoneCodeRow.until_ms)),
        Part(OneTimeCodeRow, _is_before(OneTimeCodeRow.asked_at_ms)),
    ),
    Kept.DEAD_LETTERS: (Part(DeadLetterRow, _is_before(DeadLetterRow.at_ms)),),
    Kept.INTERESTS: (
        Part(InterestRow, _is_before(InterestRow.at_ms)),
        Part(TouchRow, _is_before(TouchRow.at_ms)),
    ),
    Kept.MESSAGES: (Part(MessageSentRow, _is_before(MessageSentRow.at_ms)),),
    Kept.DECISIONS: (Part(DecisionRow, _is_before(DecisionRow.at_ms)),),
    Kept.VISITS: (
        Part(DecisionRow, _of_old_visits(DecisionRow.visit)),
        Part(ScreenSessionRow, _of_old_visits(ScreenSessionRow.visit)),
        Part(VisitRow, _is_before(VisitRow.last_at_ms)),
        Part(ExposureRow, _is_before(ExposureRow.at_ms)),
        Part(AlertRow, _is_before(AlertRow.closed_at_ms)),
        Part(AppointmentRow, _is_past),
        Part(JourneyRow, _is_before(JourneyRow.began_ms)),
        Part(CreditRow, _is_before(CreditRow.at_ms)),
        Part(DoorRecordRow, _is_before(DoorRecordRow.decided_ms)),
        Part(DeviceOrderRow, _is_before(DeviceOrderRow.at_ms)),
        Part(KioskPetitionRow, _is_before(KioskPetitionRow.until_ms)),
        Part(EventRow, _said, "id"),
    ),
    Kept.CONSENT_PROOFS: (Part(ConsentSaidRow, _is_nobodys),),
    Kept.AUDIT: (Part(AuditRow, _is_before(AuditRow.at_ms)),),
}


def run(
    sessions: sessionmaker[Session],
    table: Table,
    now_ms: int,
    rest: Callable[[float], object],
    at_a_time: int = AT_A_TIME,
) -> list[RetentionRunRow]:
    """Forget what is too old and write down how much of each; `rest` waits between two steps."""
    report = []
    for kept, parts in PARTS.items():
        days = table[kept]
        if days is None:
            continue
        until_ms = before_ms(days, now_ms)
        removed = 0
        for part in parts:
            removed += _sweep(sessions, part, until_ms, (rest, at_a_time))
        line = RetentionRunRow(at_ms=now_ms, kept=kept, before_ms=until_ms, removed=removed)
        with writing(sessions) as db:
            db.merge(line)
        report.append(line)
    return report


def due(sessions: sessionmaker[Session], table: Table, now_ms: int) -> dict[Kept, int]:
    """How much a run would forget; changes nothing."""
    with sessions() as db:
        return {
            kept: sum(len(_found(db, part, before_ms(days, now_ms), None, None)) for part in parts)
            for kept, parts in PARTS.items()
            if (days := table[kept]) is not None
        }


def latest(db: Session) -> Sequence[RetentionRunRow]:
    """What the newest run forgot."""
    newest = select(RetentionRunRow.at_ms).order_by(RetentionRunRow.at_ms.desc()).limit(1)
    query = select(RetentionRunRow).where(RetentionRunRow.at_ms == newest.scalar_subquery())
    return db.scalars(query.order_by(RetentionRunRow.kept)).all()


def _sweep(
    sessions: sessionmaker[Session],
    part: Part,
    until_ms: int,
    pace: tuple[Callable[[float], object], int],
) -> int:
    rest, at_a_time = pace
    removed, last = 0, None
    while True:
        with sessions() as db:
            found = _found(db, part, until_ms, last, at_a_time)
        if not found:
            return removed
        with writing(sessions) as db:
            removed += _forget(db, part, until_ms, [tuple(row)[: len(_key(part))] for row in found])
        last = found[-1][-1] if part.along else None
        rest(REST_S)


def _found(
    db: Session, part: Part, until_ms: int, after: str | None, limit: int | None
) -> Sequence[Row[Any]]:
    """The keys of rows that may go, and how far that is along."""
    query = select(*_key(part)).where(part.is_old(until_ms)).limit(limit)
    if part.along:
        column = getattr(part.table, part.along)
        query = query.add_columns(column).order_by(column)
        query = query if after is None else query.where(column > after)
    return db.execute(query).all()


def _forget(db: Session, part: Part, until_ms: int, keys: Collection[tuple[Any, ...]]) -> int:
    """Those of some rows that are still too old: another may have changed one meanwhile."""
    key = tuple_(*_key(part))
    here: ColumnElement[bool] = key.in_(list(keys))
    statement: Any = delete(part.table)
    if part.along:
        statement = update(part.table).values(body=FORGOTTEN)
    gone = statement.where(here, part.is_old(until_ms)).returning(*_key(part))
    return len(db.execute(gone.execution_options(synchronize_session=False)).all())


def _key(part: Part) -> list[Any]:
    return [getattr(part.table, column.key) for column in part.table.__table__.primary_key]
