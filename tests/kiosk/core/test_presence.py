from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.presence import (
    NOBODY,
    Change,
    Phase,
    Presence,
    PresenceRules,
    Receiver,
    hear,
    is_near,
    wait,
)

ARRIVED, MOVED, LEFT = Change.ARRIVED, Change.MOVED, Change.LEFT
RULES = PresenceRules(power_at_1m_dbm=-61, enter_below_1m_db=5)  # enter at -66, leave at -73 dBm
DOOR, TILL = "door", "till"

Signal = list[tuple[float, int | None]]
Heard = tuple[float, str, int | None]  # when, by which receiver, how loud; None: time passed
Told = tuple[Change, str]


def play(heard: Sequence[Heard], rules: PresenceRules = RULES) -> tuple[Presence, list[Told]]:
    presence, told = NOBODY, []
    for now_s, receiver, rssi_dbm in sorted(heard, key=lambda one: one[0]):
        was = presence
        if rssi_dbm is None:
            presence, change = wait(was, rules, now_s)
        else:
            presence, change = hear(was, rules, now_s, receiver, rssi_dbm)
        if change is not None:
            told.append((change, was.zone if change is LEFT else presence.zone))
    return presence, told


def alone(signal: Signal) -> list[Heard]:
    return [(now_s, DOOR, rssi_dbm) for now_s, rssi_dbm in signal]


def steady(start_s: float, end_s: float, rssi_dbm: int, every_s: float = 1.0) -> Signal:
    count = round((end_s - start_s) / every_s)
    return [(start_s + i * every_s, rssi_dbm) for i in range(count + 1)]


def walk(*parts: tuple[float, float, int, int]) -> list[Heard]:
    """From when to when, how loud at the door, how loud at the till."""
    return [
        (now_s, receiver, rssi_dbm)
        for start_s, end_s, door_dbm, till_dbm in parts
        for receiver, level_dbm in ((DOOR, door_dbm), (TILL, till_dbm))
        for now_s, rssi_dbm in steady(start_s, end_s, level_dbm, every_s=0.5)
    ]


def changes(signal: Signal, rules: PresenceRules = RULES) -> list[Change]:
    return [change for change, _ in play(alone(signal), rules)[1]]


NEAR = steady(0, 4, -50)

STORIES = [
    pytest.param(steady(0, 2, -50), [ARRIVED], id="stands at the screen for two seconds"),
    pytest.param(steady(0, 1.9, -50, every_s=0.1), [], id="passes by"),
    pytest.param(steady(0, 4, -58), [ARRIVED], id="26 dB s at 8 dB above the threshold"),
    pytest.param(steady(0, 3, -58), [], id="24 dB s are not enough"),
    pytest.param(steady(0, 26, -65), [ARRIVED], id="26 dB s at 1 dB above the threshold"),
    pytest.param(steady(0, 25, -65), [], id="25 dB s are not enough"),
    pytest.param(steady(0, 600, -66), [], id="at the threshold for ten minutes"),
    pytest.param([(0, -50), (2.5, -50)], [], id="two loud samples are not three"),
    pytest.param([(0, -50), (2.5, -50), (3, -50)], [ARRIVED], id="three loud samples"),
    pytest.param([(0, -50), (1, -50), (1.9, -50), (9, None)], [], id="time alone is no arrival"),
    pytest.param([*steady(0, 9, -80), (10, -45), *steady(11, 20, -80)], [], id="one reflection"),
    pytest.param(
        [*steady(0, 40, -80, every_s=10), (50, -45), (60, -80)], [], id="one, by a slow tag"
    ),
    pytest.param(
        [*steady(0, 2, -58), *steady(3, 8, -90), *steady(9, 11, -58)], [], id="leaves in between"
    ),
    pytest.param([*NEAR, *steady(5, 30, -73)], [ARRIVED], id="steps back a little"),
    pytest.param([*NEAR, *steady(5, 20, -85)], [ARRIVED, LEFT], id="walks away"),
    pytest.param([*NEAR, *steady(5, 9, -85), *steady(10, 20, -60)], [ARRIVED], id="turns around"),
    pytest.param([*NEAR, (16, None)], [ARRIVED], id="naps"),
    pytest.param([*NEAR, (16.1, None)], [ARRIVED, LEFT], id="is gone"),
    pytest.param([*NEAR, (16.1, None), (17, None)], [ARRIVED, LEFT], id="is gone only once"),
    pytest.param([*NEAR, (30, -60)], [ARRIVED, LEFT], id="back before anybody looked"),
    pytest.param([*NEAR, *steady(30, 33, -50)], [ARRIVED, LEFT, ARRIVED], id="another visit"),
    pytest.param(
        [*NEAR, *steady(5, 20, -85)[:-1], *steady(20, 60, -85)], [ARRIVED, LEFT], id="far"
    ),
    pytest.param(
        [*NEAR, *steady(5, 20, -85), *steady(21, 26, -50)],
        [ARRIVED, LEFT, ARRIVED],
        id="turns back",
    ),
    pytest.param([(0, -50), (1, -50), (20, -50)], [], id="an approach does not survive silence"),
    pytest.param(
        [*NEAR, (5, -95), (6, -95), (7, None), (13, None)], [ARRIVED, LEFT], id="fades, then silent"
    ),
    pytest.param([(60, -50), (66, -50), (72, -50)], [ARRIVED], id="a tag that speaks every 6 s"),
    pytest.param(
        [(60, -50), (66, -50), (72, -50), (89, None)], [ARRIVED], id="a slow tag may be silent long"
    ),
    pytest.param(
        [(60, -50), (66, -50), (72, -50), (72 + 6 * 6 + 1, None)], [ARRIVED, LEFT], id="a slow tag"
    ),
    pytest.param(
        [*NEAR, (14, -60), (44, -60), (140, -60)],
        [ARRIVED, LEFT],
        id="heard now and then is not here for ever",
    ),
    pytest.param([], [], id="nobody"),
]


@pytest.mark.parametrize(("signal", "expected"), STORIES)
def test_story_at_one_receiver(signal: Signal, expected: list[Change]) -> None:
    assert changes(signal) == expected


TWO_RECEIVERS = [
    pytest.param(walk((0, 60, -55, -80)), [(MOVED, DOOR), (ARRIVED, DOOR)], id="stays at the door"),
    pytest.param(
        walk((0, 10, -55, -80), (10.5, 30, -80, -55)),
        [(MOVED, DOOR), (ARRIVED, DOOR), (MOVED, TILL)],
        id="walks to the till: one visit",
    ),
    pytest.param(
        walk((0, 10, -55, -80), (10.5, 60, -60, -60)),
        [(MOVED, DOOR), (ARRIVED, DOOR)],
        id="on equal the holder keeps the tag",
    ),
    pytest.param(
        walk((0, 120, -55, -72), (120.5, 180, -66, -67)),
        [(MOVED, DOOR), (ARRIVED, DOOR)],
        id="turns a back to the door: news alone is no hand-over",
    ),
    pytest.param(
        walk((0, 60, -61, -62), (60.5, 120, -63, -60)),
        [(MOVED, DOOR), (ARRIVED, DOOR)],
        id="louder at the till, but not clearly",
    ),
    pytest.param(
        walk((0, 10, -55, -80), (10.5, 10.5, -80, -62), (11, 30, -55, -80)),
        [(MOVED, DOOR), (ARRIVED, DOOR)],
        id="an echo is no hand-over",
    ),
    pytest.param(
        walk((0, 10, -75, -72)), [(MOVED, TILL)], id="never near, but nearer to one than the other"
    ),
    pytest.param(
        [*walk((0, 10, -55, -80), (10.5, 30, -75, -90)), (31, DOOR, None)],
        [(MOVED, DOOR), (ARRIVED, DOOR), (LEFT, DOOR), (MOVED, DOOR)],
        id="goes away from both, and is still heard",
    ),
    pytest.param(
        [*walk((0, 10, -80, -80)), (23, DOOR, None)],
        [(MOVED, DOOR), (LEFT, DOOR)],
        id="what was told is taken back when it is silent",
    ),
    pytest.param(
        [*walk((0, 10, -55, -80)), *((now_s, TILL, -70) for now_s in range(11, 40))],
        [(MOVED, DOOR), (ARRIVED, DOOR), (MOVED, TILL)],
        id="the door's receiver loses its power",
    ),
    pytest.param(
        [*alone(steady(0, 60, -80)), (30.0, TILL, -85), *((61.0 + i, DOOR, -80) for i in range(9))],
        [(MOVED, DOOR)],
        id="one receiver alone compares nothing",
    ),
]


@pytest.mark.parametrize(("heard", "expected"), TWO_RECEIVERS)
def test_story_at_two_receivers(heard: list[Heard], expected: list[Told]) -> None:
    assert play(heard)[1] == expected


def test_receivers_are_compared_only_after_two_seconds() -> None:
    """Advertisements of one instant come one after the other; the first is not the nearest."""
    first = [(0.0, DOOR, -80), (0.01, TILL, -50), (1.0, DOOR, -80), (1.99, TILL, -50)]

    assert play(first)[1] == []
    assert play([*first, (2.0, DOOR, -80)])[1] == [(MOVED, TILL)]


def test_two_receivers_of_one_zone_are_no_move() -> None:
    both = replace(RULES, receivers={DOOR: Receiver("front"), TILL: Receiver("front")})

    presence, told = play(walk((0, 10, -55, -80), (10.5, 30, -80, -55)), both)

    assert told == [(MOVED, "front"), (ARRIVED, "front")]
    assert presence.holder == TILL


def test_a_departure_by_weakness_comes_six_seconds_after_the_average_fell() -> None:
    presence, _ = play(alone(NEAR))
    assert presence.phase is Phase.HERE

    fell_s = None
    for now_s, rssi_dbm in steady(5, 30, -90):
        assert rssi_dbm is not None
        presence, change = hear(presence, RULES, now_s, DOOR, rssi_dbm)
        if fell_s is None and presence.signals[DOOR].level_dbm < -73:
            fell_s = now_s
        if change is not None:
            assert (change, fell_s) == (LEFT, now_s - 6)
            return
    pytest.fail("it never left")


def test_a_receiver_that_hears_badly_is_corrected() -> None:
    deaf = replace(RULES, receivers={DOOR: Receiver(DOOR, offset_db=-5.0)})

    assert changes(steady(0, 10, -68)) == []
    assert changes(steady(0, 10, -68), deaf) == [ARRIVED]


def test_a_loud_receiver_does_not_win_by_being_loud() -> None:
    loud = replace(RULES, receivers={TILL: Receiver(TILL, offset_db=9.0)})

    assert play(walk((0, 20, -58, -55)), loud)[0].holder == DOOR


def test_being_near_is_a_matter_of_level_and_not_of_comparison() -> None:
    assert is_near(play(walk((0, 10, -55, -80)))[0], RULES)
    assert not is_near(play(walk((0, 10, -75, -90)))[0], RULES)
    assert not is_near(play([(0, DOOR, -50)])[0], RULES)


def test_the_dwell_ends_when_the_tag_was_last_heard() -> None:
    presence, _ = play(alone([*NEAR, (10, -60), (20, None)]))

    assert presence.dwell_s == 8  # arrived at 2, heard last at 10


def test_the_level_is_that_of_the_nearest_receiver() -> None:
    presence, _ = play(walk((0, 20, -55, -80)))

    assert presence.level_dbm == pytest.approx(-55)


def test_a_tag_not_heard_any_more_may_be_forgotten() -> None:
    assert play(alone([*NEAR, (100, None)]))[0] is NOBODY
    assert play(alone([(0, -90), (12, None)]))[0] is not NOBODY
    assert play(alone([(0, -90), (12.1, None)]))[0] is NOBODY


def test_it_is_forgotten_only_when_no_receiver_hears_it() -> None:
    presence, _ = play([*alone(NEAR), (14, TILL, -90), (17, DOOR, None)])

    assert presence is not NOBODY


def test_two_samples_of_one_instant_or_out_of_order_do_no_harm() -> None:
    presence, told = play(alone([(0, -50), (0, -50), (1, -50)]))
    presence, change = hear(presence, RULES, 0.9, DOOR, -50)
    assert (presence.heard_s, change, told) == (1, None, [])

    presence, change = hear(presence, RULES, 2, DOOR, -50)

    assert (presence.heard_s, change) == (2, ARRIVED)


@pytest.mark.parametrize("mistake", [{"leave_gap_db": 0.0}, {"enter_samples": 1}], ids=str)
def test_impossible_rules_cannot_be_made(mistake: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(mistake))):
        replace(RULES, **mistake)
