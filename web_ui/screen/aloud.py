"""Sound for the words on a kiosk's screen. It speaks nothing that does not stand there just now."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Protocol, cast

import msgspec
from flask import Blueprint, Flask, Response, abort, current_app
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk.core import aloud
from kiosk.core.inputs import Language
from web_ui.screen.feed import Feed
from web_ui.screen.messages import message
from web_ui.screen.pictures import picture
from web_ui.shared.i18n import gettext, later

READ_MINE = later("Read my page aloud")

bp = Blueprint("aloud", __name__)


class Clips(Protocol):
    """Where sentences become sound."""

    @property
    def is_there(self) -> bool:
        """Whether there is a voice on this machine."""

    def clip(self, text: str, language: Language, *, is_private: bool) -> bytes | None:
        """The sentence as a WAV file, or None; what is private is kept nowhere."""


class SayMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Words on the screen of that revision."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
    revision: Annotated[int, msgspec.Meta(ge=0)]


def install(app: Flask, feed: Feed, clips: Clips | None) -> None:
    """Let an application read its screen aloud, as far as it has a voice."""
    if "aloud" not in app.extensions:
        app.context_processor(_words)
        app.register_blueprint(bp)
    app.extensions["aloud"] = (feed, clips)


@bp.post("/say")
def say() -> ResponseReturnValue:
    """One text of the present screen, as sound."""
    feed, clips = _given()
    asked = message(SayMessage)
    state = feed.latest()
    if clips is None or not clips.is_there:
        abort(HTTPStatus.SERVICE_UNAVAILABLE, "there is no voice here; install espeak-ng")
    if asked.revision != state.revision:
        return "", HTTPStatus.NO_CONTENT  # that screen is gone, and nobody's fault
    drawn = picture(state)  # from here on gettext speaks the screen's language
    is_private = aloud.is_private(state)
    if not aloud.is_read(state):
        if not aloud.asks(state) or not _is_in(asked.text, gettext(READ_MINE)):
            abort(HTTPStatus.FORBIDDEN, "nobody asked for this to be read aloud")
        is_private = False  # the same words for everybody
    elif not _is_in(asked.text, Markup(drawn.html).striptags()):  # noqa: S704 (our own template)
        abort(HTTPStatus.FORBIDDEN, "that does not stand on the screen")
    sound = clips.clip(" ".join(asked.text.split()), state.language, is_private=is_private)
    if sound is None or feed.latest().session != state.session:
        return "", HTTPStatus.NO_CONTENT  # the voice was slow, or they have gone
    return Response(sound, mimetype="audio/wav", headers={"Cache-Control": "no-store"})


def _is_in(text: str, words: str) -> bool:
    """Whether words contain a text; where a line breaks, or a tag ends, does not count."""
    return "".join(text.split()) in "".join(words.split())


def _words() -> dict[str, bool]:
    _, clips = _given()
    return {"has_voice": clips is not None and clips.is_there}


def _given() -> tuple[Feed, Clips | None]:
    return cast("tuple[Feed, Clips | None]", current_app.extensions["aloud"])
