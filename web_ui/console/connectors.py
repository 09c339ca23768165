"""Connectors and their health; what people asked for; money that belongs to no order."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gateway.core.audit import Deed
from gateway.core.privacy_clocks import answer_ms
from gateway.store import audit, outgoing, payments, privacy_requests
from gateway.store.audit import Done
from gateway.store.base import writing
from gateway.store.connector_sight import sights
from gateway.store.privacy_requests import PrivacyRequestRow
from web_ui.console.connector_words import ASKS, REFUSALS, TROUBLES
from web_ui.console.means import means
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by

bp = Blueprint("connectors", __name__, url_prefix="/connectors")


@bp.get("/")
def index() -> str:
    """How each connector is, those with trouble first."""
    told = {name: outgoing.counts(session(), name) for name in means().endpoints}
    return render_template(
        "console/connectors.html",
        sights=sights(session(), means().connectors, desk().now_ms()),
        told=told,
        requests=privacy_requests.undone(session()),
        payments=payments.unclaimed(session()),
        answer_ms=answer_ms,
        words={"asks": ASKS, "refusals": REFUSALS, "troubles": TROUBLES},
        at=_at,
    )


@bp.post("/requests/<int:number>/done")
def done(number: int) -> ResponseReturnValue:
    """Cross off what somebody asked for; twice is once."""
    with writing(desk().sessions) as db:
        if privacy_requests.done(db, number, desk().now_ms()):
            audit.note(db, by(), Done(Deed.REQUEST_DONE, str(number)))
    return redirect(url_for(".index"))


@bp.post("/requests/<int:number>/erase")
def erase(number: int) -> ResponseReturnValue:
    """Somebody is to be erased, as they or their web shop asked; it is done within a minute."""
    with writing(desk().sessions) as db:
        if privacy_requests.confirm(db, number, desk().now_ms()):
            row = db.get_one(PrivacyRequestRow, number)
            audit.note(db, by(), Done(Deed.ERASURE_CONFIRMED, str(number), row.member))
    return redirect(url_for(".index"))


@bp.post("/told/<name>/again")
def again(name: str) -> ResponseReturnValue:
    """Send what was given up once more."""
    with writing(desk().sessions) as db:
        outgoing.revive(db, name, desk().now_ms())
    return redirect(url_for(".index"))


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
