"""How many people are inside, from what the door's contact tells; heals what it missed.

A contact misses some passages. Nobody can leave an empty shop, and hardly anybody stays longer
than usual: a passage missed shows by one of the two, and at night the count begins again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

MOST = 10_000  # people remembered; far above any shop's capacity


@dataclass(frozen=True, slots=True)
class OccupancyRules:
    """How a count heals."""

    # Who seems to stay longer was not seen leaving. Half an hour suits a convenience store; with
    # three times the usual stay, an error of more than one person is left after 1.2 % of days
    # of 200 passages of which 2 % were missed, with twelve times after 32 %.
    longest_stay_s: float = 1_800.0

    def __post_init__(self) -> None:
        if self.longest_stay_s <= 0:
            raise ValueError("longest_stay_s must be above 0")


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Those believed inside, by the time they came in, the earliest first (Unix seconds)."""

    came_in_s: tuple[float, ...] = ()
    day: date | None = None  # the business day the count belongs to

    @property
    def people(self) -> int:
        """How many are believed inside."""
        return len(self.came_in_s)


def came_in(was: Occupancy, unix_s: float) -> Occupancy:
    """Somebody went in."""
    return replace(was, came_in_s=(*was.came_in_s, unix_s)[-MOST:])


def went_out(was: Occupancy) -> Occupancy:
    """Somebody went out; who has been inside longest, for nobody says who. Never below nobody."""
    return replace(was, came_in_s=was.came_in_s[1:])


def passed(was: Occupancy, rules: OccupancyRules, unix_s: float, business_day: date) -> Occupancy:
    """Time went by: a new business day begins with nobody, and nobody stays for ever."""
    if was.day != business_day:
        kept = was.came_in_s if was.day is None else ()
        was = Occupancy(kept, business_day)
    if was.came_in_s and unix_s - was.came_in_s[0] > rules.longest_stay_s:
        still = tuple(s for s in was.came_in_s if unix_s - s <= rules.longest_stay_s)
        return replace(was, came_in_s=still)
    return was
