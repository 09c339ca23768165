"""A whole kiosk with a real outbox, whose screen, light and network take everything silently."""

from __future__ import annotations

from pathlib import Path

from contract.events import ClockTrust, Verdict
from contract.messages import KioskState, Trust
from kiosk.adapters.outbox import Outbox
from kiosk.adapters.purse_file import PurseFile
from kiosk.app import KioskApp
from kiosk.core import clock_trust
from kiosk.core.clock_trust import Belief, ClockRules
from kiosk.core.codes import CodeRules
from kiosk.core.inputs import Told
from kiosk.core.leases import Purses
from kiosk.core.presence import PresenceRules
from kiosk.core.resolving import Resolver
from kiosk.core.screen import ScreenState
from kiosk.core.screen_rules import ScreenRules
from kiosk.health import Health, Nameplate
from kiosk.lending import Lending
from kiosk.parts import Ports, Rules
from kiosk.ports import Refused
from kiosk.reporter import Reporter
from runtime.clock import Clock


class _Nowhere:
    def show(self, state: ScreenState) -> None: ...
    def invite(self) -> None: ...
    def answer(self, verdict: Verdict) -> None: ...
    def close(self) -> None: ...
    def publish(self, envelope: bytes) -> None: ...
    def refused(self) -> tuple[Refused, ...]:
        return ()

    def publish_state(self, state: KioskState) -> None: ...


class _NoPurse(PurseFile):
    def save(self, purses: Purses) -> None: ...


class _Believed:
    """The clock's time of day, believed."""

    trust = ClockTrust.TRUSTED
    is_kept = True

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def belief(self) -> Belief:
        return Belief(self.trust, self._clock.utc().timestamp(), 0.0)

    def slots(self) -> range:
        return clock_trust.slots(self.belief(), ClockRules())

    def look(self) -> None: ...


def kiosk(outbox: Outbox, clock: Clock, trust: Trust, resolver: Resolver | None = None) -> KioskApp:
    """A kiosk that recognises whom `trust` names."""
    nowhere, time = _Nowhere(), _Believed(clock)
    app = KioskApp(
        Rules("quay-1", PresenceRules(), CodeRules(1), ScreenRules()),
        Ports(
            Reporter(outbox, nowhere, clock, time),
            nowhere,
            nowhere,
            clock,
            time,
            lambda: "0" * 16,
            Lending(_NoPurse(Path()), time),
        ),
        Health(Nameplate("quay-1", "bench"), nowhere, clock, time),
        resolver=resolver or Resolver(),
    )
    app.handle(Told(trust))
    return app
