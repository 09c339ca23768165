"""The console's front: today's numbers, the latest visits, what needs a hand."""

from __future__ import annotations

from flask import Blueprint, render_template

from gateway.core.alerts import AlertState
from gateway.store import alerts, dead_letters, duties, stores
from gateway.store import visits as visit_store
from gateway.store.staff import Role
from web_ui.console import (
    connectors,
    doors,
    experiments,
    incidents,
    kiosks,
    letters,
    members,
    merges,
    newcomers,
    numbers,
    owners_file,
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
bp.before_request(only(Role.OWNER))
PAGES = (
    *(connectors, doors, experiments, incidents, kiosks, letters, members, merges),
    *(newcomers, numbers, owners_file, visits, whys),
)
for page in PAGES:
    bp.register_blueprint(page.bp)


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
