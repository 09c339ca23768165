"""The page behind the code on a kiosk's screen: offers for all, and a card's way to the screen.

It knows nobody. A phone that is a member's card says so itself, to `POST /v1/screen-codes`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import cast

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from contract.messages import ShownOffer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Situation, evaluate
from gateway.screen_codes import showing
from gateway.store import offers, stores
from web_ui.phone.pages import PAGES, Phones
from web_ui.shared import i18n
from web_ui.shared.i18n import LANGUAGES, SHOP_TIME

bp = Blueprint("screen_codes_page", __name__, url_prefix="/k")


@bp.get("/<kiosk>/<code>")
def here(kiosk: str, code: str) -> ResponseReturnValue:
    """What whoever scanned the code sees; 410 if no screen shows it, or not any more."""
    language = _language()
    i18n.speak(language)
    words = {"other": "en" if language == "vi" else "vi", "card_page": PAGES[language]}
    given = cast(Phones, current_app.extensions["phones"])
    now_ms = given.now_ms()
    with given.sessions() as db:
        where = showing(db, kiosk, code, now_ms)
        if where is None:
            return render_template("phone/screen_code_old.html", **words), HTTPStatus.GONE
        store = next(row for row in stores.every(db) if row.store == where.store)
        return render_template(
            "phone/screen_code.html",
            kiosk=where,
            store=store,
            code=code,
            offers=_for_everybody(db, where.store, datetime.fromtimestamp(now_ms / 1000, UTC)),
            **words,
        )


def _language() -> str:
    """As the page's own button says, else as the phone is set."""
    wanted = request.args.get("language", "")
    return wanted if wanted in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "vi")


def _for_everybody(db: Session, store: str, now: datetime) -> list[ShownOffer]:
    """The offers that need nobody's name."""
    anybody = Situation(now.astimezone(SHOP_TIME), store, "phone")
    return [
        one.offer.content
        for one in evaluate(offers.rules(db), anybody, {})
        if one.offer is not None and one.reason is Reason.GRANTED
    ]
