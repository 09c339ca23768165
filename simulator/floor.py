"""The shop's floor plan and how one walks on it. Knows nobody who does."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from typing import NamedTuple

WIDTH_M, DEPTH_M = 20.0, 15.0  # the synthetic store that the presence rules were tuned on
ELBOW_M = 0.3  # nobody walks closer along a shelf than this


class Spot(NamedTuple):
    """A point on the floor, in metres from the left wall and from the back wall."""

    x_m: float
    y_m: float


class Shelf(NamedTuple):
    """A piece of furniture one walks around, and the label the plan gives it."""

    left_m: float
    top_m: float
    right_m: float
    bottom_m: float
    vi: str
    en: str


class KioskStand(NamedTuple):
    """Where a kiosk stands, and the spot in front of its screen."""

    kiosk: str
    at: Spot
    front: Spot


KIOSKS = (
    KioskStand("quay-1", Spot(5.0, 14.6), Spot(5.0, 13.9)),
    KioskStand("quay-2", Spot(19.6, 6.9), Spot(18.9, 6.9)),
    KioskStand("quay-3", Spot(0.4, 2.6), Spot(1.1, 2.6)),
)
"""Three kiosks, at least 13 m apart: one by the door, one on each side wall."""

STANDS = {stand.kiosk: stand for stand in KIOSKS}

SHELVES = (
    Shelf(2.8, 0.0, 17.2, 0.8, "Trà", "Tea"),
    Shelf(3.6, 4.0, 8.8, 5.4, "Chăm sóc da", "Skincare"),
    Shelf(11.6, 4.0, 16.4, 5.4, "Quà tặng", "Gifts"),
    Shelf(3.6, 8.4, 8.8, 9.8, "Ấm chén", "Tea ware"),
    Shelf(12.4, 9.4, 16.8, 10.4, "Quầy thu ngân", "Checkout"),
)

DOOR = Spot(10.2, 14.8)
STREET = Spot(10.2, 22.0)  # far enough that no kiosk hears a tag there as near

SIGHTS = (
    Spot(4.6, 1.7),
    Spot(8.2, 1.7),
    Spot(12.0, 1.7),
    Spot(16.0, 1.7),
    Spot(5.2, 6.2),
    Spot(7.8, 6.2),
    Spot(12.6, 6.2),
    Spot(15.4, 6.2),
    Spot(4.8, 10.7),
    Spot(7.6, 10.7),
    Spot(13.4, 11.4),
    Spot(15.8, 11.4),
)
"""Where people stop and look; each is at least 3 m from every kiosk."""

_CROSSINGS = tuple(Spot(x_m, y_m) for x_m in (2.2, 10.2, 18.0) for y_m in (2.4, 7.0, 12.4))


def metres(one: Spot, other: Spot) -> float:
    """The distance between two spots as waves travel, through everything."""
    return hypot(one.x_m - other.x_m, one.y_m - other.y_m)


def route(start: Spot, goal: Spot) -> tuple[Spot, ...]:
    """The shortest way around the shelves, without `start`; straight if nothing is in the way."""
    if not _blocked(start, goal):
        return (goal,)
    ways: list[tuple[float, Spot, tuple[Spot, ...]]] = [(0.0, start, ())]
    reached: set[Spot] = set()
    while ways:
        length_m, here, way = heapq.heappop(ways)
        if here == goal:
            return way
        if here in reached:
            continue
        reached.add(here)
        for there in (*_CROSSINGS, goal):
            if there not in reached and not _blocked(here, there):
                step = (length_m + metres(here, there), there, (*way, there))
                heapq.heappush(ways, step)
    return (goal,)  # somebody was put inside a shelf: they climb over it


def length_m(start: Spot, way: Sequence[Spot]) -> float:
    """How far a route is."""
    return sum(metres(one, other) for one, other in pairwise((start, *way)))


def clamp(spot: Spot) -> Spot:
    """The nearest spot inside the four walls."""
    return Spot(min(max(spot.x_m, 0.2), WIDTH_M - 0.2), min(max(spot.y_m, 0.2), DEPTH_M - 0.2))


def _blocked(one: Spot, other: Spot) -> bool:
    return any(_crosses(one, other, shelf) for shelf in SHELVES)


def _crosses(one: Spot, other: Spot, shelf: Shelf) -> bool:
    """Liang-Barsky clipping of the segment against the shelf and an elbow's room around it."""
    enter, leave = 0.0, 1.0
    for start, delta, low, high in (
        (one.x_m, other.x_m - one.x_m, shelf.left_m, shelf.right_m),
        (one.y_m, other.y_m - one.y_m, shelf.top_m, shelf.bottom_m),
    ):
        near, far = low - ELBOW_M - start, high + ELBOW_M - start
        if delta == 0.0:
            if near >= 0 or far <= 0:
                return False
            continue
        first, last = sorted((near / delta, far / delta))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave
