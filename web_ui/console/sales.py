"""A day's sales, what brought who bought, and their correction: money back, or another buyer.

What a till told is never changed: money that goes back is a row of its own, and both stay.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from contract.messages import Text
from gateway.core.attribution import KEYS, Key
from gateway.core.audit import Deed
from gateway.core.consent import Purpose
from gateway.core.sales import CHANNELS, SENTENCES, Channel, GivenBack, NotTaken
from gateway.core.shop_days import day_of
from gateway.store import audit, profiles, sale_lists, staff
from gateway.store import sales as store
from gateway.store.audit import Done
from gateway.store.base import writing
from gateway.store.sale_lists import Brought
from gateway.store.sales import SaleRow
from web_ui.desk import looks
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import said

bp = Blueprint("sales", __name__, url_prefix="/numbers/sales")
corrections = Blueprint("sale_corrections", __name__, url_prefix="/numbers/sales")

SHOWN = 100  # on a page; a busy day has a few of them
FORM_BYTES = 8  # so that a form that is sent twice gives back once
AMOUNT_DIGITS = 12

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One sale or refund as it is shown."""

    row: SaleRow
    channel: Text
    staff: str
    name: str  # empty unless the member lets staff know who they are
    brought: Brought | None
    left_vnd: int  # of it; 0 of a refund
    form: str  # names what is given back by this form


@bp.get("/")
def index() -> str:
    """A day of this store, newest first."""
    here, today = present().store, day_of(desk().now_ms())
    day = min(_day(request.args.get("day", "")) or today, today)
    page = max(request.args.get("page", 1, int), 1)
    found = sale_lists.of_day(session(), here, day, SHOWN + 1, (page - 1) * SHOWN)
    return render_template(
        "console/sales.html",
        day=day,
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        sums=sale_lists.sums(session(), here, day),
        lines=_lines(found[:SHOWN]),
        page=page,
        has_more=len(found) > SHOWN,
        keys={str(key): said(name) for key, name in KEYS.items() if key is not Key.NONE},
    )


@corrections.post("/back")
def give_back() -> ResponseReturnValue:
    """Money of a sale went back, and no till tells of it."""
    source, sale = _number()
    digits = request.form.get("amount", "").replace(".", "").replace(",", "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= AMOUNT_DIGITS and int(digits)):
        flash(_("How much went back is a number of đồng above zero."))
        return _to_day(None)
    form = request.form.get("form", "")
    if len(form) != 2 * FORM_BYTES or not form.isalnum():
        abort(HTTPStatus.BAD_REQUEST)
    given = GivenBack(source, f"console-{form}", sale, desk().now_ms(), int(digits))
    with writing(desk().sessions) as db:
        sold = _mine(db, source, sale)
        kept = store.give_back(db, given, given.at_ms)
        if not isinstance(kept, NotTaken) and kept[1]:
            audit.note(db, by(), Done(Deed.SALE_GIVEN_BACK, sale, detail=f"{int(digits)} ₫"))
    if isinstance(kept, NotTaken):
        flash(said(SENTENCES[kept]))
        return _to_day(sold)
    flash(_("It is written down: the money counts on today, the day it went back."))
    return _to_day(sold)


@corrections.post("/buyer")
def set_buyer() -> ResponseReturnValue:
    """Somebody else bought it, or nobody who is known."""
    source, sale = _number()
    is_nobodys = bool(request.form.get("nobody"))
    member = None if is_nobodys else profiles.find(session(), request.form.get("who", "").strip())
    session().rollback()
    with writing(desk().sessions) as db:
        sold = _mine(db, source, sale)
        if member is None and not is_nobodys:
            flash(_("Nobody has this phone number or card number."))
            return _to_day(sold)
        if store.give_to(db, (source, sale), member, desk().now_ms()) is None:
            abort(HTTPStatus.NOT_FOUND)
        audit.note(db, by(), Done(Deed.SALE_BUYER_SET, sale, member))
    flash(_("It is written down. What brought them is counted anew within a minute."))
    return _to_day(sold)


def _lines(rows: Sequence[SaleRow]) -> list[Line]:
    db = session()
    brought, left = sale_lists.brought(db, rows), sale_lists.left(db, rows)
    people = {one.staff: one.name for one in staff.every(db)}
    names = _names({row.member for row in rows if row.member is not None})
    channels = {str(channel): name for channel, name in CHANNELS.items()}
    return [
        Line(
            row,
            channels.get(row.channel, CHANNELS[Channel.STORE]),
            people.get(row.staff, row.staff),
            names.get(row.member or "", ""),
            brought.get((row.source, row.sale)),
            left.get((row.source, row.sale), 0),
            secrets.token_hex(FORM_BYTES),
        )
        for row in rows
    ]


def _names(members: set[str]) -> Mapping[str, str]:
    agreed = profiles.consents(session(), members)
    found = profiles.by_member(session(), members)
    mine = {one: row.name for one, row in found.items() if Purpose.STAFF_CONTEXT in agreed[one]}
    looks.listed(list(mine))
    return mine


def _number() -> tuple[str, str]:
    return request.form.get("source", "")[:64], request.form.get("sale", "")[:64]


def _mine(db: Session, source: str, sale: str) -> SaleRow:
    """A sale of this store, or the page says that there is none."""
    found = store.of_source(db, source, sale)
    if found is None or found.store != present().store:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _to_day(sold: SaleRow | None) -> ResponseReturnValue:
    day = None if sold is None else day_of(sold.at_ms).isoformat()
    return redirect(url_for("console.sales.index", day=day))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
