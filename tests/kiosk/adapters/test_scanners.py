"""One suite for every kind of scanner: a real terminal pair, a pipe of input events."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Protocol

import pytest

from contract.events import Condition, Device
from kiosk.adapters import scanner_link
from kiosk.adapters.scanner_link import ScannerLink
from kiosk.adapters.scanner_serial import SerialScanner
from kiosk.adapters.scanner_wedge import WedgeScanner
from kiosk.core.inputs import CodeRead, DeviceChanged, Input
from kiosk.ports import Scanner
from runtime.clock import SystemClock
from runtime.errors import DeviceError, SettingsError
from tests.kiosk.keyboard import events, keys
from tests.terminal import needs_a_terminal
from tests.waiting import PATIENCE_S


class Thing(Protocol):
    """A scanner as a person handles it."""

    @property
    def scanner(self) -> Scanner: ...
    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def scan(self, text: str) -> None: ...
    def begin(self, text: str) -> None: ...


class OnTerminal:
    """The kernel's own terminal pair: what is written on one side is read on the other."""

    def __init__(self, folder: Path) -> None:
        self._name = folder / "tty"
        self.scanner = SerialScanner({"device": f"/dev/../{self._name}"})
        self._fds: list[int] = []

    def plug(self) -> None:
        ours, theirs = os.openpty()
        self._name.unlink(missing_ok=True)
        self._name.symlink_to(os.ttyname(theirs))
        os.close(theirs)
        self._fds = [ours]

    def unplug(self) -> None:
        while self._fds:
            os.close(self._fds.pop())
        self._name.unlink(missing_ok=True)

    def scan(self, text: str) -> None:
        self.begin(f"{text}\r\n")

    def begin(self, text: str) -> None:
        """Without an end."""
        os.write(self._fds[0], text.encode())


class OnPipe:
    """No machine without /dev/uinput has input devices to make; a pipe carries the same bytes."""

    def __init__(self, folder: Path) -> None:
        self._name = folder / "event0"
        self.scanner = WedgeScanner({"device": str(self._name), "grab": False})
        self._fds: list[int] = []

    def plug(self) -> None:
        os.mkfifo(self._name)
        self._fds = [os.open(self._name, os.O_RDWR)]

    def unplug(self) -> None:
        while self._fds:
            os.close(self._fds.pop())
        self._name.unlink(missing_ok=True)

    def scan(self, text: str) -> None:
        os.write(self._fds[0], events(keys(text)))

    def begin(self, text: str) -> None:
        """Without an end."""
        os.write(self._fds[0], events(keys(text, end=None)))


@pytest.fixture(params=[pytest.param(OnTerminal, marks=needs_a_terminal), OnPipe])
def thing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Thing]:
    made: Thing = request.param(tmp_path)
    made.plug()
    yield made
    made.scanner.close()
    made.unplug()


def come(scanner: Scanner, fd: int, count: int) -> list[str]:
    """So many texts, however they are cut on their way."""
    texts: list[str] = []
    while len(texts) < count:
        assert select.select([fd], [], [], PATIENCE_S)[0], "nothing came"
        texts += scanner.texts(0.0)
    return texts


def test_what_is_scanned_comes_and_nothing_is_waited_for(thing: Thing) -> None:
    fd = thing.scanner.open()

    assert thing.scanner.texts(0.0) == []
    thing.scan("MD1:A B$%*+-./:9")
    thing.scan("second")
    assert come(thing.scanner, fd, 2) == ["MD1:A B$%*+-./:9", "second"]
    assert thing.scanner.texts(0.0) == []


def test_a_scanner_that_is_unplugged_is_lost_and_can_come_back(thing: Thing) -> None:
    thing.scanner.open()
    thing.unplug()
    with pytest.raises(DeviceError, match="scanner at"):
        thing.scanner.texts(0.0)
    thing.scanner.close()
    with pytest.raises(DeviceError, match="scanner at"):
        thing.scanner.open()

    thing.plug()
    fd = thing.scanner.open()
    thing.scan("AGAIN")
    assert come(thing.scanner, fd, 1) == ["AGAIN"]


def test_closing_twice_is_no_trouble_and_nothing_is_read_afterwards(thing: Thing) -> None:
    thing.scanner.open()
    thing.scanner.close()
    thing.scanner.close()

    with pytest.raises(DeviceError, match="is not open"):
        thing.scanner.texts(0.0)


def test_what_comes_in_pieces_is_one_text_and_what_is_no_text_of_ours_spoils_no_other(
    thing: Thing,
) -> None:
    fd = thing.scanner.open()
    for piece in ("FIR", "S"):
        thing.begin(piece)
        select.select([fd], [], [], PATIENCE_S)
        assert thing.scanner.texts(0.0) == []
    thing.scan("T")
    thing.scan("x" * 161)
    thing.scan("Phở")
    thing.scan("")
    thing.scan("x" * 160)

    assert come(thing.scanner, fd, 2) == ["FIRST", "x" * 160]


def test_half_a_code_is_forgotten_when_a_scanner_is_opened_again(thing: Thing) -> None:
    fd = thing.scanner.open()
    thing.begin("HALF")
    select.select([fd], [], [], PATIENCE_S)
    assert thing.scanner.texts(0.0) == []
    thing.scanner.close()

    fd = thing.scanner.open()
    thing.scan("WHOLE")
    assert come(thing.scanner, fd, 1) == ["WHOLE"]


def test_a_keyboard_that_cannot_be_had_alone_is_not_used(tmp_path: Path) -> None:
    thing = OnPipe(tmp_path)
    thing.plug()
    scanner = WedgeScanner({"device": str(tmp_path / "event0")})  # a pipe cannot be grabbed

    with pytest.raises(DeviceError, match="event0"):
        scanner.open()
    thing.unplug()


@pytest.mark.parametrize("options", [{}, {"device": "ttyACM0"}, {"device": "/dev/x", "speed": 1}])
def test_a_wrong_option_is_named(options: dict[str, object]) -> None:
    for kind in (SerialScanner, WedgeScanner):
        with pytest.raises(SettingsError, match=r"driver (serial|wedge), options: "):
            kind(options)


class Kiosk:
    """A link to some scanners, and its inbox."""

    def __init__(self, *things: Thing) -> None:
        self.inputs: Queue[Input] = Queue()
        self.link = ScannerLink([one.scanner for one in things], self.inputs.put, SystemClock())
        self.link.start()

    def next(self) -> Input:
        return self.inputs.get(timeout=PATIENCE_S)

    def changed(self) -> tuple[Condition, str]:
        change = self.next()
        assert isinstance(change, DeviceChanged)
        assert change.device is Device.SCANNER
        return change.condition, change.detail


@needs_a_terminal
def test_all_scanners_together_are_one_device_and_a_lost_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner_link, "RETRY_S", 0.05)
    first, second = OnTerminal(tmp_path), OnPipe(tmp_path)
    first.plug()
    second.plug()
    kiosk = Kiosk(first, second)
    try:
        assert kiosk.changed() == (Condition.OK, "")
        first.scan("ONE")
        one = kiosk.next()
        assert isinstance(one, CodeRead)
        assert (one.text, one.grabbed_ms > 0) == ("ONE", True)

        first.unplug()
        condition, detail = kiosk.changed()
        assert condition is Condition.DEGRADED
        assert "tty" in detail
        second.scan("TWO")
        while not isinstance(two := kiosk.next(), CodeRead):
            pass  # the sentence about what is lost may change from "gone" to "not there"
        assert two.text == "TWO"

        second.unplug()
        while kiosk.changed()[0] is not Condition.OUT:
            pass
        first.plug()
        while kiosk.changed()[0] is not Condition.DEGRADED:
            pass
        first.scan("BACK")
        back = kiosk.next()
        assert isinstance(back, CodeRead)
        assert back.text == "BACK"
    finally:
        kiosk.link.stop()
        kiosk.link.stop()
        first.unplug()
        second.unplug()


@needs_a_terminal
def test_a_text_without_an_end_comes_when_the_line_is_still(tmp_path: Path) -> None:
    thing = OnTerminal(tmp_path)
    thing.plug()
    kiosk = Kiosk(thing)
    try:
        kiosk.changed()
        os.write(thing._fds[0], b"NO END")
        read = kiosk.next()
    finally:
        kiosk.link.stop()
        thing.unplug()

    assert isinstance(read, CodeRead)
    assert read.text == "NO END"
