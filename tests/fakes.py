"""Stand-ins for time, network and glass: they keep what they were told, and nothing else."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from contract import codec
from contract.asks import Ask
from contract.events import ClockTrust, Event, Verdict
from contract.messages import KioskState
from kiosk.core import clock_trust
from kiosk.core.clock_trust import Belief, ClockRules
from kiosk.core.screen import ScreenState
from kiosk.ports import Refused
from runtime.errors import DeviceError

FLOOR_S = 1_600_000_000.0  # long ago
NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)  # in Huế


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self._elapsed = timedelta(hours=1)

    def advance(self, seconds: float) -> None:
        self._elapsed += timedelta(seconds=seconds)

    def monotonic_s(self) -> float:
        return self._elapsed.total_seconds()

    def utc(self) -> datetime:
        return NOON + self._elapsed


class FakeTime:
    """A time of day that is trusted, or as a test says."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.trust = ClockTrust.TRUSTED
        self.is_kept = True
        self.disk_refuses = False

    def belief(self) -> Belief:
        is_known = self.trust is not ClockTrust.FLOOR
        unix_s = self._clock.utc().timestamp() if is_known else FLOOR_S
        return Belief(self.trust, unix_s, 1.0 if is_known else math.inf)

    def slots(self) -> range:
        return clock_trust.slots(self.belief(), ClockRules())

    def look(self) -> None:
        if self.disk_refuses:
            self.is_kept = False
            raise DeviceError("cannot keep the time in clock-floor")


class FakeUplink:
    """A network that takes everything and delivers nothing."""

    def __init__(self) -> None:
        self.sent: list[Event] = []
        self.states: list[KioskState] = []
        self.asked: list[Ask] = []
        self.is_up = True  # what a question needs
        self.refusals: list[Refused] = []  # what a test lets it have refused

    def publish(self, envelope: bytes) -> None:
        self.sent.append(codec.decode_event(envelope))

    def refused(self) -> list[Refused]:
        refusals, self.refusals = self.refusals, []
        return refusals

    def ask(self, asked: Ask) -> bool:
        if self.is_up:
            self.asked.append(asked)
        return self.is_up

    def publish_state(self, state: KioskState) -> None:
        self.states.append(state)


class FakeFeed:
    """A screen that remembers every picture."""

    def __init__(self) -> None:
        self.shown: list[ScreenState] = []

    def show(self, state: ScreenState) -> None:
        self.shown.append(state)


class FakePanel:
    """Light and buzzer that keep a diary."""

    def __init__(self) -> None:
        self.diary: list[str] = []

    def invite(self) -> None:
        self.diary.append("invite")

    def answer(self, verdict: Verdict) -> None:
        self.diary.append(verdict)

    def close(self) -> None:
        self.diary.append("close")
