"""Checking in for an appointment, or without one: the host is told at once, everybody soon after.

It commits nothing, except `tend`, which looks after all stores from time to time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live, Noun
from gateway.core.alerts import AlertKind, Outcome, most_urgent
from gateway.core.appointments import (
    FORGOTTEN,
    Hitch,
    Settlement,
    VisitState,
    VisitStep,
    VisitType,
    When,
    after,
    is_settled,
    punctual,
    type_of,
)
from gateway.core.telling import Kind
from gateway.core.visits import Place
from gateway.situations import local
from gateway.store import alerts, appointments, asking, outgoing, visit_types
from gateway.store.appointments import AppointmentRow, Kinds
from gateway.store.base import writing

TEND_S = 2.0  # a host who is late by 180 s is noticed within this
AT_ONCE = 100  # of each kind in one transaction; the next turn takes the rest


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that somebody wants to take."""

    step: VisitStep
    by: str  # staff:hanh, system:crm, kiosk:quay-1
    at_ms: int
    store: str = ""  # where it is done, if it is done in one
    is_admitted: bool = False  # staff let them in, however late or early
    outcome: Settlement | None = None  # of goods that were brought back
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """It cannot be: why, and who did what, when."""

    hitch: Hitch
    by: str = ""
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody who comes without an appointment."""

    store: str
    kind: str
    member: str | None
    by: str
    at_ms: int
    order: str = ""  # goods of this one are brought back
    note: str = ""


def take(db: Session, appointment: str, deed: Deed) -> AppointmentRow | Held:
    """Take a step. Who checks in gets a ticket, and their host a card; twice is once."""
    row = db.get(AppointmentRow, appointment, populate_existing=True)
    if row is None:
        return Held(Hitch.UNKNOWN)
    if deed.store and deed.store != row.store:
        return Held(Hitch.ELSEWHERE)
    state = VisitState(row.state)
    then = after(state, deed.step)
    if isinstance(then, Hitch):
        return Held(then, row.changed_by, row.changed_at_ms)
    if then is state:
        return row
    kind = type_of(visit_types.every(db), row.kind)
    if deed.step is VisitStep.FINISH and not is_settled(kind, deed.outcome, deed.note):
        return Held(Hitch.NOT_SETTLED)
    if deed.step is VisitStep.CHECK_IN and row.starts_at_ms is not None:
        hitch = punctual_at(row, kind, deed.at_ms)
        if hitch is not None and not (deed.is_admitted and hitch is not Hitch.WRONG_DAY):
            return Held(hitch, at_ms=row.starts_at_ms)
    moved = appointments.take(db, appointment, deed.step, deed.by, deed.at_ms)
    if moved is None:  # somebody was faster: say what they did
        return take(db, appointment, deed)
    if deed.step is VisitStep.CHECK_IN:
        _welcome(db, moved, kind, deed.at_ms, deed.by)
    if deed.step is VisitStep.FINISH and deed.outcome is not None:
        _settled(db, moved, deed)
    who, _colon, staff = deed.by.partition(":")
    if who == "staff" and moved.alert is not None:
        _settle(db, moved.alert, deed.step, staff, deed.at_ms)
    return moved


def punctual_at(row: AppointmentRow, kind: VisitType, at_ms: int) -> Hitch | None:
    """Why whoever has an appointment cannot check in at a time; None if they may."""
    if row.starts_at_ms is None:
        return None
    return punctual(kind, _when(row.starts_at_ms), _when(at_ms))


def walk_in(db: Session, who: WalkIn) -> AppointmentRow:
    """Queue somebody who has no appointment; they get a ticket."""
    row = AppointmentRow(
        appointment=f"walk-in-{uuid4().hex}",
        store=who.store,
        kind=who.kind,
        member=who.member,
        host="",
        state=VisitState.WAITING,
        changed_at_ms=who.at_ms,
        changed_by=who.by,
        order=who.order,
        note=who.note,
    )
    _welcome(db, row, type_of(visit_types.every(db), who.kind), who.at_ms, who.by)
    db.add(row)
    db.flush()
    return row


def _settle(db: Session, card: int, step: VisitStep, staff: str, at_ms: int) -> None:
    """What staff do on the page is done with the card, too, if it is theirs or nobody's."""
    if step is VisitStep.CHECK_IN:
        return
    alerts.claim(db, card, staff, at_ms)
    if step is not VisitStep.SERVE:
        outcome = Outcome.ASSISTED if step is VisitStep.FINISH else Outcome.NOT_FOUND
        alerts.serve(db, card, staff)
        alerts.close(db, card, staff, outcome, at_ms)


def _settled(db: Session, row: AppointmentRow, deed: Deed) -> None:
    """Write down how it ended, and tell the shop's own system, which pays or sends anew."""
    row.outcome, row.note = deed.outcome or "", deed.note.strip() or row.note
    said = {"ticket": row.appointment, "kind": row.kind, "order": row.order, "store": row.store}
    ended = {"outcome": row.outcome, "by": deed.by}
    outgoing.tell(db, Kind.RETURN_SETTLED, {**said, **ended}, deed.at_ms)
    db.flush()


def _welcome(db: Session, row: AppointmentRow, kind: VisitType, at_ms: int, by: str) -> None:
    row.day = local(at_ms).date().isoformat()
    row.ticket = appointments.next_ticket(db, row.store, row.day)
    row.waiting_since_ms = at_ms
    row.alert = _card(db, row, kind, Place(row.store, _kiosk(by), at_ms)).alert


def _card(db: Session, row: AppointmentRow, kind: VisitType, place: Place) -> alerts.AlertRow:
    """A visitor has one card: if one is offered already, it tells of the appointment, too."""
    host = (row.host, kind.host_within_ms) if row.host else None
    offered = None if row.member is None else alerts.offered_to(db, row.store, row.member)
    if offered is None:
        card = alerts.due(place, AlertKind.APPOINTMENT)
        card.member, card.skill = row.member, kind.skill
        return alerts.offer(db, card, host)
    offered.kind = most_urgent(AlertKind(offered.kind), AlertKind.APPOINTMENT)
    offered.skill = kind.skill
    asking.begin(db, offered, place.at_ms, host)
    db.flush()
    return offered


def _kiosk(by: str) -> str:
    """At which kiosk somebody stands, if they checked in at one."""
    who, _colon, kiosk = by.partition(":")
    return kiosk if who == "kiosk" else ""


@dataclass(frozen=True)
class Tending:
    """Looks after appointments that nobody looks after; many processes may do it at once."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    publish_live: Callable[[str, Live], None]

    def once(self) -> None:
        """Call everybody to whoever waited too long; mark who did not come."""
        with self.sessions() as db:  # mostly there is nothing, and no writer is held up
            if not self._due(db):
                return
        with writing(self.sessions) as db:
            changed = [self._tend(db, row) for row in self._due(db)]
        for store, live in filter(None, changed):
            self.publish_live(store, live)

    def _due(self, db: Session) -> list[AppointmentRow]:
        now_ms, types = self.now_ms(), visit_types.every(db)
        each = [(Kinds((name,)), kind) for name, kind in types.items()]
        return [
            row
            for kinds, kind in (*each, (Kinds(tuple(types), is_but=True), FORGOTTEN))
            for row in appointments.overdue(
                db,
                kinds,
                {
                    VisitState.BOOKED: now_ms - kind.no_show_ms,
                    VisitState.WAITING: now_ms - kind.host_within_ms,
                },
                AT_ONCE,
            )
        ]

    def _tend(self, db: Session, row: AppointmentRow) -> tuple[str, Live] | None:
        """What to tell the store's pages; None if another process was faster."""
        now_ms, name = self.now_ms(), row.appointment
        if row.state == VisitState.BOOKED:
            is_ours = appointments.take(db, name, VisitStep.MISS, "", now_ms) is not None
        else:
            is_ours = appointments.escalate(db, name, now_ms)
        return (row.store, Live(Noun.ALERT, name)) if is_ours else None


def _when(at_ms: int) -> When:
    return When(at_ms, local(at_ms).date())
