"""The store's doors: when each last wrote, an order to open one, the end of an entry card.

It opens nothing itself: the order goes to the door, which judges it and writes down what it did.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.topics import KioskAddress
from gateway.core.audit import Deed
from gateway.core.entry_cards import Problem, number_of
from gateway.store import audit, entries, entry_cards, stores
from gateway.store.audit import Done
from gateway.store.base import writing
from runtime.errors import SettingsError, UnavailableError
from web_ui.console.means import means
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later

bp = Blueprint("doors", __name__, url_prefix="/doors")

PROBLEMS = {
    Problem.UNREADABLE: later("This is neither a card's number nor what its QR code says."),
    Problem.NOT_OURS: later("This card is not one of ours."),
    Problem.OTHER_SORT: later("This is a voucher, a pick-up or an appointment, and no entry card."),
}

log = logging.getLogger(__name__)


@bp.get("/")
def index() -> str:
    """The page; it keeps itself up to date."""
    here = present().store
    names = {row.kiosk: row.name for row in stores.fleet(session(), here)}
    return render_template(
        "console/doors.html",
        doors=[
            (one.door, names.get(one.kiosk, one.kiosk), _at(one.wrote_ms), _at(one.ordered_ms))
            for one in entries.doors(session(), here)
        ],
    )


@bp.post("/<door>/open")
def open_(door: str) -> ResponseReturnValue:
    """Order a door of this store to let somebody in, once, within five seconds."""
    me = present()
    known = {one.door: one.kiosk for one in entries.doors(session(), me.store)}
    if door not in known:
        abort(HTTPStatus.NOT_FOUND)
    session().rollback()  # no transaction stays open while the broker is waited for
    with writing(desk().sessions) as db:  # before it goes out: what is not written is not ordered
        audit.note(db, by(), Done(Deed.DOOR_ORDERED, door))
    try:
        means().open_door(KioskAddress(me.store, known[door]), door, me.staff)
    except (SettingsError, UnavailableError) as error:
        log.error("staff %s could not order door %s to open: %s", me.staff, door, error)
        flash(_("The order did not go out; the door stays as it is. Please let them in by hand."))
    else:
        log.info("staff %s ordered door %s to open", me.staff, door)
        flash(_("The order is on its way. Once the door has obeyed, the time stands here."))
    return redirect(url_for(".index"))


@bp.post("/cards/end")
def end_card() -> ResponseReturnValue:
    """End a printed entry card for ever, at all doors of all stores."""
    number = number_of(request.form.get("card", ""), means().card_keys)
    if isinstance(number, Problem):
        flash(_(PROBLEMS[number]))
        return redirect(url_for(".index"))
    session().rollback()  # what follows is to be read after the step
    try:
        with writing(desk().sessions) as db:
            is_news = entry_cards.end(db, number, desk().now_ms())
            audit.note(db, by(), Done(Deed.ENTRY_CARD_ENDED, str(number)))
    except OverflowError as error:
        log.error("staff %s could not end card %s: %s", present().staff, number, error)
        flash(_("Too many cards have ended. Please call whoever set this up."))
        return redirect(url_for(".index"))
    log.info("staff %s ended card %s", present().staff, number)
    said = _("Card %(number)s was ended.") if is_news else _("Card %(number)s had ended before.")
    flash(said % {"number": number})
    return redirect(url_for(".index"))


def _at(at_ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms else None
