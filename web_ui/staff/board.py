"""The board: cards that wait, are served, are to be closed. The first claim wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from contract.messages import Noun
from gateway.core.alerts import OPEN, AlertState, Outcome
from gateway.core.appointments import type_of
from gateway.core.ledger import Currency
from gateway.core.roles import Right
from gateway.store import alerts, follow_ups, ledger, staff, stores, visit_types, visits
from gateway.store.alerts import Card, Full, Gone, Moved, TakenBy
from gateway.store.base import writing
from gateway.store.orders import Stopped
from web_ui.desk import looks
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import only, present
from web_ui.desk.words import KINDS, OUTCOMES, TIERS
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import midnight_ms
from web_ui.staff import push, shell
from web_ui.staff.orders import told

bp = Blueprint(
    "board", __name__, url_prefix="/staff", static_folder="static", static_url_path="/files"
)
bp.before_request(only(Right.SERVE))
bp.after_request(shell.may_be_installed)

MOST_CARDS = 30  # of a column: a page that is left open all day must not grow without end
NOTE_MAX = 240  # two sentences
LATE_S = 180  # a shopper who waited longer is marked

Result = Moved | TakenBy | Full | Gone | Stopped
Step = Callable[[Session], Result]


@dataclass(frozen=True)
class Column:
    """One third of the board."""

    state: AlertState
    cards: Sequence[Card]
    total: int


@bp.get("/")
def index() -> str:
    """The page; it keeps itself up to date through `cards`."""
    push_key = push.public_key()
    return render_template("staff/board.html", push_key=push_key, **_content())


@bp.get("/cards")
def cards() -> str:
    """Only what changes on the page."""
    push.looked(present().staff)
    return render_template("staff/cards.html", **_content())


@bp.post("/cards/<int:alert>/claim")
def claim(alert: int) -> ResponseReturnValue:
    """Take a card from those that wait."""
    me = present().staff
    return _step(alert, lambda db: alerts.claim(db, alert, me, desk().now_ms()))


@bp.post("/cards/<int:alert>/serve")
def serve(alert: int) -> ResponseReturnValue:
    """The shopper was served; only how it ended is still to be said."""
    me = present().staff
    return _step(alert, lambda db: alerts.serve(db, alert, me))


@bp.post("/cards/<int:alert>/close")
def close(alert: int) -> ResponseReturnValue:
    """Take a card off the board."""
    try:
        outcome = Outcome(request.form.get("outcome", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    if outcome not in OUTCOMES:
        abort(HTTPStatus.BAD_REQUEST)
    me = present().staff
    now_ms = desk().now_ms()

    note = request.form.get("note", "")[:NOTE_MAX].strip()
    day = _day(request.form.get("follow_up", ""))

    def step(db: Session) -> Result:
        moved = alerts.close(db, alert, me, outcome, now_ms)
        if moved == Moved():
            follow_ups.noted(db, alert, note, day)
        return follow_ups.told(db, alert, moved, now_ms)

    return _step(alert, step)


def _day(text: str) -> date | None:
    """A day that a browser's date field says."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


@bp.post("/cards/<int:alert>/hand-over")
def hand_over(alert: int) -> ResponseReturnValue:
    """Give a card to a colleague at work, or back to whoever is free."""
    me, to = present(), request.form.get("to", "")
    now_ms = desk().now_ms()
    if to and to not in {one.staff for one in staff.on_duty(session(), me.store, now_ms)}:
        return _answer(_("They are not at work here."))
    return _step(alert, lambda db: alerts.hand_over(db, alert, me.staff, to or None, now_ms))


def _step(alert: int, step: Step) -> ResponseReturnValue:
    if not alerts.board(session(), present().store, alert):
        return _answer(_("This card is closed already."))
    session().rollback()  # what follows is to be read after the step
    with writing(desk().sessions) as db:
        staff.begin_duty(db, present().staff, present().store, desk().now_ms())
        result = step(db)
    match result:
        case Moved():
            desk().say(present().store, Noun.ALERT, alert)
            return _answer("")
        case TakenBy(staff_name):
            return _answer(_("%(name)s has just taken this shopper.") % {"name": staff_name})
        case Full():
            return _answer(_("You have three shoppers. Close a card or hand one over first."))
        case Stopped():
            return _answer(told(result))
        case Gone():
            return _answer(_("This card has moved on already."))


def _answer(notice: str) -> ResponseReturnValue:
    """The board as it is now; a browser without scripts is sent back to the page."""
    if request.headers.get("HX-Request") == "true":
        return render_template("staff/cards.html", notice=notice, **_content())
    if notice:
        flash(notice)
    return redirect(url_for(".index"))


def _content() -> dict[str, object]:
    me, now_ms = present(), desk().now_ms()
    board = alerts.board(session(), me.store)
    known = {card.member for card in board if card.member}
    looks.listed(known)
    fleet = stores.fleet(session(), me.store)
    return {
        "me": me,
        "now_ms": now_ms,
        "late_s": LATE_S,
        "columns": _columns(board),
        "points": ledger.standings(session(), known, Currency.POINTS, now_ms),
        "last_notes": follow_ups.last_notes(session(), me.store, known),
        "kiosk_names": {row.kiosk: row.name for row in fleet},
        "fleet": [(row.name, stores.state_of(row)) for row in fleet],
        "visits_today": visits.count_since(session(), me.store, midnight_ms(now_ms)),
        "kinds": KINDS,
        "outcomes": OUTCOMES,
        "colleagues": [
            one for one in staff.on_duty(session(), me.store, now_ms) if one.staff != me.staff
        ],
        "tiers": TIERS,
        "visit_kind": partial(type_of, visit_types.every(session())),
    }


def _columns(board: Sequence[Card]) -> list[Column]:
    by_state = sorted(board, key=lambda card: OPEN.index(card.state))  # stable: still by waiting
    found = {state: list(group) for state, group in groupby(by_state, lambda card: card.state)}
    every = [(state, found.get(state, [])) for state in OPEN]
    return [Column(state, group[:MOST_CARDS], len(group)) for state, group in every]
