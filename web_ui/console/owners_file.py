"""The owner's file: what is due, and to print the record of processing and the entrance's sign."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core import owners_file
from gateway.core.consent import TEXT_VERSION
from gateway.core.duties import FILED, TITLES, Duty
from gateway.core.owners_file import DATA, PURPOSES, RISKS, SIGN
from gateway.core.retention import RULES
from gateway.store import duties, refused_files, stores
from gateway.store.base import writing
from gateway.store.stores import StoreRow
from web_ui.console.means import means
from web_ui.console.papers import LANGUAGES, moment
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import present

bp = Blueprint("owners_file", __name__, url_prefix="/file")


@bp.get("/")
def index() -> str:
    """What the law has a day for, the most urgent first, and the papers."""
    now_ms = desk().now_ms()
    return render_template(
        "console/owners_file.html",
        duties=duties.open_(session(), now_ms),
        files=refused_files.missed(session()),
        titles=TITLES,
        filed=FILED,
        now_ms=now_ms,
        at=_at,
    )


@bp.post("/done/<duty>")
def file(duty: str) -> ResponseReturnValue:
    """The owner says that a part of the file was sent or looked through."""
    if duty not in set(Duty):
        abort(HTTPStatus.NOT_FOUND)
    with writing(desk().sessions) as db:
        duties.file(db, Duty(duty), present().staff, desk().now_ms())
    return redirect(url_for(".index"))


@bp.post("/looked-at")
def looked_at() -> ResponseReturnValue:
    """The owner deleted a file that an erasure could not open."""
    with writing(desk().sessions) as db:
        refused_files.looked_at(db, request.form.get("file", ""))
    return redirect(url_for(".index"))


@bp.get("/record")
def record() -> str:
    """Record of processing and impact assessment, in both languages, of this very minute."""
    now_ms = desk().now_ms()
    of_file = [due for due in duties.open_(session(), now_ms) if due.duty in FILED]
    return render_template(
        "console/record.html",
        languages=LANGUAGES,
        stores=stores.every(session()),
        kiosks=[
            row for one in stores.every(session()) for row in stores.fleet(session(), one.store)
        ],
        purposes=PURPOSES,
        data=DATA,
        version=TEXT_VERSION,
        kept=[(rule, means().setup.retention[kept]) for kept, rule in RULES.items()],
        recipients=means().setup.recipients,
        risks=RISKS,
        made=now_ms,
        moment=moment,
        due=of_file,
        titles=TITLES,
        done=duties.filed(session()),
    )


@bp.get("/sign/<store>")
def sign(store: str) -> str:
    """One sheet for the door: what is done, by whom, and how to say no."""
    row = session().get(StoreRow, store)
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    return render_template(
        "console/sign.html",
        languages=LANGUAGES,
        store=row,
        words=SIGN,
        link=f"{means().phone_address}/phone/privacy",
        version=owners_file.sign_version(row.store, row.name),
    )


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
