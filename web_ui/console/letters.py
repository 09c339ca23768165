"""Messages the gateway could not read, so that somebody finds the sender."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template

from gateway.store import dead_letters
from web_ui.desk.context import session

bp = Blueprint("letters", __name__, url_prefix="/letters")

SHOWN = 100  # one faulty sender fills this with the same line; the count says how many there are


@bp.get("/")
def index() -> str:
    """The newest ones: who sent them and what was wrong. Their content stays in the database."""
    return render_template(
        "console/letters.html",
        letters=[
            (datetime.fromtimestamp(row.at_ms / 1000, UTC), row)
            for row in dead_letters.newest_first(session(), SHOWN)
        ],
        count=dead_letters.count(session()),
    )
