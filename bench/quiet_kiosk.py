"""A whole kiosk with a real outbox, whose screen, light and network take everything silently."""

from __future__ import annotations

from contract.events import Verdict
from contract.messages import KioskState, Trust
from kiosk.adapters.outbox import Outbox
from kiosk.app import KioskApp, Ports, Rules
from kiosk.core.codes import CodeRules
from kiosk.core.inputs import Told
from kiosk.core.presence import PresenceRules
from kiosk.core.resolving import Resolver
from kiosk.core.screen import ScreenRules, ScreenState
from kiosk.health import Health
from kiosk.reporter import Reporter
from runtime.clock import Clock


class _Nowhere:
    def show(self, state: ScreenState) -> None: ...
    def invite(self) -> None: ...
    def answer(self, verdict: Verdict) -> None: ...
    def off(self) -> None: ...
    def publish(self, envelope: bytes) -> None: ...
    def publish_state(self, state: KioskState) -> None: ...


def kiosk(outbox: Outbox, clock: Clock, trust: Trust, resolver: Resolver | None = None) -> KioskApp:
    """A kiosk that recognises whom `trust` names."""
    nowhere = _Nowhere()
    app = KioskApp(
        Rules("quay-1", PresenceRules(), CodeRules(1), ScreenRules()),
        Ports(Reporter(outbox, nowhere, clock), nowhere, nowhere, clock, lambda: "0" * 16),
        Health("quay-1", "bench", nowhere, clock),
        resolver=resolver or Resolver(),
    )
    app.handle(Told(trust))
    return app
