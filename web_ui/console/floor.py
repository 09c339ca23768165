"""The shop from above: kiosks and zones where they stand, how many are heard there, what is weak.

Counts only. Of members, those who agreed to be recognised; of anybody else, what kiosks count
without knowing who, and never fewer than five.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template

from gateway.core.floor import Item, Plan
from gateway.store import floors
from web_ui.console import kiosks
from web_ui.console.kiosks import Health
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import present

bp = Blueprint("floor", __name__, url_prefix="/floor")

WIDE = 1_000  # of the drawing's own units; its height follows from the shop's form
TYPES = {"png": "image/png", "svg": "image/svg+xml", "jpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One kiosk or zone as the page shows it."""

    item: Item
    x: float
    y: float
    radius: float
    heard: int  # members
    health: Health | None  # None: a zone, which has none of its own
    # People nobody knows; None: fewer than five; "": nobody counts there.
    passed: int | str | None

    @property
    def is_kiosk(self) -> bool:
        """Whether there is a machine."""
        return self.health is not None

    @property
    def weak(self) -> int:
        """How many members' tags, heard there last, want a new battery."""
        return sum(line.is_weak for line in self.health.tags) if self.health else 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plan in the drawing's units."""

    plan: Plan
    spots: list[Spot]
    elsewhere: int  # members heard in zones that stand on no plan

    @property
    def height(self) -> float:
        """Of the drawing."""
        return round(WIDE * self.plan.depth_m / self.plan.width_m)


@bp.get("/")
def index() -> str:
    """The plan, which keeps itself up to date."""
    here = present().store
    row = floors.get(session(), here)
    return render_template("console/floor.html", drawing=drawing(here), row=row, wide=WIDE)


@bp.get("/picture/<int:revision>")
def picture(revision: int) -> Response:
    """The plan's picture; by its revision, so that a new one is fetched."""
    row = floors.get(session(), present().store)
    if row is None or row.picture_kind is None or row.revision != revision:
        abort(HTTPStatus.NOT_FOUND)
    policy = "default-src 'none'; sandbox"  # opened by itself it does nothing
    headers = {"Content-Security-Policy": policy, "Cache-Control": "private, max-age=3600"}
    return Response(row.picture, mimetype=TYPES[row.picture_kind], headers=headers)


def drawing(here: str) -> Drawing | None:
    """What stands where in a store, and what is heard there; None if nobody drew it."""
    plan = floors.plan(session(), here)
    if plan is None:
        return None
    now_ms = desk().now_ms()
    heard = floors.heard_now(session(), here, now_ms)
    passed = floors.passed_lately(session(), here, now_ms)
    health = {one.kiosk: one for one in kiosks.health(here)}
    scale = WIDE / plan.width_m
    spots = [
        Spot(
            one,
            round(one.x_m * scale, 1),
            round(one.y_m * scale, 1),
            round(one.radius_m * scale, 1),
            heard.get(one.item, 0),
            health.get(one.item),
            passed.get(one.item, ""),
        )
        for one in plan.items
    ]
    drawn = {one.item for one in plan.items}
    return Drawing(plan, spots, sum(count for zone, count in heard.items() if zone not in drawn))
