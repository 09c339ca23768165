"""A member on the telephone who wants to be erased: a code to them, and their word for it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import spoken_erasing
from gateway.privacy import Refused
from gateway.privacy_codes import masked, number_of
from gateway.store.base import writing
from web_ui.console import members
from web_ui.console.means import means
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later

bp = Blueprint("erasing", __name__, url_prefix="/members")

WHY_NOT = {
    Refused.CODE: later("That is not the code. Nothing was erased."),
    Refused.LOCKED: later("Too many codes for this number. Please try again in an hour."),
    Refused.UNAVAILABLE: later("No code can be sent to them just now."),
}


@bp.post("/<member>/erase/code")
def send(member: str) -> ResponseReturnValue:
    """Have a code sent to them; the page that asks for it is this answer."""
    members.profile(member)
    session().rollback()  # what follows is to be read after the step
    language = "en" if request.form.get("language") == "en" else "vi"
    with writing(desk().sessions) as db:
        done = spoken_erasing.send(db, member, language, by(), means().codes)
    if isinstance(done, Refused):
        return _not(member, done)
    return members.shown(members.profile(member), sent_to=done.sent_to)


@bp.post("/<member>/erase")
def confirm(member: str) -> ResponseReturnValue:
    """Erase who read the code that was sent to them; the receipt is to be told to them."""
    members.profile(member)
    session().rollback()
    typed = "".join(request.form.get("code", "").split())
    with writing(desk().sessions) as db:
        done = spoken_erasing.confirm(db, member, typed, by(), means().codes)
    if isinstance(done, Refused):
        return _not(member, done, is_asked=done is Refused.CODE)
    return render_template("console/erased.html", done=done, address=means().phone_address)


def _not(member: str, why: Refused, *, is_asked: bool = False) -> ResponseReturnValue:
    """Why not; who only read a digit wrong is asked once more."""
    flash(_(WHY_NOT[why]))
    number = number_of(session(), member)
    if is_asked and number is not None:
        return members.shown(members.profile(member), sent_to=masked(number))
    return redirect(url_for("console.members.show", member=member))
