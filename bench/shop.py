"""Visits in the simulated shop: missed, false, late. One ear at each of the shop's three kiosks.

Every shopper carries a tag. A visit is true if the tag was within two metres of a kiosk for at
least eight seconds. An arrival that is part of no true visit to that kiosk is false, even if it
was somebody who passed it at one metre.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from heapq import merge
from math import atan2
from random import Random
from statistics import median
from typing import NamedTuple

from bench.measure import Bench, Result
from bench.peers import Ewma, Fenced, Kalman, Near, Ours, Raw, Rule, TimedEwma
from bench.recorded import THINNINGS, everything, thinned
from kiosk.core.calibration import calibrate
from kiosk.core.presence import PresenceRules
from simulator.errand import Seen
from simulator.floor import KIOSKS, SIGHTS, KioskStand, Spot, metres
from simulator.people import LOOK_S, WALK_M_PER_S, Plan, Shopper
from simulator.tags import Tag
from simulator.world import World

SHOPS = 24  # each with walls, and so shadows, of its own
SHOPPERS = 50
OPEN_S = 3_600.0
NEAR_M, VISIT_S = 2.0, 8.0
STEP_S = 0.25
READINGS = 60  # a minute with a tag before each kiosk
RULES_DBM = -61.0  # the power at one metre that the others' fixed thresholds suppose
PEER = "recommended"
ATTRACT = Seen("attract", 1)

RULES: dict[str, Callable[[], Rule]] = {
    "ours": lambda: Ours(PresenceRules(power_at_1m_dbm=RULES_DBM)),
    PEER: lambda: Near(TimedEwma(), leave_dbm=-73, in_s=2, out_s=6),
    "raw": lambda: Near(Raw(), out_s=10),
    "EWMA 0.3": lambda: Near(Ewma()),
    "Kalman": lambda: Near(Kalman()),
    "ESPresense": lambda: Near(Fenced()),
}

UNCALIBRATED: dict[str, Callable[[], Rule]] = {
    "ours": lambda: Ours(PresenceRules()),  # the rules of a store that knows nothing of its tags
    PEER: RULES[PEER],
}

Sample = tuple[float, float]  # when, and how loud


class Span(NamedTuple):
    """From when to when."""

    from_s: float
    to_s: float

    def meets(self, other: Span) -> bool:
        """Whether both share a moment."""
        return self.from_s < other.to_s and other.from_s < self.to_s


class Walk(NamedTuple):
    """One shopper's tag as one kiosk hears it."""

    in_shop: Span
    visits: list[Span]  # to this kiosk, in truth
    heard: list[Sample]
    too_loud_db: float  # by which this kiosk hears more than the rules suppose: calibration


class Score(NamedTuple):
    """What a rule made of some days."""

    visits: int
    missed_percent: float
    enter_median_s: float
    enter_p90_s: float
    leave_lag_s: float
    false_per_tag_h: float
    again_per_visit: float


def run() -> list[Result]:
    """Every rule on the calibrated shop; two of them uncalibrated, and with thinner ears."""
    walks = [walk for number in range(SHOPS) for walk in shop(Random(number))]
    results = []
    for name, rule in RULES.items():
        results += _rows(f"{name}, calibrated", score(walks, rule))
    for name, rule in UNCALIBRATED.items():
        as_is = [walk._replace(too_loud_db=0.0) for walk in walks]
        results += _rows(f"{name}, not calibrated", score(as_is, rule))
        for thinning, thin in THINNINGS.items():
            if thin is not everything:
                less = [walk._replace(heard=_thinned(walk.heard, thinning)) for walk in walks]
                results += _rows(f"{name}, calibrated, {thinning}", score(less, RULES[name]))
    return results


def shop(rng: Random) -> list[Walk]:
    """An hour of one shop, until the last shopper has left."""
    world = World(rng)
    too_loud_db = _calibration(world)
    coming = sorted((_shopper(rng, number) for number in range(SHOPPERS)), key=_entry)
    heard: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    near: dict[tuple[str, str], list[float]] = defaultdict(list)
    inside: dict[str, list[float]] = defaultdict(list)
    while coming or world.people:
        while coming and coming[0].enters_s <= world.now_s:
            world.enter(coming.pop(0))
        world.step(STEP_S, dict.fromkeys(too_loud_db, ATTRACT))
        for sent in world.advertisements():
            heard[sent.payload.decode(), sent.kiosk].append((sent.at_s, sent.rssi_dbm))
        for name, person in world.people.items():
            inside[name].append(world.now_s)
            for stand in KIOSKS:
                if metres(person.at, stand.at) <= NEAR_M:
                    near[name, stand.kiosk].append(world.now_s)
    return [
        Walk(
            Span(times[0], times[-1]),
            list(_visits(near[name, stand.kiosk])),
            heard[name, stand.kiosk],
            too_loud_db[stand.kiosk],
        )
        for name, times in inside.items()
        for stand in KIOSKS
    ]


def score(walks: list[Walk], rule: Callable[[], Rule]) -> Score:
    """How many visits were missed, how late the others began and ended, and what was no visit."""
    late_s: list[float] = []
    lag_s: list[float] = []
    missed = false = again = 0
    for walk in walks:
        found = list(_found(walk, rule()))
        for visit in walk.visits:
            parts = [one for one in found if one.meets(visit)]
            if not parts:
                missed += 1
                continue
            late_s.append(max(0.0, parts[0].from_s - visit.from_s))
            lag_s.append(parts[-1].to_s - visit.to_s)
            again += len(parts) - 1
        false += sum(not any(one.meets(visit) for visit in walk.visits) for one in found)
    visits = sum(len(walk.visits) for walk in walks)
    tag_hours = sum(walk.in_shop.to_s - walk.in_shop.from_s for walk in walks) / 3 / 3_600
    return Score(
        visits,
        100 * missed / visits,
        median(late_s),
        sorted(late_s)[int(0.9 * len(late_s))],
        median(lag_s),
        false / tag_hours,
        again / visits,
    )


def _found(walk: Walk, rule: Rule) -> Iterator[Span]:
    """When the rule said that the tag was here."""
    began_s: float | None = None
    end_s = walk.in_shop.to_s + 90.0  # whoever has gone has left by then, by any rule
    steps = int((end_s - walk.in_shop.from_s) / STEP_S)
    looks = ((walk.in_shop.from_s + step * STEP_S, None) for step in range(steps))
    for t_s, rssi_dbm in merge(walk.heard, looks, key=lambda one: one[0]):
        if rssi_dbm is None:
            rule.wait(t_s)
        else:
            rule.hear(t_s, rssi_dbm - walk.too_loud_db)
        if rule.is_here and began_s is None:
            began_s = t_s
        elif not rule.is_here and began_s is not None:
            yield Span(began_s, t_s)
            began_s = None
    if began_s is not None:
        yield Span(began_s, end_s)


def _calibration(world: World) -> dict[str, float]:
    """A tag held for a minute at one metre from each kiosk, and what the kiosks are told then."""
    readings = {}
    for stand in KIOSKS:
        antenna, at = world.receivers[stand.kiosk], _one_metre(stand)
        heading_rad = atan2(stand.at.y_m - at.y_m, stand.at.x_m - at.x_m)
        heard = (antenna.hear("calibration", at, heading_rad) for _ in range(READINGS))
        readings[stand.kiosk] = [rssi_dbm for rssi_dbm in heard if rssi_dbm is not None]
        antenna.forget("calibration")
    found = calibrate({kiosk: median(dbm) for kiosk, dbm in readings.items()})
    return {
        kiosk: offset_db + found.power_at_1m_dbm - RULES_DBM
        for kiosk, offset_db in found.offsets_db.items()
    }


def _one_metre(stand: KioskStand) -> Spot:
    far_m = metres(stand.at, stand.front)
    return Spot(
        stand.at.x_m + (stand.front.x_m - stand.at.x_m) / far_m,
        stand.at.y_m + (stand.front.y_m - stand.at.y_m) / far_m,
    )


def _shopper(rng: Random, number: int) -> Shopper:
    """Two of three go to a kiosk and look at its screen, the third only at shelves."""
    name = f"p{number}"
    return Shopper(
        name,
        rng.choice((Plan.LOOK, Plan.LOOK, Plan.NOTHING)),
        tag=Tag(name, name.encode()),
        kiosk=rng.choice(KIOSKS).kiosk,
        enters_s=rng.uniform(0, OPEN_S),
        looks=tuple((spot, rng.uniform(*LOOK_S)) for spot in rng.sample(SIGHTS, rng.randint(1, 4))),
        walk_m_per_s=rng.uniform(*WALK_M_PER_S),
    )


def _entry(shopper: Shopper) -> float:
    return shopper.enters_s


def _visits(near_s: list[float]) -> Iterator[Span]:
    """Of the moments near a kiosk those that go on for long enough."""
    began_s = last_s = -1.0
    for t_s in [*near_s, float("inf")]:
        if t_s - last_s > 1.5 * STEP_S:
            if last_s - began_s >= VISIT_S:
                yield Span(began_s, last_s)
            began_s = t_s
        last_s = t_s


def _thinned(heard: list[Sample], thinning: str) -> list[Sample]:
    return thinned(heard, THINNINGS[thinning], lambda one: ("here", *one))


def _rows(name: str, found: Score) -> list[Result]:
    return [
        Result(f"{name}: missed", round(found.missed_percent, 1), "%", None, None),
        Result(f"{name}: entry, median", round(found.enter_median_s, 1), "s", None, None),
        Result(f"{name}: entry, p90", round(found.enter_p90_s, 1), "s", None, None),
        Result(f"{name}: leaves late by", round(found.leave_lag_s, 1), "s", None, None),
        Result(f"{name}: false", round(found.false_per_tag_h, 2), "/tag-h", None, None),
        Result(f"{name}: again", round(found.again_per_visit, 2), "/visit", None, None),
    ]


BENCH = Bench(
    what=f"Visits of {SHOPS * SHOPPERS} shoppers to the kiosks of {SHOPS} simulated shops",
    peer="others' rules in the other rows",
    goal="<= 0.25 false a tag-hour, <= 5 % missed, median entry <= 5 s",
    run=run,
)
