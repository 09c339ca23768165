"""Ten minutes of mixed network weather between kiosks and broker."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

import msgspec

from simulator.faults import back_office, network
from simulator.faults.back_office import Plan
from simulator.faults.emulator import Counts, Weather
from simulator.faults.network import FAR_HOST, Network
from simulator.faults.scenario import Run, Scenario, Tally

CHANGES_S = (1.0, 6.0)  # how long a kind of weather lasts
Kinds = Mapping[str, Callable[[Random], Weather]]
KINDS: Kinds = {
    "calm": lambda _: Weather(delay_s=0.005),
    "far away": lambda _: Weather(delay_s=0.8, jitter_s=0.3),
    "lossy": lambda random: Weather(delay_s=0.02, lost=random.uniform(0.05, 0.3)),
    "doubling": lambda _: Weather(delay_s=0.02, jitter_s=0.01, doubled=0.2, hurried=0.3),
    "flipping": lambda _: Weather(delay_s=0.02, flipped=0.02),
    "all of it": lambda _: Weather(0.1, 0.1, 0.1, 0.1, 0.2, 0.01),
    "cut": lambda _: Weather(is_cut=True),
    "deaf": lambda _: Weather(is_deaf=True),
}


class ChangingWeather:
    """Another weather every few seconds. The dose is in seconds."""

    def __init__(
        self, between: Network, seconds: int, random: Random, kinds: Kinds = KINDS
    ) -> None:
        self.dose = seconds
        self._kinds = kinds
        self.kinds: list[str] = []
        self._network = between
        self._random = random
        self._left: list[str] = []
        self._began_s: float | None = None
        self._next_s = 0.0

    @property
    def done(self) -> int:
        """Seconds so far."""
        began_s = self._began_s
        return 0 if began_s is None else min(int(time.monotonic() - began_s), self.dose)

    def step(self) -> None:
        """Change if it is time; every kind comes before one comes again."""
        now_s = time.monotonic()
        self._began_s = self._began_s or now_s
        if now_s < self._next_s:
            return
        self._left = self._left or self._random.sample(sorted(self._kinds), len(self._kinds))
        self.kinds.append(self._left.pop())
        self._network.change(self._kinds[self.kinds[-1]](self._random))
        self._next_s = now_s + self._random.uniform(*CHANGES_S)

    def heal(self) -> None:
        """A good day."""
        self._network.change(Weather())

    @property
    def figures(self) -> dict[str, float]:
        """How often it changed."""
        return {"changes": len(self.kinds)}

    @property
    def broken(self) -> Sequence[str]:
        """It judges nothing."""
        return ()


def _run(run: Run) -> Tally:
    with network.opened(run.seed) as between:
        plan = Plan(host=FAR_HOST, near=between.near, far=between.far)
        tally = back_office.serve(
            run, plan, lambda _, random: [ChangingWeather(between, run.dose, random)]
        )
    return with_counts(tally, between.counts)


def with_counts(tally: Tally, counts: Counts) -> Tally:
    """Besides what became of the events, what became of the frames."""
    figures = {f"frames_{name}": number for name, number in msgspec.to_builtins(counts).items()}
    fair = [] if counts.lost and counts.doubled and counts.flipped else ["there was no weather"]
    return replace(tally, figures={**tally.figures, **figures}, broken=(*tally.broken, *fair))


SCENARIOS = (
    Scenario(
        name="weather",
        what="Delay, jitter, loss, doubles, disorder, flipped bits and cuts between kiosks and"
        " broker, each for some seconds.",
        bar="0 lost; all has arrived within 60 s of the last one.",
        unit="seconds",
        full=600,
        short=4,
        run=_run,
    ),
)
