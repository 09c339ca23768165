"""A simulated wire is answered when all that follows from it is done."""

from __future__ import annotations

from threading import Thread

import pytest

from runtime.errors import DeviceError, SettingsError
from simulator.adapters import Adapters
from simulator.door_pins import SimulatedLock, SimulatedSwitch
from simulator.wire import Wire
from tests.waiting import until

SEAT = ("front", "contact")


def test_the_stage_goes_on_after_the_second_look() -> None:
    adapters = Adapters(0.0)
    switch = SimulatedSwitch({"stage": adapters.address, "kiosk": "front", "wire": "contact"})
    until(lambda: SEAT in adapters.admit(0.0), "the wire joins")
    assert not switch.is_on()
    stage = Thread(target=adapters.tell, args=({("front", "contact"): Wire(is_on=True)},))
    stage.start()

    until(switch.is_on, "the first look")
    stage.join(0.05)
    assert stage.is_alive(), "nobody can have acted upon it yet"
    assert switch.is_on()
    stage.join(10)

    assert not stage.is_alive()
    switch.close()
    adapters.close()


def test_a_wire_without_a_stage_or_a_name_is_refused() -> None:
    with pytest.raises(DeviceError, match="no stage answers"):
        SimulatedSwitch({"stage": "127.0.0.1:1", "kiosk": "front", "wire": "beam"})
    with pytest.raises(SettingsError, match="contact, exit or beam"):
        SimulatedSwitch({"stage": "127.0.0.1:1", "kiosk": "front", "wire": "clock"})


def test_a_simulated_lock_knows_whether_it_is_released() -> None:
    lock = SimulatedLock({})
    lock.release()
    assert lock.is_released
    lock.secure()
    assert not lock.is_released
