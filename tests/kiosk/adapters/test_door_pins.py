"""Lock and switches: on gpiozero's mock pins, and on real gpiozero over a chip made of files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.adapters.pins_gpiozero import GpioLock, GpioSwitch
from runtime.errors import DeviceError, SettingsError, UnavailableError
from tests.faults.chip.board import HIGH, LOW, Board

LOCK = {"pin": 17, "pin_factory": "mock"}
MOCK = {"pin": 27, "pin_factory": "mock"}


def test_a_lock_is_down_from_the_start_and_goes_up_and_down() -> None:
    lock = GpioLock(LOCK)
    states = [lock._strike.pin.state]
    for act in (lock.release, lock.release, lock.secure, lock.secure):
        act()
        states.append(lock._strike.pin.state)

    assert states == [0, 1, 1, 0, 0]
    lock.release()
    lock.close()
    lock.close()


def test_a_closed_lock_says_that_it_does_not_obey() -> None:
    lock = GpioLock(LOCK)
    lock.close()

    with pytest.raises(DeviceError, match="lock on GPIO17"):
        lock.release()


def test_the_active_low_trap_is_refused_and_explained() -> None:
    with pytest.raises(SettingsError, match=r"energised for a moment at every start.*10 kΩ"):
        GpioLock({**LOCK, "active_high": False})


@pytest.mark.parametrize("pin", [0, 8])
def test_a_pin_that_is_pulled_up_at_boot_is_refused(pin: int) -> None:
    with pytest.raises(SettingsError, match=f"GPIO{pin} is pulled up .*GPIO9 to GPIO27"):
        GpioLock({**LOCK, "pin": pin})


def test_a_missing_pin_library_is_not_replaced_by_another() -> None:
    with pytest.raises(UnavailableError, match=r"lgpio cannot be loaded.*no other is tried"):
        GpioLock({"pin": 17})
    with pytest.raises(SettingsError, match=r"'rpigpoi' is none of .*lgpio"):
        GpioLock({**LOCK, "pin_factory": "rpigpoi"})


@pytest.mark.parametrize("options", [{}, {"pin": 28}, {"pin": 17, "hold": 5}])
def test_wrong_options_are_named(options: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="driver gpiozero, options"):
        GpioLock(options)


@pytest.mark.parametrize(("on_when", "when_closed"), [("open", False), ("closed", True)])
def test_a_switch_is_on_when_it_is_said_to_be(on_when: str, when_closed: bool) -> None:
    switch = GpioSwitch({**MOCK, "on_when": on_when})

    switch._line.pin.drive_low()  # the circuit to ground is closed
    assert switch.is_on() is when_closed
    switch._line.pin.drive_high()  # open, or its wire is cut
    assert switch.is_on() is not when_closed

    switch.close()
    with pytest.raises(DeviceError, match="switch on GPIO27"):
        switch.is_on()


def test_what_a_switch_tells_must_be_said() -> None:
    with pytest.raises(SettingsError, match="on_when"):
        GpioSwitch(MOCK)


def acts(board: Board, script: str) -> str:
    """What a process with real gpiozero on the chip prints."""
    program = "from kiosk.adapters.pins_gpiozero import GpioLock, GpioSwitch\n" + script
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=board.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_real_gpiozero_starts_low_pulses_and_ends_low(board: Board) -> None:
    said = acts(board, "lock = GpioLock({'pin': 17}); lock.release(); lock.secure(); lock.close()")

    assert said == ""
    assert [change.level for change in board.diary(17)] == [HIGH, LOW]


def test_a_line_stays_as_it_was_driven_when_its_process_dies(board: Board) -> None:
    """The trap that the closer is there for: without it the door stays open."""
    acts(board, "import os; lock = GpioLock({'pin': 17}); lock.release(); os._exit(1)")
    assert board.level(17) == HIGH

    acts(board, "GpioLock({'pin': 17})")
    assert board.level(17) == LOW


HOLDER = """
from kiosk.adapters.pins_gpiozero import GpioLock
lock = GpioLock({"pin": 17})
print("held", flush=True)
input()
lock.close()
print("let go", flush=True)
input()
"""


def test_a_line_belongs_to_one_process_until_that_closes_it(board: Board) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=board.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        taken = acts(board, "GpioLock({'pin': 17})")
        print(file=holder.stdin, flush=True)
        assert holder.stdout.readline() == "let go\n"
        free = acts(board, "GpioLock({'pin': 17})")
        print(file=holder.stdin, flush=True)

    assert "DeviceError: lock on GPIO17: 'GPIO busy'" in taken
    assert free == ""
