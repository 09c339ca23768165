"""Why a member gets each offer here now, or why not: every question with its answer."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, render_template

from gateway import hindsight
from gateway.core.offers.reasons import Reason
from gateway.store import offers
from gateway.store.profiles import ProfileRow
from web_ui.console.words import REASONS
from web_ui.desk import looks
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import present

bp = Blueprint("whys", __name__, url_prefix="/members")


@bp.get("/<member>/offers")
def show(member: str) -> str:
    """The page; without a member's consent it says which is missing, and nothing about them."""
    db = session()
    profile = db.get(ProfileRow, member)
    if profile is None:
        abort(HTTPStatus.NOT_FOUND)
    looks.opened(member)
    told = hindsight.why(db, offers.rules(db), (present().store, member), desk().now_ms())
    ordered = sorted(told, key=lambda one: one.decision.reason is not Reason.GRANTED)
    return render_template("console/whys.html", profile=profile, told=ordered, reasons=REASONS)
