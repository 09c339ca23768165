"""A member at the counter: a link that makes their phone a card, and the end of lost cards.

Nobody is browsed: who is looked for says their phone number or shows their card's number.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core import phones as rules
from gateway.core import provenance
from gateway.core.audit import Deed
from gateway.core.external_ids import IdKind
from gateway.core.ledger import Currency, Standing
from gateway.core.tiers import Tier
from gateway.privacy_codes import number_of
from gateway.store import audit, external_ids, ledger, merges, phones, profiles
from gateway.store.audit import Done
from gateway.store.base import writing
from gateway.store.profile_import import EVIDENCE
from gateway.store.profiles import ProfileRow
from web_ui.console.means import means
from web_ui.desk import looks
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.desk.words import TIERS
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later, ngettext

FIELDS = {
    "name": later("Name"),
    "phone": later("Telephone, as written"),
    "tier": later("Tier"),
    "interests": later("Interests"),
    "birthday": later("Birthday"),
    "segments": later("Customer groups"),
    "source": later("Came by"),
}
WORDS = ("interests", "segments")
IDS = {
    IdKind.PHONE: later("Telephone"),
    IdKind.EMAIL: later("E-mail"),
    IdKind.ZALO: later("Zalo account"),
    IdKind.SHOP: later("Web shop"),
}

bp = Blueprint("members", __name__, url_prefix="/members")

log = logging.getLogger(__name__)


@bp.get("/")
def index() -> str:
    """The page that asks who it is about."""
    return render_template("console/members.html")


@bp.post("/")
def find() -> ResponseReturnValue:
    """Go to the member; sent as a form, so that no phone number stands in an address or a log."""
    found = profiles.find(session(), request.form.get("who", ""))
    if found is None:
        flash(_("Nobody has this phone number or card number."))
        return redirect(url_for(".index"))
    return redirect(url_for(".show", member=found))


@bp.get("/<member>")
def show(member: str) -> str:
    """One member's cards."""
    profile(member)
    looks.opened(member)
    return _page(profile(member))


@bp.post("/<member>/link")
def invite(member: str) -> str:
    """Make a link for one phone and a quarter of an hour; this answer alone shows it."""
    found = profile(member)
    session().rollback()  # what follows is to be read after the step
    until_ms = desk().now_ms() + rules.CODE_LIFE_MS
    with writing(desk().sessions) as db:
        code = phones.invite(db, member, until_ms)
        audit.note(db, by(), Done(Deed.LINK_MADE, member=member))
    if code is None:
        abort(HTTPStatus.NOT_FOUND)
    log.info("staff %s made a link for a phone of member %s", present().staff, member)
    return _page(found, rules.link(means().phone_address, code), until_ms)


@bp.post("/<member>/end")
def end(member: str) -> ResponseReturnValue:
    """End one card, or all, and the links not used yet; doors and kiosks hear of it at once."""
    profile(member)
    key_id = request.form.get("key_id", "")
    if key_id and not (key_id.isascii() and key_id.isdigit() and len(key_id) <= 3):
        abort(HTTPStatus.BAD_REQUEST)
    session().rollback()
    with writing(desk().sessions) as db:
        ended = phones.revoke(db, member, int(key_id) if key_id else None, desk().now_ms())
        audit.note(db, by(), Done(Deed.CARDS_ENDED, member=member, detail=key_id))
    log.info("staff %s ended %d cards of member %s", present().staff, ended, member)
    flash(ngettext("%(num)s card was ended.", "%(num)s cards were ended.", ended) % {"num": ended})
    return redirect(url_for(".show", member=member))


def profile(member: str) -> ProfileRow:
    """A member, or the page says that there is none."""
    found = session().get(ProfileRow, member)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _page(one: ProfileRow, link: str = "", until_ms: int = 0) -> str:
    return shown(one, link=link, until=_at(until_ms))


def shown(one: ProfileRow, **more: object) -> str:
    """A member's page, with what a step has just brought."""
    cards = phones.live(session(), one.member, desk().now_ms())
    number = number_of(session(), one.member)
    return render_template(
        "console/member.html",
        profile=one,
        accounts=accounts(one.member),
        known=known(one),
        merged=merges.of(session(), one.member),
        names=profiles.names(session(), one.member)[1:],
        cards=[(row.key_id, _at(row.enrolled_at_ms), _at(row.ends_at_ms)) for row in cards],
        can_erase=one.merged_into is None and means().codes is not None and number is not None,
        **more,
    )


def accounts(member: str) -> list[tuple[Currency, Standing]]:
    """How those of a member's accounts stand that hold anything; packs are counted together."""
    now_ms = desk().now_ms()
    every = ((one, ledger.standings(session(), [member], one, now_ms)[member]) for one in Currency)
    return [(one, held) for one, held in every if held != Standing()]


def known(one: ProfileRow) -> list[tuple[str, str, str, datetime | None]]:
    """Each field and id that is not empty: what it is, what it says, who said so, and when."""
    origins = {
        field: (origin.source, origin.at_ms)
        for origin in provenance.read(one.provenance)
        for field in origin.fields
    }
    found = []
    for field, label in FIELDS.items():
        value = getattr(one, field)
        source, at_ms = origins.get(field, ("", 0))
        if value not in ("", 0):
            found.append((_(label), _value(field, str(value)), told_by(source), _at(at_ms)))
    for row in external_ids.of(session(), [one.member]):
        kind, _colon, value = row.external.partition(":")
        found.append((_(IDS[IdKind(kind)]), value, told_by(row.source), _at(row.at_ms)))
    return found


def _value(field: str, value: str) -> str:
    if field == "tier":
        return _(TIERS[Tier(value)])
    return value.replace(";", ", ") if field in WORDS else value


def told_by(source: str) -> str:
    """Who told us, in words."""
    if source == EVIDENCE:
        return _("from a file of members")
    if source == merges.SOURCE:
        return _("from the member who became one with them")
    return _("from %(system)s") % {"system": source} if source else ""


def _at(at_ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms else None
