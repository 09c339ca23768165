"""What may be believed of the time: stories of clocks, sources and jumps."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import passes
from contract.events import ClockTrust
from kiosk.core import clock_trust
from kiosk.core.clock_trust import Belief, ClockRules, Reading, Timekeeping

RULES = ClockRules()
T0 = 1_800_000_000.0  # January 2027
HOUR_S, DAY_S, YEAR_S = 3_600.0, 86_400.0, 365 * 86_400.0
FLOOR, TRUSTED = ClockTrust.FLOOR, ClockTrust.TRUSTED
HOLDOVER, SUSPECT = ClockTrust.HOLDOVER, ClockTrust.SUSPECT


@dataclass
class Machine:
    """A machine whose wall clock can be set, and a true time nobody can change."""

    floor_s: float = T0 - DAY_S
    has_battery_clock: bool = False
    true_s: float = T0
    up_s: float = 100.0
    off_s: float = 0.0  # wall clock minus true time
    is_synced: bool = False
    known: Timekeeping | None = None

    def reading(self) -> Reading:
        return Reading(self.true_s + self.off_s, self.up_s, self.is_synced)

    def look(self, later_s: float = 0.0) -> ClockTrust:
        self.true_s += later_s
        self.up_s += later_s
        if self.known is None:
            self.known = clock_trust.booted(
                RULES, self.floor_s, self.reading(), self.has_battery_clock
            )
        else:
            self.known = clock_trust.step(self.known, RULES, self.reading())
        return self.known.trust

    def belief(self) -> Belief:
        assert self.known is not None
        return clock_trust.belief(self.known, RULES, self.up_s)

    def wrong_by_s(self) -> float:
        return abs(self.belief().unix_s - self.true_s)


def synced() -> Machine:
    machine = Machine(is_synced=True)
    assert machine.look() is TRUSTED
    return machine


def test_without_a_source_nothing_is_believed_but_the_floor() -> None:
    machine = Machine()

    assert [machine.look(), machine.look(HOUR_S)] == [FLOOR, FLOOR]
    assert not machine.belief().is_known
    assert machine.belief().unix_s == T0 - DAY_S


def test_a_boot_in_1976_is_not_believed() -> None:
    machine = Machine(off_s=-50 * YEAR_S)

    assert machine.look() is FLOOR
    assert machine.belief().unix_s == T0 - DAY_S


def test_a_source_is_believed_from_the_floor_on() -> None:
    machine = Machine()
    machine.look()
    machine.is_synced = True

    assert machine.look(60) is TRUSTED
    assert machine.wrong_by_s() == 0


def test_a_source_before_the_floor_is_not_believed() -> None:
    machine = Machine(is_synced=True, off_s=-2 * DAY_S)

    assert [machine.look(), machine.look(60)] == [FLOOR, FLOOR]


def test_the_source_may_be_gone_for_an_hour() -> None:
    machine = synced()
    machine.is_synced = False

    assert [machine.look(HOUR_S), machine.look(1), machine.look(DAY_S)] == [
        TRUSTED,
        HOLDOVER,
        HOLDOVER,
    ]
    assert machine.belief().error_s == pytest.approx(1 + (DAY_S + HOUR_S) * 1e-4, abs=0.1)


def test_a_source_that_comes_back_is_believed_again() -> None:
    machine = synced()
    machine.is_synced = False
    machine.look(3 * DAY_S)
    machine.is_synced = True
    machine.off_s = 20  # the wall clock drifted; the source has set it right meanwhile

    assert machine.look(1) is TRUSTED
    assert machine.belief().error_s == RULES.source_error_s


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S, YEAR_S, -400 * DAY_S, 4.0, -4.0])
@pytest.mark.parametrize("source", [False, True], ids=["by hand", "by a lying source"])
def test_a_jump_is_suspect_and_the_estimate_stays_right(jump_s: float, source: bool) -> None:
    machine = synced()
    machine.look(600)
    machine.off_s, machine.is_synced = jump_s, source

    assert [machine.look(1), machine.look(600)] == [SUSPECT, SUSPECT]
    assert machine.wrong_by_s() < 0.1


def test_a_step_of_a_second_is_tolerated() -> None:
    machine = synced()
    machine.off_s = 1.0

    assert machine.look(1) is TRUSTED


def test_a_clock_set_back_to_the_truth_is_no_longer_suspect() -> None:
    machine = synced()
    machine.off_s, machine.is_synced = HOUR_S, False
    machine.look(1)
    machine.off_s = 0

    assert machine.look(1) is TRUSTED


def test_a_battery_clock_is_believed_as_far_as_it_can_have_drifted() -> None:
    machine = Machine(has_battery_clock=True, floor_s=T0 - 10 * DAY_S)

    assert machine.look() is HOLDOVER
    assert machine.belief().error_s == pytest.approx(1 + 86.4)


def test_an_empty_battery_is_noticed_by_the_floor() -> None:
    assert Machine(has_battery_clock=True, off_s=-26 * YEAR_S).look() is FLOOR


def test_a_battery_clock_without_a_floor_proves_nothing() -> None:
    assert Machine(has_battery_clock=True, floor_s=0.0).look() is FLOOR


def test_a_source_outranks_a_battery_clock() -> None:
    machine = Machine(has_battery_clock=True, off_s=HOUR_S)
    machine.look()
    machine.off_s, machine.is_synced = 0.0, True

    assert machine.look(60) is TRUSTED
    assert machine.wrong_by_s() == 0


def test_the_floor_rises_with_the_time_and_stays_below_it() -> None:
    machine = synced()
    machine.is_synced = False
    machine.look(3 * DAY_S)

    assert machine.known is not None
    assert machine.true_s - 60 < machine.known.floor_s <= machine.true_s


def test_the_usual_window_is_minus_two_to_plus_one() -> None:
    window = clock_trust.slots(Belief(TRUSTED, T0, 1.0), RULES)

    slot = passes.slot_at(T0)
    assert list(window) == [slot - 2, slot - 1, slot, slot + 1]


@pytest.mark.parametrize(
    ("error_s", "wider"), [(60.0, 0), (61.0, 5), (75.0, 5), (75.1, 6), (600.0, 40)]
)
def test_doubt_widens_the_window(error_s: float, wider: int) -> None:
    window = clock_trust.slots(Belief(HOLDOVER, T0, error_s), RULES)

    slot = passes.slot_at(T0)
    assert (window.start, window.stop - 1) == (slot - 2 - wider, slot + 1 + wider)


def test_too_much_doubt_closes_it() -> None:
    assert not clock_trust.slots(Belief(HOLDOVER, T0, 600.1), RULES)
    assert not clock_trust.slots(Belief(FLOOR, T0, float("inf")), RULES)


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0.01, DAY_S)),
        st.tuples(st.just("set"), st.floats(-2 * YEAR_S, 2 * YEAR_S)),
    ),
    max_size=12,
)


@given(DEEDS, st.booleans())
def test_whatever_is_done_to_the_wall_clock_the_estimate_stays_within_its_error(
    deeds: list[tuple[str, float]], ends_synced: bool
) -> None:
    """A source speaks the truth here; people set the clock as they like in between."""
    machine = synced()
    floors = []
    for deed, value in deeds:
        machine.is_synced = False
        if deed == "set":
            machine.off_s = value
        machine.look(value if deed == "wait" else 1.0)
        assert machine.known is not None
        floors.append(machine.known.floor_s)
        assert machine.wrong_by_s() <= machine.belief().error_s + RULES.jump_s
    if ends_synced:
        machine.off_s, machine.is_synced = 0.0, True
        assert machine.look(1) is TRUSTED
        assert machine.wrong_by_s() == 0
    assert floors == sorted(floors)
    assert all(floor <= machine.true_s for floor in floors)


@given(st.lists(st.tuples(st.floats(0.01, DAY_S), st.floats(-YEAR_S, YEAR_S), st.booleans())))
def test_the_floor_never_falls_and_the_time_is_never_before_it(
    looks: list[tuple[float, float, bool]],
) -> None:
    machine = Machine(has_battery_clock=True)
    machine.look()
    for later_s, off_s, is_synced in looks:
        assert machine.known is not None
        was = replace(machine.known)
        machine.off_s, machine.is_synced = off_s, is_synced
        machine.look(later_s)
        assert machine.known.floor_s >= was.floor_s
        assert machine.belief().unix_s >= was.floor_s - RULES.jump_s
