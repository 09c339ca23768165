"""When a kiosk is unwell, and when somebody is told."""

from __future__ import annotations

from typing import Any

import pytest

from contract.events import ClockTrust, Condition, Device
from contract.messages import KioskState
from contract.vitals import Glass, Shown, Vitals
from gateway.core.fleet import (
    CARD_WORN_PERCENT,
    DISK_FEW_BYTES,
    LASTS_MS,
    QUIET_MS,
    TOLD_OF,
    Alarm,
    Trouble,
    look,
    troubles,
)
from gateway.core.fleet_notices import BODIES

WELL = Vitals(55.0, 0, DISK_FEW_BYTES, None, 10, 0, 1, 1.0)
HOT = (Trouble.HOT,)


def state(**said: Any) -> KioskState:
    return KioskState("quay-1", online=True, **said)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param(None, [Trouble.NEVER_SPOKE], id="never heard"),
        pytest.param(KioskState("quay-1", online=False), [Trouble.OFFLINE], id="away"),
        pytest.param(state(), [], id="one that says nothing of itself"),
        pytest.param(state(vitals=Vitals()), [], id="one that knows nothing of itself"),
        pytest.param(state(vitals=WELL), [], id="well"),
        pytest.param(state(vitals=Vitals(temperature_c=80.0)), [Trouble.HOT], id="hot"),
        pytest.param(state(vitals=Vitals(throttled=1 << 2)), [Trouble.HOT], id="slowed"),
        pytest.param(state(vitals=Vitals(throttled=1 << 18)), [], id="was slowed once"),
        pytest.param(state(vitals=Vitals(throttled=1 << 16)), [Trouble.POWER], id="was weak"),
        pytest.param(
            state(vitals=Vitals(disk_free_bytes=DISK_FEW_BYTES - 1)), [Trouble.DISK], id="full"
        ),
        pytest.param(
            state(vitals=Vitals(card_worn_percent=CARD_WORN_PERCENT)), [Trouble.CARD], id="worn"
        ),
        pytest.param(state(glass=Glass(Shown.INVITATION, 30.1)), [Trouble.DARK], id="dark"),
        pytest.param(state(devices={Device.RADIO: Condition.DEGRADED}), [Trouble.DEAF], id="deaf"),
        pytest.param(
            state(devices={Device.RADIO: Condition.OK, Device.CAMERA: Condition.OUT}),
            [Trouble.PART],
            id="a part",
        ),
        pytest.param(state(clock=ClockTrust.HOLDOVER), [Trouble.CLOCK], id="no clock"),
        pytest.param(state(outbox_depth=1_001), [Trouble.BACKLOG], id="full of news"),
        pytest.param(state(grabbed_to_painted_p95_ms=401.0), [Trouble.SLOW], id="slow"),
        pytest.param(
            state(outbox_depth=1_001, glass=Glass(Shown.SERVING, 99)),
            [Trouble.DARK, Trouble.BACKLOG],
            id="two, the worse first",
        ),
    ],
)
def test_what_is_wrong_is_named(said: KioskState | None, found: list[Trouble]) -> None:
    assert list(troubles(said)) == found


def test_a_trouble_is_told_once_it_has_lasted() -> None:
    first = look({}, HOT, 0)
    assert first.tell == ()
    assert look(first.alarms, HOT, LASTS_MS - 1).tell == ()
    assert look(first.alarms, HOT, LASTS_MS).tell == HOT


def test_what_was_told_is_quiet_and_then_told_again_while_it_lasts() -> None:
    told = {Trouble.HOT: Alarm(0, told_ms=LASTS_MS)}

    assert look(told, HOT, LASTS_MS + QUIET_MS - 1).tell == ()
    assert look(told, HOT, LASTS_MS + QUIET_MS).tell == HOT


def test_what_comes_and_goes_is_told_once_in_a_quiet_period() -> None:
    alarms = {Trouble.HOT: Alarm(0, told_ms=LASTS_MS)}
    now_ms = LASTS_MS
    while now_ms < LASTS_MS + QUIET_MS - 3 * LASTS_MS:
        alarms = look(alarms, (), now_ms := now_ms + LASTS_MS).alarms
        alarms = look(alarms, HOT, now_ms := now_ms + LASTS_MS).alarms
        seen = look(alarms, HOT, now_ms := now_ms + LASTS_MS)
        alarms = seen.alarms
        assert seen.tell == (), now_ms


def test_a_flicker_that_nobody_was_told_of_is_forgotten() -> None:
    assert look({Trouble.HOT: Alarm(0)}, (), 1).alarms == {}
    assert look({Trouble.HOT: Alarm(0, 1, is_over=True)}, (), 1 + QUIET_MS).alarms == {}


def test_a_clock_that_is_unsure_and_a_slow_day_wake_nobody() -> None:
    quiet = (Trouble.CLOCK, Trouble.SLOW)

    assert look(dict.fromkeys(quiet, Alarm(0)), quiet, QUIET_MS).tell == ()


def test_everything_that_is_told_has_words() -> None:
    assert set(BODIES) == TOLD_OF
