"""The owner's file as pages to print: the record of processing, and the sign at the entrance."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, render_template

from gateway.core import owners_file
from gateway.core.consent import TEXT_VERSION
from gateway.core.owners_file import DATA, PURPOSES, RISKS, SIGN
from gateway.core.retention import RULES
from gateway.store import consents, stores
from gateway.store.stores import StoreRow
from web_ui.console.means import means
from web_ui.desk.context import desk, session

bp = Blueprint("owners_file", __name__, url_prefix="/file")

LANGUAGES = ("vi", "en")


@bp.get("/record")
def record() -> str:
    """Record of processing and impact assessment, in both languages, of this very minute."""
    now_ms, started_ms = desk().now_ms(), consents.began_ms(session())
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
        made=_at(now_ms),
        due=None if started_ms is None else owners_file.deadlines(started_ms, now_ms),
        at=_at,
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
