"""The judge itself: each planted defect gets its name, and what is whole gets none."""

from __future__ import annotations

import pytest

from simulator.faults.checker import judge, together
from simulator.faults.scenario import Tally

TRIED = range(10)


def test_what_was_told_and_is_there_once_is_kept() -> None:
    tally = judge(TRIED, [0, 1, 2, 3], [0, 1, 2, 3])

    assert tally == Tally(attempted=10, acknowledged=4, stored=4)
    assert tally.is_kept


def test_what_was_stored_and_never_told_is_no_fault() -> None:
    assert judge(TRIED, [0, 1], [0, 1, 2]).is_kept


@pytest.mark.parametrize(
    ("acknowledged", "stored", "lost", "doubled", "invented"),
    [
        pytest.param([0, 1, 2], [0, 2], 1, 0, 0, id="one is lost"),
        pytest.param([0, 1], [0, 1, 1, 1], 0, 2, 0, id="one is there three times"),
        pytest.param([0, 1], [0, 1, 99], 0, 0, 1, id="one was never tried"),
        pytest.param([0, 99], [0], 1, 0, 1, id="one was told that was never tried"),
        pytest.param([0, 1], [1, 1, 99], 1, 1, 1, id="all at once do not make up for each other"),
        pytest.param([0, 1], [], 2, 0, 0, id="nothing is left"),
    ],
)
def test_a_planted_defect_gets_its_name(
    acknowledged: list[int], stored: list[int], lost: int, doubled: int, invented: int
) -> None:
    tally = judge(TRIED, acknowledged, stored)

    assert (tally.lost, tally.doubled, tally.invented) == (lost, doubled, invented)
    assert not tally.is_kept


def test_a_run_that_promised_nothing_shows_nothing() -> None:
    assert not judge(TRIED, [], []).is_kept


def test_another_bar_that_broke_is_enough() -> None:
    assert not Tally(1, 1, 1, broken=("it took 11 s to recover",)).is_kept


def test_many_runs_are_one_with_its_longest_seconds_and_no_sentence_twice() -> None:
    one = Tally(3, 2, 2, lost=1, figures={"points": 10, "recovered_s": 2.0}, broken=("torn",))
    other = Tally(4, 4, 5, doubled=1, figures={"points": 5, "recovered_s": 1.5}, broken=("torn",))

    assert together([one, other]) == Tally(
        7, 6, 7, 1, 1, 0, {"points": 15, "recovered_s": 2.0}, ("torn",)
    )
