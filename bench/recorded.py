"""The recordings in bench/data, and what thinner ears would have left of them."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from math import dist
from pathlib import Path
from typing import NamedTuple, TypeVar

DATA = Path(__file__).parent / "data"
FOUR = ("sensor10", "sensor20", "sensor30", "sensor40")  # one in each quarter of the building
QUARTERS = [tuple(f"sensor{quarter}{place}" for place in "012") for quarter in "1234"]
CLEAR_M = 2.0  # by which the nearest receiver is nearer than the next

Point = tuple[float, float, float]


class Recording(NamedTuple):
    """The beacon at one point, by one receiver: times and RSSI in dBm."""

    receiver: str
    distance_m: float
    samples: list[tuple[float, float]]


class Step(NamedTuple):
    """One sample of a walk, and where the beacon was."""

    t_s: float
    receiver: str
    rssi_dbm: float
    at: Point


def static() -> list[Recording]:
    """All recordings at a fixed point."""
    recordings: dict[str, Recording] = {}
    for row in _rows("ble_rssi_static.csv.gz"):
        new = Recording(row["receiver"], float(row["distance_m"]), [])
        recording = recordings.setdefault(row["recording"], new)
        recording.samples.append((float(row["t_s"]), float(row["rssi_dbm"])))
    return list(recordings.values())


def walks() -> dict[str, list[Step]]:
    """All walks by name, each in the order of time."""
    found: dict[str, list[Step]] = defaultdict(list)
    for row in _rows("ble_rssi_tracks.csv.gz"):
        at = (float(row["tag_x_m"]), float(row["tag_y_m"]), float(row["tag_z_m"]))
        step = Step(float(row["t_s"]), row["receiver"], float(row["rssi_dbm"]), at)
        found[row["track"]].append(step)
    return {name: sorted(steps, key=lambda step: step.t_s) for name, steps in found.items()}


def places() -> dict[str, Point]:
    """Where each receiver hangs."""
    with (DATA / "ble_rssi_receivers.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["receiver"]: (float(row["x_m"]), float(row["y_m"]), float(row["z_m"]))
            for row in csv.DictReader(file)
        }


def every_four() -> list[tuple[str, ...]]:
    """All sets of one receiver in each quarter: 81 buildings for the price of one."""
    return list(product(*QUARTERS))


def nearest(at: Point, receivers: Iterable[str], where: dict[str, Point]) -> tuple[str, bool]:
    """The nearest receiver, and whether it is clearly so."""
    metres = sorted((dist(at, where[receiver]), receiver) for receiver in receivers)
    return metres[0][1], metres[1][0] - metres[0][0] >= CLEAR_M


S = TypeVar("S")
Thin = Callable[[float, float], bool]  # whether a sample at that time, that loud, is passed on


def everything() -> Thin:
    """An ear that tells all it hears."""
    return lambda _t_s, _rssi_dbm: True


def eight_db() -> Thin:
    """BlueZ without RSSI filter: only what differs by 8 dB from what was told last."""
    told: list[float] = []

    def passes(_t_s: float, rssi_dbm: float) -> bool:
        if told and abs(rssi_dbm - told[-1]) < 8:
            return False
        told[:] = [rssi_dbm]
        return True

    return passes


def ten_s() -> Thin:
    """A controller that drops duplicates until the scan is restarted: one in 10 s."""
    told: list[float] = []

    def passes(t_s: float, _rssi_dbm: float) -> bool:
        if told and t_s - told[-1] < 10:
            return False
        told[:] = [t_s]
        return True

    return passes


THINNINGS: dict[str, Callable[[], Thin]] = {
    "all heard": everything,
    "8 dB": eight_db,
    "10 s": ten_s,
}


def thinned(
    samples: Sequence[S], thin: Callable[[], Thin], key: Callable[[S], tuple[str, float, float]]
) -> list[S]:
    """What is left; `key` says receiver, time and RSSI of a sample, each receiver thins alone."""
    ears: dict[str, Thin] = defaultdict(thin)
    return [one for one in samples for name, t_s, dbm in [key(one)] if ears[name](t_s, dbm)]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
