from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import floor
from simulator.floor import DOOR, KIOSKS, SHELVES, SIGHTS, Spot, metres, route


def inside(spot: Spot, slack_m: float) -> bool:
    return any(
        shelf.left_m - slack_m < spot.x_m < shelf.right_m + slack_m
        and shelf.top_m - slack_m < spot.y_m < shelf.bottom_m + slack_m
        for shelf in SHELVES
    )


free_spots = st.builds(Spot, st.floats(0.2, 19.8), st.floats(0.2, 14.8)).filter(
    lambda spot: not inside(spot, floor.ELBOW_M)
)


@given(free_spots, free_spots)
def test_nobody_walks_through_a_shelf(start: Spot, goal: Spot) -> None:
    way = route(start, goal)

    assert way[-1] == goal
    for one, other in pairwise((start, *way)):
        for share in range(21):
            between = Spot(
                one.x_m + (other.x_m - one.x_m) * share / 20,
                one.y_m + (other.y_m - one.y_m) * share / 20,
            )
            assert not inside(between, floor.ELBOW_M - 0.01)


def test_an_open_way_is_straight() -> None:
    assert route(DOOR, Spot(10.2, 2.4)) == (Spot(10.2, 2.4),)


def test_who_was_put_on_a_shelf_climbs_off_it() -> None:
    shelf = SHELVES[1]

    assert route(Spot(shelf.left_m + 1, shelf.top_m + 0.5), DOOR)[-1] == DOOR


@pytest.mark.parametrize("spot", [*SIGHTS, DOOR, *(stand.front for stand in KIOSKS)])
def test_every_place_people_go_to_can_be_reached(spot: Spot) -> None:
    assert not inside(spot, floor.ELBOW_M)


def test_sights_are_not_at_kiosks_and_kiosks_not_at_each_other() -> None:
    assert min(metres(sight, stand.at) for sight in SIGHTS for stand in KIOSKS) >= 3
    assert min(metres(a.at, b.at) for a in KIOSKS for b in KIOSKS if a != b) >= 12


def test_walls_hold() -> None:
    assert floor.clamp(Spot(-3, 99)) == Spot(0.2, 14.8)
