"""Offers in the console: listed, written, looked at as a kiosk shows them, played, let out.

Who writes does not let out: see gateway.core.roles.approval. What is typed is lost to nobody's
faster hand: both versions are shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.identifiers import is_name
from gateway.core.offers import readable
from gateway.core.offers.conditions import TermsError
from gateway.core.offers.facts import FACTS
from gateway.core.offers.model import Offer
from gateway.core.offers.places import JsonTextError, line_of
from gateway.core.offers.rules import compiled
from gateway.core.offers.simulation import Outcome
from gateway.core.offers.terms import read_terms
from gateway.core.roles import Right
from gateway.core.shop_days import day_of
from gateway.store import offer_drafts, offer_lines, staff, stores
from gateway.store.base import writing
from gateway.store.csv_lines import MistakeError
from gateway.store.offer_drafts import NEW, OfferDraftRow, Problem, Seen
from gateway.store.offer_lines import Cells
from gateway.store.offers import OfferRow
from web_ui.console import offer_form, offer_glass, offer_play
from web_ui.console.offer_form import AS_TEXT, Fields
from web_ui.console.offer_standing import lines
from web_ui.console.offer_words import DONE, FIELDS, PARTS, REFUSED, WORDS
from web_ui.console.term_words import wrong
from web_ui.console.words import REASONS
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import said
from web_ui.shared.site import with_frames

bp = Blueprint("offers", __name__, url_prefix="/offers")

NOTE_MAX = 240  # two sentences
MONTH = timedelta(days=30)  # how long a new offer runs unless its writer says otherwise
BEGUN = {"priority": "10", "tone": "jade", "tier": "member", "personal": "0", "terms": "{}"}


@dataclass
class Page:
    """What the editor shows besides the form's fields."""

    name: str
    shown: Fields
    revision: int
    problems: list[str] = field(default_factory=list)
    theirs: OfferDraftRow | None = None  # what somebody else kept meanwhile
    outcome: Outcome | None = None
    days: int = offer_play.DAYS[1]


@bp.get("/")
def index() -> str:
    """Every offer."""
    today = day_of(desk().now_ms())
    people = {one.staff: one.name for one in staff.every(session())}
    return render_template(
        "console/offers.html", lines=lines(session(), today), words=WORDS, people=people
    )


@bp.post("/")
def begin() -> ResponseReturnValue:
    """A new offer, under a short name that stays."""
    name = request.form.get("offer", "").strip()
    if not is_name(name):
        flash(_("A short name is 1 to 32 of a-z, 0-9 and -"))
        return redirect(url_for(".index"))
    return redirect(url_for(".edit", name=name))


@bp.get("/<name>")
def edit(name: str) -> ResponseReturnValue:
    """The editor: the draft if there is one, else the offer as it runs, else an empty one."""
    if not is_name(name):
        abort(HTTPStatus.NOT_FOUND)
    draft = offer_drafts.get(session(), name)
    cells = offer_drafts.cells_of(draft) if draft is not None else _published(name) or _begun()
    page = Page(name, offer_form.fields(cells), draft.revision if draft is not None else NEW)
    if draft is not None:
        page.problems = _problems(cells, page.shown)
    return _drawn(page)


@bp.post("/<name>")
def save(name: str) -> ResponseReturnValue:
    """Keep it, and with `then=ask` say that it is ready to be looked at."""
    page, cells = _typed(name)
    if cells is None:
        return _drawn(page)
    session().rollback()
    with writing(desk().sessions) as db:
        is_asked = request.form.get("then") == "ask"
        kept = offer_drafts.save(db, by(), Seen(name, page.revision), cells, is_asked=is_asked)
    if isinstance(kept, OfferDraftRow):
        flash(_("It waits for somebody else to approve it.") if is_asked else _("It is kept."))
        return redirect(url_for(".edit", name=name))
    page.problems = _problems(cells, page.shown)
    if kept is Problem.CHANGED:
        page.theirs = offer_drafts.get(session(), name)
        page.revision = page.theirs.revision if page.theirs is not None else NEW
    return _drawn(page)


@bp.post("/<name>/<any(publish,send_back,discard):step>")
def move(name: str, step: str) -> ResponseReturnValue:
    """What somebody decides on the draft they saw."""
    seen, me = Seen(name, request.form.get("revision", NEW, int)), present()
    if step != "discard" and not me.may(Right.APPROVE_OFFERS):
        abort(HTTPStatus.FORBIDDEN)
    session().rollback()
    with writing(desk().sessions) as db:
        result: object = None
        match step:
            case "publish":
                result = offer_drafts.publish(db, by(), seen, staff.workers(db))
            case "send_back":
                note = request.form.get("note", "").strip()[:NOTE_MAX]
                result = offer_drafts.send_back(db, by(), seen, note)
            case "discard":
                result = offer_drafts.discard(db, by(), seen)
    refused = next((words for one, words in REFUSED.items() if one is result), None)
    flash(_(refused or DONE[step]))
    back = ".index" if refused is None and step == "discard" else ".edit"
    return redirect(url_for(back, name=name) if back == ".edit" else url_for(back))


@bp.post("/<name>/<any(pause,hand_back):step>")
def keep(name: str, step: str) -> ResponseReturnValue:
    """Stop what runs, or let the file look after it again; neither gives anybody more."""
    session().rollback()
    with writing(desk().sessions) as db:
        act = offer_drafts.pause if step == "pause" else offer_drafts.hand_back
        if not act(db, by(), name):
            abort(HTTPStatus.NOT_FOUND)
    flash(_(DONE[step]))
    return redirect(url_for(".edit", name=name))


@bp.post("/<name>/play")
def play(name: str) -> ResponseReturnValue:
    """What it would have cost, played over the visits of the past weeks, as it is typed."""
    page, cells = _typed(name)
    if cells is not None:
        page.problems = _problems(cells, page.shown)
        if not page.problems:
            page.days = offer_play.wanted_days(request.form.get("days", ""))
            offer = offer_lines.offer(name, cells)
            page.outcome = offer_play.play(session(), offer, page.days, desk().now_ms())
    return _drawn(page)


@bp.post("/<name>/glass")
def glass(name: str) -> ResponseReturnValue:
    """The kiosk's own picture of what is typed, for the frame beside the form."""
    page, cells = _typed(name)
    texts, language = cells or page.shown.cells, request.args.get("language", "vi")
    is_open = request.form.get("glass") == "open"
    return offer_glass.picture(name, texts, language, is_open=is_open)


def _typed(name: str) -> tuple[Page, Cells | None]:
    """The form as it was sent; no line if the typed conditions are no JSON."""
    if not is_name(name):
        abort(HTTPStatus.NOT_FOUND)
    revision = request.form.get("revision", NEW, int)
    try:
        cells = offer_form.read(request.form)
    except JsonTextError as error:
        without = request.form.copy()
        without["when.mode"] = "all"
        shown = offer_form.fields(offer_form.read(without))
        shown.mode, shown.text = AS_TEXT, request.form.get("when.text", "")
        where = _("Conditions, line %(line)s") % {"line": error.line}
        return Page(name, shown, revision, [f"{where}: {wrong(error)}"]), None
    shown = offer_form.fields(cells)
    if request.form.get("when.mode") == AS_TEXT:
        shown.mode, shown.text = AS_TEXT, request.form.get("when.text", "")
    return Page(name, shown, revision), cells


def _problems(cells: Cells, shown: Fields) -> list[str]:
    return [_problem(one, shown) for one in offer_lines.read(cells)[1]]


def _problem(mistake: MistakeError, shown: Fields) -> str:
    """Named as the form names it; of typed conditions also the line."""
    label = _(FIELDS[mistake.column])
    cause = mistake.__cause__
    if isinstance(cause, TermsError):
        part = f"terms.{cause.where.partition('.')[0].partition('[')[0]}"
        label = _(FIELDS.get(part, FIELDS["terms"]))
        if part == "terms.when" and shown.mode == AS_TEXT:
            line = line_of(shown.text, cause.where.removeprefix("when"))
            label = _("Conditions, line %(line)s") % {"line": line}
        return f"{label}: {wrong(cause)}"
    return f"{label}: {said(mistake.problem)}"


def _published(name: str) -> dict[str, str] | None:
    row = session().get(OfferRow, name)
    return None if row is None else offer_lines.written(row)


def _begun() -> dict[str, str]:
    today = day_of(desk().now_ms())
    return {**BEGUN, "starts_on": today.isoformat(), "ends_on": (today + MONTH).isoformat()}


def _drawn(page: Page) -> ResponseReturnValue:
    db, name = session(), page.name
    draft, row = offer_drafts.get(db, name), db.get(OfferRow, name)
    before, cells = _published(name) or {}, page.shown.cells
    people = {one.staff: one.name for one in staff.every(db)}
    values = offer_lines.read(cells)[0]
    html = render_template(
        "console/offer.html",
        page=page,
        shown=page.shown,
        draft=draft,
        row=row,
        theirs=_differences(cells, offer_drafts.cells_of(page.theirs)) if page.theirs else [],
        changes=_differences(before, offer_drafts.cells_of(draft)) if draft is not None else [],
        people=people,
        words=WORDS,
        facts=FACTS,
        reasons=REASONS,
        play_days=offer_play.DAYS,
        stores=stores.every(db),
        tree=_tree(page.shown.terms),
        purposes=_purposes(name, cells) if len(values) == len(offer_lines.READ) else [],
    )
    return with_frames(html)


def _differences(before: Cells, after: Cells) -> list[tuple[str, str, str]]:
    return [
        (_(FIELDS.get(column, FIELDS["terms"])), _told(column, was), _told(column, now))
        for column, was, now in offer_lines.differences(before, after)
    ]


def _told(column: str, value: str) -> str:
    """A part of the terms as a person reads it; anything else as it is."""
    key = column.partition(".")[2]
    if not key or not value:
        return value
    part = json.loads(value)
    if key in ("when", "trigger"):
        return "; ".join(sentence for _depth, sentence in _tree({key: part})) or value
    parts = part if isinstance(part, list) else [part]
    if not all(isinstance(one, dict) for one in parts):
        return ", ".join(map(str, parts))
    said_so = ((PARTS.get(name, name), one) for each in parts for name, one in each.items())
    return ", ".join(f"{_(label)}: {one}" for label, one in said_so)


def _tree(said_so: Mapping[str, object]) -> list[tuple[int, str]]:
    """The conditions and the moment as sentences; nothing while they make no sense."""
    try:
        terms = read_terms({key: said_so[key] for key in ("trigger", "when") if key in said_so})
    except TermsError:
        return []
    trees = (terms.trigger, terms.when)
    return [(depth, said(text)) for tree in trees for depth, text in readable.sentences(tree)]


def _purposes(name: str, cells: Cells) -> list[str]:
    offer: Offer = offer_lines.offer(name, cells)
    return sorted(str(one) for one in compiled([offer]).rules[0].purposes)
