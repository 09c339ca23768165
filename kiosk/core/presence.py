"""When a radio signal becomes a person at this kiosk. Decides in dB; metres are fiction here.

One machine per tag. State in, state and at most one change out: no clock, no radio. In the
shop the tag was recorded in, 3 m and 6 m differ by 4.5 dB, one sigma of a single sample.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from math import exp

# A gap longer than expected is believed at once, a shorter one slowly: the estimate settles
# near the longest usual gap, and nobody is declared gone because two packets were lost.
_LONGER_GAP_WEIGHT = 1 / 2
_SHORTER_GAP_WEIGHT = 1 / 16  # habluetooth learns an interval from 16 advertisements


class Phase(Enum):
    """Where a tag stands in its visit."""

    AWAY = auto()  # not heard, or not for long
    FAR = auto()  # heard, too weak to be at this kiosk
    NEARING = auto()  # strong enough, not yet for long enough
    HERE = auto()
    FADING = auto()  # here, but weak


class Change(Enum):
    """What the rest of the kiosk must know."""

    ARRIVED = auto()
    LEFT = auto()


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """When a signal becomes a visit.

    The numbers won a comparison on 324 recordings and a simulated store (0.25 false visits
    per tag and hour, 5 % missed; raw thresholds: 31). Recordings: Position-Annotated BLE RSSI
    Dataset by philotuxo, CC0.
    """

    power_at_1m_dbm: float = -61.0  # fitted over all recordings; a store calibrates its own
    receiver_offset_db: float = 0.0  # this receiver's deviation: -4.9 to +4.6 dB were measured
    tau_s: float = 2.5  # of the average: 1.5 s trebled the false visits
    enter_below_1m_db: float = 5.0  # about two metres
    enter_s: float = 2.0  # a passer-by is not a visitor
    enter_samples: int = 3  # one reflection is not a visitor either
    leave_gap_db: float = 7.0  # below enter; without it a static tag came and went 18 times an hour
    leave_s: float = 6.0  # a body turned between tag and kiosk costs 8 dB for some seconds
    lost_s: float = 12.0  # tags and receivers skip advertisements for several seconds
    lost_intervals: float = 6.0  # and slow tags are silent longer

    def __post_init__(self) -> None:
        if self.tau_s <= 0:
            raise ValueError("tau_s must be positive")
        if self.leave_gap_db <= 0:
            raise ValueError("leave_gap_db must be positive: leaving is quieter than entering")
        if self.enter_samples < 1:
            raise ValueError("enter_samples must be at least 1")

    @property
    def enter_dbm(self) -> float:
        """At least this loud on average: at this kiosk."""
        return self.power_at_1m_dbm - self.enter_below_1m_db

    @property
    def leave_dbm(self) -> float:
        """Quieter than this on average: elsewhere."""
        return self.enter_dbm - self.leave_gap_db

    def is_lost(self, was: Presence, now_s: float) -> bool:
        """Whether a tag has been silent for longer than its own habit explains."""
        return now_s - was.heard_s > max(self.lost_s, self.lost_intervals * was.interval_s)


@dataclass(frozen=True, slots=True)
class Presence:
    """What is remembered of one tag. Equal to `Presence()` once it may be forgotten."""

    phase: Phase = Phase.AWAY
    since_s: float = 0.0  # when this phase began
    arrived_s: float = 0.0  # when the present or last visit began
    heard_s: float = 0.0  # when it was last heard
    level_dbm: float = 0.0  # the average
    interval_s: float = 0.0  # about the longest usual gap between two advertisements
    samples: int = 0  # heard since it was near enough

    @property
    def dwell_s(self) -> float:
        """How long it has been here, as far as was heard."""
        return max(0.0, self.heard_s - self.arrived_s)


def step(
    was: Presence, rules: PresenceRules, now_s: float, rssi_dbm: int | None
) -> tuple[Presence, Change | None]:
    """Advance one tag; `rssi_dbm` is None when time passed and nothing was heard.

    Departures do not depend on how often that is said: a tag that comes back after it should
    have been given up has left first, and its new sample begins a new approach.
    """
    if was.phase is not Phase.AWAY and rules.is_lost(was, now_s):
        left = Change.LEFT if was.phase in (Phase.HERE, Phase.FADING) else None
        return _approach(_first(rules, now_s, rssi_dbm), rules, now_s)[0], left
    if rssi_dbm is None:
        return _fade(was, rules, now_s)
    if was.phase is Phase.AWAY:
        return _approach(_first(rules, now_s, rssi_dbm), rules, now_s)
    now = _average(was, rules, now_s, rssi_dbm)
    if was.phase in (Phase.HERE, Phase.FADING):
        return _fade(now, rules, now_s)
    return _approach(now, rules, now_s)


def _first(rules: PresenceRules, now_s: float, rssi_dbm: int | None) -> Presence:
    """What is known after one sample, or after none."""
    if rssi_dbm is None:
        return Presence()
    level_dbm = rssi_dbm - rules.receiver_offset_db
    return Presence(Phase.FAR, since_s=now_s, heard_s=now_s, level_dbm=level_dbm)


def _average(was: Presence, rules: PresenceRules, now_s: float, rssi_dbm: int) -> Presence:
    """Weigh a sample by the time since the last one, so that a chatty tag is not smoother."""
    gap_s = max(0.0, now_s - was.heard_s)  # two radios may report out of order
    weight = 1 - exp(-gap_s / rules.tau_s)
    surprise_s = gap_s - was.interval_s
    gap_weight = _LONGER_GAP_WEIGHT if surprise_s > 0 else _SHORTER_GAP_WEIGHT
    return replace(
        was,
        heard_s=was.heard_s + gap_s,
        level_dbm=was.level_dbm + weight * (rssi_dbm - rules.receiver_offset_db - was.level_dbm),
        interval_s=was.interval_s + gap_weight * surprise_s,
    )


def _approach(now: Presence, rules: PresenceRules, now_s: float) -> tuple[Presence, Change | None]:
    """A sample of a tag that is not here: does it become a visit?"""
    if now.phase is Phase.AWAY:
        return now, None
    if now.level_dbm < rules.enter_dbm:
        return replace(now, phase=Phase.FAR, samples=0), None
    if now.phase is Phase.FAR:
        now = replace(now, phase=Phase.NEARING, since_s=now_s)
    now = replace(now, samples=now.samples + 1)
    if now.samples < rules.enter_samples or now_s - now.since_s < rules.enter_s:
        return now, None
    return replace(now, phase=Phase.HERE, since_s=now_s, arrived_s=now_s), Change.ARRIVED


def _fade(now: Presence, rules: PresenceRules, now_s: float) -> tuple[Presence, Change | None]:
    """Time or a sample of a tag that is here: does the visit end?"""
    if now.phase is Phase.HERE and now.level_dbm < rules.leave_dbm:
        return replace(now, phase=Phase.FADING, since_s=now_s), None
    if now.phase is not Phase.FADING:
        return now, None
    if now.level_dbm >= rules.leave_dbm:
        return replace(now, phase=Phase.HERE, since_s=now_s), None
    if now_s - now.since_s < rules.leave_s:
        return now, None
    return replace(now, phase=Phase.FAR, since_s=now_s, samples=0), Change.LEFT
