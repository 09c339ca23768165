"""The owner's name, logo and colour on the kiosk's page. Who has no look sees the house's own."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import cast
from zlib import crc32

from flask import Blueprint, Flask, Response, abort, current_app

from contract import codec
from contract.looks import LogoKind, Look

bp = Blueprint("look", __name__)

Worn = Callable[[], Look | None]
TYPES = {LogoKind.PNG: "image/png", LogoKind.SVG: "image/svg+xml"}
# High contrast is chosen by whoever needs it and stays black and white.
RULE = (
    '@layer tokens {{ :root:not([data-ease~="contrast"]) '
    "{{ --jade-700: {accent}; --jade-600: {accent}; }} }}\n"
)
NO_SCRIPT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # opened by itself, it is dead


def install(app: Flask, worn: Worn) -> None:
    """Let an application wear what `worn` says whenever it draws."""
    if "look" not in app.extensions:
        app.context_processor(_words)
    app.extensions["look"] = worn


def version() -> str:
    """Another for every look, so that a page notices that it is dressed in an old one."""
    look = _worn()
    return "" if look is None else f"{crc32(codec.encode(look)):08x}"


@bp.get("/look.css")
def css() -> Response:
    """The colour, if the owner chose one."""
    look = _worn()
    rule = RULE.format(accent=look.accent) if look is not None and look.accent else ""
    return Response(rule, mimetype="text/css", headers={"Cache-Control": "no-store"})


@bp.get("/logo")
def logo() -> Response:
    """The logo; a page that shows none never asks."""
    look = _worn()
    if look is None or look.logo_kind is None:
        abort(HTTPStatus.NOT_FOUND)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": NO_SCRIPT}
    return Response(look.logo_bytes, mimetype=TYPES[look.logo_kind], headers=headers)


def _words() -> dict[str, str]:
    look = _worn()
    found = {"look_version": version(), "logo": ""}
    if look is not None and look.logo_kind is not None:
        found["logo"] = f"/logo?v={found['look_version']}"
    if look is not None and look.name:
        found["store_name"] = look.name
    return found


def _worn() -> Look | None:
    worn = cast("Worn | None", current_app.extensions.get("look"))
    return None if worn is None else worn()
