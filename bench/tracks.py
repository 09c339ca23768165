"""Whether the zone of a tag that is carried about is that of the nearest of four receivers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from bench import recorded
from bench.measure import Bench, Result
from bench.peers import Ewma, Fenced, Kalman, Nearest, OursNearest, Raw, TimedEwma, ZoneRule
from bench.recorded import FOUR, THINNINGS, Point, Step, Thin
from kiosk.core.presence import PresenceRules

RULES: dict[str, Callable[[], ZoneRule]] = {
    "ours": lambda: OursNearest(PresenceRules()),
    "recommended": lambda: Nearest(TimedEwma, margin_db=5, hold_s=2),
    "raw": lambda: Nearest(Raw),
    "EWMA 0.3, 6 dB": lambda: Nearest(Ewma, margin_db=6),
    "habluetooth, 16 dB": lambda: Nearest(Ewma, margin_db=16),
    "Kalman": lambda: Nearest(Kalman),
    "ESPresense": lambda: Nearest(Fenced),
}


class Moment(NamedTuple):
    """One moment of a walk: which receiver is nearest, whether clearly, and what is heard."""

    t_s: float
    nearest: str
    is_clear: bool
    heard: Step | None


class Score(NamedTuple):
    """How right a rule was."""

    right: float  # share of the time
    clearly_right: float  # of the time when one receiver is 2 m nearer than the next
    changes_per_min: float


def run() -> list[Result]:
    """Four receivers as they were heard and thinned, then the mean over all sets of four."""
    walks, where = list(recorded.walks().values()), recorded.places()
    results = []
    for thinning, thin in THINNINGS.items():
        heard = [_moments(steps, FOUR, where, thin) for steps in walks]
        for name, rule in RULES.items():
            if name in ("ours", "recommended") or thinning == "all heard":
                results += _rows(f"{name}, {thinning}", score(heard, rule))
    heard = [_moments(steps, FOUR, where, recorded.everything) for steps in walks]
    moves = sum(one.nearest != other.nearest for walk in heard for one, other in pairwise(walk))
    minutes = sum(walk[-1].t_s for walk in heard) / 60
    results.append(Result("true changes", round(moves / minutes, 2), "/min", None, None))
    return results + _every_set(walks, where)


def _every_set(walks: list[list[Step]], where: dict[str, Point]) -> list[Result]:
    sets = [
        [_moments(steps, four, where, recorded.everything) for steps in walks]
        for four in recorded.every_four()
    ]
    results = []
    for name, rule in RULES.items():
        scores = [score(heard, rule) for heard in sets]
        mean = Score(*(fmean(column) for column in zip(*scores, strict=True)))
        results += _rows(f"{name}, mean of {len(sets)} sets", mean)
    return results


def score(walks: list[list[Moment]], rule: Callable[[], ZoneRule]) -> Score:
    """Play all walks. While a rule cannot tell it is wrong; its first word is no change."""
    right_s = clearly_s = clear_s = all_s = 0.0
    changes = 0
    for walk in walks:
        watching, told = rule(), ""
        for now, after in pairwise(walk):
            if now.heard is not None:
                watching.hear(now.t_s, now.heard.receiver, now.heard.rssi_dbm)
            changes += told not in ("", watching.zone) and watching.zone != ""
            told = watching.zone or told
            lasts_s = after.t_s - now.t_s
            all_s += lasts_s
            right_s += lasts_s * (watching.zone == now.nearest)
            clear_s += lasts_s * now.is_clear
            clearly_s += lasts_s * (now.is_clear and watching.zone == now.nearest)
    return Score(right_s / all_s, clearly_s / max(clear_s, 1e-9), changes / all_s * 60)


def _moments(
    steps: list[Step], receivers: Collection[str], where: dict[str, Point], thin: Callable[[], Thin]
) -> list[Moment]:
    told = [step for step in steps if step.receiver in receivers]
    left = recorded.thinned(told, thin, lambda step: (step.receiver, step.t_s, step.rssi_dbm))
    heard = set(left)
    return [
        Moment(
            step.t_s,
            *recorded.nearest(step.at, receivers, where),
            step if step in heard else None,
        )
        for step in steps
    ]


def _rows(name: str, found: Score) -> list[Result]:
    return [
        Result(f"{name}: right", round(found.right, 3), "of time", None, None),
        Result(f"{name}: right where clear", round(found.clearly_right, 3), "of time", None, None),
        Result(f"{name}: changes", round(found.changes_per_min, 2), "/min", None, None),
    ]


BENCH = Bench(
    what="A tag that is carried about: how long its zone is that of the nearest receiver, and how "
    "often the zone changes (five walks, receivers not calibrated)",
    peer="others' rules in the other rows",
    goal=">= 0.70 of the time with <= 3 changes a minute",
    run=run,
)
