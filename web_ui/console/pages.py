"""The console's front: today's numbers, the latest visits, what needs a hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template

from gateway.core.alerts import AlertState
from gateway.core.roles import Right
from gateway.store import alerts, dead_letters, duties, stores
from gateway.store import visits as visit_store
from web_ui.console import (
    connectors,
    deeds,
    doors,
    erasing,
    experiments,
    floor,
    floor_drawing,
    incidents,
    journeys,
    kiosks,
    letters,
    members,
    merges,
    newcomers,
    numbers,
    offers,
    owners_file,
    results,
    sales,
    settings,
    staff,
    visits,
    whys,
)
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import only, present
from web_ui.shared.i18n import midnight_ms

LATEST = 8  # as many as a laptop shows beside the kiosks

bp = Blueprint(
    "console", __name__, url_prefix="/console", static_folder="static", static_url_path="/files"
)
bp.before_request(only(Right.SEE_SHOP))
PAGES: Mapping[Right, Sequence[Blueprint]] = {
    Right.SEE_SHOP: (floor.bp, journeys.bp, numbers.bp, results.bp, sales.bp, visits.bp),
    Right.CORRECT_SALES: (sales.corrections,),
    Right.WRITE_OFFERS: (offers.bp, experiments.bp),
    Right.CARE_FOR_KIOSKS: (kiosks.bp,),
    Right.CARE_FOR_MEMBERS: (members.bp, merges.bp, erasing.bp, whys.bp),
    Right.OPEN_DOORS: (doors.bp,),
    Right.RUN_SHOP: (connectors.bp, incidents.bp, letters.bp, newcomers.bp, owners_file.bp),
    Right.RUN_STAFF: (staff.bp,),
    Right.READ_LOG: (deeds.bp,),
    Right.SET_UP: (settings.bp, floor_drawing.bp),
}
"""What each part of the console needs besides to be signed in."""

for right, parts in PAGES.items():
    for part in parts:
        part.before_request(only(right))
        bp.register_blueprint(part)


@bp.get("/")
def index() -> str:
    """Today at a glance; the numbers keep themselves up to date."""
    here, now_ms = present().store, desk().now_ms()
    board = alerts.board(session(), here)
    states = [stores.state_of(row) for row in stores.fleet(session(), here)]
    return render_template(
        "console/overview.html",
        visits_today=visit_store.count_since(session(), here, midnight_ms(now_ms)),
        waiting=sum(card.state is AlertState.OFFERED for card in board),
        online=sum(state is not None and state.online for state in states),
        kiosks=len(states),
        letters=dead_letters.count(session()),
        duties=sum(due.is_near(now_ms) for due in duties.open_(session(), now_ms)),
        lines=visits.lines(here, LATEST),
        health=kiosks.health(here),
    )
