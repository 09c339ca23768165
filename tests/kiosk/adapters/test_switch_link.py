"""Switches on gpiozero's own mock pins, which are as quick as a test can drive them."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, Queue

import pytest

from contract.events import Condition, Device
from kiosk.adapters import switch_link
from kiosk.adapters.pins_gpiozero import GpioSwitch
from kiosk.adapters.switch_link import SwitchLink
from kiosk.core.inputs import Approached, DeviceChanged, Input, Rang
from kiosk.core.switches import Role
from runtime.clock import SystemClock
from tests.waiting import PATIENCE_S

PINS = {Role.MOTION: 5, Role.CALL: 6, Role.TAMPER: 13}


class Case:
    """A kiosk's case with its switches: each open at first, and on when it is closed."""

    def __init__(self) -> None:
        self.switches = {
            role: GpioSwitch({"pin": pin, "on_when": "closed", "pin_factory": "mock"})
            for role, pin in PINS.items()
        }
        self.inputs: Queue[Input] = Queue()
        self.link = SwitchLink(self.switches, self.inputs.put, SystemClock())

    def close(self, role: Role) -> None:
        self.switches[role]._factory.pin(PINS[role]).drive_low()

    def open(self, role: Role) -> None:
        self.switches[role]._factory.pin(PINS[role]).drive_high()

    def next(self) -> Input:
        return self.inputs.get(timeout=PATIENCE_S)


@pytest.fixture
def case() -> Iterator[Case]:
    one = Case()
    yield one
    one.link.stop()
    one.link.stop()


def test_each_switch_says_what_it_is_there_for(case: Case) -> None:
    case.link.start()
    assert case.next() == DeviceChanged(Device.CASE, Condition.OK)

    case.close(Role.CALL)
    assert case.next() == Rang()
    case.close(Role.MOTION)
    assert case.next() == Approached()
    case.close(Role.TAMPER)
    opened = case.next()
    assert isinstance(opened, DeviceChanged)
    assert (opened.device, opened.condition) == (Device.CASE, Condition.OUT)
    case.open(Role.TAMPER)
    assert case.next() == DeviceChanged(Device.CASE, Condition.OK)


def test_a_case_that_is_open_at_the_start_is_said(case: Case) -> None:
    case.close(Role.TAMPER)
    case.link.start()

    opened = case.next()
    assert isinstance(opened, DeviceChanged)
    assert opened.condition is Condition.OUT


def test_who_stays_before_the_screen_is_said_again_and_a_held_button_is_not(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch_link, "STILL_HERE_S", 0.03)
    case.close(Role.MOTION)
    case.close(Role.CALL)
    case.link.start()

    said = [case.next() for _ in range(6)]
    assert said.count(Rang()) == 1
    assert said.count(Approached()) == 4


def test_a_switch_that_fails_is_said_once_and_the_others_go_on(case: Case) -> None:
    case.link.start()
    case.next()
    case.switches[Role.MOTION].close()

    failed = case.next()
    assert isinstance(failed, DeviceChanged)
    assert (failed.device, failed.condition) == (Device.PINS, Condition.OUT)
    assert failed.detail.startswith("motion: switch on GPIO5")
    case.close(Role.CALL)
    assert case.next() == Rang()
    with pytest.raises(Empty):
        case.inputs.get_nowait()


def test_stopping_lets_go_of_the_lines(case: Case) -> None:
    case.link.start()
    case.next()
    case.link.stop()

    assert all(switch._line.closed for switch in case.switches.values())
