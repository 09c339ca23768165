from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.presence import Change, Phase, Presence, PresenceRules, step

ARRIVED, LEFT = Change.ARRIVED, Change.LEFT
RULES = PresenceRules()  # enter at -66 dBm, leave at -73 dBm

Signal = list[tuple[float, int | None]]


def play(signal: Signal, rules: PresenceRules = RULES) -> tuple[Presence, list[Change]]:
    presence, changes = Presence(), []
    for now_s, rssi_dbm in signal:
        presence, change = step(presence, rules, now_s, rssi_dbm)
        if change is not None:
            changes.append(change)
    return presence, changes


def steady(start_s: float, end_s: float, rssi_dbm: int, every_s: float = 1.0) -> Signal:
    count = round((end_s - start_s) / every_s)
    return [(start_s + i * every_s, rssi_dbm) for i in range(count + 1)]


NEAR = steady(0, 4, -60)

STORIES = [
    pytest.param(steady(0, 2, -66), [ARRIVED], id="stays at exactly the threshold"),
    pytest.param(steady(0, 60, -67), [], id="stays just outside"),
    pytest.param(steady(0, 1.9, -60, every_s=0.1), [], id="passes by"),
    pytest.param([(0, -60), (2.5, -60)], [], id="two loud samples are not three"),
    pytest.param([(0, -60), (2.5, -60), (3, -60)], [ARRIVED], id="a slow tag arrives"),
    pytest.param([(0, -60), (1, -60), (1.9, -60), (2.5, None)], [], id="time alone is no arrival"),
    pytest.param([*steady(0, 9, -80), (10, -45), *steady(11, 20, -80)], [], id="one reflection"),
    pytest.param([(0, -66), (1, -66), (1.5, -90), (2, -55)], [], id="a dip starts the wait anew"),
    pytest.param([*NEAR, *steady(5, 30, -72)], [ARRIVED], id="steps back a little"),
    pytest.param([*NEAR, *steady(5, 20, -85)], [ARRIVED, LEFT], id="walks away"),
    pytest.param([*NEAR, *steady(5, 9, -85), *steady(10, 20, -60)], [ARRIVED], id="turns around"),
    pytest.param([*NEAR, (16, None)], [ARRIVED], id="naps"),
    pytest.param([*NEAR, (16.1, None)], [ARRIVED, LEFT], id="is gone"),
    pytest.param([*NEAR, (16.1, None), (17, None)], [ARRIVED, LEFT], id="is gone only once"),
    pytest.param([*NEAR, (30, -60)], [ARRIVED, LEFT], id="back before anybody looked"),
    pytest.param(
        [*NEAR, *steady(30, 33, -60)], [ARRIVED, LEFT, ARRIVED], id="comes back for another visit"
    ),
    pytest.param([(0, -60), (1, -60), (20, -60)], [], id="an approach does not survive silence"),
    pytest.param(
        [*NEAR, (5, -95), (6, -95), (7, None), (13, None)], [ARRIVED, LEFT], id="fades, then silent"
    ),
    pytest.param([(60, -60), (66, -60), (72, -60)], [ARRIVED], id="a tag that speaks every 6 s"),
    pytest.param(
        [(60, -60), (66, -60), (72, -60), (89, None)], [ARRIVED], id="a slow tag may be silent long"
    ),
    pytest.param(
        [(60, -60), (66, -60), (72, -60), (72 + 6 * 6 + 1, None)], [ARRIVED, LEFT], id="a slow tag"
    ),
    pytest.param(
        [*NEAR, (14, -60), (44, -60), (140, -60)],
        [ARRIVED, LEFT],
        id="heard now and then is not here for ever",
    ),
    pytest.param([], [], id="nobody"),
]


@pytest.mark.parametrize(("signal", "changes"), STORIES)
def test_story(signal: Signal, changes: list[Change]) -> None:
    assert play(signal)[1] == changes


def test_a_departure_by_weakness_comes_six_seconds_after_the_average_fell() -> None:
    presence, _ = play(NEAR)
    assert presence.phase is Phase.HERE

    fell_s = None
    for now_s, rssi_dbm in steady(5, 30, -90):
        presence, change = step(presence, RULES, now_s, rssi_dbm)
        if fell_s is None and presence.level_dbm < -73:
            fell_s = now_s
        if change is not None:
            assert (change, fell_s) == (LEFT, now_s - 6)
            return
    pytest.fail("it never left")


def test_a_receiver_that_hears_badly_is_corrected() -> None:
    deaf = replace(RULES, receiver_offset_db=-5.0)

    assert play(steady(0, 5, -71))[1] == []
    assert play(steady(0, 5, -71), deaf)[1] == [ARRIVED]


def test_the_average_follows_time_and_not_the_number_of_samples() -> None:
    start = play([(0, -80)])[0]

    once = step(start, RULES, 2.5, -60)[0]

    assert once.level_dbm == pytest.approx(-80 + 20 * (1 - 2.718281828**-1))
    chatty = start
    for i in range(1, 26):
        chatty, _ = step(chatty, RULES, i / 10, -60)
    assert chatty.level_dbm == pytest.approx(once.level_dbm)


def test_the_dwell_ends_when_the_tag_was_last_heard() -> None:
    presence, _ = play([*NEAR, (10, -60), (20, None)])

    assert presence.dwell_s == 8  # arrived at 2, heard last at 10


def test_a_tag_not_heard_any_more_may_be_forgotten() -> None:
    assert play([*NEAR, (100, None)])[0] == Presence()
    assert play([(0, -90), (12, None)])[0] != Presence()
    assert play([(0, -90), (12.1, None)])[0] == Presence()


def test_two_samples_of_one_instant_or_out_of_order_do_no_harm() -> None:
    presence, changes = play([(0, -60), (0, -60), (1, -60), (0.9, -60), (2, -60)])

    assert changes == [ARRIVED]
    assert presence.heard_s == 2


@pytest.mark.parametrize(
    "mistake", [{"tau_s": 0.0}, {"leave_gap_db": 0.0}, {"enter_samples": 1}], ids=str
)
def test_impossible_rules_cannot_be_made(mistake: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(mistake))):
        replace(RULES, **mistake)
