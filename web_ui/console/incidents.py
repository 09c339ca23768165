"""The incident log: what went wrong with people's data, who was told, and how long is left."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.incidents import (
    FIRST,
    HOUR_MS,
    TITLES,
    TOLD,
    WORDS_MAX,
    Incident,
    Said,
    Standing,
    What,
)
from gateway.store import incidents
from gateway.store.base import writing
from web_ui.console.papers import LANGUAGES, moment
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import present
from web_ui.shared.i18n import SHOP_TIME, later
from web_ui.shared.i18n import gettext as _

bp = Blueprint("incidents", __name__, url_prefix="/incidents")

LATER = tuple(what for what in What if what not in FIRST) + FIRST  # in the order of the work
STANDINGS = {
    Standing.RUNNING: later("The authority has to be told"),
    Standing.LATE: later("The authority should have been told"),
    Standing.TOLD: later("The authority was told in time"),
    Standing.TOLD_LATE: later("The authority was told too late"),
    Standing.CLOSED: later("Closed"),
}
COLOURS = {Standing.RUNNING: "dull", Standing.LATE: "bad", Standing.TOLD_LATE: "dull"}  # else good


@bp.get("/")
def index() -> str:
    """All of them, and a form for a new one."""
    now_ms = desk().now_ms()
    return render_template(
        "console/incidents.html",
        incidents=incidents.every(session()),
        first=FIRST,
        now=_local(now_ms),
        words_max=WORDS_MAX,
        **_words(now_ms),
    )


@bp.post("/")
def begin() -> ResponseReturnValue:
    """Open one; from when it became known the hours run."""
    me, now_ms = present(), desk().now_ms()
    known_ms = _when(request.form.get("known", ""))
    words = {what: request.form.get(what, "").strip()[:WORDS_MAX] for what in FIRST}
    if known_ms is None or known_ms > now_ms:
        flash(_("Say when it became known; that is not later than now."))
        return redirect(url_for(".index"))
    if not words[What.HAPPENED]:
        flash(_("Say what happened; what is not known yet can be added later."))
        return redirect(url_for(".index"))
    session().rollback()
    with writing(desk().sessions) as db:
        number = incidents.open_(db, known_ms, words, me.staff, now_ms)
    return redirect(url_for(".one", number=number))


@bp.get("/<int:number>")
def one(number: int) -> str:
    """One of them: what counts, what was ever said, and a form to add."""
    now_ms = desk().now_ms()
    return render_template(
        "console/incident.html",
        incident=_found(number),
        later=LATER,
        now=_local(now_ms),
        words_max=WORDS_MAX,
        **_words(now_ms),
    )


@bp.post("/<int:number>")
def add(number: int) -> ResponseReturnValue:
    """Add what is known or was done since; nothing that was said is changed by it."""
    _found(number)
    me, now_ms, form = present(), desk().now_ms(), request.form
    if form.get("what") not in set(What):
        abort(HTTPStatus.BAD_REQUEST)
    what, words = What(form["what"]), form.get("words", "").strip()[:WORDS_MAX]
    told_ms = _when(form.get("told", "")) if what in TOLD else None
    if what in TOLD and (told_ms is None or told_ms > now_ms):
        flash(_("Say when they were told; that is not later than now."))
    elif not words:
        flash(_("Write a sentence; it is kept with your name and the time."))
    else:
        session().rollback()
        with writing(desk().sessions) as db:
            incidents.say(db, number, Said(what, words, now_ms, me.staff, told_ms))
    return redirect(url_for(".one", number=number))


@bp.get("/<int:number>/print")
def paper(number: int) -> str:
    """The notice for the authority, to print, in both languages."""
    now_ms = desk().now_ms()
    return render_template(
        "console/incident_paper.html",
        incident=_found(number),
        languages=LANGUAGES,
        store=present().store_name,
        made=now_ms,
        moment=moment,
        **_words(now_ms),
    )


def _found(number: int) -> Incident:
    found = incidents.get(session(), number)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _words(now_ms: int) -> dict[str, object]:
    def standing(one: Incident) -> Standing:
        return one.standing(now_ms)

    def hours_left(one: Incident) -> int:
        return (one.due_ms - now_ms) // HOUR_MS

    return {
        "titles": TITLES,
        "told": TOLD,
        "standings": STANDINGS,
        "colours": COLOURS,
        "standing": standing,
        "hours_left": hours_left,
        "at": _at,
    }


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _local(at_ms: int) -> str:
    """As a browser's field for day and time has it, in shop time."""
    return datetime.fromtimestamp(at_ms / 1000, SHOP_TIME).strftime("%Y-%m-%dT%H:%M")


def _when(said: str) -> int | None:
    try:
        return int(datetime.fromisoformat(said).replace(tzinfo=SHOP_TIME).timestamp() * 1000)
    except ValueError:
        return None
