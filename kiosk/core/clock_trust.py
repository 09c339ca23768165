"""What a machine without a battery clock may believe of its own time, and what that allows.

It never believes a time before the last one it was sure of, and never a jump nobody explains.
Lies forward only shut people out; lies backward would revive passes, and fail at the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from contract import passes
from contract.events import ClockTrust


@dataclass(frozen=True, slots=True)
class ClockRules:
    """How far time is trusted."""

    source_kept_s: float = 3_600.0  # time servers are asked every 17 to 34 minutes
    source_error_s: float = 1.0  # a server on the internet is right to 0.1 s
    drift_ppm: float = 100.0  # a cheap crystal in a hot case; 8.6 s a day
    jump_s: float = 2.0  # what nobody notices; a leap second is 1
    exact_s: float = 60.0  # up to here the usual window decides: drift is seldom the worst case
    widest_s: float = 600.0  # beyond ten minutes a screenshot would live too long


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the clocks: the time of day, the stopwatch, and whether a source vouches."""

    wall_s: float  # Unix time
    monotonic_s: float
    is_synced: bool


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """What is known of the time: at `monotonic_s` it was `wall_s`, give or take `error_s`."""

    trust: ClockTrust
    floor_s: float  # it is not before this; kept on the disk
    wall_s: float
    monotonic_s: float
    error_s: float
    confirmed_s: float | None  # monotonic; None: only a battery clock has spoken


@dataclass(frozen=True, slots=True)
class Belief:
    """The time as a decision may use it. Under FLOOR it is only not before `unix_s`."""

    trust: ClockTrust
    unix_s: float
    error_s: float

    @property
    def is_known(self) -> bool:
        """Whether anything may be decided by it at all."""
        return self.trust is not ClockTrust.FLOOR


def booted(rules: ClockRules, floor_s: float, now: Reading, has_battery_clock: bool) -> Timekeeping:
    """What is known at the start. A battery clock is believed as far as it can have drifted.

    One whose cell is empty starts in 1970 or 2000, below the floor, and is not believed.
    """
    if has_battery_clock and floor_s <= now.wall_s and floor_s > 0:
        error_s = rules.source_error_s + (now.wall_s - floor_s) * rules.drift_ppm / 1e6
        return Timekeeping(ClockTrust.HOLDOVER, floor_s, now.wall_s, now.monotonic_s, error_s, None)
    blind = Timekeeping(ClockTrust.FLOOR, floor_s, floor_s, now.monotonic_s, math.inf, None)
    return step(blind, rules, now)


def step(was: Timekeeping, rules: ClockRules, now: Reading) -> Timekeeping:
    """What is known after another look at the clocks."""
    believed = belief(was, rules, now.monotonic_s)
    if now.is_synced and _may_correct(was, rules, believed, now):
        floor_s = max(was.floor_s, now.wall_s - rules.source_error_s)
        return Timekeeping(
            ClockTrust.TRUSTED,
            floor_s,
            now.wall_s,
            now.monotonic_s,
            rules.source_error_s,
            now.monotonic_s,
        )
    if was.trust is ClockTrust.FLOOR:
        return was
    floor_s = max(was.floor_s, believed.unix_s - believed.error_s)
    if abs(now.wall_s - believed.unix_s) > rules.jump_s + believed.error_s:
        return replace(was, trust=ClockTrust.SUSPECT, floor_s=floor_s)
    is_fresh = (
        was.confirmed_s is not None and now.monotonic_s - was.confirmed_s <= rules.source_kept_s
    )
    trust = ClockTrust.TRUSTED if is_fresh else ClockTrust.HOLDOVER
    return replace(was, trust=trust, floor_s=floor_s)


def _may_correct(was: Timekeeping, rules: ClockRules, believed: Belief, now: Reading) -> bool:
    """Whether a source may set us right.

    It outranks ignorance and a battery clock, but not the floor, and not what a source said
    before: of two sources that differ, one lies, and we cannot tell which.
    """
    if now.wall_s < was.floor_s - rules.jump_s:
        return False
    if was.confirmed_s is None:
        return True
    return abs(now.wall_s - believed.unix_s) <= rules.jump_s + believed.error_s


def belief(known: Timekeeping, rules: ClockRules, monotonic_s: float) -> Belief:
    """The time at a stopwatch time, from the last moment that was believed."""
    if known.trust is ClockTrust.FLOOR:
        return Belief(known.trust, known.floor_s, math.inf)
    passed_s = monotonic_s - known.monotonic_s
    error_s = known.error_s + passed_s * rules.drift_ppm / 1e6
    return Belief(known.trust, known.wall_s + passed_s, error_s)


def slots(believed: Belief, rules: ClockRules) -> range:
    """The 15-second slots whose passes are in time; empty if the time is too uncertain to say."""
    if believed.error_s > rules.widest_s:
        return range(0)
    beyond = believed.error_s if believed.error_s > rules.exact_s else 0.0
    wider = math.ceil(beyond / passes.SLOT_S)
    slot = passes.slot_at(believed.unix_s)
    return range(slot + passes.OLDEST_SLOT - wider, slot + passes.NEWEST_SLOT + wider + 1)
