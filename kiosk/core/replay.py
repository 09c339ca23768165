"""Recorded sightings played through the presence rules, as fast as they come; reads no file.

The same rules, step by step, as in a kiosk: time passes between two sightings in the kiosk's own
ticks, so departures are found at the same moments. Remembers only the tags that are around.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kiosk.core import presence
from kiosk.core.presence import NOBODY, Change, Presence, PresenceRules

TICK_S = 0.25  # how often a kiosk looks at the time (kiosk/main.py)


class Sighting(NamedTuple):
    """One advertisement of one tag as one receiver heard it."""

    tag: str
    receiver: str
    t_s: float
    rssi_dbm: float


class Told(NamedTuple):
    """What the rules made of it, and when."""

    t_s: float
    tag: str
    change: Change
    zone: str
    is_visit: bool  # False: heard by several receivers, but near none of them yet, or any more


def replay(sightings: Iterable[Sighting], rules: PresenceRules) -> Iterator[Told]:
    """All changes in the order of time; sightings must come so, within a second or so.

    The end of a recording is no departure: nothing is known of what came after it.
    """
    around: dict[str, Presence] = {}
    ticked = None
    for sighting in sightings:
        due = int(sighting.t_s // TICK_S)
        ticks = range(due if ticked is None else ticked + 1, due + 1)
        ticked = ticks.stop - 1 if ticks else ticked
        for tick in ticks:
            if not around:
                break  # a night without anybody costs nothing
            yield from _pass_time(around, rules, tick * TICK_S)
        yield from _hear(around, rules, sighting)


def _hear(around: dict[str, Presence], rules: PresenceRules, sighting: Sighting) -> Iterator[Told]:
    tag, receiver, t_s, rssi_dbm = sighting
    was = around.get(tag, NOBODY)
    now, change = presence.hear(was, rules, t_s, receiver, rssi_dbm)
    around[tag] = now
    if change is not None:
        yield _told(t_s, tag, was, now, change)


def _pass_time(around: dict[str, Presence], rules: PresenceRules, t_s: float) -> Iterator[Told]:
    for tag, was in tuple(around.items()):
        now, change = presence.wait(was, rules, t_s)
        if now is NOBODY:
            del around[tag]
        elif now is not was:
            around[tag] = now
        if change is not None:
            yield _told(t_s, tag, was, now, change)


def _told(t_s: float, tag: str, was: Presence, now: Presence, change: Change) -> Told:
    if change is Change.LEFT:
        return Told(t_s, tag, change, was.zone, was.is_here)
    return Told(t_s, tag, change, now.zone, now.is_here)
