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
class Person:
    """Somebody believed inside: since when (Unix seconds), and who, if a pass said so."""

    came_in_s: float
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Those believed inside, the earliest first."""

    inside: tuple[Person, ...] = ()
    day: date | None = None  # the business day the count belongs to

    @property
    def people(self) -> int:
        """How many are believed inside."""
        return len(self.inside)

    @property
    def holders(self) -> frozenset[str]:
        """Whose passes let them in. Going out is free, so this is a belief too."""
        return frozenset(person.holder for person in self.inside if person.holder)


def came_in(was: Occupancy, unix_s: float, holder: str = "") -> Occupancy:
    """Somebody went in."""
    return replace(was, inside=(*was.inside, Person(unix_s, holder))[-MOST:])


def went_out(was: Occupancy) -> Occupancy:
    """Somebody went out; who has been inside longest, for nobody says who. Never below nobody."""
    return replace(was, inside=was.inside[1:])


def passed(was: Occupancy, rules: OccupancyRules, unix_s: float, business_day: date) -> Occupancy:
    """Time went by: a new business day begins with nobody, and hardly anybody stays for long."""
    if was.day != business_day:
        was = Occupancy(was.inside if was.day is None else (), business_day)
    if was.inside and unix_s - was.inside[0].came_in_s > rules.longest_stay_s:
        still = (p for p in was.inside if unix_s - p.came_in_s <= rules.longest_stay_s)
        return replace(was, inside=tuple(still))
    return was
