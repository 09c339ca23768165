"""One door: stories, and a state machine that looks for any way to keep the lock energised."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.core import doorway
from kiosk.core.doorway import Alarm, AtRest, Doorway, DoorwayRules, Happening, Move, Phase, Sensed

RULES = DoorwayRules()
LOOK_S = 0.02
CAME_IN, WENT_OUT, DID_NOT_COME = Move.CAME_IN, Move.WENT_OUT, Move.DID_NOT_COME
FORCED, HELD_OPEN, TAILGATED = Alarm.FORCED, Alarm.HELD_OPEN, Alarm.TAILGATED

OPEN, SHUT = Sensed(is_open=True), Sensed()
HANDLE = Sensed(is_exit_asked=True)
PERSON = Sensed(is_open=True, is_beam_broken=True)


@dataclass
class Door:
    """A door that is looked at every 20 ms."""

    rules: DoorwayRules = RULES
    state: Doorway = field(default_factory=Doorway)
    now_s: float = 1_000.0
    happened: list[Happening] = field(default_factory=list)

    def stays(self, sensed: Sensed, for_s: float) -> Door:
        for _ in range(round(for_s / LOOK_S)):
            self.now_s += LOOK_S
            self.state, happened = doorway.step(self.state, self.rules, self.now_s, sensed)
            self.happened += happened
        return self

    def released(self) -> Door:
        self.state = doorway.release(self.state, self.now_s)
        return self


def test_somebody_comes_in_and_the_lock_falls_as_soon_as_the_door_is_open() -> None:
    door = Door().released()
    assert door.state.is_released

    assert not door.stays(SHUT, 1).stays(OPEN, 0.1).state.is_released
    assert door.stays(OPEN, 2).stays(SHUT, 0.1).state.is_ready
    assert door.happened == [CAME_IN]


def test_nobody_comes_and_the_lock_falls_after_its_time() -> None:
    door = Door().released()

    assert door.stays(SHUT, RULES.hold_s - 0.02).state.is_released
    assert not door.stays(SHUT, 0.04).state.is_released
    assert not door.state.is_ready
    assert door.stays(SHUT, 1).state.is_ready
    assert door.happened == [DID_NOT_COME]


def test_whoever_pulls_in_the_last_moment_comes_in() -> None:
    door = Door().released().stays(SHUT, RULES.hold_s - 0.01).stays(OPEN, 1).stays(SHUT, 1)

    assert door.happened == [CAME_IN]


def test_a_second_pass_while_released_changes_nothing() -> None:
    door = Door().released().stays(SHUT, 4)
    before = door.state

    assert door.released().state == before
    assert not door.stays(SHUT, 1.02).state.is_released


def test_nobody_is_let_in_through_an_open_door() -> None:
    assert not Door().released().stays(OPEN, 0.2).released().state.is_released


def test_somebody_goes_out_by_the_handle() -> None:
    door = Door().stays(HANDLE, 0.5).stays(OPEN, 2).stays(SHUT, 0.2)

    assert door.happened == [WENT_OUT]


def test_a_door_that_opens_by_itself_was_forced() -> None:
    door = Door().stays(OPEN, 1)
    assert door.happened == [FORCED]

    door.stays(SHUT, 1)
    assert door.happened == [FORCED, AtRest(FORCED)]
    assert door.state.is_ready


def test_the_handle_pressed_long_ago_does_not_explain_it() -> None:
    door = Door().stays(HANDLE, 0.1).stays(SHUT, RULES.exit_s + 0.1).stays(OPEN, 1)

    assert door.happened == [FORCED]


def test_one_press_of_the_handle_explains_one_opening() -> None:
    door = Door().stays(HANDLE, 0.1).stays(OPEN, 1).stays(SHUT, 0.2).stays(OPEN, 1)

    assert door.happened == [WENT_OUT, FORCED]


def test_without_an_exit_sensor_an_opening_is_an_exit() -> None:
    door = Door(replace(RULES, has_exit_sensor=False)).stays(OPEN, 1)

    assert door.happened == [WENT_OUT]


def test_a_door_held_open_is_told_once_and_stops_letting_in() -> None:
    door = Door().released().stays(OPEN, RULES.held_open_s + 5)
    assert door.happened == [CAME_IN, HELD_OPEN]
    assert not door.state.is_ready

    door.stays(SHUT, 1)
    assert door.happened[2:] == [AtRest(HELD_OPEN)]


def test_a_forced_door_that_stays_open_is_held_open_too() -> None:
    door = Door().stays(OPEN, RULES.held_open_s + 1).stays(SHUT, 1)

    assert door.happened == [FORCED, HELD_OPEN, AtRest(FORCED), AtRest(HELD_OPEN)]


def test_the_second_person_through_the_beam_tailgated() -> None:
    door = Door().released().stays(OPEN, 0.2)
    door.stays(PERSON, 0.3).stays(OPEN, 0.3)
    assert door.happened == [CAME_IN]

    door.stays(PERSON, 0.3).stays(OPEN, 0.3).stays(PERSON, 0.3).stays(SHUT, 0.3)
    assert door.happened == [CAME_IN, CAME_IN, TAILGATED, CAME_IN, AtRest(TAILGATED)]


def test_who_goes_out_through_the_beam_is_no_tailgater() -> None:
    door = Door().stays(HANDLE, 0.1).stays(PERSON, 0.4).stays(OPEN, 0.2).stays(PERSON, 0.4)

    assert door.happened == [WENT_OUT]


def test_a_bouncing_contact_is_one_opening() -> None:
    door = Door().released()
    for _ in range(10):
        door.stays(OPEN, 0.02).stays(SHUT, 0.02)
    assert door.happened == []

    door.stays(OPEN, 1)
    for _ in range(10):
        door.stays(SHUT, 0.02).stays(OPEN, 0.02)
    assert door.happened == [CAME_IN]


def test_without_a_contact_everybody_let_in_came_in() -> None:
    door = Door(replace(RULES, has_contact=False)).released().stays(SHUT, RULES.hold_s + 1)

    assert door.happened == [CAME_IN]


def test_a_door_found_open_is_nobodys_fault_yet() -> None:
    door = Door(state=doorway.found(OPEN, 1_000.0)).stays(OPEN, 1)

    assert door.happened == []
    assert door.stays(SHUT, 1).state.is_ready
    assert doorway.found(SHUT, 0.0).is_ready


@pytest.mark.parametrize("hold_s", [0.0, -1.0, 10.1])
def test_a_pulse_is_short(hold_s: float) -> None:
    with pytest.raises(ValueError, match="hold_s"):
        DoorwayRules(hold_s=hold_s)


class AnyDoor(RuleBasedStateMachine):
    """Passes, hands and time in any order. The lock is never energised for longer than it may."""

    release = staticmethod(doorway.release)

    def __init__(self) -> None:
        super().__init__()
        self.state = Doorway()
        self.now_s = 1_000.0
        self.sensed = Sensed()
        self.energised_s: float | None = None  # since when the lock has been energised
        self.grants = self.came_in = 0
        self.alarms: set[Alarm] = set()

    @rule()
    def a_good_pass_is_shown(self) -> None:
        was = self.state
        self.state = self.release(was, self.now_s)
        if self.state.is_released and not was.is_released:
            self.grants += 1
        self._look_at_the_lock()

    @rule(is_open=st.booleans(), is_exit_asked=st.booleans(), is_beam_broken=st.booleans())
    def hands(self, is_open: bool, is_exit_asked: bool, is_beam_broken: bool) -> None:
        self.sensed = Sensed(is_open, is_exit_asked, is_beam_broken)

    @rule(looks=st.integers(1, 50))
    def time_passes(self, looks: int) -> None:
        for _ in range(looks):
            self._look()

    @precondition(lambda self: self.state.is_released)
    @rule()
    def nearly_the_whole_hold_passes(self) -> None:
        self.sensed = Sensed()
        for _ in range(round(RULES.hold_s / LOOK_S) - 2):
            self._look()

    def _look(self) -> None:
        self.now_s += LOOK_S
        self.state, happened = doorway.step(self.state, RULES, self.now_s, self.sensed)
        for what in happened:
            match what:
                case Alarm():
                    assert what not in self.alarms, "an alarm is told once"
                    self.alarms.add(what)
                case AtRest(alarm):
                    self.alarms.remove(alarm)
                case Move.CAME_IN if Alarm.TAILGATED not in self.state.alarms:
                    self.came_in += 1
        self._look_at_the_lock()

    def _look_at_the_lock(self) -> None:
        if not self.state.is_released:
            self.energised_s = None
        elif self.energised_s is None:
            self.energised_s = self.now_s
        else:
            assert self.now_s - self.energised_s <= RULES.hold_s + 1e-6, "the lock stays energised"

    @invariant()
    def nobody_comes_in_without_a_grant(self) -> None:
        assert self.came_in <= self.grants

    @invariant()
    def an_energised_lock_is_on_a_shut_door(self) -> None:
        is_open = self.state.contact.is_on
        assert not (self.state.is_released and is_open), "released onto an open door"

    @invariant()
    def alarms_are_those_told(self) -> None:
        assert set(self.state.alarms) == self.alarms


FEW_STEPS = settings(
    max_examples=60, stateful_step_count=15, deadline=None, report_multiple_bugs=False
)
UNTIL_FOUND = settings(FEW_STEPS, max_examples=2_000)  # the search ends at the first one
TestAnyDoor = AnyDoor.TestCase
TestAnyDoor.settings = FEW_STEPS


def test_a_planted_second_pass_that_prolongs_the_pulse_is_found() -> None:
    def prolonging(was: Doorway, now_s: float) -> Doorway:
        if was.is_released:
            return replace(was, since_s=now_s)  # the bug
        return doorway.release(was, now_s)

    class BuggyDoor(AnyDoor):
        release = staticmethod(prolonging)

    with pytest.raises(AssertionError, match="the lock stays energised"):
        run_state_machine_as_test(BuggyDoor, settings=UNTIL_FOUND)


def test_a_planted_lock_that_ignores_an_open_door_is_found() -> None:
    def through(was: Doorway, now_s: float) -> Doorway:
        if was.phase is Phase.OPEN:
            return replace(was, phase=Phase.RELEASED, since_s=now_s)  # the bug
        return doorway.release(was, now_s)

    class BuggyDoor(AnyDoor):
        release = staticmethod(through)

    with pytest.raises(AssertionError, match="released onto an open door"):
        run_state_machine_as_test(BuggyDoor, settings=UNTIL_FOUND)
