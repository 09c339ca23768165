"""What a kiosk makes of its eye's signs of life."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events import Condition
from kiosk.core import camera_watch
from kiosk.core.camera_watch import Watch, WatchRules
from kiosk.core.eye_wire import Beat

RULES = WatchRules()
OK, DEGRADED, OUT = Condition.OK, Condition.DEGRADED, Condition.OUT

Told = list[tuple[float, float, bool]]  # at second, brightness, whether it changed


def lived(told: Told) -> list[tuple[Condition, str]]:
    watch, found = camera_watch.begin(Watch(), 100.0), []
    for at_s, brightness, has_changed in told:
        watch, finding = camera_watch.beat(
            watch, RULES, Beat(brightness, has_changed), 100.0 + at_s
        )
        found.append((finding.condition, finding.detail))
    return found


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        pytest.param([(1, 90, True), (60, 90, True)], OK, id="a quiet shop"),
        pytest.param([(1, 90, True), (5.9, 90, False)], OK, id="alike for a moment"),
        pytest.param([(1, 90, True), (6, 90, False)], OUT, id="frozen"),
        pytest.param([(1, 90, False), (5, 90, False)], OUT, id="frozen from the start"),
        pytest.param(
            [(1, 90, True), (4, 90, False), (5, 90, True), (9.9, 90, False)], OK, id="new"
        ),
        pytest.param([(1, 90, True), (10.9, 5, True)], OK, id="a hand on the lens"),
        pytest.param([(1, 90, True), (11, 5, True)], DEGRADED, id="the lens is covered"),
        pytest.param([(1, 90, True), (60, 0, False)], DEGRADED, id="black and alike is not frozen"),
        pytest.param([(1, 90, True), (60, 0, False), (61, 6, True)], OK, id="light again"),
        pytest.param([(9, 0, False), (10, 0, False)], DEGRADED, id="dark from the start"),
        pytest.param([(1, 255, True), (60, 255, True)], OK, id="very bright"),
    ],
)
def test_what_pictures_say_about_the_camera(told: Told, ends: Condition) -> None:
    assert lived(told)[-1][0] is ends


def test_every_trouble_is_said_in_words_and_only_trouble() -> None:
    assert lived([(1, 90, True)])[0][1] == ""
    assert "frozen" in lived([(1, 90, True), (7, 90, False)])[1][1]
    assert "lens" in lived([(1, 90, True), (12, 0, False)])[1][1]


def test_patience_is_long_for_the_first_sign_and_short_between_two() -> None:
    watch = camera_watch.begin(Watch(), 100.0)
    assert camera_watch.patience_s(watch, RULES, 110.0) == 20.0
    assert camera_watch.patience_s(watch, RULES, 131.0) == 0.0
    assert "did not start in 30 s" in camera_watch.silent(watch, RULES).detail

    watch, _ = camera_watch.beat(watch, RULES, Beat(90, True), 112.0)
    assert camera_watch.patience_s(watch, RULES, 113.0) == 5.0
    assert camera_watch.patience_s(watch, RULES, 119.0) == 0.0
    assert "hangs" in camera_watch.silent(watch, RULES).detail
    assert camera_watch.silent(watch, RULES).condition is OUT


def test_a_new_eye_is_judged_by_its_own_pictures_only() -> None:
    watch = camera_watch.begin(Watch(), 100.0)
    watch, _ = camera_watch.beat(watch, RULES, Beat(0, False), 109.0)
    watch, _ = camera_watch.lose(watch, RULES, 109.0)
    watch = camera_watch.begin(watch, 200.0)

    assert watch.seen_s is None
    assert camera_watch.beat(watch, RULES, Beat(90, False), 204.0)[1].condition is OK


def test_who_is_lost_again_and_again_waits_longer_but_not_for_ever() -> None:
    watch, now_s, waits = Watch(), 0.0, []
    for _ in range(8):
        watch = camera_watch.begin(watch, now_s)
        watch, wait_s = camera_watch.lose(watch, RULES, now_s + 2)
        waits.append(wait_s)
        now_s += 2 + wait_s

    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_who_saw_for_a_minute_begins_with_the_short_wait() -> None:
    watch = Watch(retry_s=30)

    assert camera_watch.lose(camera_watch.begin(watch, 100), RULES, 159.9)[1] == 30
    assert camera_watch.lose(camera_watch.begin(watch, 100), RULES, 160)[1] == 1


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 255), st.booleans())))
def test_a_picture_that_changes_and_is_light_is_always_ok(
    steps: list[tuple[float, float, bool]],
) -> None:
    at_s, told = 0.0, []
    for pause_s, brightness, has_changed in steps:
        at_s += pause_s
        told.append((at_s, brightness, has_changed))

    for (condition, _), (_, brightness, has_changed) in zip(lived(told), told, strict=True):
        if brightness >= RULES.dark_below and has_changed:
            assert condition is OK
        if brightness < RULES.dark_below:
            assert condition is not OUT
