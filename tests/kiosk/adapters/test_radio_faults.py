"""What breaks while bleak scans, and that it is said and mended: real bleak on a real bus.

Time is the test's: silence is 21 s on a clock that the test moves, and nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import Queue
from typing import NoReturn

import pytest

from contract.events import Condition
from kiosk.adapters.management_socket import ManagementSocket
from kiosk.adapters.radio_bleak import BleakRadio, Timing
from kiosk.core.inputs import DeviceChanged, Heard, Input
from kiosk.core.radio_watch import SILENT_S
from runtime.errors import DeviceError
from tests.fakes import FakeClock
from tests.kiosk.adapters.fake_bluez import Bus, FakeBluez
from tests.waiting import until

TAG, DRAWER = "C2:00:00:00:00:07", "C2:00:00:00:00:08"
IBEACON = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")
ALWAYS_THERE = IBEACON[:-3] + b"\x00\x01\xc5"
REFERENCE = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:1"
LAST_DBM = -99  # of a burst: what was sent before it has arrived as well
QUICK = Timing(stop_s=0.1, answer_s=0.3, settle_s=0.01, look_s=0.01, first_retry_s=0.05)

OpenSocket = Callable[..., ManagementSocket]
Tune = Callable[..., None]


class Listener:
    """The kiosk's end of a radio."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.inputs: Queue[Input] = Queue()
        self.said: list[DeviceChanged] = []
        self.awaited = 0  # how much of it a test has asked for
        self.levels_dbm: list[int] = []

    def take(self) -> list[int]:
        """Empty the inbox; all levels that were heard so far."""
        while not self.inputs.empty():
            one = self.inputs.get_nowait()
            if isinstance(one, DeviceChanged):
                self.said.append(one)
            elif isinstance(one, Heard):
                self.levels_dbm.append(one.advertisement.rssi_dbm)
        return self.levels_dbm

    def hears(self, condition: Condition, words: str = "", while_s: float = 0.0) -> None:
        """Wait for health to say so, after what was awaited before; time may pass meanwhile."""

        def is_said() -> bool:
            self.take()
            self.clock.advance(seconds=while_s)
            for number, one in enumerate(self.said[self.awaited :], start=1):
                if one.condition is condition and words in one.detail:
                    self.awaited += number
                    return True
            return False

        until(is_said, f"{condition} {words}")

    def is_silent_until(self, condition: Condition, words: str) -> None:
        """Let the longest time pass in which health may be silent about it."""
        self.clock.advance(seconds=SILENT_S)
        self.hears(condition, words)

    def hears_again(self, bluez: FakeBluez, adapter: str = "hci0", while_s: float = 0.25) -> None:
        """Send until something arrives; the ladder may need some of its steps, and time for them.

        Deaf, it gets a fifth of a second for a step; once it could hear, four times as much, which
        is enough for what helps to help.
        """
        before = len(self.levels_dbm)

        def is_heard() -> bool:
            bluez.air(TAG, -60, {0x4C: IBEACON}, adapter=adapter)
            self.take()
            if len(self.levels_dbm) == before:
                is_deaf = adapter not in bluez.adapters or not bluez.adapters[adapter].hears({})
                self.clock.advance(seconds=4 * while_s if is_deaf else while_s)
            return len(self.levels_dbm) > before

        until(is_heard, "the radio hears")
        bluez.air(TAG, LAST_DBM, {0x4C: IBEACON}, adapter=adapter)
        until(lambda: self.take()[-1] == LAST_DBM, "nothing is under way")
        self.hears(Condition.OK)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def tune(bus: Bus, listener: Listener) -> Iterator[Tune]:
    """Starts a radio, and stops it whatever comes of the test."""
    radios: list[BleakRadio] = []

    def start(
        timing: Timing = QUICK, open_socket: OpenSocket = ManagementSocket, **options: object
    ) -> None:
        told = {"management_socket": False, **options}
        radios.append(BleakRadio(told, listener.inputs.put, listener.clock, timing, open_socket))
        radios[-1].start()

    yield start
    for radio in radios:
        radio.stop()


@pytest.fixture
def radio(tune: Tune, bluez: FakeBluez, listener: Listener) -> None:
    """A radio that hears."""
    tune()
    listener.hears_again(bluez, while_s=0.0)


def test_silence_is_told_once_and_ends_with_the_first_advertisement(
    radio: None, bluez: FakeBluez, listener: Listener
) -> None:
    bluez.adapters["hci0"].is_deaf = True
    listener.is_silent_until(Condition.DEGRADED, "deaf, or nobody transmits")

    def is_scanned_again() -> bool:
        listener.clock.advance(seconds=1)
        return bluez.calls.count("StartDiscovery") >= 4

    until(is_scanned_again, "more scans")
    listener.take()
    assert [one.condition for one in listener.said] == [Condition.OK, Condition.DEGRADED]
    bluez.adapters["hci0"].is_deaf = False
    listener.hears_again(bluez)


def test_the_ladder_is_climbed_until_something_helps(
    radio: None, bluez: FakeBluez, listener: Listener
) -> None:
    bluez.adapters["hci0"].is_deaf = True

    listener.hears_again(bluez)  # the restart helped

    steps = [call for call in bluez.calls if call in {"StartDiscovery", "Set", "RestartUnit"}]
    scan = "StartDiscovery"
    assert steps[:8] == [scan, scan, "Set", "Set", scan, scan, "RestartUnit", scan]


def test_the_next_adapter_takes_over(radio: None, bluez: FakeBluez, listener: Listener) -> None:
    bluez.add_adapter("hci1")
    bluez.adapters["hci0"].is_deaf = True

    listener.hears_again(bluez, "hci1")

    assert "RestartUnit" not in bluez.calls
    assert listener.said[-1].detail == "listens with hci1"


def test_an_adapter_that_vanishes_is_missed_and_heard_when_it_is_back(
    radio: None, bluez: FakeBluez, listener: Listener
) -> None:
    bluez.remove_adapter("hci0")
    listener.is_silent_until(Condition.DEGRADED, "deaf")
    listener.hears(Condition.OUT, "adapter 'hci0' not found")

    bluez.add_adapter("hci0")
    listener.hears_again(bluez)


def test_a_daemon_that_was_restarted_is_asked_to_scan_again(
    radio: None, bluez: FakeBluez, listener: Listener
) -> None:
    bluez.restart()
    listener.is_silent_until(Condition.DEGRADED, "deaf")

    listener.hears_again(bluez)


def test_a_bus_that_was_killed_is_found_again(
    radio: None, bus: Bus, bluez: FakeBluez, listener: Listener
) -> None:
    bus.kill()
    listener.is_silent_until(Condition.DEGRADED, "deaf")
    listener.hears(Condition.OUT, "run: sudo systemctl start dbus")

    bus.start()
    bluez.restart()
    listener.hears_again(bluez)


def test_a_scan_that_never_begins_is_given_up_and_tried_again(
    bluez: FakeBluez, tune: Tune, listener: Listener
) -> None:
    bluez.mute.add("StartDiscovery")
    tune(replace(QUICK, start_s=0.3))
    listener.hears(Condition.OUT, "BlueZ did not answer within")

    bluez.mute.clear()
    listener.hears_again(bluez)


def test_a_power_switch_that_never_answers_does_not_stop_the_ladder(
    radio: None, bluez: FakeBluez, listener: Listener
) -> None:
    bluez.adapters["hci0"].is_deaf = True
    bluez.mute.add("Set")

    listener.hears_again(bluez)

    assert "RestartUnit" in bluez.calls


def test_an_adapter_that_is_switched_off_is_switched_on(
    radio: None, bluez: FakeBluez, listener: Listener
) -> None:
    bluez.adapters["hci0"].is_powered = False
    bluez.adapters["hci0"].filters = None
    listener.is_silent_until(Condition.DEGRADED, "deaf")

    listener.hears_again(bluez)


def test_a_restart_that_is_forbidden_is_survived(
    radio: None, bluez: FakeBluez, listener: Listener
) -> None:
    bluez.adapters["hci0"].is_deaf = True
    bluez.fails["RestartUnit"] = "org.freedesktop.DBus.Error.AccessDenied"

    def is_refused() -> bool:
        listener.clock.advance(seconds=SILENT_S)
        return "RestartUnit" in bluez.calls

    until(is_refused, "systemd is asked")
    bluez.adapters["hci0"].is_deaf = False
    listener.hears_again(bluez)


def test_strangers_are_no_proof_while_the_reference_tag_is_silent(
    bluez: FakeBluez, tune: Tune, listener: Listener
) -> None:
    tune(reference=[REFERENCE])
    listener.hears(Condition.OK)
    bluez.air(DRAWER, -60, {0x4C: ALWAYS_THERE})
    until(lambda: len(listener.take()) == 1, "the reference tag is heard")

    listener.clock.advance(seconds=SILENT_S - 1)
    bluez.air(TAG, -61, {0x4C: IBEACON})
    until(lambda: len(listener.take()) == 2, "a stranger is heard")
    listener.clock.advance(seconds=1)
    listener.hears(Condition.DEGRADED, "nearly deaf")
    until(lambda: bluez.calls.count("StartDiscovery") == 2, "it tries another scan")
    listener.hears(Condition.OUT, "not even the reference tag", while_s=1.0)

    def is_heard() -> bool:
        bluez.air(DRAWER, -60, {0x4C: ALWAYS_THERE})
        listener.take()
        return listener.said[-1].condition is Condition.OK

    until(is_heard, "the reference tag is heard again")


def test_what_nobody_expected_is_told_and_the_radio_goes_on(
    bluez: FakeBluez, tune: Tune, listener: Listener
) -> None:
    surprises = iter([ZeroDivisionError("a library's own mistake")])

    def broken(*_: object) -> NoReturn:
        raise next(surprises, DeviceError("no management socket"))

    tune(open_socket=broken, management_socket=True)

    listener.hears(Condition.OUT, "unexpected ZeroDivisionError: a library's own mistake")
    listener.hears_again(bluez)
