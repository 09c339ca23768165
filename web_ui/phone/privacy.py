"""A member's own page about their data. Each answer is for one signed ask; it keeps no session."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import cast

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from contract import privacy
from contract.errors import ContractError
from contract.privacy import MAX_BYTES, Ask, PrivacyAsk
from gateway import privacy as desk
from gateway import privacy_desk
from gateway.core.consent import TEXT_VERSION, Method
from gateway.core.consent_texts import PRESENT
from gateway.privacy import Refused
from gateway.privacy_desk import Done
from gateway.store import consents, minors, pauses, profiles
from gateway.store.base import writing
from web_ui.phone.pages import Phones
from web_ui.shared import i18n
from web_ui.shared.i18n import later

bp = Blueprint("phone_privacy", __name__, url_prefix="/phone")

PAGES = {"vi": "/phone/privacy", "en": "/phone/en/privacy"}
STATUS = {
    Refused.UNREADABLE: HTTPStatus.BAD_REQUEST,
    Refused.UNKNOWN: HTTPStatus.FORBIDDEN,
    Refused.CLOCK: HTTPStatus.FORBIDDEN,
    Refused.OLD_TEXT: HTTPStatus.CONFLICT,
    Refused.AGAIN: HTTPStatus.CONFLICT,
    Refused.MINOR: HTTPStatus.FORBIDDEN,
    Refused.WRONG: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused.CODE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused.LOCKED: HTTPStatus.TOO_MANY_REQUESTS,
    Refused.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
METHODS = {
    Method.PHONE: later("on your phone"),
    Method.KIOSK: later("at a screen in the shop"),
    Method.DESK: later("to our staff"),
    Method.API: later("told by another system of the shop"),
    Method.CSV: later("from a list of the shop"),
    Method.MERGE: later("two of your profiles became one"),
    Method.SPLIT: later("your profile became two again"),
    Method.AGE: later("because you are under 16"),
    Method.BEFORE: later("known before this list began"),
}


@bp.get("/privacy")
def vietnamese() -> str:
    """The page; what is in it comes once the phone has proven whose it is."""
    return _page("vi")


@bp.get("/en/privacy")
def english() -> str:
    """The same in English."""
    return _page("en")


@bp.post("/privacy/asks")
def answer() -> ResponseReturnValue:
    """Do what a phone asks, and show how things stand then; or say why not."""
    if request.content_length is None or request.content_length > MAX_BYTES:
        return _refused(Refused.UNREADABLE)
    try:
        asked = privacy.read(request.get_data())
    except ContractError:
        return _refused(Refused.UNREADABLE)
    return _shown(asked)


@bp.get("/privacy/receipts/<receipt>")
def receipt(receipt: str) -> ResponseReturnValue:
    """How far an erasure is; it says nothing of who asked, and of a wrong number nothing at all."""
    i18n.speak(request.accept_languages.best_match(i18n.LANGUAGES, "vi"))
    with _given().sessions() as db:
        row = privacy_desk.standing(db, receipt)
    status = HTTPStatus.NOT_FOUND if row is None else HTTPStatus.OK
    return render_template("phone/receipt.html", row=row, receipt=receipt), status


def _shown(asked: PrivacyAsk) -> ResponseReturnValue:
    given = _given()
    now_ms = given.now_ms()
    with given.sessions() as db:  # who only asks holds nobody up
        member = desk.who(db, asked, now_ms)
    if isinstance(member, Refused):
        return _refused(member)
    done: Done | Refused = Done()
    if asked.ask not in (Ask.SEE, Ask.DOWNLOAD):
        with writing(given.sessions) as db:
            done = privacy_desk.act(db, member, asked, now_ms, given.codes)
    if isinstance(done, Refused):
        return _refused(done)
    if asked.ask is Ask.DOWNLOAD:
        with given.sessions() as db:
            said = privacy_desk.everything(db, member, now_ms)
        text = json.dumps(said, ensure_ascii=False, indent=2)  # a person reads it, too
        return Response(text, mimetype="application/json")
    i18n.speak(asked.language)
    if asked.ask is Ask.CONFIRM:
        return render_template("phone/erased_part.html", done=done)
    with given.sessions() as db:
        is_child = minors.is_child(db, member, now_ms)
        return render_template(
            "phone/privacy_part.html",
            asked=str(asked.ask),
            done=done,
            held=desk.held(db, member, is_child=is_child),
            is_child=is_child,
            words=PRESENT,
            version=TEXT_VERSION,
            said=consents.history(db, profiles.names(db, member)),
            methods=METHODS,
            known=privacy_desk.everything(db, member, now_ms),
            paused_ms=pauses.until_ms(db, member, now_ms),
        )


def _given() -> Phones:
    return cast(Phones, current_app.extensions["phones"])


def _refused(why: Refused) -> ResponseReturnValue:
    return {"problem": str(why)}, STATUS[why]


def _page(language: str) -> str:
    i18n.speak(language)
    other = "en" if language == "vi" else "vi"
    return render_template("phone/privacy.html", other=other, other_page=PAGES[other])
