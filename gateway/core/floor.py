"""Where things stand on a shop's floor, and how many members are heard there. It names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_M = 200  # a side of a shop; a hall for furniture has so much
MOST_ITEMS = 100  # on one plan: beyond it nobody finds anything
LEAST_RADIUS_M, MOST_RADIUS_M = 0.5, 50.0


@dataclass(frozen=True, slots=True)
class Item:
    """A kiosk, or a zone of its own, on the plan; metres from the upper left corner."""

    item: str  # a kiosk's or a zone's id, as events name it
    name: str
    x_m: float
    y_m: float
    radius_m: float = 0.0  # of a zone; a kiosk is where it stands


@dataclass(frozen=True, slots=True)
class Plan:
    """A floor and what stands on it."""

    width_m: float
    depth_m: float
    items: tuple[Item, ...] = ()

    def outside(self) -> list[Item]:
        """What does not stand on it."""
        return [
            one
            for one in self.items
            if not (0 <= one.x_m <= self.width_m and 0 <= one.y_m <= self.depth_m)
        ]


@dataclass(frozen=True, slots=True)
class Told:
    """What one kiosk last told of one tag."""

    kiosk: str
    tag: str
    zone: str | None  # None: it left
    at_ms: int


def present(told: Iterable[Told], owners: Mapping[str, str]) -> dict[str, int]:
    """How many members are in each zone now.

    `owners` knows only those who agree to be recognised; nobody else is counted. Who is heard by
    two kiosks, or carries two tags, is where the newest word puts them, and there once.
    """
    here: dict[str, Told] = {}
    for one in sorted(_newest(told), key=lambda one: one.at_ms):
        if one.zone is not None and one.tag in owners:
            here[owners[one.tag]] = one
    return Counter(one.zone for one in here.values() if one.zone is not None)


def _newest(told: Iterable[Told]) -> Iterable[Told]:
    last: dict[tuple[str, str], Told] = {}
    for one in sorted(told, key=lambda one: one.at_ms):
        last[one.kiosk, one.tag] = one
    return last.values()
