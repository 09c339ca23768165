"""Kiosks and their health, as they last told it, and what people order them to do."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from contract.commands import LIFE_MS, Command, Deed
from contract.messages import KioskState, TagHeard
from contract.topics import KioskAddress
from gateway.core import fleet
from gateway.core.audit import Deed as Logged
from gateway.core.fleet import Trouble
from gateway.store import audit, newcomers, stores
from gateway.store import device_orders as orders
from gateway.store.audit import Done
from gateway.store.base import writing
from runtime.errors import SettingsError, UnavailableError
from web_ui.console.fleet_words import DEEDS, OUTCOMES, SHOWN, TROUBLES
from web_ui.console.means import means
from web_ui.console.words import CLOCKS
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import by, present
from web_ui.shared.device_words import CONDITIONS, DEVICES
from web_ui.shared.i18n import gettext as _

log = logging.getLogger(__name__)

bp = Blueprint("kiosks", __name__, url_prefix="/kiosks")

LATEST = 20  # orders on the page
NONCE_BYTES = 16  # as doors' orders have
GB = 1_000_000_000

# A CR2032 gives 3.0 V when new, and 2.2 V at its end, when tags restart instead of sending.
WEAK_MV, WEAK_PERCENT = 2_400, 15


@dataclass(frozen=True)
class TagLine:
    """One tag as a kiosk last heard it."""

    heard: TagHeard
    ago_s: float

    @property
    def is_weak(self) -> bool:
        """Whether its battery wants to be changed."""
        millivolts, percent = self.heard.battery_mv, self.heard.battery_percent
        is_low = millivolts is not None and millivolts < WEAK_MV
        return is_low or (percent is not None and percent < WEAK_PERCENT)

    @property
    def battery(self) -> str:
        """What it said of it, in millivolts or percent; "" if nothing."""
        if self.heard.battery_percent is not None:
            return f"{self.heard.battery_percent} %"
        return "" if self.heard.battery_mv is None else f"{self.heard.battery_mv} mV"


@dataclass(frozen=True)
class Health:
    """One kiosk."""

    kiosk: str
    name: str
    state: KioskState | None  # None if it never spoke
    silent_s: float | None
    now_ms: int

    @property
    def tags(self) -> list[TagLine]:
        """Known tags it has heard lately, weak batteries first."""
        heard = () if self.state is None else self.state.tags
        lines = [TagLine(one, max(0, self.now_ms - one.at_ms) / 1000) for one in heard]
        return sorted(lines, key=lambda line: (not line.is_weak, line.ago_s))

    @property
    def is_online(self) -> bool:
        """Whether the broker hears it."""
        return self.state is not None and self.state.online

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is not as it should be, the worst first."""
        return fleet.troubles(self.state)

    @property
    def needs_a_look(self) -> bool:
        """Whether anything is."""
        return bool(self.troubles)


@bp.get("/")
def index() -> str:
    """The page; it keeps itself up to date."""
    here = present().store
    ordered = [
        (one, _at(one.at_ms), _picture(one) is not None)
        for one in orders.latest(session(), here, LATEST)
    ]
    return render_template(
        "console/kiosks.html",
        health=health(here),
        # the newest of each kiosk, which is the first here and therefore the last to be put
        glimpses={one.device: (one.nonce, at) for one, at, is_there in ordered[::-1] if is_there},
        devices=DEVICES,
        conditions=CONDITIONS,
        clocks=CLOCKS,
        slow_shown_ms=fleet.SLOW_SHOWN_MS,
        slow_scanned_ms=fleet.SLOW_SCANNED_MS,
        words={"troubles": TROUBLES, "shown": SHOWN, "deeds": DEEDS, "outcomes": OUTCOMES},
        orders=ordered,
        gigabytes=_gigabytes,
        newcomers=len(newcomers.waiting(session(), desk().now_ms())),
    )


@bp.post("/<kiosk>/<any(identify, look, close, open, restart):deed>")
def order(kiosk: str, deed: str) -> ResponseReturnValue:
    """Order a kiosk of this store to do something; who, what and when is written down first."""
    me, now_ms = present(), desk().now_ms()
    if kiosk not in {row.kiosk for row in stores.fleet(session(), me.store)}:
        abort(HTTPStatus.NOT_FOUND)
    session().rollback()  # no transaction stays open while the broker is waited for
    nonce = os.urandom(NONCE_BYTES).hex()
    said = Command(Deed(deed), me.store, kiosk, nonce, now_ms, now_ms + LIFE_MS, me.staff)
    with writing(desk().sessions) as db:
        orders.note(db, said)
        audit.note(db, by(), Done(Logged.KIOSK_ORDERED, kiosk, detail=deed))
    log.info("staff %s orders %s of kiosk %s", me.staff, deed, kiosk)
    try:
        means().order_kiosk(said)
    except (SettingsError, UnavailableError) as error:
        log.error("the order %s of kiosk %s did not go out: %s", deed, kiosk, error)
        with writing(desk().sessions) as db:
            orders.answer(db, nonce, orders.NOT_SENT, desk().now_ms())
        flash(_("The order did not go out. Is the kiosk's network there, and the broker running?"))
    else:
        flash(_("The order is on its way. What the kiosk did stands below."))
    return redirect(url_for(".index"))


@bp.get("/pictures/<nonce>.png")
def picture(nonce: str) -> Response:
    """What an order to look brought, while it is remembered; of this store's kiosks only."""
    row = orders.get(session(), nonce)
    png = None if row is None or row.store != present().store else _picture(row)
    if png is None:
        abort(HTTPStatus.NOT_FOUND)
    return Response(png, mimetype="image/png", headers={"Cache-Control": "no-store"})


def _picture(order: orders.DeviceOrderRow) -> bytes | None:
    if order.deed != Deed.LOOK:
        return None
    at = KioskAddress(order.store, order.device)
    return means().pictures.get(at, order.nonce, desk().now_ms())


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _gigabytes(size_bytes: int) -> float:
    return round(size_bytes / GB, 1)


def health(here: str) -> Sequence[Health]:
    """All kiosks of a store, those that need a look first."""
    now_ms = desk().now_ms()
    fleet = [
        Health(
            row.kiosk,
            row.name,
            stores.state_of(row),
            None if row.said_at_ms is None else max(0, now_ms - row.said_at_ms) / 1000,
            now_ms,
        )
        for row in stores.fleet(session(), here)
    ]
    return sorted(fleet, key=lambda one: not one.needs_a_look)
