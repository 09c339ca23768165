"""Being told on one's own device while no board lies open: yes, no, and who looks just now.

What is told, and to whom, is the gateway's to decide; here is only who wants it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from flask import Blueprint, Flask, abort, current_app, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from gateway.core.roles import Right
from gateway.store import push_subscriptions
from gateway.store.base import writing
from gateway.store.push_subscriptions import Device
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import only, present
from web_ui.shared import i18n

bp = Blueprint("push", __name__, url_prefix="/staff/push")
bp.before_request(only(Right.SERVE))

KEY_LETTERS, SECRET_LETTERS = 88, 24  # 65 and 16 bytes in base64, at most
IN_FRONT = "Hien-In-Front"  # a header: this board lies open before somebody


@dataclass(frozen=True)
class Pushes:
    """What the gateway gives its pages."""

    public_key: str
    accepts: Callable[[Device], bool]
    looked: Callable[[str, int], None]  # who, when


def install(app: Flask, given: Pushes | None) -> None:
    """Give an application its pushes; without them no board offers any."""
    app.extensions["push"] = given


def given() -> Pushes | None:
    """What the present request's application was given."""
    return cast(Pushes | None, current_app.extensions.get("push"))


def public_key() -> str:
    """For the board's button; empty: there is none."""
    pushes = given()
    return "" if pushes is None else pushes.public_key


def looked(staff: str) -> None:
    """Somebody's board was drawn; note it if it lies in front of them."""
    pushes = given()
    if pushes is not None and IN_FRONT in request.headers:
        pushes.looked(staff, desk().now_ms())


@bp.post("/on")
def on() -> ResponseReturnValue:
    """Tell me on this device until I sign out."""
    pushes, me = given(), present()
    if pushes is None:
        abort(HTTPStatus.NOT_FOUND)
    device = Device(
        request.form.get("endpoint", ""),
        request.form.get("public_key", "")[:KEY_LETTERS],
        request.form.get("auth", "")[:SECRET_LETTERS],
        i18n.spoken().language,
    )
    if not pushes.accepts(device):
        abort(HTTPStatus.BAD_REQUEST)
    session().rollback()
    with writing(desk().sessions) as db:
        person = (me.staff, me.store, cookie.get("session", 0))
        cookie["push"] = push_subscriptions.keep(db, device, person, desk().now_ms())
    return "", HTTPStatus.NO_CONTENT


@bp.post("/off")
def off() -> ResponseReturnValue:
    """Tell me nothing here any more."""
    session().rollback()
    with writing(desk().sessions) as db:
        push_subscriptions.forget(db, cookie.pop("push", ""))
    return "", HTTPStatus.NO_CONTENT
