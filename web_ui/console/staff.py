"""Who works here: invited, moved, given a new PIN, dismissed; and what each role may do."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.identifiers import is_name
from contract.messages import Noun
from gateway.core.roles import MAY, Right, Role
from gateway.store import staff as rows
from gateway.store import stores, workforce
from gateway.store.base import writing
from gateway.store.csv_lines import SHORT
from gateway.store.staff import StaffRow
from gateway.store.workforce import Place, Refusal
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.desk.words import RIGHTS, ROLES
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later

bp = Blueprint("staff", __name__, url_prefix="/staff")

REFUSED = {
    Refusal.KNOWN: later("There is somebody under this short name already."),
    Refusal.UNKNOWN: later("Nobody has this short name."),
    Refusal.ONESELF: later("Nobody takes their own role away. Somebody else has to."),
}


@bp.get("/")
def index() -> str:
    """The list, the form for somebody new, and the table of roles."""
    return _list()


@bp.post("/")
def invite() -> ResponseReturnValue:
    """Somebody new; this answer alone shows their first PIN."""
    new = request.form.get("staff", "").strip()
    if not is_name(new):
        flash(_("A short name is 1 to 32 of a-z, 0-9 and -"))
        return redirect(url_for(".index"))
    place = _place()
    session().rollback()
    with writing(desk().sessions) as db:
        answer = workforce.invite(db, by(), new, place)
    return _answered(answer, new, place.name)


@bp.get("/<who>")
def show(who: str) -> str:
    """One person."""
    return render_template("console/worker.html", row=_row(who), roles=ROLES, **_places())


@bp.post("/<who>")
def change(who: str) -> ResponseReturnValue:
    """Another name, role, store, zone or skill."""
    _row(who)
    place = _place()
    session().rollback()
    with writing(desk().sessions) as db:
        refused = workforce.change(db, by(), who, place)
    flash(_(REFUSED[refused]) if refused else _("It is changed."))
    return redirect(url_for(".show", who=who))


@bp.post("/<who>/<any(new_pin,take_back):step>")
def give_pin(who: str, step: str) -> ResponseReturnValue:
    """A PIN for one sign-in, because the old one is forgotten or known, or they are back."""
    name = _row(who).name
    session().rollback()
    with writing(desk().sessions) as db:
        act = workforce.new_pin if step == "new_pin" else workforce.take_back
        answer = act(db, by(), who)
    _tell()
    return _answered(answer, who, name)


@bp.post("/<who>/dismiss")
def dismiss(who: str) -> ResponseReturnValue:
    """They work here no longer; what they have open ends."""
    _row(who)
    session().rollback()
    with writing(desk().sessions) as db:
        refused = workforce.dismiss(db, by(), who)
    _tell()
    flash(_(REFUSED[refused]) if refused else _("They are signed out everywhere."))
    return redirect(url_for(".show", who=who))


def _tell() -> None:
    """Every open page asks again at once: whoever was thrown out sees it now."""
    for one in stores.every(session()):
        desk().say(one.store, Noun.ALERT, "staff")


def _answered(answer: str | Refusal, who: str, name: str) -> ResponseReturnValue:
    if isinstance(answer, Refusal):
        flash(_(REFUSED[answer]))
        return redirect(url_for(".index"))
    return _list((name, who, answer))


def _list(given: tuple[str, str, str] | None = None) -> str:
    return render_template(
        "console/staff.html",
        people=sorted(rows.every(session()), key=lambda row: row.disabled_at_ms is not None),
        given=given,
        hours=workforce.GIVEN_LIFE_MS // 3_600_000,
        now_ms=desk().now_ms(),
        roles=ROLES,
        rights=[(RIGHTS[right], [right in MAY[role] for role in Role]) for right in Right],
        **_places(),
    )


def _places() -> dict[str, object]:
    return {
        "stores": stores.every(session()),
        "kiosks": stores.fleet(session(), present().store),
    }


def _row(who: str) -> StaffRow:
    row = session().get(StaffRow, who)
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    return row


def _place() -> Place:
    """What the form says; a role there is not, or nobody's name, is no form of ours."""
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    if not 0 < len(name) <= SHORT or role not in set(Role):
        abort(HTTPStatus.BAD_REQUEST)
    here = {one.store for one in stores.every(session())}
    chosen = [one for one in request.form.getlist("stores") if one in here]
    zones = [one for one in request.form.getlist("zones") if is_name(one)]
    typed = request.form.get("skills", "").replace(",", ";").split(";")
    skills = [word for one in typed if (word := one.strip())]
    return Place(name, Role(role), ";".join(chosen), ";".join(zones), ";".join(skills)[:240])
