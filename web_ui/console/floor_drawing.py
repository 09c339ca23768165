"""Drawing the shop's floor: its size, a picture, and where kiosks and zones stand.

By tapping on the plan, or in metres in fields, which need no script and no hand that is steady.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.identifiers import is_name
from gateway.core import floor_pictures
from gateway.core.floor import LEAST_RADIUS_M, MOST_ITEMS, MOST_M, MOST_RADIUS_M, Item, Plan
from gateway.core.floor_pictures import PICTURE_BYTES, PictureKind
from gateway.core.logos import LogoError
from gateway.store import floors, stores
from gateway.store.base import writing
from gateway.store.csv_lines import SHORT
from gateway.store.floors import Drawn
from web_ui.console import floor
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared.i18n import gettext as _

bp = Blueprint("floor_drawing", __name__, url_prefix="/floor/drawing")

NEW_ZONES = 2  # empty lines for zones; who needs more keeps these and comes back
ROOM_BYTES = 64 * 1024  # for the fields beside a picture
FIELDS = ("item", "name", "x", "y", "radius")  # of each line, in this order


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form, as typed."""

    item: str = ""
    name: str = ""
    x: str = ""
    y: str = ""
    radius: str = ""
    is_kiosk: bool = False


def let_pictures_in() -> None:
    """A plan is larger than any other form: before anybody reads it, give it room."""
    if request.method == "POST" and request.path == "/console/floor/drawing/":
        request.max_content_length = PICTURE_BYTES + ROOM_BYTES


@bp.get("/")
def page() -> str:
    """The form, as it was drawn last."""
    return _drawn([])


@bp.post("/")
def draw() -> ResponseReturnValue:
    """Check it and keep it."""
    problems: list[str] = []
    plan = Plan(_metres("width", problems), _metres("depth", problems), tuple(_items(problems)))
    if not problems:
        beside = _("%(what)s does not stand on the plan.")
        problems += [beside % {"what": one.name} for one in plan.outside()]
    picture = _picture(problems)
    if problems:
        return _drawn(problems), HTTPStatus.UNPROCESSABLE_ENTITY
    session().rollback()
    with writing(desk().sessions) as db:
        is_kept = floors.draw(db, by(), Drawn(plan, picture), request.form.get("revision", 0, int))
    if not is_kept:
        problem = _("Somebody else has just changed the plan. Load this page again.")
        return _drawn([problem]), HTTPStatus.CONFLICT
    flash(_("The plan is kept."))
    return redirect(url_for("console.floor.index"))


def _metres(field: str, problems: list[str]) -> float:
    value = _number(request.form.get(field, ""))
    if value is None or not 1 <= value <= MOST_M:
        problems.append(_("The shop is 1 to %(most)s metres wide and deep.") % {"most": MOST_M})
        return 1.0
    return value


def _items(problems: list[str]) -> list[Item]:
    """Every line of the form with a place; a kiosk without one stands on no plan."""
    names = {row.kiosk: row.name for row in stores.fleet(session(), present().store)}
    found: dict[str, Item] = {}
    texts = [request.form.getlist(one) for one in FIELDS]
    for typed, name, *numbers in zip(*texts, strict=False):
        item = typed.strip()
        x, y, radius = (_number(one) for one in numbers)
        if not item or (x is None and y is None):
            continue
        is_kiosk = item in names
        if not is_name(item) or item in found:
            problems.append(_("A zone's short name is a-z, 0-9 and -, and each is there once."))
        elif x is None or y is None:
            problems.append(_("%(what)s needs both numbers.") % {"what": names.get(item, item)})
        elif not is_kiosk and (radius is None or not LEAST_RADIUS_M <= radius <= MOST_RADIUS_M):
            problems.append(_("A zone reaches half a metre to 50 metres around its middle."))
        else:
            called = names.get(item) or name.strip()[:SHORT] or item
            found[item] = Item(item, called, x, y, 0.0 if is_kiosk else radius or 0.0)
    if len(found) > MOST_ITEMS:
        problems.append(_("At most %(most)s things stand on one plan.") % {"most": MOST_ITEMS})
    return list(found.values())


def _picture(problems: list[str]) -> tuple[PictureKind | None, bytes] | None:
    if request.form.get("no_picture"):
        return None, b""
    file = request.files.get("picture")
    data = file.read(PICTURE_BYTES + 1) if file is not None else b""
    if not data:
        return None
    try:
        return floor_pictures.cleaned(data)
    except LogoError:
        said = {"size": PICTURE_BYTES // 1024, "most": floor_pictures.MOST_PX}
        problems.append(
            _("This picture cannot be used: PNG, JPEG or SVG of %(size)s KB and %(most)s pixels.")
            % said
        )
        return None


def _number(text: str) -> float | None:
    """A number as people write it, with a point or a comma; None if it is none."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return round(value, 2) if abs(value) < 10 * MOST_M else None


def _drawn(problems: list[str]) -> str:
    here = present().store
    lines = _lines(here)
    names = {one.item for one in lines if one.is_kiosk}
    if request.method == "POST":  # what was typed is not typed again
        size = {one: request.form.get(one, "") for one in ("width", "depth")}
        texts = [request.form.getlist(one) for one in FIELDS]
        typed = [Line(*line) for line in zip(*texts, strict=False)]
        fleet = [one for one in typed if one.item in names and one.radius == ""]
        zones = [one for one in typed if one.item and one not in fleet]
    else:
        plan = floors.plan(session(), here)
        size = {"width": f"{plan.width_m:g}", "depth": f"{plan.depth_m:g}"} if plan else {}
        fleet = [one for one in lines if one.is_kiosk]
        zones = [one for one in lines if not one.is_kiosk]
    return render_template(
        "console/floor_drawing.html",
        drawing=floor.drawing(here),
        row=floors.get(session(), here),
        size=size,
        kiosks=fleet,
        zones=[*zones, *[Line()] * NEW_ZONES],
        problems=list(dict.fromkeys(problems)),
        most={"m": MOST_M, "kb": PICTURE_BYTES // 1024, "px": floor_pictures.MOST_PX},
        wide=floor.WIDE,
    )


def _lines(here: str) -> list[Line]:
    """Every kiosk, and the zones that stand on the plan, as they were drawn last."""
    plan = floors.plan(session(), here)
    placed = {one.item: one for one in plan.items} if plan else {}
    fleet = {row.kiosk: row.name for row in stores.fleet(session(), here)}
    known = [Line(kiosk, name) for kiosk, name in fleet.items() if kiosk not in placed]
    drawn = [
        Line(one.item, fleet.get(one.item, one.name), f"{one.x_m:g}", f"{one.y_m:g}")
        if one.item in fleet
        else Line(one.item, one.name, f"{one.x_m:g}", f"{one.y_m:g}", f"{one.radius_m:g}")
        for one in placed.values()
    ]
    return [replace(one, is_kiosk=one.item in fleet) for one in (*drawn, *known)]
