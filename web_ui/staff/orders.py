"""Orders to be picked up, as the counter sees them: prepared, made ready, handed over once."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.messages import Noun
from gateway.core.orders import GIVING, OPEN, SENTENCES, OrderState, OrderStep
from gateway.core.pick_up_codes import NAMES, Collector
from gateway.core.roles import Right
from gateway.store import orders, pick_up_codes
from gateway.store.base import writing
from gateway.store.orders import Deed, OrderRow, Stopped
from gateway.store.pick_up_codes import Wish
from gateway.store.staff import StaffRow
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import only, present
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later, midnight_ms, said, spoken
from web_ui.staff import pay_to

bp = Blueprint("orders", __name__, url_prefix="/staff/orders")
bp.before_request(only(Right.SERVE))

CODE_MAX = 40  # with the hyphens and spaces that people type
NAME_MAX = 40
SHOWN_AT_ONCE = 8  # of a column, on the counter's screen without scrolling; the rest is folded
MOST = 50  # of a column; more are no list that anybody reads
STATES = {
    OrderState.PLACED: later("Placed"),
    OrderState.PREPARING: later("Being prepared"),
    OrderState.READY: later("Ready"),
    OrderState.ARRIVED: later("Customer is here"),
    OrderState.HANDED_OVER: later("Handed over"),
    OrderState.PARTLY: later("Handed over in part"),
    OrderState.REFUSED: later("Customer declined it"),
    OrderState.EXPIRED: later("Nobody came"),
    OrderState.CANCELLED: later("Cancelled online"),
}
COLUMNS = (
    (later("Customer is here"), (OrderState.ARRIVED,)),
    (later("Ready"), (OrderState.READY,)),
    (later("To be prepared"), (OrderState.PLACED, OrderState.PREPARING)),
    (later("Ended today"), tuple(state for state in OrderState if state not in OPEN)),
)
BUTTONS = {
    OrderState.PLACED: ((OrderStep.PREPARE, later("Prepare")),),
    OrderState.PREPARING: ((OrderStep.MAKE_READY, later("It is ready")),),
    OrderState.READY: ((OrderStep.ARRIVE, later("Customer is here")),),
}
GIVE = (
    (OrderStep.HAND_OVER, later("Hand over")),
    (OrderStep.HAND_OVER_PARTLY, later("Hand over in part")),
    (OrderStep.REFUSE, later("Customer declined it")),
)


@bp.get("/")
def index() -> str:
    """Who waits stands first; what ended today is there to be looked up."""
    today_ms, store = midnight_ms(desk().now_ms()), present().store
    columns = [
        (title, orders.at_store(session(), store, states, _since(states, today_ms), MOST))
        for title, states in COLUMNS
    ]
    return render_template(
        "staff/orders.html",
        columns=columns,
        shown_at_once=SHOWN_AT_ONCE,
        states=STATES,
        buttons=BUTTONS,
        give=GIVE,
        collectors=NAMES,
        changed=_changed,
        pay_code=pay_to.code,
        promised=lambda row: _at(row.promised_at_ms),
    )


@bp.post("/<order>/<step>")
def take(order: str, step: str) -> ResponseReturnValue:
    """Take a step, once; who comes second is told who was first, and when."""
    if step not in set(OrderStep):
        abort(HTTPStatus.NOT_FOUND)
    me = present()
    paid = request.form.get("paid", "")[:80].strip()
    code = request.form.get("code", "")[:CODE_MAX].strip()
    deed = Deed(OrderStep(step), f"staff:{me.staff}", desk().now_ms(), paid, me.store, bool(paid))
    with writing(desk().sessions) as db:
        if code and deed.step in GIVING:
            taken = pick_up_codes.hand_over(db, order, deed, code)
        else:
            taken = orders.take(db, order, deed)
    if not isinstance(taken, Stopped):
        desk().say(me.store, Noun.ALERT, order)
        return redirect(url_for(".index"))
    return render_template("staff/order_conflict.html", notice=told(taken)), HTTPStatus.CONFLICT


@bp.post("/<order>/pick-up-code")
def make_code(order: str) -> ResponseReturnValue:
    """A code for whoever comes instead of the customer; it is said this once."""
    me, collector = present(), request.form.get("collector", "")
    if collector not in set(Collector):
        abort(HTTPStatus.BAD_REQUEST)
    name = request.form.get("name", "")[:NAME_MAX].strip()
    by = f"staff:{me.staff}"
    wish = Wish(order, Collector(collector), name, by, desk().now_ms())
    with writing(desk().sessions) as db:
        row = db.get(OrderRow, order)
        if row is None or row.state not in OPEN or not orders.is_at(row, me.store):
            abort(HTTPStatus.NOT_FOUND)
        code, until_ms = pick_up_codes.make(db, wish)
        number = row.number
    until = _at(until_ms)
    said_until = "" if until is None else spoken().day_and_time(until)
    words = {"number": number, "code": code, "until": said_until}
    flash(_("Pick-up code for order %(number)s: %(code)s, good until %(until)s") % words)
    return redirect(url_for(".index"))


def told(stopped: Stopped) -> str:
    """Why not, by whom and when, in the language now in use."""
    sentence = said(SENTENCES[stopped.stop])
    at = _at(stopped.at_ms)
    if not stopped.by or at is None:
        return sentence
    return f"{sentence} ({who(stopped.by)}, {spoken().time(at)})"


def who(by: str) -> str:
    """Who took a step, as staff call them."""
    kind, _colon, name = by.partition(":")
    row = session().get(StaffRow, name) if kind == "staff" else None
    return row.name if row is not None else name or by


def _changed(row: OrderRow) -> str:
    at = _at(row.changed_at_ms)
    return "" if at is None else f"{who(row.changed_by)} {spoken().time(at)}".strip()


def _since(states: tuple[OrderState, ...], today_ms: int) -> int:
    return 0 if states[0] in OPEN else today_ms


def _at(at_ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms else None
