"""Whether a tag that lies still is here or not, and how often that changes."""

from __future__ import annotations

from collections.abc import Callable
from heapq import merge

from bench import offsets, recorded
from bench.measure import Bench, Result
from bench.peers import Ewma, Fenced, Kalman, Near, Ours, Raw, Rule, TimedEwma
from bench.recorded import Recording
from kiosk.core.presence import PresenceRules

RULES: dict[str, Callable[[], Rule]] = {
    "ours": lambda: Ours(PresenceRules()),
    "recommended": lambda: Near(TimedEwma(), leave_dbm=-73, in_s=2, out_s=6),
    "raw": lambda: Near(Raw()),
    "EWMA 0.3": lambda: Near(Ewma()),
    "Kalman": lambda: Near(Kalman()),
    "ESPresense": lambda: Near(Fenced()),
}
PEER = "recommended"
Samples = list[tuple[float, float]]
RINGS_M = ((0.0, 2.5), (2.5, 5.0), (5.0, 7.5), (7.5, 10.0), (10.0, 99.0))
LOOK_S = 0.5  # how often time alone may end a presence


def run() -> list[Result]:
    """Every rule on every recording, raw as it was heard, and thinned."""
    recordings = recorded.static()
    results = []
    for thinning, thin in recorded.THINNINGS.items():
        heard = [(one, _thinned(one, thin)) for one in recordings]
        for name, rule in RULES.items():
            if name in ("ours", PEER) or thinning == "all heard":
                results += _rows(f"{name}, {thinning}", heard, rule)
    calibrated = [(one, one.samples) for one in offsets.on_the_other_half(recordings)]
    for name in ("ours", PEER):
        results += _rows(f"{name}, all heard, calibrated", calibrated, RULES[name])
    return results


def _rows(
    name: str, heard: list[tuple[Recording, Samples]], rule: Callable[[], Rule]
) -> list[Result]:
    watched = [
        (one.distance_m, *watch(samples, one.samples[-1][0], rule())) for one, samples in heard
    ]
    results = []
    for near_m, far_m in RINGS_M:
        ring = [one for one in watched if near_m < one[0] <= far_m]
        here_s, all_s, changes = (sum(column) for column in list(zip(*ring, strict=True))[1:])
        where = f"{near_m:g}-{far_m:g} m" if far_m < 99 else f"{near_m:g} m and more"
        share = round(100 * here_s / all_s, 1)
        results.append(Result(f"{name}: here at {where}", share, "%", None, None))
        if near_m == 0:
            rate = round(3_600 * changes / all_s, 1)
            arrivals = round(3_600 * len(ring) / all_s, 1)
            results.append(Result(f"{name}: changes at {where}", rate, "/h", arrivals, None))
    return results


def watch(samples: Samples, end_s: float, rule: Rule) -> tuple[float, float, int]:
    """Seconds present, seconds in all, and changes between the two."""
    here_s = last_s = 0.0
    changes = 0
    looks = ((step * LOOK_S, None) for step in range(int(end_s / LOOK_S) + 1))
    for t_s, rssi_dbm in merge(samples, looks, key=lambda one: one[0]):
        was = rule.is_here
        here_s += (t_s - last_s) * was
        last_s = t_s
        if rssi_dbm is None:
            rule.wait(t_s)
        else:
            rule.hear(t_s, rssi_dbm)
        changes += was is not rule.is_here
    return here_s, end_s, changes


def _thinned(recording: Recording, thin: Callable[[], recorded.Thin]) -> Samples:
    return recorded.thinned(recording.samples, thin, lambda one: ("here", *one))


BENCH = Bench(
    what="A tag that lies still: how long it counts as here, and how often that changes (324 "
    "recordings; calibrated: by offsets fitted on the half that a recording is not of)",
    peer="one arrival for each recording, in the rows of changes",
    goal=">= 75 % at 0-2.5 m, 0 % beyond 10 m, <= 4 changes an hour at 0-2.5 m",
    run=run,
)
