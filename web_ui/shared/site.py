"""A Flask application as every page here wants it: templates, words, strict headers, no page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask, Response
from jinja2 import FileSystemLoader, PrefixLoader

from web_ui.shared import i18n, icons

HOUSE = Path(__file__).parent.parent

# Nothing inline and nothing from elsewhere: a script smuggled into an offer's text cannot run.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def with_frames(page: str) -> Response:
    """A page that shows others of ours in frames."""
    policy = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": policy})


def in_frame(page: str) -> Response:
    """A page for such a frame: only pages of ours may hold it, and it runs no script at all."""
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    policy = policy.replace("script-src 'self'", "script-src 'none'; sandbox allow-same-origin")
    headers = {"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"}
    return Response(page, mimetype="text/html", headers=headers)


def site(parts: Sequence[str]) -> Flask:
    """An application with the templates of these parts of the house, as `part/name.html`."""
    app = Flask("web_ui", static_folder=str(HOUSE / "shared" / "static"), static_url_path="/static")
    app.jinja_env.loader = PrefixLoader(
        {part: FileSystemLoader(HOUSE / part / "templates") for part in ("shared", *parts)}
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["icon_strokes"] = icons.strokes()
    i18n.install(app)
    app.after_request(_guarded)
    return app


def _guarded(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype in {"text/html", "application/json"}:
        # It may be personal, unless it says itself that it is not: no copy on any disk, and no way
        # back to it.
        response.headers.setdefault("Cache-Control", "no-store")
    return response
