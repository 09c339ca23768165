"""What goes wrong while a shop works: one shape for all of it. Judges nothing.

A trouble never waits: whoever lets the shop live calls it between two steps.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from simulator.faults.scenario import Progress


class Trouble(Protocol):
    """One thing that goes wrong, again and again, until its dose is used up."""

    dose: int

    @property
    def done(self) -> int:
        """How much of the dose is used up."""

    def step(self) -> None:
        """Do what is due, and come back at once."""

    def heal(self) -> None:
        """Mend what is still broken; safe to call twice."""

    @property
    def figures(self) -> Mapping[str, float]:
        """What was measured, with the unit in the name."""

    @property
    def broken(self) -> Sequence[str]:
        """A sentence for each bar of its own that did not hold."""


class Troubles:
    """Several troubles, one after the other."""

    def __init__(self, troubles: Sequence[Trouble], progress: Progress) -> None:
        self._troubles = troubles
        self._left = list(troubles)
        self._progress = progress
        self._dose = sum(one.dose for one in troubles)
        self.healed_s: float | None = None  # when the last one was over: time.monotonic

    @property
    def are_over(self) -> bool:
        """Whether nothing will go wrong any more."""
        return self.healed_s is not None

    def step(self) -> None:
        """Let the one whose turn it is do what is due."""
        while self._left:
            if self._left[0].done < self._left[0].dose:
                self._left[0].step()
                self._progress(sum(one.done for one in self._troubles), self._dose)
                return
            self._left.pop(0).heal()
        if self.healed_s is None:
            self.healed_s = time.monotonic()

    @property
    def figures(self) -> dict[str, float]:
        """All that was measured."""
        return {name: value for one in self._troubles for name, value in one.figures.items()}

    @property
    def broken(self) -> tuple[str, ...]:
        """All that did not hold."""
        return tuple(sentence for one in self._troubles for sentence in one.broken)

    @contextmanager
    def healing(self) -> Iterator[None]:
        """Whatever happens inside, nothing stays broken after it: a stopped process never ends."""
        try:
            yield
        finally:
            for one in self._troubles:
                one.heal()
