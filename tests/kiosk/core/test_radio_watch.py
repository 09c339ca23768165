from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.radio_watch import Hearing, RadioWatch, Step, step

GOOD, UNPROVEN, WEAK, DEAF = Hearing.GOOD, Hearing.UNPROVEN, Hearing.WEAK, Hearing.DEAF

# what happens at which second, and what is said at the end
STORIES = [
    pytest.param([(0, "begin")], 19.9, UNPROVEN, UNPROVEN, id="just begun"),
    pytest.param([(0, "begin")], 20, DEAF, DEAF, id="never heard anything"),
    pytest.param([(0, "begin"), (5, "other")], 6, GOOD, UNPROVEN, id="hears a stranger"),
    pytest.param([(0, "begin"), (5, "tag")], 6, GOOD, GOOD, id="hears the reference"),
    pytest.param([(0, "begin"), (5, "other")], 25, DEAF, DEAF, id="heard, then silence"),
    pytest.param([(0, "begin"), (5, "tag"), (24, "other")], 25, GOOD, WEAK, id="strangers only"),
    pytest.param([(0, "begin"), (5, "tag"), (6, "begin")], 7, UNPROVEN, UNPROVEN, id="a new scan"),
    pytest.param([(0, "begin"), (1, "tag"), (30, "begin")], 49, UNPROVEN, UNPROVEN, id="a chance"),
    pytest.param([(0, "begin"), (1, "tag"), (30, "begin")], 50, DEAF, DEAF, id="a chance missed"),
]


@pytest.mark.parametrize(("story", "at_s", "alone", "with_reference"), STORIES)
def test_what_is_said_of_a_radio(
    story: list[tuple[float, str]], at_s: float, alone: Hearing, with_reference: Hearing
) -> None:
    for has_reference, said in ((False, alone), (True, with_reference)):
        watch = RadioWatch(20.0, has_reference=has_reference)
        for now_s, what in story:
            match what:
                case "begin":
                    watch.begin(now_s)
                case "other":
                    watch.hear(now_s)
                case "tag":
                    watch.hear_reference(now_s)

        assert watch.hearing(at_s) is said


def test_the_ladder_is_climbed_from_the_gentlest_step() -> None:
    watch = RadioWatch()

    assert [watch.climb() for _ in range(4)] == [
        Step.RESCAN,
        Step.POWER_CYCLE,
        Step.NEXT_ADAPTER,
        Step.RESTART_BLUETOOTH,
    ]


def test_what_is_costly_comes_ever_more_seldom_and_never_ends() -> None:
    steps = [step(attempt) for attempt in range(200)]
    restarts = [n for n, one in enumerate(steps) if one is Step.RESTART_BLUETOOTH]

    assert restarts == [3, 10, 29, 64, 99, 134, 169]  # then every 35 scans of 20 s
    assert Counter(steps)[Step.POWER_CYCLE] == Counter(steps)[Step.NEXT_ADAPTER] == 7


def test_hearing_again_begins_the_ladder_anew() -> None:
    watch = RadioWatch()
    watch.climb()
    watch.climb()

    watch.hear(1.0)

    assert watch.climb() is Step.RESCAN


def test_strangers_do_not_begin_the_ladder_anew_while_the_reference_is_silent() -> None:
    watch = RadioWatch(has_reference=True)
    watch.climb()

    watch.hear(1.0)
    assert watch.climb() is Step.POWER_CYCLE
    watch.hear_reference(2.0)
    assert watch.climb() is Step.RESCAN


@given(st.lists(st.floats(min_value=0, max_value=60), max_size=30), st.booleans())
def test_silence_is_noticed_in_time_and_never_too_early(
    gaps_s: list[float], has_reference: bool
) -> None:
    watch = RadioWatch(20.0, has_reference=has_reference)
    now_s = 0.0
    watch.begin(now_s)
    for gap_s in gaps_s:
        assert (watch.hearing(now_s + gap_s) is DEAF) == (now_s + gap_s - now_s >= 20.0)
        now_s += gap_s
        watch.hear_reference(now_s)
        assert watch.hearing(now_s) is GOOD
