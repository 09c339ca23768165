from __future__ import annotations

import pytest

from updates.core.wellness import Patience, Unit, Verdict, Watch, running

UP, DOWN, FAILED = Unit(True), Unit(False), Unit(False, has_failed=True)
AGAIN = Unit(True, restarts=1)
RULES = Patience(start_s=60, steady_s=30)
BEFORE = frozenset({"hien-kiosk", "hien-door"})

Look = tuple[float, dict[str, Unit]]


def both(kiosk: Unit, door: Unit = UP) -> dict[str, Unit]:
    return {"hien-kiosk": kiosk, "hien-door": door, "hien-backup": DOWN}


STORIES = [
    pytest.param([(1, both(UP)), (30, both(UP))], Verdict.WAITING, "", id="not long enough"),
    pytest.param([(1, both(UP)), (31, both(UP))], Verdict.WELL, "", id="steady"),
    pytest.param(
        [(1, both(DOWN)), (50, both(UP)), (79, both(UP))], Verdict.WAITING, "", id="started late"
    ),
    pytest.param([(61, both(DOWN))], Verdict.ILL, "hien-kiosk did not start", id="never starts"),
    pytest.param([(5, both(FAILED))], Verdict.ILL, "hien-kiosk has failed", id="failed"),
    pytest.param([(5, both(UP, AGAIN))], Verdict.ILL, "hien-door had to be", id="restarted"),
    pytest.param(
        [(1, both(UP)), (9, both(UP, DOWN))], Verdict.ILL, "hien-door stopped", id="stops again"
    ),
    pytest.param(
        [(1, {"hien-kiosk": UP}), (31, {"hien-kiosk": UP})], Verdict.WELL, "", id="a unit went away"
    ),
]


@pytest.mark.parametrize(("looks", "verdict", "why"), STORIES)
def test_a_version_is_as_well_as_the_one_before(
    looks: list[Look], verdict: Verdict, why: str
) -> None:
    watch = Watch(BEFORE, since_s=0)
    for now_s, units in looks:
        watch = watch.look(units, now_s, RULES)

    assert watch.verdict is verdict
    assert watch.why.startswith(why)


def test_what_was_down_before_may_stay_down() -> None:
    before = running(both(UP, FAILED))
    watch = Watch(before, 0).look(both(UP, FAILED), 1, RULES).look(both(UP, FAILED), 40, RULES)

    assert (before, watch.verdict) == (frozenset({"hien-kiosk"}), Verdict.WELL)
