"""One door and its lock, second by second: released, opened, gone through, shut, or in trouble.

It says when the lock may be energised, and nobody but the passing of time can prolong that: a
second pass shown while the door is released changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class DoorwayRules:
    """How a door behaves."""

    hold_s: float = 5.0  # to walk up and pull; the lock drops earlier, once the door is open
    held_open_s: float = 20.0  # a pram and two bags take ten
    settle_s: float = 0.05  # contacts bounce for up to 20 ms
    exit_s: float = 5.0  # from pressing the handle to the door having moved
    late_s: float = 0.5  # a strike lets go only when the door that leans on it moves
    has_contact: bool = True
    has_exit_sensor: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.hold_s <= 10:
            raise ValueError("hold_s must be between 0 and 10: a longer pulse leaves a door open")


@dataclass(frozen=True, slots=True)
class Sensed:
    """The lines of a door, as read at one moment."""

    is_open: bool = False
    is_exit_asked: bool = False  # somebody inside presses the handle or the green button
    is_beam_broken: bool = False  # somebody stands in the doorway


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with its bouncing taken out."""

    is_on: bool = False
    differs_since_s: float | None = None


class Phase(StrEnum):
    """How the door is."""

    SHUT = "shut"
    RELEASED = "released"  # the lock is energised: whoever pulls comes in
    FELL = "fell"  # the lock is down again; whoever had begun to pull still comes in
    OPEN = "open"


class Alarm(StrEnum):
    """What somebody must look at."""

    FORCED = "forced"
    HELD_OPEN = "held_open"
    TAILGATED = "tailgated"


class Move(StrEnum):
    """Somebody went through, or did not."""

    CAME_IN = "came_in"
    WENT_OUT = "went_out"
    DID_NOT_COME = "did_not_come"  # the lock fell again and the door was not opened


@dataclass(frozen=True, slots=True)
class AtRest:
    """An alarm is over: the door is shut."""

    alarm: Alarm


Happening = Move | Alarm | AtRest


@dataclass(frozen=True, slots=True)
class Doorway:
    """All that is known of one door."""

    phase: Phase = Phase.SHUT
    since_s: float = 0.0  # monotonic: when the phase began
    contact: Line = field(default_factory=Line)
    beam: Line = field(default_factory=Line)
    exit_asked_s: float | None = None
    is_entry: bool = False  # this opening follows a release
    came_in: int = 0  # people counted by the beam in this opening
    alarms: tuple[Alarm, ...] = ()

    @property
    def is_released(self) -> bool:
        """Whether the lock may be energised."""
        return self.phase is Phase.RELEASED

    @property
    def is_ready(self) -> bool:
        """Whether somebody may be let in now: shut, and nobody else on the way."""
        return self.phase is Phase.SHUT


def found(sensed: Sensed, now_s: float) -> Doorway:
    """A door as it is met at the start; one that stands open is nobody's fault yet."""
    phase = Phase.OPEN if sensed.is_open else Phase.SHUT
    return Doorway(phase, now_s, Line(sensed.is_open), Line(sensed.is_beam_broken))


def release(was: Doorway, now_s: float) -> Doorway:
    """Let one person in. A door that is not ready stays as it is."""
    if not was.is_ready:
        return was
    return replace(was, phase=Phase.RELEASED, since_s=now_s, came_in=0)


def step(
    was: Doorway, rules: DoorwayRules, now_s: float, sensed: Sensed
) -> tuple[Doorway, tuple[Happening, ...]]:
    """What a look at the lines changes. Look at least every `settle_s` while the lock is released.

    The phase changes at most once a look, so the order of what happened is never lost.
    """
    contact = _settle(was.contact, rules, now_s, sensed.is_open)
    beam = _settle(was.beam, rules, now_s, sensed.is_beam_broken)
    asked_s = now_s if sensed.is_exit_asked else was.exit_asked_s
    now = replace(was, contact=contact, beam=beam, exit_asked_s=asked_s)
    match was.phase:
        case Phase.RELEASED | Phase.FELL:
            return _pulling(now, rules, now_s)
        case Phase.SHUT if contact.is_on:
            return _opened(now, rules, now_s)
        case Phase.OPEN:
            is_new_person = beam.is_on and not was.beam.is_on
            return _open(now, rules, now_s, is_new_person)
    return now, ()


def _settle(was: Line, rules: DoorwayRules, now_s: float, is_on: bool) -> Line:
    """Believe a change only once it has lasted."""
    if is_on == was.is_on:
        return Line(was.is_on)
    since_s = now_s if was.differs_since_s is None else was.differs_since_s
    return Line(is_on) if now_s - since_s >= rules.settle_s else Line(was.is_on, since_s)


def _pulling(
    now: Doorway, rules: DoorwayRules, now_s: float
) -> tuple[Doorway, tuple[Happening, ...]]:
    if now.contact.is_on:
        opened = replace(now, phase=Phase.OPEN, since_s=now_s, is_entry=True)
        return opened, (Move.CAME_IN,)
    if now.phase is Phase.RELEASED and now_s - now.since_s >= rules.hold_s:
        return replace(now, phase=Phase.FELL, since_s=now_s), ()
    if now.phase is Phase.FELL and now_s - now.since_s >= rules.late_s:
        # Without a contact nobody can say whether the door was opened; assume it was.
        move = Move.DID_NOT_COME if rules.has_contact else Move.CAME_IN
        return replace(now, phase=Phase.SHUT, since_s=now_s), (move,)
    return now, ()


def _opened(
    now: Doorway, rules: DoorwayRules, now_s: float
) -> tuple[Doorway, tuple[Happening, ...]]:
    """A door opened that was not released: somebody leaves, or somebody should not be there."""
    asked = now.exit_asked_s is not None and now_s - now.exit_asked_s <= rules.exit_s
    opened = replace(now, phase=Phase.OPEN, since_s=now_s, is_entry=False, came_in=0)
    if asked or not rules.has_exit_sensor:
        return opened, (Move.WENT_OUT,)
    return replace(opened, alarms=(Alarm.FORCED,)), (Alarm.FORCED,)


def _open(
    now: Doorway, rules: DoorwayRules, now_s: float, is_new_person: bool
) -> tuple[Doorway, tuple[Happening, ...]]:
    if not now.contact.is_on:
        shut = replace(now, phase=Phase.SHUT, since_s=now_s, exit_asked_s=None, alarms=())
        return shut, tuple(AtRest(alarm) for alarm in now.alarms)
    if is_new_person and now.is_entry:
        return _person_in(now)
    if now_s - now.since_s >= rules.held_open_s and Alarm.HELD_OPEN not in now.alarms:
        return replace(now, alarms=(*now.alarms, Alarm.HELD_OPEN)), (Alarm.HELD_OPEN,)
    return now, ()


def _person_in(now: Doorway) -> tuple[Doorway, tuple[Happening, ...]]:
    """The first through the beam is the one let in, and was counted when the door opened."""
    now = replace(now, came_in=now.came_in + 1)
    if now.came_in == 1:
        return now, ()
    if Alarm.TAILGATED in now.alarms:
        return now, (Move.CAME_IN,)
    now = replace(now, alarms=(*now.alarms, Alarm.TAILGATED))
    return now, (Move.CAME_IN, Alarm.TAILGATED)
