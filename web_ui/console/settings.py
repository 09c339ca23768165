"""How this store's screens look and wait, with a picture of it; and what is kept how long.

A colour that cannot carry words, or a file that is no clean logo, is refused with the reason.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from contract.looks import IDLE_S, LOGO_BYTES, LogoKind
from gateway.core import colours, logos
from gateway.core.logos import LogoError
from gateway.core.retention import RULES
from gateway.store import looks, staff
from gateway.store.base import writing
from gateway.store.looks import Chosen
from web_ui.console.means import means
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared import i18n
from web_ui.shared.i18n import gettext as _
from web_ui.shared.site import in_frame, with_frames

bp = Blueprint("settings", __name__, url_prefix="/settings")

NAME_MAX = 40  # as a kiosk's own settings allow
TYPES = {LogoKind.PNG: "image/png", LogoKind.SVG: "image/svg+xml"}
_COLOUR = re.compile("#[0-9a-f]{6}")


@bp.get("/")
def index() -> ResponseReturnValue:
    """The form, as it was chosen last."""
    row = looks.get(session(), present().store)
    typed = {
        "name": row.name if row else "",
        "accent": row.accent if row else "",
        "idle_s": str(row.idle_s) if row and row.idle_s else "",
    }
    return _drawn(typed, [])


@bp.post("/")
def choose() -> ResponseReturnValue:
    """Check it, keep it, and every kiosk of the store wears it within seconds."""
    typed = {one: request.form.get(one, "").strip() for one in ("name", "accent", "idle_s")}
    if not request.form.get("own_colour"):
        typed["accent"] = ""
    chosen, problems = _checked(typed)
    if chosen is None:
        return _drawn(typed, problems)
    session().rollback()
    with writing(desk().sessions) as db:
        is_kept = looks.choose(db, by(), chosen, request.form.get("revision", 0, int))
    if not is_kept:
        return _drawn(typed, [_someone_was_faster()])
    flash(_("It is kept. Screens wear it within seconds, when nobody stands before them."))
    return redirect(url_for(".index"))


@bp.post("/glass")
def glass() -> ResponseReturnValue:
    """The kiosk's own greeting as it would look, for the frame beside the form."""
    i18n.speak(i18n.spoken().language)
    accent = request.form.get("accent", "") if request.form.get("own_colour") else ""
    row = looks.get(session(), present().store)
    html = render_template(
        "screen/hello.html",
        name="hello",
        store_name=request.form.get("name", "").strip()[:NAME_MAX] or present().store_name,
        logo=url_for(".logo") if row is not None and row.logo_kind else "",
        ease=frozenset(),
        offline=False,
        dimmed=False,
    )
    drawn = Markup(html)  # noqa: S704 (our own template, escaped)
    css = url_for(".css", accent=accent[1:]) if _COLOUR.fullmatch(accent) else ""
    return in_frame(render_template("console/glass.html", html=drawn, screen="hello", css=css))


@bp.get("/<accent>.css")
def css(accent: str) -> Response:
    """One colour instead of jade, for that picture."""
    if not _COLOUR.fullmatch(f"#{accent}"):
        abort(HTTPStatus.NOT_FOUND)
    rule = f"@layer tokens {{ :root {{ --jade-700: #{accent}; --jade-600: #{accent}; }} }}\n"
    return Response(rule, mimetype="text/css")


@bp.get("/logo")
def logo() -> Response:
    """The logo as it is kept."""
    row = looks.get(session(), present().store)
    if row is None or row.logo_kind is None:
        abort(HTTPStatus.NOT_FOUND)
    policy = "default-src 'none'; sandbox"  # opened by itself it does nothing
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return Response(row.logo, mimetype=TYPES[LogoKind(row.logo_kind)], headers=headers)


def _checked(typed: dict[str, str]) -> tuple[Chosen | None, list[str]]:
    problems: list[str] = []
    idle_s: int | None = None
    picture: tuple[LogoKind | None, bytes] | None = None
    if len(typed["name"]) > NAME_MAX:
        problems.append(_("The name has at most %(most)s letters.") % {"most": NAME_MAX})
    if typed["accent"]:
        contrasts = colours.contrasts(typed["accent"])
        bad = [one for one in contrasts if not one.is_enough]
        if not contrasts:
            problems.append(_("A colour is written like #0e5146."))
        for one in bad:
            said = {"what": i18n.said(one.what), "ratio": _number(one.ratio)}
            said["least"] = _number(one.least)
            problems.append(
                _("This colour is too pale: %(what)s has %(ratio)s : 1, %(least)s : 1 is needed.")
                % said
            )
    least, most = IDLE_S
    if typed["idle_s"]:
        if typed["idle_s"].isascii() and typed["idle_s"].isdigit():
            idle_s = int(typed["idle_s"])
        if idle_s is None or not least <= idle_s <= most:
            bounds = {"least": least, "most": most}
            problems.append(_("Screens wait %(least)s to %(most)s seconds.") % bounds)
    file = request.files.get("logo")
    data = file.read(LOGO_BYTES + 1) if file is not None else b""
    if request.form.get("no_logo"):
        picture = (None, b"")
    elif data:
        try:
            picture = logos.cleaned(data)
        except LogoError:
            bounds = {"size": LOGO_BYTES // 1024, "most": logos.MOST_PX}
            problems.append(
                _(
                    "This logo cannot be used. It must be a whole PNG, not interlaced, or an SVG"
                    " with a viewBox and no document type; at most %(size)s KB and %(most)s"
                    " pixels a side."
                )
                % bounds
            )
    if problems:
        return None, problems
    return Chosen(typed["name"], typed["accent"], idle_s, picture), []


def _number(value: float) -> str:
    return i18n.spoken().number(round(value, 1))


def _someone_was_faster() -> str:
    row = looks.get(session(), present().store)
    people = {one.staff: one.name for one in staff.every(session())}
    name = "" if row is None else people.get(row.staff, row.staff)
    return _("%(name)s has just changed this. Keep what stands below to replace theirs.") % {
        "name": name
    }


def _drawn(typed: dict[str, str], problems: list[str]) -> ResponseReturnValue:
    row = looks.get(session(), present().store)
    return with_frames(
        render_template(
            "console/settings.html",
            typed=typed,
            problems=problems,
            row=row,
            house=colours.JADE,
            idle=IDLE_S,
            logo_kb=LOGO_BYTES // 1024,
            kept=[(rule, means().setup.retention.get(kept)) for kept, rule in RULES.items()],
        )
    )
