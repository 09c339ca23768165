"""The board as something to put on a home screen: manifest, service worker, a page for no network.

What the worker keeps is the same for everybody and open to anybody: no card, no name, no token.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from web_ui.shared.site import CONTENT_SECURITY_POLICY, HOUSE

bp = Blueprint(
    "shell", __name__, url_prefix="/staff/app", static_folder="shell", static_url_path="/files"
)

SHELL = Path(__file__).parent / "shell"
OFFLINE = "/staff/app/offline"
OWN = ("offline.css", "offline.js")
SHARED = (
    *("tokens.css", "mark.svg", "vendor/be-vietnam-pro-800.woff2"),
    *("vendor/inter-latin.woff2", "vendor/inter-vietnamese.woff2"),
)
POLICY = f"{CONTENT_SECURITY_POLICY}; manifest-src 'self'; worker-src 'self'"


def may_be_installed(response: Response) -> Response:
    """A page that has a manifest and a service worker says so in its policy."""
    response.headers["Content-Security-Policy"] = POLICY
    return response


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """What a browser needs to put the board on a home screen."""
    icon = {"src": "/static/mark.svg", "sizes": "any", "type": "image/svg+xml"}
    said = {
        "id": "/staff/",
        "name": "Hiên · Bảng phục vụ",
        "short_name": "Hiên",
        "lang": "vi",
        "start_url": "/staff/",
        "scope": "/",  # signing in lies beside the board
        "display": "standalone",
        "background_color": "#fbf7ef",
        "theme_color": "#0b2b27",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }
    return Response(msgspec.json.encode(said), mimetype="application/manifest+json")


@bp.get("/worker.js")
def worker() -> ResponseReturnValue:
    """The service worker; it changes whenever anything it keeps does, and browsers fetch all."""
    files = [f"/staff/app/files/{name}" for name in OWN] + [f"/static/{name}" for name in SHARED]
    kept = msgspec.json.encode([OFFLINE, *files]).decode()
    version = version_of(render_template("staff/offline.html"))
    head = f'const VERSION = "{version}";\nconst OFFLINE = "{OFFLINE}";\nconst KEPT = {kept};\n'
    script = (SHELL / "worker.js").read_text(encoding="utf-8")
    response = Response(head + script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/staff/"
    return response


@bp.get("/offline")
def offline() -> str:
    """What stands on the glass without a network, in both languages: nobody knows whose it is."""
    return render_template("staff/offline.html")


@cache
def version_of(page: str, folder: Path = SHELL) -> str:
    """Of all that the worker keeps: this page, its files in a folder, and what pages share."""
    paths = [folder / name for name in (*OWN, "worker.js")]
    paths += [HOUSE / "shared" / "static" / name for name in SHARED]
    kept = [page.encode(), *(path.read_bytes() for path in paths)]
    return sha256(b"".join(kept)).hexdigest()[:16]
