"""A door's end of the closer: it answers, hangs, goes away and comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.door.latch import CloserLink, Latch, NoCloser
from runtime.errors import DeviceError
from tests.kiosk.door.rig import DiaryLock, FakeCloser

PATIENT_S = 30.0  # what is meant to answer does, however busy the machine
HASTY_S = 0.2  # for one that is not meant to

Answering = Callable[[socket.socket], None]


class Played:
    """A closer played by a thread of the test."""

    def __init__(self, path: Path) -> None:
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.settimeout(10)
        path.unlink(missing_ok=True)
        self.listener.bind(str(path))
        self.listener.listen()
        self.heard: list[str] = []

    def plays(self, answering: Answering) -> threading.Thread:
        def play() -> None:
            talk, _ = self.listener.accept()
            with talk:
                answering(talk)
                while talk.fileno() >= 0 and (word := talk.recv(64)):
                    self.heard.append(word.decode())

        thread = threading.Thread(target=play)
        thread.start()
        return thread

    def hears(self, talk: socket.socket) -> str:
        word = talk.recv(64).decode()
        self.heard.append(word)
        return word


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "closer.sock"


@pytest.fixture
def closer(path: Path) -> Iterator[Played]:
    played = Played(path)
    yield played
    played.listener.close()


def test_a_pulse_is_agreed_on_and_reported_down(closer: Played, path: Path) -> None:
    def answering(talk: socket.socket) -> None:
        talk.send(b"welcome 3")
        for number in (1, 2):
            closer.hears(talk)
            talk.send(f"armed {number}".encode())
            closer.hears(talk)

    thread = closer.plays(answering)
    link = CloserLink(path, PATIENT_S)
    for _ in range(2):
        link.arm(0.5)
        link.disarm()
    link.check()
    link.close()
    thread.join()

    assert link.cuts == 3
    assert closer.heard == ["arm 1 0.500", "down", "arm 2 0.500", "down"]


def test_a_closer_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(DeviceError, match=r"no closer at .*/closer\.sock .*: hien door closer"):
        CloserLink(path, PATIENT_S)


def test_a_closer_that_refuses_us_is_named(closer: Played, path: Path) -> None:
    thread = closer.plays(lambda talk: talk.close())
    with pytest.raises(DeviceError, match="no closer"):
        CloserLink(path, PATIENT_S)
    thread.join()


def test_a_closer_that_hangs_stands_in_for_nobody_until_it_answers(
    closer: Played, path: Path
) -> None:
    wakes_up, has_answered = threading.Event(), threading.Event()

    def answering(talk: socket.socket) -> None:
        talk.send(b"welcome 0")
        wakes_up.wait(10)
        assert closer.hears(talk) == "arm 1 0.500"
        talk.send(b"armed 1")
        has_answered.set()

    thread = closer.plays(answering)
    link = CloserLink(path, HASTY_S)
    with pytest.raises(DeviceError, match="timed out"):
        link.arm(0.5)
    with pytest.raises(DeviceError, match="it hangs"):
        link.check()
    wakes_up.set()
    has_answered.wait(10)
    link.check()
    link.close()
    thread.join()

    assert closer.heard == ["arm 1 0.500", "down"]  # it was told that nothing is up after all


def test_a_late_answer_is_not_taken_for_the_next(closer: Played, path: Path) -> None:
    def answering(talk: socket.socket) -> None:
        talk.send(b"welcome 0")
        while "arm 2" not in closer.hears(talk):
            pass
        talk.send(b"armed 1")

    thread = closer.plays(answering)
    link = CloserLink(path, HASTY_S)
    for _ in range(2):
        with pytest.raises(DeviceError, match="timed out"):
            link.arm(0.5)
    with pytest.raises(DeviceError, match="it hangs"):
        link.check()
    link.close()
    thread.join()


def test_a_closer_that_was_restarted_is_met_again(closer: Played, path: Path) -> None:
    def greets_and_dies(talk: socket.socket) -> None:
        talk.send(b"welcome 0")
        closer.hears(talk)
        talk.close()

    def greets_and_arms(talk: socket.socket) -> None:
        talk.send(b"welcome 0")
        talk.send(f"armed {closer.hears(talk).split()[1]}".encode())

    first = closer.plays(greets_and_dies)
    link = CloserLink(path, PATIENT_S)
    with pytest.raises(DeviceError, match="no closer"):
        link.arm(0.5)
    closer.listener.close()
    for _ in range(2):
        with pytest.raises(DeviceError, match="no closer"):
            link.check()
    closer = Played(path)
    second = closer.plays(greets_and_arms)
    link.check()
    link.arm(0.5)
    link.close()
    second.join()
    first.join()
    closer.listener.close()


def test_a_lock_is_released_only_when_armed_and_reported_only_when_down() -> None:
    lock, closer = DiaryLock(level=True, disobeys=True), FakeCloser()
    latch = Latch(lock, closer)
    latch.arm(1.0)

    with pytest.raises(DeviceError, match="stuck"):
        latch.secure()
    assert closer.is_armed

    lock.disobeys = False
    latch.secure()
    assert (lock.is_up(), closer.is_armed) == (False, False)


def test_the_line_is_let_go_before_the_closer_is_left() -> None:
    lock, closer = DiaryLock(level=True, disobeys=True), FakeCloser()

    with pytest.raises(DeviceError, match="stuck"):
        Latch(lock, closer).close()
    assert closer.is_gone


def test_a_simulated_lock_needs_no_closer() -> None:
    closer = NoCloser()
    closer.arm(5.0)
    closer.disarm()
    closer.check()
    closer.close()
