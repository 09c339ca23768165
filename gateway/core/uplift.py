"""How sure two shares differ: intervals for proportions, and what may be said of an experiment.

It knows numbers, no shop. Sources: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209; R. G. Newcombe,
Statistics in Medicine 17 (1998) 857 (one share, method 3) and 873 (two shares, method 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95  # of a hundred experiments in which nothing is different, five seem to show it
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nobody."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the truth lies, 95 times of 100."""

    low: float
    high: float


class Finding(StrEnum):
    """What an experiment says."""

    NOT_ENOUGH = "not_enough"  # ask again when there are more: by now it may be chance
    MORE = "more"
    LESS = "less"
    NO_DIFFERENCE = "no_difference"  # none that so many shoppers could show


@dataclass(frozen=True, slots=True)
class Uplift:
    """How much larger one share is than another."""

    difference: float
    interval: Interval


def wilson(share: Share) -> Interval:
    """The interval of one share; all of it, if it is of nobody."""
    if not share.of:
        return Interval(0.0, 1.0)
    n, p, z2 = share.of, share.value, _Z * _Z
    middle, wide = 2 * n * p + z2, _Z * sqrt(z2 + 4 * n * p * (1 - p))
    whole = 2 * (n + z2)
    low = 0.0 if share.hits == 0 else (middle - wide) / whole  # exact at both ends
    high = 1.0 if share.hits == n else (middle + wide) / whole
    return Interval(low, high)


def uplift(treated: Share, control: Share) -> Uplift:
    """The difference of two independent shares with its interval."""
    difference = treated.value - control.value
    mine, theirs = wilson(treated), wilson(control)
    down = sqrt((treated.value - mine.low) ** 2 + (theirs.high - control.value) ** 2)
    up = sqrt((mine.high - treated.value) ** 2 + (control.value - theirs.low) ** 2)
    return Uplift(difference, Interval(difference - down, difference + up))


def finding(treated: Share, control: Share, enough: int) -> Finding:
    """What may be said, once both are shares of enough."""
    if min(treated.of, control.of) < enough:
        return Finding.NOT_ENOUGH
    interval = uplift(treated, control).interval
    if interval.low > 0:
        return Finding.MORE
    if interval.high < 0:
        return Finding.LESS
    return Finding.NO_DIFFERENCE
