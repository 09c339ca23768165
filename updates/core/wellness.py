"""Whether a machine's services are well after a change: as well as they were before it.

What did not run before need not run now. A service that says READY and feeds its watchdog counts
as running to systemd, so running for a while without a restart is the proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Unit:
    """A service as systemd knows it."""

    is_running: bool
    has_failed: bool = False
    restarts: int = 0  # since somebody started it
    status: str = ""  # what it says of itself


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one waits."""

    start_s: float = 180.0  # a Raspberry Pi 4 starts everything within 40
    steady_s: float = 150.0  # the slowest watchdog of ours bites after 120

    def __post_init__(self) -> None:
        if min(self.start_s, self.steady_s) <= 0:
            raise ValueError("start_s and steady_s must be more than 0")


class Verdict(Enum):
    """What one knows so far."""

    WAITING = "waiting"
    WELL = "well"
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Watch:
    """From the restart on; give it every look, in order."""

    before: frozenset[str]  # what ran
    since_s: float
    steady_since_s: float | None = None
    verdict: Verdict = Verdict.WAITING
    why: str = ""

    def look(self, units: Mapping[str, Unit], now_s: float, patience: Patience) -> Watch:
        """One look later."""
        asked = {name: units[name] for name in sorted(self.before & {*units})}
        for name, unit in asked.items():
            if unit.has_failed:
                return self._judged(Verdict.ILL, f"{name} has failed")
            if unit.restarts:
                return self._judged(Verdict.ILL, f"{name} had to be started again")
        down = [name for name, unit in asked.items() if not unit.is_running]
        if down and self.steady_since_s is not None:
            return self._judged(Verdict.ILL, f"{', '.join(down)} stopped again")
        if down:
            if now_s - self.since_s > patience.start_s:
                why = f"{', '.join(down)} did not start within {patience.start_s:g} s"
                return self._judged(Verdict.ILL, why)
            return self
        steady = now_s if self.steady_since_s is None else self.steady_since_s
        verdict = Verdict.WELL if now_s - steady >= patience.steady_s else Verdict.WAITING
        return Watch(self.before, self.since_s, steady, verdict)

    def _judged(self, verdict: Verdict, why: str) -> Watch:
        return Watch(self.before, self.since_s, self.steady_since_s, verdict, why)


def running(units: Mapping[str, Unit]) -> frozenset[str]:
    """What runs, and so what has to run again."""
    return frozenset(name for name, unit in units.items() if unit.is_running)
