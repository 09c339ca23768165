from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import signal
from kiosk.core.signal import Signal

ENTER_DBM = -66.0


def play(heard: list[tuple[float, float]]) -> Signal:
    (now_s, level_dbm), *rest = heard
    known = signal.first(now_s, level_dbm, ENTER_DBM)
    for now_s, level_dbm in rest:
        known = signal.hear(known, now_s, level_dbm, ENTER_DBM)
    return known


def steady(level_dbm: float, seconds: int, every_s: float = 1.0) -> list[tuple[float, float]]:
    return [(i * every_s, level_dbm) for i in range(round(seconds / every_s) + 1)]


def test_the_average_follows_time_and_not_the_number_of_samples() -> None:
    once = play([(0, -80), (1.0, -60)])
    often = play([(0, -80), *((i / 10, -60) for i in range(1, 11))])

    assert once.level_dbm == pytest.approx(-80 + 20 * (1 - exp(-2)))
    assert often.level_dbm == pytest.approx(once.level_dbm)


def test_loudness_rises_fast_and_falls_slowly() -> None:
    risen = play([*steady(-75, 20), (21, -60)])
    fallen = play([*steady(-60, 20), (21, -75)])

    assert risen.loud_dbm == pytest.approx(-75 + 15 * (1 - exp(-1 / 0.7)))
    assert fallen.loud_dbm == pytest.approx(-60 - 15 * (1 - exp(-1 / 3)))


def test_far_is_far_however_far() -> None:
    assert play(steady(-100, 60)).loud_dbm == -76
    assert play(steady(-100, 60)).loud_dbm == play(steady(-77, 60)).loud_dbm
    assert play([(0, -100)]).loud_dbm == -76


def test_the_average_itself_knows_how_far() -> None:
    assert play(steady(-100, 60)).level_dbm == -100


def test_what_is_usual_is_learned_within_a_minute_and_forgotten_in_a_few() -> None:
    known = play(steady(-50, 600))
    assert known.usual_dbm == pytest.approx(-50, abs=0.01)

    for second in range(601, 661):
        known = signal.hear(known, second, -70, ENTER_DBM)
    assert known.usual_dbm == pytest.approx(-70 + 20 * exp(-1), abs=0.2)


def test_the_first_guess_of_what_is_usual_is_worth_ten_seconds() -> None:
    assert play([(0, -50)]).usual_dbm == -73
    assert play(steady(-50, 10)).usual_dbm == pytest.approx(-61.5)


def test_after_a_silence_one_sample_counts_for_three_seconds() -> None:
    known = play([*steady(-80, 10), (100, -60)])

    assert known.near_db_s == pytest.approx(3 * 6)
    assert known.usual_s == 10 + 10 + 3


def test_near_is_added_up_second_by_second_and_bounded_both_ways() -> None:
    assert play([(0, -60), (1, -60)]).near_db_s == pytest.approx(6)
    assert play([(0, -40), (1, -40)]).near_db_s == pytest.approx(13)  # 26, but 13 at most
    assert play(steady(-40, 1_000)).near_db_s == 26
    assert play(steady(-90, 1_000)).near_db_s == 0


def test_what_was_near_is_taken_off_again_at_the_same_rate() -> None:
    known = play([*steady(-60, 4), *((i, -68.0) for i in range(5, 30))])

    assert (known.near_db_s, known.near_samples) == (0, 0)


def test_samples_count_from_the_first_that_was_near() -> None:
    assert play([*steady(-80, 60)]).near_samples == 0
    assert play([(0, -60)]).near_samples == 1
    assert play(steady(-60, 3)).near_samples == 4


def test_the_interval_settles_near_the_longest_usual_gap() -> None:
    gaps_s = [1.0, 1.0, 3.0, 1.0] * 30
    times_s = [sum(gaps_s[:i]) for i in range(len(gaps_s) + 1)]

    assert 1.8 <= play([(at_s, -60.0) for at_s in times_s]).interval_s <= 3


def test_no_silence_teaches_an_interval_that_no_beacon_has() -> None:
    assert play([(0, -60), (1, -60), (1_000, -60), (2_000, -60)]).interval_s == 10.24


def test_what_comes_out_of_order_stands_for_no_time() -> None:
    known = play([(0, -60), (5, -60), (4, -90)])

    assert (known.heard_s, known.level_dbm, known.loud_dbm) == (5, -60, -60)


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(-127, 20)), min_size=1, max_size=40))
def test_nothing_heard_is_ever_left_behind(heard: list[tuple[float, float]]) -> None:
    now_s, times = 0.0, []
    for gap_s, level_dbm in heard:
        now_s += gap_s
        times.append((now_s, level_dbm))
    known = play(times)
    levels = [level_dbm for _, level_dbm in heard]

    assert min(levels) - 1e-6 <= known.level_dbm <= max(levels) + 1e-6
    assert -76 <= known.loud_dbm <= max(*levels, -76) + 1e-6
    assert known.heard_s == times[-1][0]
