"""`/v1/appointments`: what a booking system hands to the store, check-in, walk-ins. J6."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from contract.identifiers import MemberId, StoreId
from contract.messages import Live, Noun
from gateway import appointments
from gateway.api import pages
from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import one_of
from gateway.api.routes import Call, Items, Nothing, Number, Result, Route
from gateway.appointments import Deed, Held, WalkIn
from gateway.core.api_keys import Scope
from gateway.core.appointments import SENTENCES, Settlement, VisitState, VisitStep
from gateway.store import visit_types
from gateway.store.appointments import AppointmentRow
from gateway.store.stores import StoreRow

Member = Annotated[MemberId, Meta(max_length=12)]
Store = Annotated[StoreId, Meta(max_length=32)]
Kind = Annotated[str, Meta(pattern="^[0-9a-z_]{1,32}$", max_length=32)]
OrderName = Annotated[str, Meta(pattern="^[0-9A-Za-z-]{0,40}$", max_length=40)]
Note = Annotated[str, Meta(pattern=r"^(?![\s\S]*[\u0000-\u001f\u007f])", max_length=240)]
Host = Annotated[str, Meta(pattern="^[0-9a-z-]{0,32}$", max_length=32)]


class NewAppointment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An appointment as the booking system has it; where it stands, steps say."""

    store: Store
    kind: Kind
    starts_at_ms: Number
    member: Member | None = None
    host: Host = ""


class Appointment(msgspec.Struct, frozen=True):
    """An appointment, or somebody who walked in, as it stands."""

    appointment: str
    store: str
    kind: str
    starts_at_ms: int | None
    member: str | None
    host: str
    state: VisitState
    ticket: int | None
    waiting_since_ms: int | None
    changed_at_ms: int
    changed_by: str
    order: str
    note: str
    outcome: str


class VisitDone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done with an appointment; how it ended, if goods were brought back."""

    step: VisitStep
    outcome: Settlement | None = None
    note: Note = ""


class Walker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who came without an appointment."""

    store: Store
    kind: Kind
    member: Member | None = None
    order: OrderName = ""  # goods of this one are brought back
    note: Note = ""


class AppointmentPage(pages.AtStore, frozen=True):
    """Which appointments: of a store, in a state, and which part of them."""

    state: VisitState | None = None


def list_appointments(call: Call[None]) -> Result:
    """In the order of their ids."""
    return pages.at_store(call, AppointmentRow, AppointmentRow.appointment, _shown)


def get_appointment(call: Call[None]) -> Result:
    """One appointment."""
    return Result(_shown(_row(call.db, call.params["appointment"])))


def put_appointment(call: Call[NewAppointment]) -> Result:
    """All that the booking system knows; another time books anew whom nobody saw."""
    body, name = call.body, call.params["appointment"]
    member = _known(call.db, body)
    row = call.db.get(AppointmentRow, name)
    is_new = row is None
    if row is None:
        row = AppointmentRow(appointment=name, state=VisitState.BOOKED, day="")
        call.db.add(row)
    elif row.state == VisitState.NO_SHOW and row.starts_at_ms != body.starts_at_ms:
        row.state = VisitState.BOOKED
    for field, value in msgspec.structs.asdict(body).items():
        setattr(row, field, value)
    row.member = member
    row.changed_at_ms, row.changed_by = call.now_ms, f"system:{call.connector}"
    call.live.append((row.store, Live(Noun.ALERT, name)))
    return Result(_shown(row), HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def step_appointment(call: Call[VisitDone]) -> Result:
    """Take a step; checked in twice is checked in once."""
    name = call.params["appointment"]
    _row(call.db, name)
    done, by = call.body, f"system:{call.connector}"
    deed = Deed(done.step, by, call.now_ms, outcome=done.outcome, note=done.note)
    taken = appointments.take(call.db, name, deed)
    if isinstance(taken, Held):
        sentence = SENTENCES[taken.hitch]
        error = RefusedError(Problem.REFUSED, why=str(taken.hitch), sentence=sentence)
        raise error.faster(taken.by, taken.at_ms)
    call.live.append((taken.store, Live(Noun.ALERT, name)))
    return Result(_shown(taken))


def add_walk_in(call: Call[Walker]) -> Result:
    """Queue somebody; the answer has their ticket."""
    body = call.body
    member = _known(call.db, body)
    by = f"system:{call.connector}"
    who = WalkIn(body.store, body.kind, member, by, call.now_ms, body.order, body.note)
    row = appointments.walk_in(call.db, who)
    call.live.append((row.store, Live(Noun.ALERT, row.appointment)))
    return Result(_shown(row), HTTPStatus.CREATED)


def _known(db: Session, said: NewAppointment | Walker) -> str | None:
    if db.get(StoreRow, said.store) is None:
        raise RefusedError(Problem.NO_SUCH_STORE, "store")
    if said.kind not in visit_types.every(db):
        raise RefusedError(Problem.NO_SUCH_VISIT, "kind")
    return None if said.member is None else one_of(db, said.member)


def _row(db: Session, name: str) -> AppointmentRow:
    row = db.get(AppointmentRow, name)
    if row is None:
        raise RefusedError(Problem.NOT_FOUND)
    return row


def _shown(row: AppointmentRow) -> Appointment:
    return Appointment(
        row.appointment,
        row.store,
        row.kind,
        row.starts_at_ms,
        row.member,
        row.host,
        VisitState(row.state),
        row.ticket,
        row.waiting_since_ms,
        row.changed_at_ms,
        row.changed_by,
        row.order,
        row.note,
        row.outcome,
    )


READ, WRITE = Scope.APPOINTMENTS_READ, Scope.APPOINTMENTS_WRITE
ALL, ONE = "/appointments", "/appointments/{appointment}"
NEW = (HTTPStatus.OK, HTTPStatus.CREATED)
MISSING = (Problem.NOT_FOUND,)
WHERE = (Problem.NO_SUCH_STORE, Problem.NO_SUCH_VISIT, Problem.NO_SUCH_MEMBER)
ROUTES = (
    Route(
        "GET",
        ALL,
        READ,
        "All appointments.",
        list_appointments,
        None,
        AppointmentPage,
        Items[Appointment],
    ),
    Route(
        "GET", ONE, READ, "One appointment.", get_appointment, answer=Appointment, problems=MISSING
    ),
    Route(
        "PUT",
        ONE,
        WRITE,
        "All of an appointment; a new one is booked.",
        put_appointment,
        NewAppointment,
        Nothing,
        Appointment,
        NEW,
        WHERE,
    ),
    Route(
        "POST",
        ONE + "/steps",
        WRITE,
        "Take a step with an appointment.",
        step_appointment,
        VisitDone,
        answer=Appointment,
        problems=(*MISSING, Problem.REFUSED),
    ),
    Route(
        "POST",
        "/walk-ins",
        WRITE,
        "Queue somebody who came without an appointment.",
        add_walk_in,
        Walker,
        answer=Appointment,
        statuses=(HTTPStatus.CREATED,),
        problems=WHERE,
    ),
)
