"""Redeeming at the desk: a code or an offer is held when it is opened, then used or let go.

The rules are `gateway.redemptions`'; this page only says what they say, in the staff's language.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.drawn_codes import written
from contract.messages import ShownOffer
from gateway import redemptions
from gateway.core.alerts import OPEN
from gateway.core.offers.facts import Value
from gateway.core.offers.reasons import Reason
from gateway.core.redemption import State, Step
from gateway.core.roles import Right
from gateway.redemptions import Wish
from gateway.store import alerts, offers, profiles
from gateway.store import redemptions as kept
from gateway.store.alerts import AlertRow
from gateway.store.base import writing
from gateway.store.redemptions import RedemptionRow
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import only, present
from web_ui.shared.i18n import later, midnight_ms, said

bp = Blueprint("redeem", __name__, url_prefix="/staff/redeem")
bp.before_request(only(Right.SERVE))

LATELY = 10  # what somebody at the counter may still want to undo
MAX_CODE = 40
MAX_VND = 10**12
STATES = {
    State.RESERVED: later("Held"),
    State.CONFIRMED: later("Used"),
    State.RELEASED: later("Let go"),
    State.EXPIRED: later("Not used in time"),
    State.ROLLED_BACK: later("Undone"),
}
STEPS = {"confirm": Step.CONFIRM, "release": Step.RELEASE, "undo": Step.ROLL_BACK}


@bp.get("/")
def index() -> str:
    """Ask for a code; for a shopper whose card one has, also what their screen promised."""
    card = _card()
    return render_template(
        "staff/redeem.html",
        card=card,
        promised=_promised(card) if card else [],
        key=secrets.token_hex(8),
        lately=[(row, _at(row.at_ms)) for row in _lately()],
        titles=_titles(),
        states=STATES,
    )


@bp.post("/")
def reserve() -> ResponseReturnValue:
    """Hold it for two minutes, or say why not. Sent twice, it is held once."""
    wish = _wish()
    session().rollback()  # what follows is to be read after the step
    with writing(desk().sessions) as db:
        answer = redemptions.reserve(db, offers.rules(db), wish, desk().now_ms())
    if answer.redemption is None or answer.reason is not Reason.GRANTED:
        flash(said(answer.sentence))
        return redirect(url_for(".index", card=request.form.get("card") or None))
    return redirect(url_for(".show", redemption=answer.redemption))


@bp.get("/<int:redemption>")
def show(redemption: int) -> str:
    """One redemption: what it gives, for how long it is held, what may be done."""
    row = _row(redemption)
    offer = offers.shown_to(session(), row.offer, row.member)
    is_late = row.state == State.RESERVED and row.lock_until_ms <= desk().now_ms()
    return render_template(
        "staff/redemption.html",
        row=row,
        state=State.EXPIRED if is_late else State(row.state),
        states=STATES,
        offer=offer,
        code=written(row.code) if row.code else "",
        until=_at(row.lock_until_ms),
    )


@bp.post("/<int:redemption>/<step>")
def take(redemption: int, step: str) -> ResponseReturnValue:
    """Use it, let it go, or undo it; what came too late is told so."""
    if step not in STEPS:
        abort(HTTPStatus.NOT_FOUND)
    _row(redemption)
    session().rollback()
    order_ref = request.form.get("order_ref", "").strip()[:MAX_CODE]
    with writing(desk().sessions) as db:
        answer = redemptions.step(db, redemption, STEPS[step], desk().now_ms(), order_ref)
    if answer.state is State.REFUSED:
        flash(said(answer.sentence))
    return redirect(url_for(".show", redemption=redemption))


def _wish() -> Wish:
    form, me = request.form, present()
    card = _card()
    total = "".join(letter for letter in form.get("total_vnd", "") if letter not in " .,₫")
    if not form.get("key") or (total and not (total.isascii() and total.isdigit())):
        abort(HTTPStatus.BAD_REQUEST)
    basket: dict[str, Value] = {}
    if total:
        basket["basket.total_vnd"] = min(int(total[:13]), MAX_VND)
    member = card.member if card else profiles.find(session(), form.get("who", ""))
    return Wish(
        f"desk {me.staff} {form['key'][:MAX_CODE]}",
        me.store,
        "staff",
        offer=form.get("offer", "")[:MAX_CODE],
        code=form.get("code", "")[:MAX_CODE],
        member=member,
        visit=card.visit if card else None,
        basket=basket,
    )


def _card() -> AlertRow | None:
    """The card that this page is about: open, here, and in the hands of who asks."""
    number = request.values.get("card", "")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    row, me = session().get(AlertRow, int(number)), present()
    is_mine = row is not None and (row.store, row.staff) == (me.store, me.staff)
    return row if is_mine and row is not None and row.state in OPEN else None


def _promised(card: AlertRow) -> list[ShownOffer]:
    """What the shopper's screen offers on this visit, if staff may know whom they serve."""
    (shown,) = alerts.board(session(), card.store, card.alert) or (None,)
    if shown is None or not shown.name or card.visit is None:
        return []
    decided = offers.latest(session(), card.visit).items()
    granted = [offer for offer, reason in decided if reason is Reason.GRANTED]
    found = (offers.shown_to(session(), offer, card.member) for offer in granted)
    return [one for one in found if one is not None]


def _row(redemption: int) -> RedemptionRow:
    row = kept.get(session(), redemption)
    if row is None or row.store != present().store or row.state == State.REFUSED:
        abort(HTTPStatus.NOT_FOUND)
    return row


def _lately() -> list[RedemptionRow]:
    since_ms = midnight_ms(desk().now_ms())
    return list(kept.lately(session(), present().store, since_ms, LATELY))


def _titles() -> dict[int, ShownOffer]:
    lately = _lately()
    found = {row.redemption: offers.shown_to(session(), row.offer, row.member) for row in lately}
    return {number: one for number, one in found.items() if one is not None}


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
