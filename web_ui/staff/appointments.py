"""Today's appointments at the counter: who waits with which ticket, who comes next, walk-ins."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.messages import Noun
from gateway import appointments
from gateway.appointments import Deed, Held, WalkIn
from gateway.core.appointments import SENTENCES, Settlement, VisitState, VisitStep, type_of
from gateway.core.consent import Purpose
from gateway.core.roles import Right
from gateway.situations import today
from gateway.store import appointments as kept
from gateway.store import profiles, visit_types
from gateway.store.appointments import AppointmentRow
from gateway.store.base import writing
from gateway.store.staff import StaffRow
from web_ui.desk import looks
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import only, present
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later, said, spoken
from web_ui.staff.orders import SHOWN_AT_ONCE

bp = Blueprint("appointments", __name__, url_prefix="/staff/appointments")
bp.before_request(only(Right.SERVE))

STATES = {
    VisitState.BOOKED: later("Booked"),
    VisitState.WAITING: later("Waiting"),
    VisitState.SERVING: later("Being served"),
    VisitState.DONE: later("Done"),
    VisitState.NO_SHOW: later("Did not come"),
    VisitState.CANCELLED: later("Cancelled"),
}
COLUMNS = (
    (later("Waiting"), (VisitState.WAITING, VisitState.SERVING)),
    (later("Expected today"), (VisitState.BOOKED,)),
    (later("Over"), (VisitState.DONE, VisitState.NO_SHOW, VisitState.CANCELLED)),
)
BUTTONS = {
    VisitState.BOOKED: (
        (VisitStep.CHECK_IN, later("They are here")),
        (VisitStep.CANCEL, later("Cancel")),
    ),
    VisitState.WAITING: (
        (VisitStep.SERVE, later("Take")),
        (VisitStep.MISS, later("They left")),
    ),
    VisitState.SERVING: ((VisitStep.FINISH, later("Done")),),
}
SETTLEMENTS = {
    Settlement.TAKEN_BACK: later("Taken back"),
    Settlement.EXCHANGED: later("Exchanged"),
    Settlement.DECLINED: later("Declined"),
}
ORDER_MAX = 40  # as orders are named
NOTE_MAX = 240  # two sentences


@bp.get("/")
def index() -> str:
    """Who waits stands first, in the order in which they came."""
    day = today(present().store, desk().now_ms())
    columns = [(title, kept.at_store(session(), day, states)) for title, states in COLUMNS]
    types = visit_types.every(session())
    return render_template(
        "staff/appointments.html",
        columns=columns,
        shown_at_once=SHOWN_AT_ONCE,
        names=_names([row for _title, rows in columns for row in rows]),
        types=types,
        type_of=partial(type_of, types),
        settlements=SETTLEMENTS,
        states=STATES,
        buttons=BUTTONS,
        host=_host,
        at=_at,
    )


@bp.post("/<appointment>/<step>")
def take(appointment: str, step: str) -> ResponseReturnValue:
    """Take a step. Staff let in who comes early or late, but nobody on another day."""
    if step not in set(VisitStep):
        abort(HTTPStatus.NOT_FOUND)
    me, outcome = present(), request.form.get("outcome", "")
    if outcome and outcome not in set(Settlement):
        abort(HTTPStatus.BAD_REQUEST)
    settlement = Settlement(outcome) if outcome else None
    note = request.form.get("note", "")[:NOTE_MAX]
    by = f"staff:{me.staff}"
    deed = Deed(VisitStep(step), by, desk().now_ms(), me.store, True, settlement, note)
    with writing(desk().sessions) as db:
        taken = appointments.take(db, appointment, deed)
    if isinstance(taken, Held):
        flash(told(taken))
    else:
        desk().say(me.store, Noun.ALERT, appointment)
    return redirect(url_for(".index"))


@bp.post("/walk-in")
def walk_in() -> ResponseReturnValue:
    """Give a ticket to somebody who has no appointment."""
    kind, me = request.form.get("kind", ""), present()
    if kind not in visit_types.every(session()):
        abort(HTTPStatus.BAD_REQUEST)
    order = request.form.get("order", "").strip()[:ORDER_MAX]
    member = profiles.find(session(), request.form.get("who", ""))
    session().rollback()  # what follows is to be read after the step
    who = WalkIn(me.store, kind, member, f"staff:{me.staff}", desk().now_ms(), order)
    with writing(desk().sessions) as db:
        row = appointments.walk_in(db, who)
    desk().say(me.store, Noun.ALERT, row.appointment)
    flash(_("Ticket %(number)s") % {"number": row.ticket})
    return redirect(url_for(".index"))


def told(held: Held) -> str:
    """Why not, in the language now in use, with the time that it is about."""
    at = _at(held.at_ms)
    sentence = said(SENTENCES[held.hitch])
    return sentence if at is None else f"{sentence} ({spoken().day_and_time(at)})"


def _names(rows: list[AppointmentRow]) -> dict[str, str]:
    """Whom staff may know by name: who agreed to it."""
    members = {row.member for row in rows if row.member is not None}
    agreed = profiles.consents(session(), members)
    known = profiles.by_member(session(), members)
    names = {
        member: profile.name
        for member, profile in known.items()
        if Purpose.STAFF_CONTEXT in agreed[member]
    }
    looks.listed(names)
    return names


def _host(row: AppointmentRow) -> str:
    found = session().get(StaffRow, row.host)
    return found.name if found is not None else row.host


def _at(at_ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms else None
