"""Who is at the desk: choose a name, type a PIN. The cookie holds who and where, never what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    session as cookie,
)
from flask.typing import ResponseReturnValue

from gateway.core.roles import MAY, Right, Role
from gateway.store import passkeys, push_subscriptions, staff, stores
from gateway.store.audit import By
from gateway.store.base import writing
from gateway.store.staff import StaffRow
from web_ui.desk import passkey_site
from web_ui.desk.context import desk, session
from web_ui.shared import i18n
from web_ui.shared.i18n import gettext as _

bp = Blueprint("sign_in", __name__, static_folder="static", static_url_path="/desk")


@dataclass(frozen=True)
class Person:
    """Who is signed in, and in which store."""

    staff: str
    name: str
    role: Role
    store: str
    store_name: str
    has_given_pin: bool = False  # somebody else knows it: first they choose their own

    def may(self, right: Right | str) -> bool:
        """Whether the table of roles lets them do something."""
        return Right(right) in MAY[self.role]


def person() -> Person | None:
    """Who is signed in; None if nobody is, or if they work here no longer."""
    if "person" not in g:
        row = session().get(StaffRow, cookie.get("staff", ""))
        here = {one.store: one.name for one in stores.every(session())}
        store = cookie.get("store", "")
        is_ended = row is None or row.session != cookie.get("session", 0)
        g.person = (
            Person(
                row.staff,
                row.name,
                Role(row.role),
                store,
                here[store],
                row.pin_until_ms is not None,
            )
            if row is not None and not is_ended and store in here and row.works_in(store)
            else None
        )
    signed_in: Person | None = g.person
    return signed_in


def present() -> Person:
    """Who is signed in, on a page that `only` guards."""
    here = person()
    if here is None:
        abort(HTTPStatus.UNAUTHORIZED)
    return here


def by() -> By:
    """The same, as the log of deeds writes it down: who, where, and now."""
    here = present()
    return By(here.staff, here.store, desk().now_ms())


def only(right: Right) -> Callable[[], ResponseReturnValue | None]:
    """A check before every request of a blueprint: this right, or a page to sign in."""

    def check() -> ResponseReturnValue | None:
        here = person()
        if here is None and request.headers.get("HX-Request") == "true":
            return "", HTTPStatus.UNAUTHORIZED, {"HX-Redirect": url_for("sign_in.page")}
        if here is None:
            return redirect(url_for("sign_in.page"))
        if here.has_given_pin:
            return redirect(url_for("own_pin.page"))
        if not here.may(right):
            abort(HTTPStatus.FORBIDDEN)
        return None

    return check


@bp.before_app_request
def speak() -> None:
    """Use the language chosen earlier; Vietnamese if none was."""
    chosen = cookie.get("language", i18n.LANGUAGES[0])
    i18n.speak(chosen if chosen in i18n.LANGUAGES else i18n.LANGUAGES[0])


@bp.get("/sign-in")
def page() -> str:
    """Everybody's name, and a pad for the PIN."""
    return render_template(
        "desk/sign_in.html",
        people=staff.working(session()),
        stores=stores.every(session()),
        chosen=request.args.get("staff", ""),
        passkeys=passkey_site.there() if passkeys.has_any(session()) else None,
    )


@bp.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Check the PIN; five wrong ones lock the name for a while."""
    name, store = request.form.get("staff", ""), chosen_store()
    with writing(desk().sessions) as db:
        row = staff.sign_in(db, name, request.form.get("pin", ""), desk().now_ms())
        is_elsewhere = row is not None and not row.works_in(store)
        if row is not None and not is_elsewhere:
            staff.begin_duty(db, name, store, desk().now_ms())
            push_subscriptions.forget(db, cookie.get("push", ""))  # of whoever sat here before
    if row is None or is_elsewhere:
        flash(_("You do not work in this store.") if is_elsewhere else _refusal(name))
        return redirect(url_for(".page", staff=name))
    return let_in(row, store)


def chosen_store() -> str:
    """The store that a form to sign in names; one there is not, is no form of ours."""
    store = request.form.get("store", "")
    if store not in {one.store for one in stores.every(session())}:
        abort(HTTPStatus.BAD_REQUEST)
    return store


def let_in(row: StaffRow, store: str) -> ResponseReturnValue:
    """Open the board to somebody who proved who they are, in this browser."""
    language = cookie.get("language")
    cookie.clear()  # nothing of whoever sat here before
    cookie.permanent = True
    cookie.update(staff=row.staff, store=store, session=row.session)
    if language:
        cookie["language"] = language
    return redirect(url_for("board.index"))


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Forget who is at the desk, here and on this device; no card asks them any more."""
    here = person()
    session().rollback()
    with writing(desk().sessions) as db:
        push_subscriptions.forget(db, cookie.get("push", ""))
        if here is not None:
            staff.end_duty(db, here.staff)
    cookie.clear()
    return redirect(url_for(".page"))


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Speak another language until signing out, and stay on the same page."""
    language = request.form.get("language", "")
    if language not in i18n.LANGUAGES:
        abort(HTTPStatus.BAD_REQUEST)
    cookie["language"] = language
    back = request.form.get("back", "/")
    return redirect(back if back.startswith("/") and not back.startswith("//") else "/")


def _refusal(name: str) -> str:
    row = session().get(StaffRow, name)
    now_ms = desk().now_ms()
    if row is not None and row.pin_until_ms is not None and row.pin_until_ms <= now_ms:
        return _("Your one-time PIN is too old. The owner can give you another.")
    if row is None or row.locked_until_ms <= now_ms:
        return _("That PIN is not right. Please try again.")
    until = datetime.fromtimestamp(row.locked_until_ms / 1000, UTC)
    return _("Too many wrong PINs. Try again at %(time)s.") % {"time": i18n.spoken().time(until)}
