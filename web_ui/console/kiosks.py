"""Kiosks and their health, as they last told it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from contract.events import ClockTrust, Condition
from contract.messages import KioskState
from gateway.store import stores
from web_ui.console.words import CLOCKS, CONDITIONS, DEVICES
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import present

bp = Blueprint("kiosks", __name__, url_prefix="/kiosks")

# What people feel as immediate (docs of the demo's promise): beyond it a kiosk wants a look.
SLOW_SHOWN_MS = 250
SLOW_SCANNED_MS = 400


@dataclass(frozen=True)
class Health:
    """One kiosk."""

    kiosk: str
    name: str
    state: KioskState | None  # None if it never spoke
    silent_s: float | None

    @property
    def is_online(self) -> bool:
        """Whether the broker hears it."""
        return self.state is not None and self.state.online

    @property
    def needs_a_look(self) -> bool:
        """Whether something about it is not as it should be."""
        state = self.state
        return (
            state is None
            or not state.online
            or state.clock is not ClockTrust.TRUSTED
            or any(condition is not Condition.OK for condition in state.devices.values())
            or (state.decided_to_painted_p95_ms or 0) > SLOW_SHOWN_MS
            or (state.grabbed_to_painted_p95_ms or 0) > SLOW_SCANNED_MS
        )


@bp.get("/")
def index() -> str:
    """The page; it keeps itself up to date."""
    return render_template(
        "console/kiosks.html",
        health=health(present().store),
        devices=DEVICES,
        conditions=CONDITIONS,
        clocks=CLOCKS,
        slow_shown_ms=SLOW_SHOWN_MS,
        slow_scanned_ms=SLOW_SCANNED_MS,
    )


def health(here: str) -> Sequence[Health]:
    """All kiosks of a store, those that need a look first."""
    now_ms = desk().now_ms()
    fleet = [
        Health(
            row.kiosk,
            row.name,
            stores.state_of(row),
            None if row.said_at_ms is None else max(0, now_ms - row.said_at_ms) / 1000,
        )
        for row in stores.fleet(session(), here)
    ]
    return sorted(fleet, key=lambda one: not one.needs_a_look)
