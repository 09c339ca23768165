"""The page that becomes a member's card, and the one thing it ever sends: a public key.

Whose a phone is says the one-time code in the link's fragment, which no server and no log sees
before the phone sends it here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import cast

import msgspec
from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from gateway.core import greeting, phones
from gateway.core.consent import TEXT_VERSION, Purpose
from gateway.core.consent_texts import PRESENT
from gateway.privacy_codes import PrivacyCodes
from gateway.store import phones as store
from gateway.store.base import writing
from web_ui.shared import i18n
from web_ui.shared.i18n import gettext as _
from web_ui.shared.site import CONTENT_SECURITY_POLICY, HOUSE

bp = Blueprint(
    "phone", __name__, url_prefix="/phone", static_folder="static", static_url_path="/static"
)

PAGES = {"vi": "/phone/", "en": "/phone/en"}
STATIC = Path(__file__).parent / "static"
# All that the page needs with the network off; what is shared lies in another folder.
OWN = ("phone.css", "privacy.css", "phone.js", "join.js", "card.js", "pass.js", "qr.js")
SHARED = (
    *("tokens.css", "mark.svg", "vendor/be-vietnam-pro-800.woff2"),
    *("vendor/inter-latin.woff2", "vendor/inter-vietnamese.woff2"),
)
POLICY = f"{CONTENT_SECURITY_POLICY}; manifest-src 'self'; worker-src 'self'"


@dataclass(frozen=True)
class Phones:
    """What the page was given."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    codes: PrivacyCodes | None = None  # by message, before somebody is erased


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    """A phone wants to be a member's."""

    code: str
    public_key: str
    proof: str


def send_codes(app: Flask, codes: PrivacyCodes | None) -> None:
    """Let an application ask for codes by message."""
    app.extensions["phones"] = replace(app.extensions["phones"], codes=codes)


def install(app: Flask, given: Phones) -> None:
    """Give an application its phones."""
    app.extensions["phones"] = given
    app.register_blueprint(bp)


@bp.after_request
def allow(response: Response) -> Response:
    """A page that can be put on the home screen has a manifest and a service worker."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


@bp.get("/")
def vietnamese() -> str:
    """The page; what it shows depends on what is in the phone."""
    return _page("vi")


@bp.get("/en")
def english() -> str:
    """The same in English: the phone keeps both for when it has no network."""
    return _page("en")


@bp.get("/now")
def now() -> ResponseReturnValue:
    """The gateway's time: a phone whose clock is wrong makes passes that nobody accepts."""
    return {"now_ms": _given().now_ms()}


@bp.post("/keys")
def enrol() -> ResponseReturnValue:
    """Make a phone a member's; the answer says why not, for the page to put in words."""
    given = _given()
    try:
        ask = msgspec.json.decode(request.get_data(), type=Ask)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {"problem": "unreadable"}, HTTPStatus.BAD_REQUEST
    key = phones.public_key(ask.public_key)
    if key is None or not phones.proves(ask.code, ask.public_key, ask.proof):
        return {"problem": "unproven"}, HTTPStatus.BAD_REQUEST
    with writing(given.sessions) as db:
        enrolled = store.enrol(db, ask.code, key, given.now_ms())
    if enrolled is None:
        return {"problem": "code"}, HTTPStatus.FORBIDDEN
    return {
        "member": enrolled.member,
        "key_id": enrolled.key_id,
        "name": greeting.first_name(enrolled.name),
    }


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """What a phone needs to put the page on its home screen."""
    icon = {"src": "/static/mark.svg", "sizes": "any", "type": "image/svg+xml"}
    said = {
        "name": _("Member card"),
        "short_name": "Hiên",
        "start_url": PAGES["vi"],
        "scope": "/phone/",
        "display": "standalone",
        "background_color": "#0b2b27",
        "theme_color": "#0b2b27",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }
    return Response(msgspec.json.encode(said), mimetype="application/manifest+json")


@bp.get("/worker.js")
def worker() -> ResponseReturnValue:
    """The service worker; whenever anything it keeps changes, so does it, and phones fetch all."""
    files = [f"/phone/static/{name}" for name in OWN] + [f"/static/{name}" for name in SHARED]
    kept = msgspec.json.encode([*PAGES.values(), "/phone/manifest.webmanifest", *files]).decode()
    pages = [_page(language) for language in PAGES]
    version = sha256("".join([_files_digest(), *pages]).encode()).hexdigest()[:16]
    head = f'const VERSION = "{version}";\nconst KEPT = {kept};\n'
    script = (STATIC / "worker.js").read_text(encoding="utf-8")
    response = Response(head + script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _files_digest() -> str:
    paths = [STATIC / name for name in (*OWN, "worker.js")]
    paths += [HOUSE / "shared" / "static" / name for name in SHARED]
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _page(language: str) -> str:
    i18n.speak(language)
    other = "en" if language == "vi" else "vi"
    return render_template(
        "phone/page.html",
        other=other,
        other_page=PAGES[other],
        can_join=_given().codes is not None,
        purposes=Purpose,
        words=PRESENT,
        version=TEXT_VERSION,
    )


def _given() -> Phones:
    return cast(Phones, current_app.extensions["phones"])
