"""The gateway runs a tenth of the time; the broker keeps fifty messages for it, and is killed.

What a broker held for a slow gateway dies with it, although it was acknowledged.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence

from simulator.faults import back_office
from simulator.faults.back_office import Office, Plan
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.opening import BROKER, INTAKE

STOPS_S, RUNS_S = 0.45, 0.05
QUEUED = 50  # beyond it the broker drops in silence
KILLED_AFTER_S, KILLED_EVERY_S = 1.0, 10.0
EVERY_S = 0.004  # as many kiosks as a shop has, in their busiest minute
KIOSKS = 8
GROWTH_MAX_MB = 64.0


class SlowGateway:
    """Stops the intake again and again. The dose is in seconds."""

    def __init__(self, office: Office, seconds: int) -> None:
        self.dose = seconds
        self._office = office
        self._began_s: float | None = None
        self._before_mb: dict[str, float] = {}
        self._next_s = self._next_kill_s = 0.0
        self._is_stopped = False

    @property
    def done(self) -> int:
        """Seconds so far."""
        began_s = self._began_s
        return 0 if began_s is None else min(int(time.monotonic() - began_s), self.dose)

    def step(self) -> None:
        """Stop it, or let it run for a moment."""
        now_s = time.monotonic()
        if self._began_s is None:
            self._began_s = now_s
            self._before_mb = {name: self._office.peak_mb(name) for name in (BROKER, INTAKE)}
            self._next_kill_s = now_s + KILLED_AFTER_S
        if self._is_stopped and now_s >= self._next_kill_s:
            self._office.processes.kill(BROKER)
            self._next_kill_s = now_s + KILLED_EVERY_S
        if now_s >= self._next_s:
            self._signal(is_stopped=not self._is_stopped)
            self._next_s = now_s + (STOPS_S if self._is_stopped else RUNS_S)

    def heal(self) -> None:
        """Let it run."""
        self._signal(is_stopped=False)

    def _signal(self, *, is_stopped: bool) -> None:
        os.kill(
            self._office.processes.pid(INTAKE), signal.SIGSTOP if is_stopped else signal.SIGCONT
        )
        self._is_stopped = is_stopped

    @property
    def figures(self) -> dict[str, float]:
        """How much memory broker and intake took beyond what they had."""
        return {
            f"{name}_grew_mb": round(self._office.peak_mb(name) - before_mb, 1)
            for name, before_mb in self._before_mb.items()
        }

    @property
    def broken(self) -> Sequence[str]:
        """Who is slow makes others wait, and keeps nothing for later."""
        return [
            f"{name}: {grew} is more than {GROWTH_MAX_MB}"
            for name, grew in self.figures.items()
            if grew > GROWTH_MAX_MB
        ]


def _run(run: Run) -> Tally:
    plan = Plan(kiosks=KIOSKS, every_s=EVERY_S, queued=QUEUED)
    return back_office.serve(run, plan, lambda office, _: [SlowGateway(office, run.dose)])


SCENARIOS = (
    Scenario(
        name="slow-gateway",
        what="The gateway runs a tenth of the time; the broker keeps 50 messages for it and is"
        " killed.",
        bar="0 lost; broker and gateway grow by 64 MB at most.",
        unit="seconds",
        full=60,
        short=2,
        run=_run,
    ),
)
