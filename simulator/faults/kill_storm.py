"""Broker, gateway and kiosks are killed at random while shoppers are served."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from simulator.faults import busy_shop
from simulator.faults.scenario import Run, Scenario, Tally
from simulator.opening import BROKER, INTAKE, OpenShop
from simulator.premises import GATEWAY, KIOSK_NAMES
from simulator.processes import Processes
from simulator.shop import Shop

GAP_S = (0.05, 0.35)  # from when the next one to be killed is at work; no process has rest
TARGETS = (BROKER, INTAKE, *KIOSK_NAMES)
# A broker is back at once; a Python process takes a second of a core. Shuffled like cards, so that
# nobody is spared by chance.
DECK = (BROKER, BROKER, *TARGETS)


class KillStorm:
    """Kills what it hits, at moments nobody can foresee but with the same seed."""

    def __init__(
        self, processes: Processes, is_at_work: Callable[[str], bool], kills: int, random: Random
    ) -> None:
        """`is_at_work` spares who starts up: on a slow machine it would never serve anybody."""
        self.dose = kills
        self.kills: Counter[str] = Counter()
        self._processes = processes
        self._is_at_work = is_at_work
        self._random = random
        self._cards: list[str] = []
        self._target: str | None = None
        self._due_s: float | None = None  # None: the target is not at work yet

    @property
    def done(self) -> int:
        """Kills so far."""
        return self.kills.total()

    def step(self) -> None:
        """Kill something if it is time."""
        now_s = time.monotonic()
        if self._target is None:
            self._cards = self._cards or self._random.sample(DECK, len(DECK))
            self._target = self._cards.pop()
        elif not self._is_at_work(self._target):
            self._due_s = None
        elif self._due_s is None:
            self._due_s = now_s + self._random.uniform(*GAP_S)
        elif now_s >= self._due_s:
            self._processes.kill(self._target)
            self.kills[self._target] += 1
            self._target = self._due_s = None

    def heal(self) -> None:
        """What was killed starts again by itself."""

    @property
    def figures(self) -> dict[str, float]:
        """How often each was hit."""
        return {f"{name}_kills": count for name, count in sorted(self.kills.items())}

    @property
    def broken(self) -> Sequence[str]:
        """It judges nothing."""
        return ()


def storm(opened: OpenShop, kills: int, random: Random) -> KillStorm:
    """Over a whole shop."""

    def is_at_work(name: str) -> bool:
        seats = opened.stage.seats
        if name == INTAKE:
            return (GATEWAY, "clock") in seats
        return name == BROKER or (name, "radio") in seats

    return KillStorm(opened.processes, is_at_work, kills, random)


def _run(run: Run) -> Tally:
    def make(opened: OpenShop, _shop: Shop, random: Random) -> Sequence[KillStorm]:
        return [storm(opened, run.dose, random)]

    return busy_shop.serve(run, make)


SCENARIOS = (
    Scenario(
        name="kill-storm",
        what="Broker, gateway and kiosks are killed at random, each soon after it is at work.",
        bar="0 lost, 0 doubled, 0 invented.",
        unit="kills",
        full=1_000,
        short=14,
        run=_run,
    ),
)
