"""Machines that ask to be kiosks: the owner compares a code and says which kiosk one is, or no."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.errors import ContractError
from contract.identifiers import is_name
from contract.messages import Noun
from contract.topics import KioskAddress, user
from gateway.core.audit import Deed
from gateway.store import audit, newcomers, stores
from gateway.store.audit import Done
from gateway.store.base import writing
from gateway.store.kiosk_petition_rows import KioskPetitionRow
from gateway.store.newcomers import Verdict
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared.i18n import gettext as _

bp = Blueprint("newcomers", __name__, url_prefix="/newcomers")

NAME_MAX = 40  # as kiosks' settings have it
USER_MAX = 63  # docs/broker.md

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """One machine as the page shows it."""

    petition: str
    code: str
    address: str
    wish: str  # the kiosk of this store that its card was made for, or ""
    left_s: float


@bp.get("/")
def index() -> str:
    """Who waits; the page keeps itself up to date."""
    here, now_ms = present().store, desk().now_ms()
    return render_template(
        "console/newcomers.html",
        waiting=[_waiting(row, here, now_ms) for row in newcomers.waiting(session(), now_ms)],
        kiosks=[(row.kiosk, row.name) for row in stores.fleet(session(), here)],
        name_max=NAME_MAX,
    )


@bp.post("/<petition>/approve")
def approve(petition: str) -> ResponseReturnValue:
    """Make it a kiosk of this store: a new one, or one that is there, whose old machine ends."""
    me, form = present(), request.form
    kiosk = form.get("kiosk", "") or form.get("new_kiosk", "").strip()
    name = form.get("name", "").strip()
    at = KioskAddress(me.store, kiosk)
    is_there = kiosk in {row.kiosk for row in stores.fleet(session(), me.store)}
    if problem := _problem(at, name, is_there=is_there):
        flash(problem)
        return redirect(url_for(".index"))
    session().rollback()  # what follows is to be read after the step
    with writing(desk().sessions) as db:
        verdict = Verdict(petition, me.staff, desk().now_ms())
        is_done = newcomers.approve(db, verdict, at, name)
        if is_done:
            audit.note(db, by(), Done(Deed.KIOSK_LET_IN, kiosk))
    if is_done:
        log.info("staff %s let a machine be kiosk %s of %s", me.staff, kiosk, me.store)
        desk().say(me.store, Noun.KIOSK, kiosk)
        flash(
            _("It is let in. In a few seconds it starts as %(kiosk)s.") % {"kiosk": name or kiosk}
        )
    else:
        flash(_("That took too long, or somebody else decided. The machine shows a new code."))
    return redirect(url_for(".index"))


@bp.post("/<petition>/refuse")
def refuse(petition: str) -> ResponseReturnValue:
    """Send it away; its screen says so."""
    me = present()
    with writing(desk().sessions) as db:
        is_done = newcomers.refuse(db, Verdict(petition, me.staff, desk().now_ms()))
        if is_done:
            audit.note(db, by(), Done(Deed.KIOSK_TURNED_AWAY))
    if is_done:
        log.info("staff %s sent a machine away", me.staff)
        desk().say(me.store, Noun.KIOSK, "newcomer")
        flash(_("It is sent away, and its screen says so."))
    else:
        flash(_("That took too long, or somebody else decided. The machine shows a new code."))
    return redirect(url_for(".index"))


def _problem(at: KioskAddress, name: str, *, is_there: bool) -> str:
    if not is_name(at.kiosk):
        return _("A short name is 1 to 32 letters a to z, digits and hyphens, like quay-3.")
    if is_there:
        return ""
    if not 0 < len(name) <= NAME_MAX:
        return _("Give the new kiosk a name that people read, of at most 40 letters.")
    if len(at.user) > USER_MAX:
        return _("The short name is too long for this store; please take a shorter one.")
    return ""


def _waiting(row: KioskPetitionRow, here: str, now_ms: int) -> Waiting:
    wish = ""
    try:
        wished = user(row.wish)
        wish = wished.kiosk if wished.store == here else ""
    except ContractError:
        pass  # a card for any place
    left_s = max(0, row.until_ms - now_ms) / 1000
    return Waiting(row.petition, row.code or "", row.address, wish, left_s)
