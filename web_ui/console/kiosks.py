"""Kiosks and their health, as they last told it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from contract.events import ClockTrust, Condition
from contract.messages import KioskState, TagHeard
from gateway.store import newcomers, stores
from web_ui.console.words import CLOCKS, CONDITIONS, DEVICES
from web_ui.desk.context import desk, session
from web_ui.desk.sign_in import present

bp = Blueprint("kiosks", __name__, url_prefix="/kiosks")

# What people feel as immediate (docs of the demo's promise): beyond it a kiosk wants a look.
SLOW_SHOWN_MS = 250
SLOW_SCANNED_MS = 400


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
        newcomers=len(newcomers.waiting(session(), desk().now_ms())),
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
            now_ms,
        )
        for row in stores.fleet(session(), here)
    ]
    return sorted(fleet, key=lambda one: not one.needs_a_look)
