"""Signing in without a name or a PIN: by a passkey of one's own, added and removed here.

What a device signs is checked by gateway.passkeys, what counts of it by gateway.store.passkeys.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from gateway.core.passkeys import QUESTION_LIFE_MS, Asked, Refusal
from gateway.core.roles import Right
from gateway.passkeys import Known, Passkeys, Question
from gateway.store import passkeys, staff
from gateway.store.base import writing
from gateway.store.passkeys import PasskeyRow
from web_ui.desk.context import desk, session
from web_ui.desk.passkey_site import there
from web_ui.desk.sign_in import by, chosen_store, let_in, only, present
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later

NAME_MAX = 40  # "Điện thoại của chị Lan" and more

coming = Blueprint("passkey_sign_in", __name__, url_prefix="/sign-in/passkey")
own = Blueprint("passkeys", __name__, url_prefix="/own-passkeys")
own.before_request(only(Right.SERVE))

REFUSED = {
    Refusal.BAD_ANSWER: later("This passkey did not work here. Sign in with your PIN."),
    Refusal.TOO_LATE: later("That took too long. Please try again."),
    Refusal.SPENT: later("That took too long. Please try again."),
    Refusal.UNKNOWN: later("This passkey is not known here any more. Sign in with your PIN."),
    Refusal.COPY: later(
        "There may be a copy of this passkey. Sign in with your PIN and remove it."
    ),
    Refusal.KNOWN: later("You have this passkey already."),
    Refusal.TOO_MANY: later("You have as many passkeys as can be kept. Remove one first."),
}


@coming.post("/question")
def ask() -> ResponseReturnValue:
    """What any device of anybody's has to sign."""
    return _asked("enter", _here().ask())


@coming.post("")
def enter() -> ResponseReturnValue:
    """Let in whose passkey it is."""
    store, now_ms = chosen_store(), desk().now_ms()
    asked = _recalled("enter", now_ms)
    if asked is None:
        return _sent_back(Refusal.TOO_LATE)
    shown = _here().shown(asked.challenge, _answer(), _known)
    if isinstance(shown, Refusal):
        return _sent_back(shown)
    session().rollback()
    with writing(desk().sessions) as db:
        row = passkeys.use(db, shown, asked, (store, now_ms))
        is_elsewhere = not isinstance(row, Refusal) and not row.works_in(store)
        if not isinstance(row, Refusal) and not is_elsewhere:
            staff.begin_duty(db, row.staff, store, now_ms)
    if isinstance(row, Refusal):
        return _sent_back(row)
    if is_elsewhere:
        flash(_("You do not work in this store."))
        return redirect(url_for("sign_in.page"))
    return let_in(row, store)


@own.post("/question")
def ask_new() -> ResponseReturnValue:
    """What a device has to sign to become a passkey; whoever sits here proves who they are."""
    me = present()
    session().rollback()
    with writing(desk().sessions) as db:
        row = staff.sign_in(db, me.staff, request.form.get("pin", ""), desk().now_ms())
    if row is None:
        return {"problem": _("That PIN is not right. Please try again.")}
    known = [one.credential for one in passkeys.of(session(), me.staff)]
    return _asked("add", _here().invite(me.staff, me.name, known))


@own.post("/")
def add() -> ResponseReturnValue:
    """Keep what the device made."""
    me = by()
    asked = _recalled("add", me.at_ms)
    made = Refusal.TOO_LATE if asked is None else _here().made(asked.challenge, _answer())
    if asked is not None and not isinstance(made, Refusal):
        name = request.form.get("name", "").strip()[:NAME_MAX] or _("Passkey")
        session().rollback()
        with writing(desk().sessions) as db:
            refused = passkeys.add(db, me, made, name, asked)
        flash(_(REFUSED[refused]) if refused else _("The passkey is yours. Try it next time."))
    elif isinstance(made, Refusal):
        flash(_(REFUSED[made]))
    return redirect(url_for("own_pin.page"))


@own.post("/<credential>/remove")
def remove(credential: str) -> ResponseReturnValue:
    """Take one's own away; another's is none of one's business."""
    me = by()
    session().rollback()
    with writing(desk().sessions) as db:
        is_gone = passkeys.remove(db, me, credential)
    if not is_gone:
        abort(HTTPStatus.NOT_FOUND)
    flash(_("The passkey lets nobody in any more. Delete it on the device, too."))
    return redirect(url_for("own_pin.page"))


def _here() -> Passkeys:
    found = there()
    if not isinstance(found, Passkeys):
        abort(HTTPStatus.NOT_FOUND)
    return found


def _asked(what_for: str, question: Question) -> ResponseReturnValue:
    """Ask, and remember in this browser's own cookie, which nobody else can write."""
    cookie["asked"] = [what_for, question.challenge, desk().now_ms() + QUESTION_LIFE_MS]
    return question.options


def _recalled(what_for: str, now_ms: int) -> Asked | None:
    """What this browser was asked, if it was and not too long ago; from now on it was not."""
    was_for, challenge, until_ms = cookie.pop("asked", ["", "", 0])
    return Asked(challenge, until_ms) if was_for == what_for and now_ms <= until_ms else None


def _answer() -> str:
    answer = request.form.get("answer")
    if answer is None:
        abort(HTTPStatus.BAD_REQUEST)
    return answer


def _known(credential: str) -> Known | None:
    row = session().get(PasskeyRow, credential)
    return None if row is None else Known(row.staff, row.public_key)


def _sent_back(refused: Refusal) -> ResponseReturnValue:
    flash(_(REFUSED[refused]))
    return redirect(url_for("sign_in.page"))
