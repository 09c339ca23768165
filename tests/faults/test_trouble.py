"""One trouble comes after the other, and nothing stays broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from simulator.faults.trouble import Troubles


class Fake:
    """Uses up its dose by steps, or by itself, as seconds pass."""

    def __init__(self, dose: int, ends_by_itself: bool = False) -> None:
        self.dose = dose
        self.done = 0
        self.healed = 0
        self._ends_by_itself = ends_by_itself

    def step(self) -> None:
        self.done += 1

    def passes(self) -> None:
        if self._ends_by_itself and self.done:
            self.done = self.dose

    def heal(self) -> None:
        self.healed += 1

    @property
    def figures(self) -> Mapping[str, float]:
        return {f"of_{self.dose}": self.done}

    @property
    def broken(self) -> Sequence[str]:
        return [f"{self.dose} is late"]


def test_each_is_healed_before_the_next_also_if_its_time_ran_out_between_two_steps() -> None:
    first, second = Fake(3, ends_by_itself=True), Fake(2)
    progress: list[tuple[int, int]] = []
    troubles = Troubles([first, second], lambda done, total: progress.append((done, total)))
    seen = []
    while not troubles.are_over:
        troubles.step()
        seen.append((first.done, first.healed, second.done, second.healed))
        first.passes()

    assert seen == [(1, 0, 0, 0), (3, 1, 1, 0), (3, 1, 2, 0), (3, 1, 2, 1)]
    assert progress == [(1, 5), (4, 5), (5, 5)]
    assert troubles.figures == {"of_3": 3, "of_2": 2}
    assert troubles.broken == ("3 is late", "2 is late")


def test_nothing_stays_broken_after_an_interrupt() -> None:
    stuck = Fake(3)
    troubles = Troubles([stuck], lambda _done, _total: None)

    def interrupted() -> None:
        with troubles.healing():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stuck.healed == 1
