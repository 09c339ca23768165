"""Switches on gpiozero's own mock pins, which are as quick as a test can drive them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from queue import Empty, Queue

import pytest

from contract.events import Condition, Device
from kiosk.adapters import switch_link
from kiosk.adapters.pin_troubles import PinTroubles
from kiosk.adapters.pins_gpiozero import GpioSwitch
from kiosk.adapters.switch_link import SwitchLink
from kiosk.core.inputs import Approached, DeviceChanged, Input, Rang
from kiosk.core.switches import Role
from runtime.clock import SystemClock
from runtime.errors import DeviceError, UnavailableError
from tests.waiting import PATIENCE_S

RETRY_S = 0.1
PINS = {Role.MOTION: 5, Role.CALL: 6, Role.TAMPER: 13}


class Wire(GpioSwitch):
    """A switch whose wire may break."""

    is_cut = False

    def is_on(self) -> bool:
        if self.is_cut:
            raise DeviceError(f"{self._what}: gone")
        return super().is_on()

    @property
    def is_let_go_of(self) -> bool:
        return bool(self._line.closed)


class Case:
    """A kiosk's case with its switches: each open at first, and on when it is closed."""

    def __init__(self) -> None:
        self.switches: dict[Role, Wire] = {}
        self.tried_s: dict[Role, list[float]] = {role: [] for role in PINS}
        self.missing: set[Role] = set()
        self.inputs: Queue[Input] = Queue()
        makes = {role: partial(self.make, role) for role in PINS}
        self.link = SwitchLink(
            makes, self.inputs.put, PinTroubles(self.offer), SystemClock(), retry_s=RETRY_S
        )

    def make(self, role: Role) -> Wire:
        self.tried_s[role].append(SystemClock().monotonic_s())
        if role in self.missing:
            raise UnavailableError("there is no pin library")
        told = {"pin": PINS[role], "on_when": "closed", "pin_factory": "mock"}
        self.switches[role] = Wire(told)
        return self.switches[role]

    def offer(self, what: Input) -> bool:
        self.inputs.put(what)
        return True

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


def test_a_switch_that_fails_is_said_once_the_others_go_on_and_it_is_said_when_it_works(
    case: Case,
) -> None:
    case.link.start()
    case.next()
    case.missing.add(Role.MOTION)
    broken = case.switches[Role.MOTION]
    cut_s = SystemClock().monotonic_s()
    broken.is_cut = True

    failed = case.next()
    assert isinstance(failed, DeviceChanged)
    assert (failed.device, failed.condition) == (Device.PINS, Condition.OUT)
    assert failed.detail.startswith("motion: switch on GPIO5")
    assert case.next() == DeviceChanged(
        Device.PINS, Condition.OUT, "motion: there is no pin library"
    )
    case.close(Role.CALL)
    assert case.next() == Rang()
    case.missing.clear()
    assert case.next() == DeviceChanged(Device.PINS, Condition.OK)
    case.close(Role.MOTION)
    assert case.next() == Approached()
    assert broken.is_let_go_of
    assert case.tried_s[Role.MOTION][1] - cut_s > RETRY_S / 2  # not at every look, 20 ms later
    with pytest.raises(Empty):
        case.inputs.get_nowait()


def test_stopping_lets_go_of_the_lines(case: Case) -> None:
    case.link.start()
    case.next()
    case.link.stop()

    assert len(case.switches) == len(PINS)
    assert all(switch.is_let_go_of for switch in case.switches.values())
