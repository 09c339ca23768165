"""When a radio signal becomes a person in this store, and where. Decides in dB, never in metres.

One machine per tag, over all receivers that hear it. State in, state and at most one change out:
no clock, no radio. In the building the numbers come from, 3 m and 6 m differ by 4.5 dB, one sigma
of a single sample: metres would be fiction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from kiosk.core import signal, zones
from kiosk.core.signal import NEAR_ENOUGH_DB_S, Signal


class Phase(StrEnum):
    """Where a tag stands in its visit."""

    AWAY = "away"  # not heard, or never near for long enough
    HERE = "here"
    FADING = "fading"  # here, but weak at every receiver


class Change(StrEnum):
    """What the rest of the kiosk must know."""

    ARRIVED = "arrived"
    MOVED = "moved"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Receiver:
    """One antenna: the kiosk's own, or a foreign board's."""

    zone: str  # several receivers may watch one zone
    offset_db: float = 0.0  # how much louder than the others it reports; -4.9 to +4.6 measured


@dataclass(frozen=True)
class PresenceRules:
    """When a signal becomes a visit.

    The numbers won a comparison on 324 recordings and in the simulated shop (bench/static.py,
    bench/shop.py). Recordings: Position-Annotated BLE RSSI Dataset by philotuxo, CC0.
    """

    # Until a store has calibrated: 1.1 dB below the -61.4 dBm that were fitted over 972 recordings.
    # What a store does not know of its tags should cost a hello too many, not a member unnoticed.
    power_at_1m_dbm: float = -62.5
    enter_below_1m_db: float = 4.4  # two metres, at the exponent that was fitted, 1.48
    enter_samples: int = 3  # one reflection is no visitor
    leave_gap_db: float = 7.0  # below enter; without it a static tag came and went 18 times an hour
    leave_s: float = 6.0  # a body turned between tag and kiosk costs 8 dB for some seconds
    lost_s: float = 12.0  # tags and receivers skip advertisements for several seconds
    lost_intervals: float = 6.0  # and slow tags are silent longer
    settle_s: float = 2.0  # before several receivers are compared for the first time
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    enter_dbm: float = field(init=False)  # at least this loud on average: near
    leave_dbm: float = field(init=False)  # quieter than this on average: elsewhere

    def __post_init__(self) -> None:
        if self.leave_gap_db <= 0:
            raise ValueError("leave_gap_db must be positive: leaving is quieter than entering")
        if self.enter_samples < 2:
            raise ValueError("enter_samples must be at least 2: one may be a reflection")
        enter_dbm = self.power_at_1m_dbm - self.enter_below_1m_db
        object.__setattr__(self, "enter_dbm", enter_dbm)
        object.__setattr__(self, "leave_dbm", enter_dbm - self.leave_gap_db)

    def zone(self, receiver: str) -> str:
        """The zone a receiver watches; of its own name if nothing else is known."""
        known = self.receivers.get(receiver)
        return receiver if known is None else known.zone


class Presence(NamedTuple):
    """What is remembered of one tag. Equal to `Presence()` once it may be forgotten."""

    phase: Phase = Phase.AWAY
    since_s: float = 0.0  # when it began to fade
    arrived_s: float = 0.0  # when the present or last visit began
    heard_s: float = 0.0  # when any receiver last heard it
    settled_s: float = 0.0  # from when on its receivers are compared
    holder: str = ""  # the receiver it is nearest to
    zone: str = ""  # the zone that was told, by arrived or moved; "" after left
    signals: Mapping[str, Signal] = MappingProxyType({})  # by receiver

    @property
    def is_here(self) -> bool:
        """Whether a visit is open."""
        return self.phase is not Phase.AWAY

    @property
    def dwell_s(self) -> float:
        """How long it has been here, as far as was heard."""
        return max(0.0, self.heard_s - self.arrived_s)

    @property
    def level_dbm(self) -> float:
        """How loud it is on average at the receiver it is nearest to, which there must be."""
        return self.signals[self.holder].level_dbm


NOBODY = Presence()


def hear(
    was: Presence, rules: PresenceRules, now_s: float, receiver: str, rssi_dbm: float
) -> tuple[Presence, Change | None]:
    """Advance one tag by one advertisement that one receiver heard.

    The advertisement is judged after the time before it, so departures do not depend on how
    often somebody asks: a tag that returns after it should have been given up has left first.
    """
    left = None
    if now_s - was.heard_s > rules.lost_s or was.phase is _FADING:
        was, left = wait(was, rules, now_s)
    known = rules.receivers.get(receiver)
    level_dbm = rssi_dbm if known is None else rssi_dbm - known.offset_db
    before = was.signals.get(receiver)
    if before is None:
        heard = signal.first(now_s, level_dbm, rules.enter_dbm)
    else:
        heard = signal.hear(before, now_s, level_dbm, rules.enter_dbm)
        if was.phase is _HERE and heard.level_dbm >= rules.leave_dbm and len(was.signals) == 1:
            return _still_here(was, heard.heard_s, {receiver: heard}), None
    now = _note(was, rules, now_s, receiver, heard)
    if left is None and (now.holder or now_s >= now.settled_s):
        return _place(now, rules, now_s, receiver)
    return now, left


_AWAY, _HERE, _FADING = Phase  # found in a third of the time that `Phase.HERE` takes
_presence = Presence._make


def _still_here(was: Presence, now_s: float, signals: Mapping[str, Signal]) -> Presence:
    """The usual case in short: here, near the only receiver that hears it."""
    phase, since_s, arrived_s, heard_s, settled_s, holder, zone, _ = was
    heard_s = max(heard_s, now_s)
    return _presence((phase, since_s, arrived_s, heard_s, settled_s, holder, zone, signals))


def is_near(presence: Presence, rules: PresenceRules) -> bool:
    """Whether the tag is near its receiver by level, and not only nearer than to the others."""
    return bool(presence.holder) and _is_near(presence.signals[presence.holder], rules)


def wait(was: Presence, rules: PresenceRules, now_s: float) -> tuple[Presence, Change | None]:
    """Advance one tag by time alone: a visit ends, a tag is forgotten."""
    silent_s = now_s - was.heard_s
    if was.signals and silent_s > rules.lost_s:
        interval_s = min(heard.interval_s for heard in was.signals.values())
        if silent_s > rules.lost_intervals * interval_s:
            return NOBODY, Change.LEFT if was.zone else None
    if was.phase is Phase.FADING and now_s - was.since_s >= rules.leave_s:
        return was._replace(phase=Phase.AWAY, zone=""), Change.LEFT
    return was, None


def _note(
    was: Presence, rules: PresenceRules, now_s: float, receiver: str, heard: Signal
) -> Presence:
    """Write down what was heard, and whether somebody who is here fades or has come back."""
    signals = {**was.signals, receiver: heard}
    phase, since_s = was.phase, was.since_s
    if phase is not Phase.AWAY:
        weak = _strongest_dbm(signals, rules, now_s) < rules.leave_dbm
        if weak and phase is Phase.HERE:
            phase, since_s = Phase.FADING, now_s
        elif not weak:
            phase = Phase.HERE
    return Presence(
        phase,
        since_s,
        was.arrived_s,
        max(was.heard_s, now_s),
        was.settled_s if was.signals else now_s + rules.settle_s,
        was.holder,
        was.zone,
        signals,
    )


def _place(
    was: Presence, rules: PresenceRules, now_s: float, receiver: str
) -> tuple[Presence, Change | None]:
    """Where it is now, and whether it has arrived there."""
    holder = zones.nearest(was.signals, was.holder, now_s)
    zone = rules.zone(holder)
    if was.phase is Phase.AWAY and receiver == holder and _is_near(was.signals[holder], rules):
        here = was._replace(phase=Phase.HERE, arrived_s=now_s, holder=holder, zone=zone)
        return here, Change.ARRIVED
    if zone == was.zone or not (was.zone or _several_hear(was.signals, rules, now_s)):
        return was if holder == was.holder else was._replace(holder=holder), None
    return was._replace(holder=holder, zone=zone), Change.MOVED


def _is_near(heard: Signal, rules: PresenceRules) -> bool:
    return heard.near_db_s >= NEAR_ENOUGH_DB_S and heard.near_samples >= rules.enter_samples


def _strongest_dbm(signals: Mapping[str, Signal], rules: PresenceRules, now_s: float) -> float:
    """The level at the loudest receiver that has heard the tag lately."""
    return max(
        heard.level_dbm for heard in signals.values() if now_s - heard.heard_s <= rules.lost_s
    )


def _several_hear(signals: Mapping[str, Signal], rules: PresenceRules, now_s: float) -> bool:
    """Whether "nearest" is a comparison at all. One receiver alone is near, or says nothing."""
    return len(signals) > 1 and (
        sum(now_s - heard.heard_s <= rules.lost_s for heard in signals.values()) > 1
    )
