"""Everybody's own page: their PIN, chosen at the first sign-in and whenever they wish; passkeys."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.store import passkeys, workforce
from gateway.store.base import writing
from gateway.store.csv_rows import PIN_DIGITS
from web_ui.desk import passkey_site
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, person, present
from web_ui.shared.i18n import gettext as _

bp = Blueprint("own_pin", __name__, url_prefix="/own-pin")


@bp.before_request
def only_who_is_signed_in() -> ResponseReturnValue | None:
    """With a PIN that was given them, too."""
    return redirect(url_for("sign_in.page")) if person() is None else None


@bp.get("/")
def page() -> str:
    """The old one, and twice the new one; and the passkeys."""
    me = present()
    return render_template(
        "desk/own_pin.html",
        me=me,
        digits=PIN_DIGITS,
        keys=passkeys.of(session(), me.staff),
        now_ms=desk().now_ms(),
        passkeys=passkey_site.there(),
    )


@bp.post("/")
def choose() -> ResponseReturnValue:
    """Take it, if the old one is right and the new one another."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    shortest, longest = PIN_DIGITS
    me = by()
    problem = None
    if not (new.isascii() and new.isdigit() and shortest <= len(new) <= longest):
        problem = _("A PIN has %(least)s to %(most)s digits.") % {
            "least": shortest,
            "most": longest,
        }
    elif new != request.form.get("again", ""):
        problem = _("The two new PINs differ.")
    elif new == old:
        problem = _("Choose another PIN than the old one.")
    if problem is None:
        session().rollback()
        with writing(desk().sessions) as db:
            is_right = workforce.choose_pin(db, me, old, new)
        problem = None if is_right else _("The old PIN is not right.")
    if problem is not None:
        flash(problem)
        return redirect(url_for(".page"))
    return redirect(url_for("board.index"))
