"""What a rehearsed fault is, and what became of a run of it. Stages and judges nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all that was tried, in numbers of things: events, records, rows.

    `figures` are what else a run measured, with the unit in the name (`recovered_s`, `points`).
    `broken` are sentences, each about a bar beyond the three counts that did not hold.
    """

    attempted: int
    acknowledged: int  # somebody was told that it is kept
    stored: int  # found at the end, repeats and inventions included
    lost: int = 0  # acknowledged and not found
    doubled: int = 0  # found once more than once is enough
    invented: int = 0  # found and never attempted
    figures: Mapping[str, float] = field(default_factory=dict)
    broken: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """The promise held; a run in which nothing was acknowledged has shown nothing."""
        is_wrong = self.lost or self.doubled or self.invented or self.broken
        return self.acknowledged > 0 and not is_wrong


Progress = Callable[[int, int], None]  # done, in all


def in_silence(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: `dose` in the scenario's unit; the same `seed` makes the same faults again.

    `folder` is empty, for the run alone, and kept if the promise did not hold.
    """

    dose: int
    seed: int
    folder: Path
    progress: Progress = in_silence


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of fault. `run` raises UnavailableError if this machine cannot stage it."""

    name: str
    what: str  # happens, in a sentence
    bar: str  # what must hold, in a sentence
    unit: str  # of a dose: points, kills, seconds
    full: int  # the dose that is published
    short: int  # the dose of the test suite
    run: Callable[[Run], Tally]
