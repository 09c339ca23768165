"""The kiosk's web application at localhost: pictures out, touches in. It keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, cast
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from kiosk.core.inputs import Button, Input, Language, LanguageChosen, Painted, Pressed, Typed
from runtime.clock import stopwatch_ms
from web_ui.screen import aloud, look
from web_ui.screen.feed import Feed
from web_ui.screen.messages import message
from web_ui.screen.pictures import Picture, lost, picture
from web_ui.shared import qr
from web_ui.shared.site import site
from web_ui.shared.streams import HEARTBEAT, HEARTBEAT_S, HELLO, StreamLimit, event

STREAMS = 8  # one browser, its reload, a technician; the rest of the threads answer touches
THREADS = STREAMS + 8  # for `Server`
MAX_BODY_BYTES = 4_096  # the longest message is a text to be read aloud
LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}  # any other Host is a page that rebound its name
MM_PER_INCH = 25.4
SMALL_IN = 9.0  # below, a finger takes a seventh of the width: fewer things at once, the same size

bp = Blueprint("screen", __name__, static_folder="static", static_url_path="/screen")


class PressMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A touch of a button."""

    button: Button
    revision: Annotated[int, msgspec.Meta(ge=0)]
    subject: Annotated[str, msgspec.Meta(pattern="^[0-9a-zA-Z_-]{0,40}$")] = ""


class TypedMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A number or a code, typed to its end."""

    text: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,10}$")]
    revision: Annotated[int, msgspec.Meta(ge=0)]


class LanguageMessage(msgspec.Struct, forbid_unknown_fields=True):
    """A touch of the language button."""

    language: Language


class PaintedMessage(msgspec.Struct, forbid_unknown_fields=True):
    """The browser's word that a revision is on the glass."""

    revision: Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True)
class Terminal:
    """What the routes need: where states come from, where touches go, how large the glass is."""

    app: Flask
    feed: Feed
    put: Callable[[Input], None]
    streams: StreamLimit
    panel_diagonal_in: float


def create_app(
    feed: Feed,
    put: Callable[[Input], None],
    store_name: str,
    kiosk_name: str,
    panel_diagonal_in: float = 21.5,
) -> Flask:
    """The application of one kiosk's screen.

    `put` is the kiosk's inbox. `panel_diagonal_in` turns millimetres into pixels, because a
    finger is as wide on a small panel as on a large one.
    """
    app = site(["screen"])
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.extensions["screen"] = Terminal(app, feed, put, StreamLimit(STREAMS), panel_diagonal_in)
    app.jinja_env.globals |= {"store_name": store_name, "kiosk_name": kiosk_name, "qr": qr.svg}
    app.jinja_env.globals["is_small"] = panel_diagonal_in < SMALL_IN
    app.before_request(_only_this_kiosk)
    app.register_error_handler(HTTPException, _in_words)
    app.register_blueprint(bp)
    app.register_blueprint(look.bp)
    look.install(app, lambda: None)
    aloud.install(app, feed, None)
    return app


def terminal() -> Terminal:
    """What the application of the present request was given."""
    return cast(Terminal, current_app.extensions["screen"])


@bp.get("/")
def index() -> str:
    """The page, with the present screen already in it."""
    now = picture(terminal().feed.latest())
    return render_template("screen/page.html", picture=now, lost=lost())


@bp.get("/screen")
def now() -> Response:
    """The present picture, for a browser that gets no stream."""
    return Response(_encoded(picture(terminal().feed.latest())), mimetype="application/json")


@bp.get("/stream")
def stream() -> Response:
    """Every new picture as it comes; only the latest if the browser is slow."""
    return terminal().streams.stream(_pictures(terminal()))


@bp.post("/press")
def press() -> ResponseReturnValue:
    """A touch on a button."""
    said = message(PressMessage)
    terminal().put(Pressed(said.button, said.revision, said.subject))
    return "", HTTPStatus.NO_CONTENT


@bp.post("/typed")
def typed() -> ResponseReturnValue:
    """What was typed on a keypad."""
    said = message(TypedMessage)
    terminal().put(Typed(said.text, said.revision))
    return "", HTTPStatus.NO_CONTENT


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """A touch on the language button."""
    terminal().put(LanguageChosen(message(LanguageMessage).language))
    return "", HTTPStatus.NO_CONTENT


@bp.post("/painted")
def painted() -> ResponseReturnValue:
    """The browser painted a revision just now."""
    terminal().put(Painted(message(PaintedMessage).revision, stopwatch_ms()))
    return "", HTTPStatus.NO_CONTENT


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """For the watchdog: this process answers."""
    return {"revision": terminal().feed.latest().revision}


@bp.get("/panel.css")
def panel() -> Response:
    """How large this kiosk's glass is; tokens.css derives pixels per millimetre from it."""
    diagonal_mm = terminal().panel_diagonal_in * MM_PER_INCH
    return Response(f":root{{--diagonal-mm:{diagonal_mm:.1f}}}\n", mimetype="text/css")


def _pictures(terminal: Terminal) -> Iterator[bytes]:
    feed, state = terminal.feed, terminal.feed.latest()
    worn = ""
    yield HELLO
    while True:
        # Not the request's own context, which is gone by the time a stream is read.
        with terminal.app.app_context():
            drawn = picture(state)
        yield event("screen", _encoded(drawn))
        while (changed := feed.next_after(state.revision, HEARTBEAT_S)) is None:
            if feed.closed:
                return
            with terminal.app.app_context():
                now = look.version()
            yield HEARTBEAT if now == worn else HEARTBEAT + event("look", now.encode())
            worn = now
        state = changed


def _encoded(drawn: Picture) -> bytes:
    return msgspec.json.encode(drawn)


def _only_this_kiosk() -> None:
    if urlsplit(f"//{request.host}").hostname not in LOCAL_NAMES:
        abort(HTTPStatus.FORBIDDEN, f"this page is served at localhost, not at {request.host}")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        abort(HTTPStatus.FORBIDDEN, f"{origin} may not speak to this kiosk")


def _in_words(error: HTTPException) -> ResponseReturnValue:
    return {"error": error.description}, error.code or HTTPStatus.INTERNAL_SERVER_ERROR
