"""Who did what at the desk, newest first: read by the owner, changed by nobody."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from gateway.core.audit import Deed
from gateway.store import audit, staff
from web_ui.desk.context import session
from web_ui.shared.i18n import later

bp = Blueprint("deeds", __name__, url_prefix="/log")

SHOWN = 50  # lines on a page

DEEDS = {
    Deed.OFFER_SAVED: later("kept a draft of an offer"),
    Deed.OFFER_ASKED: later("asked for an offer to be approved"),
    Deed.OFFER_SENT_BACK: later("sent an offer back"),
    Deed.OFFER_PUBLISHED: later("approved an offer and let it out"),
    Deed.OFFER_DISCARDED: later("threw a draft away"),
    Deed.OFFER_PAUSED: later("paused an offer"),
    Deed.OFFER_HANDED_BACK: later("gave an offer back to the file"),
    Deed.MEMBER_SEEN: later("opened a member's profile"),
    Deed.CARD_SEEN: later("saw a member's name in a list"),
    Deed.MEMBERS_MERGED: later("made two members one"),
    Deed.MEMBERS_SPLIT: later("made two members of one again"),
    Deed.LINK_MADE: later("made a link for a member's phone"),
    Deed.CARDS_ENDED: later("ended cards of a member"),
    Deed.DOOR_ORDERED: later("ordered a door to open"),
    Deed.ENTRY_CARD_ENDED: later("ended an entry card"),
    Deed.KIOSK_ORDERED: later("ordered a kiosk to do something"),
    Deed.KIOSK_LET_IN: later("let a new kiosk in"),
    Deed.KIOSK_TURNED_AWAY: later("turned a new kiosk away"),
    Deed.REQUEST_DONE: later("crossed off what somebody asked for"),
    Deed.ERASURE_ASKED: later("had a code sent to somebody who wants to be erased"),
    Deed.ERASURE_CONFIRMED: later("had somebody erased"),
    Deed.STAFF_INVITED: later("invited a colleague"),
    Deed.STAFF_CHANGED: later("changed a colleague's role or place"),
    Deed.STAFF_PIN_RESET: later("gave a colleague a new PIN"),
    Deed.STAFF_DISABLED: later("dismissed a colleague"),
    Deed.STAFF_ENABLED: later("took a colleague back"),
    Deed.PIN_CHANGED: later("chose a PIN of their own"),
    Deed.SETTINGS_CHANGED: later("changed the shop's settings"),
    Deed.PASSKEY_ADDED: later("added a passkey"),
    Deed.PASSKEY_REMOVED: later("removed a passkey"),
    Deed.PASSKEY_REFUSED: later("showed a passkey that may be a copy, and was refused"),
    Deed.SALE_GIVEN_BACK: later("wrote down money that went back"),
    Deed.SALE_BUYER_SET: later("set who bought something"),
}


@bp.get("/")
def index() -> str:
    """A page of it; `before` is the entry above which the next one begins."""
    asked = {name: request.args.get(name, "").strip() for name in ("staff", "deed", "member")}
    only = {name: value for name, value in asked.items() if value}
    found = audit.newest(session(), SHOWN + 1, request.args.get("before", None, int), **only)
    return render_template(
        "console/deeds.html",
        lines=found[:SHOWN],
        older=found[SHOWN - 1].entry if len(found) > SHOWN else None,
        asked=asked,
        only=only,
        deeds=DEEDS,
        people={one.staff: one.name for one in staff.every(session())},
    )
