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

# The slowest a beacon may advertise (Core Specification 4.2, Vol 6, Part B, 4.4.2.2). Without
# this bound a tag heard now and then teaches ever longer gaps and stays here for ever.
SLOWEST_INTERVAL_S = 10.24


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
        if self.enter_samples < 2:
            raise ValueError("enter_samples must be at least 2: one may be a reflection")

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

    A sample is judged after the time before it, so departures do not depend on how often
    somebody asks: a tag that returns after it should have been given up has left first.
    """
    was, left = _wait(was, rules, now_s)
    if rssi_dbm is None:
        return was, left
    now, arrived = _hear(was, rules, now_s, rssi_dbm - rules.receiver_offset_db)
    return now, left or arrived


def _wait(was: Presence, rules: PresenceRules, now_s: float) -> tuple[Presence, Change | None]:
    """What time alone does: end a visit, or forget."""
    if was.phase is Phase.AWAY:
        return was, None
    if rules.is_lost(was, now_s):
        return Presence(), Change.LEFT if was.phase in (Phase.HERE, Phase.FADING) else None
    if was.phase is Phase.FADING and now_s - was.since_s >= rules.leave_s:
        return replace(was, phase=Phase.FAR, since_s=now_s), Change.LEFT
    return was, None


def _hear(
    was: Presence, rules: PresenceRules, now_s: float, level_dbm: float
) -> tuple[Presence, Change | None]:
    """What a sample does."""
    if was.phase is Phase.AWAY:
        now = Presence(Phase.FAR, since_s=now_s, heard_s=now_s, level_dbm=level_dbm)
    else:
        now = _average(was, rules, now_s, level_dbm)
    match now.phase:
        case Phase.HERE if now.level_dbm < rules.leave_dbm:
            return replace(now, phase=Phase.FADING, since_s=now_s), None
        case Phase.FADING if now.level_dbm >= rules.leave_dbm:
            return replace(now, phase=Phase.HERE, since_s=now_s), None
        case Phase.FAR | Phase.NEARING if now.level_dbm < rules.enter_dbm:
            return replace(now, phase=Phase.FAR, samples=0), None
        case Phase.FAR:
            return replace(now, phase=Phase.NEARING, since_s=now_s, samples=1), None
        case Phase.NEARING:
            return _dwell(replace(now, samples=now.samples + 1), rules, now_s)
    return now, None


def _dwell(now: Presence, rules: PresenceRules, now_s: float) -> tuple[Presence, Change | None]:
    """Near, but for long enough and often enough?"""
    if now.samples < rules.enter_samples or now_s - now.since_s < rules.enter_s:
        return now, None
    return replace(now, phase=Phase.HERE, since_s=now_s, arrived_s=now_s), Change.ARRIVED


def _average(was: Presence, rules: PresenceRules, now_s: float, level_dbm: float) -> Presence:
    """Weigh a sample by the time since the last one, so that a chatty tag is not smoother."""
    gap_s = max(0.0, now_s - was.heard_s)  # two radios may report out of order
    weight = 1 - exp(-gap_s / rules.tau_s)
    surprise_s = gap_s - was.interval_s
    gap_weight = _LONGER_GAP_WEIGHT if surprise_s > 0 else _SHORTER_GAP_WEIGHT
    return replace(
        was,
        heard_s=was.heard_s + gap_s,
        level_dbm=was.level_dbm + weight * (level_dbm - was.level_dbm),
        interval_s=min(SLOWEST_INTERVAL_S, was.interval_s + gap_weight * surprise_s),
    )
