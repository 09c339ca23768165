from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.supervisor import Supervisor
from tests.fakes import FakeClock


class Ear:
    """What systemd hears."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        words = []
        while True:
            try:
                words.append(self.socket.recv(100).decode())
            except BlockingIOError:
                return words


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    made = Ear(tmp_path)
    yield made
    made.socket.close()


def test_systemd_is_told_of_start_life_and_end(ear: Ear) -> None:
    clock = FakeClock()
    supervisor = Supervisor(clock, {"NOTIFY_SOCKET": str(ear.path), "WATCHDOG_USEC": "20000000"})

    supervisor.ready()
    goes_on = supervisor.watched(lambda: False)
    for _ in range(12):
        assert not goes_on()
        clock.advance(1)
    supervisor.stops()

    assert ear.heard() == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_a_note_is_said_once_until_it_changes(ear: Ear) -> None:
    supervisor = Supervisor(FakeClock(), {"NOTIFY_SOCKET": str(ear.path)})

    for count in (0, 0, 3, 3, 0):
        supervisor.notes(f"{count} unsent")

    assert ear.heard() == ["STATUS=0 unsent", "STATUS=3 unsent", "STATUS=0 unsent"]


@pytest.mark.parametrize("told", [{}, {"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}])
def test_nobody_watches_who_was_not_asked_to_be_watched(ear: Ear, told: dict[str, str]) -> None:
    supervisor = Supervisor(FakeClock(), {"NOTIFY_SOCKET": str(ear.path), **told})

    supervisor.lives()

    assert ear.heard() == []


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@hien-nobody-listens"])
def test_without_a_systemd_nothing_happens(address: str) -> None:
    watched = {"WATCHDOG_USEC": "1", "WATCHDOG_PID": str(os.getpid())}
    supervisor = Supervisor(FakeClock(), {"NOTIFY_SOCKET": address, **watched})

    supervisor.ready()
    supervisor.lives()
    supervisor.stops()


def test_an_abstract_socket_is_found() -> None:
    name = f"hien-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(f"\0{name}")
        ear.settimeout(5)
        Supervisor(FakeClock(), {"NOTIFY_SOCKET": f"@{name}"}).ready()

        assert ear.recv(100) == b"READY=1"
