"""Two members who are one person, made one at the console: both are shown before it is done."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.core.audit import Deed as Logged
from gateway.store import audit, merges, profiles
from gateway.store.base import writing
from gateway.store.merges import PROBLEMS, Deed, MergeRow, Problem
from web_ui.console import members
from web_ui.desk import looks
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import said

REASON_MAX = 240

bp = Blueprint("merges", __name__, url_prefix="/members")

log = logging.getLogger(__name__)


@bp.post("/<member>/merge")
def ask(member: str) -> ResponseReturnValue:
    """Show both, before anything happens; sent as a form, so that no number is in a log."""
    other = profiles.find(session(), request.form.get("who", ""))
    if other is None or other == member:
        flash(_("Nobody else has this phone number or card number."))
        return redirect(url_for("console.members.show", member=member))
    members.profile(member)
    looks.opened(member, other)
    both = [members.profile(member), members.profile(other)]
    return render_template(
        "console/merge.html",
        kept=both[0],
        gone=both[1],
        both=[(one, members.known(one), members.accounts(one.member)) for one in both],
    )


@bp.post("/<member>/merge/<gone>")
def merge(member: str, gone: str) -> ResponseReturnValue:
    """Make two one; whoever did it, and why, is written down."""
    deed = _deed()
    with writing(desk().sessions) as db:
        done = merges.merge(db, member, gone, deed)
        _note(db, done, Logged.MEMBERS_MERGED)
    if isinstance(done, Problem):
        flash(said(PROBLEMS[done]))
    else:
        log.info("staff %s made member %s one with %s", deed.by, gone, member)
        flash(_("They are one member now."))
    return redirect(url_for("console.members.show", member=member))


@bp.post("/<member>/split/<gone>")
def split(member: str, gone: str) -> ResponseReturnValue:
    """Make two of one again: what was brought goes back, what came since stays."""
    deed = _deed()
    with writing(desk().sessions) as db:
        done = merges.split(db, gone, deed)
        _note(db, done, Logged.MEMBERS_SPLIT)
    if isinstance(done, Problem):
        flash(said(PROBLEMS[done]))
    else:
        log.info("staff %s split member %s from %s", deed.by, gone, member)
        flash(_("They are two members again."))
    return redirect(url_for("console.members.show", member=member))


def _note(db: Session, done: MergeRow | Problem, deed: Logged) -> None:
    """A line for each of the two; why stands with the merge, which goes when one is erased."""
    if isinstance(done, MergeRow):
        for member in (done.kept, done.gone):
            audit.note(db, by(), audit.Done(deed, member=member))


def _deed() -> Deed:
    """Who, when and why; without a reason nothing is done."""
    reason = request.form.get("reason", "")[:REASON_MAX].strip()
    if not reason:
        abort(HTTPStatus.BAD_REQUEST, _("Say why, for the record."))
    return Deed(present().staff, desk().now_ms(), reason)
