"""Two gateways on one PostgreSQL, who both want the same sessions of the broker, at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random

from simulator.faults import back_office
from simulator.faults.back_office import Office, Plan
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.postgres import Postgres

KILLS_EVERY_S = (3.0, 8.0)
TAKEN = "lost the broker"  # in an intake's log: another one is at work


class Rivals:
    """Both intakes live; now and then one is killed. The dose is in seconds."""

    def __init__(self, office: Office, seconds: int, random: Random) -> None:
        self.dose = seconds
        self._office = office
        self._random = random
        self._kills = 0
        self._began_s: float | None = None
        self._next_s = 0.0

    @property
    def done(self) -> int:
        """Seconds so far."""
        began_s = self._began_s
        return 0 if began_s is None else min(int(time.monotonic() - began_s), self.dose)

    def step(self) -> None:
        """Kill one if it is time."""
        now_s = time.monotonic()
        if self._began_s is None:
            self._began_s = now_s
        elif now_s >= self._next_s:
            self._office.processes.kill(self._random.choice(self._office.intakes))
            self._kills += 1
        else:
            return
        self._next_s = now_s + self._random.uniform(*KILLS_EVERY_S)

    def heal(self) -> None:
        """Nothing is broken: two may work for ever."""

    @property
    def figures(self) -> dict[str, float]:
        """How often a session changed hands, and one of the two was killed."""
        taken = sum(self._office.log(name).count(TAKEN) for name in self._office.intakes)
        return {"taken_over": taken, "kills": self._kills}

    @property
    def broken(self) -> Sequence[str]:
        """Where nothing was taken over, nothing was shown."""
        return [] if self.figures["taken_over"] else ["no session was ever taken over"]


def _run(run: Run) -> Tally:
    server = Postgres({"max_connections": "20"})
    try:
        plan = Plan(database=server.new("shop"), intakes=2)
        return back_office.serve(run, plan, lambda office, rng: [Rivals(office, run.dose, rng)])
    finally:
        server.stop()


SCENARIOS = (
    Scenario(
        name="two-gateways",
        what="Two gateways on one PostgreSQL take the broker's sessions from each other all the"
        " time, and one or the other is killed.",
        bar="0 lost, 0 doubled.",
        unit="seconds",
        full=120,
        short=10,
        run=_run,
    ),
)
