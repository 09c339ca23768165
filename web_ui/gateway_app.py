"""The gateway's web application: staff's board, owner's console and members' cards in one house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import HTTPException

from contract.messages import Live
from runtime.clock import Clock, unix_ms
from web_ui.console import floor_drawing, pages
from web_ui.desk import context, live, menu, own_pin, passkeys, sign_in
from web_ui.desk.context import Desk
from web_ui.phone import joining, privacy, screen_codes
from web_ui.phone import pages as pages_of_phones
from web_ui.phone.pages import Phones
from web_ui.shared import qr
from web_ui.shared.hub import Hub
from web_ui.shared.site import HOUSE, site
from web_ui.shared.streams import StreamLimit
from web_ui.shelf import pages as shelves
from web_ui.shelf.pages import Shelves
from web_ui.staff import appointments, board, orders, push, redeem, shell

STREAMS = 200  # a chain of stores on one gateway; each holds a thread, 17 to 35 KB
THREADS = STREAMS + 24  # for `Server`: the rest answer ordinary requests at once
MAX_BODY_BYTES = 64 * 1024  # a logo, or an offer with its conditions; else three short fields
SHIFT = timedelta(hours=12)  # nobody types a PIN twice in a working day

PublishLive = Callable[[str, Live], None]


def create_app(
    sessions: sessionmaker[Session],
    clock: Clock,
    hub: Hub[Live],
    publish_live: PublishLive,
    secret_key: bytes,
) -> Flask:
    """The application of one gateway; reads no environment."""
    app = site(["desk", "staff", "console", "phone", "screen", "shelf"])
    app.secret_key = secret_key
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        PERMANENT_SESSION_LIFETIME=SHIFT,
        SESSION_COOKIE_NAME="hien",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a board stays open for a whole shift
    )
    app.before_request(floor_drawing.let_pictures_in)  # which comes before the token is read
    protected = CSRFProtect(app)
    for blueprint in (pages_of_phones.bp, privacy.bp, joining.bp, shelves.bp):
        protected.exempt(blueprint)  # they have no cookie; they prove a key, or that it is our form
    context.install(app, Desk(sessions, clock, hub, publish_live, StreamLimit(STREAMS)))
    app.jinja_env.globals |= {"person": sign_in.person, "menu": menu.menu, "qr": qr.svg}
    of_staff = (board.bp, orders.bp, appointments.bp, redeem.bp, push.bp, shell.bp)
    of_everybody = (sign_in.bp, passkeys.coming, own_pin.bp, passkeys.own, live.bp)
    for blueprint in (*of_everybody, *of_staff, pages.bp):
        app.register_blueprint(blueprint)
    pages_of_phones.install(app, Phones(sessions, lambda: unix_ms(clock.utc())))
    shelves.install(app, Shelves(sessions, lambda: unix_ms(clock.utc()), publish_live))
    app.register_blueprint(screen_codes.bp)
    app.register_blueprint(privacy.bp)
    app.register_blueprint(joining.bp)
    looks = str(HOUSE / "screen" / "static")  # of kiosks, for the picture beside an offer's form
    app.register_blueprint(
        Blueprint("screen", __name__, static_folder=looks, static_url_path="/screen")
    )
    app.add_url_rule("/", "home", _home)
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.register_error_handler(HTTPException, _in_words)
    return app


def _home() -> ResponseReturnValue:
    return redirect(url_for("board.index"))


def _healthz() -> ResponseReturnValue:
    return {"ok": True}


def _in_words(error: HTTPException) -> ResponseReturnValue:
    """No raw error ever reaches a person, and each says what to do next."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    is_old_page = isinstance(error, CSRFError)
    page = render_template(
        "desk/error.html", status=int(status), is_old_page=is_old_page, path=request.path
    )
    return page, status
