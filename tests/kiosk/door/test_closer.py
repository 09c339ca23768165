"""The closer against door processes that die, hang, part and misbehave."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.door.closer import LEAVING_S, LONGEST_HOLD_S, CloserProcess
from runtime.clock import SystemClock
from runtime.errors import DeviceError, UnavailableError

CHILD = """
import os, sys, time
from pathlib import Path
from kiosk.door.latch import CloserLink
link = CloserLink(Path(sys.argv[1]))
print("met", link.cuts, flush=True)
"""
WAITS = "sys.stdin.readline()\n"
ARMS = "link.arm(0.2)\nprint('armed', flush=True)\n"


@dataclass
class Line:
    """The lock's line, of which one end is held by somebody."""

    is_taken: bool = False  # by somebody else
    diary: list[str] = field(default_factory=list)

    def take(self) -> Line:
        if self.is_taken:
            raise DeviceError("lock on GPIO17: 'GPIO busy'")
        self.diary.append("took")
        return self

    def release(self) -> None:
        raise AssertionError("a closer never energises anything")

    def secure(self) -> None:
        self.diary.append("low")

    def close(self) -> None:
        self.diary.append("let go")


@dataclass
class Bench:
    """A closer in this process, and the folder where doors find it."""

    folder: Path
    line: Line
    closer: CloserProcess

    @property
    def path(self) -> Path:
        return self.folder / "closer.sock"

    def until(self, happened: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + 15
        while not happened():
            assert time.monotonic() < deadline, what
            self.closer.look(0.02)

    @contextmanager
    def door(self, script: str) -> Iterator[Door]:
        with subprocess.Popen(
            [sys.executable, "-c", CHILD + script, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            os.set_blocking(process.stdout.fileno(), False)
            door = Door(process, self)
            try:
                yield door
            finally:
                process.kill()


@dataclass
class Door:
    """A door process, and what it said."""

    process: subprocess.Popen[bytes]
    bench: Bench
    said: str = ""

    def hears(self, word: str) -> None:
        self.bench.until(lambda: word in self._listen(), f"the door says {word}, not {self.said}")

    def _listen(self) -> str:
        assert self.process.stdout is not None
        self.said += (self.process.stdout.read() or b"").decode()
        return self.said

    def goes_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def has_died(self) -> int | None:
        return self.process.poll()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    line = Line()
    closer = CloserProcess(tmp_path / "closer.sock", line.take, SystemClock(), os.getuid())
    with closing(closer):
        yield Bench(tmp_path, line, closer)


def test_the_line_is_held_while_there_is_no_door(bench: Bench) -> None:
    assert bench.line.diary == ["took"]
    bench.closer.close()
    assert bench.line.diary == ["took", "let go"]


def test_a_door_gets_the_line_and_gives_it_back_unharmed(bench: Bench) -> None:
    with bench.door(WAITS + "link.close()\ntime.sleep(0.1)\nsys.exit(7)") as door:
        door.hears("met 0")
        assert bench.line.diary == ["took", "let go"]
        door.goes_on()
        bench.until(lambda: len(bench.line.diary) == 3, "the line is taken back")
        bench.until(lambda: door.has_died() is not None, "the door ends by itself")

        assert door.has_died() == 7
    assert bench.closer.cuts == 0


def test_a_door_that_dies_while_armed_is_cut_off_and_the_next_is_told(bench: Bench) -> None:
    with bench.door(ARMS + "os._exit(1)") as door:
        door.hears("armed")
        bench.until(lambda: bench.line.diary == ["took", "let go", "took"], "the line is taken")
    assert bench.closer.cuts == 1

    with bench.door(WAITS) as door:
        door.hears("met 1")
    assert bench.closer.cuts == 0


def test_a_door_that_hangs_while_armed_is_killed(bench: Bench) -> None:
    with bench.door(ARMS + "os.kill(os.getpid(), 19)") as door:
        door.hears("armed")
        began_s = time.monotonic()
        bench.until(lambda: bench.closer.cuts == 1, "the door is cut off")
        took_s = time.monotonic() - began_s
        bench.until(lambda: door.has_died() is not None, "the door is killed")

        assert door.has_died() == -signal.SIGKILL
    assert 0.2 <= took_s < 2.2
    assert bench.line.diary == ["took", "let go", "took"]


def test_a_door_that_keeps_its_word_is_left_alone(bench: Bench) -> None:
    with bench.door((ARMS + "link.disarm()\n") * 2 + "print('down', flush=True)\n" + WAITS) as door:
        door.hears("down")
        for _ in range(60):
            bench.closer.look(0.02)

        assert door.has_died() is None
    assert bench.closer.cuts == 0


def test_a_door_that_parts_and_stays_is_killed(bench: Bench) -> None:
    """It may still hold the line; nobody would bound it."""
    with bench.door(WAITS + "link.close()\n" + WAITS) as door:
        door.hears("met")
        bench.line.is_taken = True
        door.goes_on()
        bench.until(lambda: door.has_died() is not None, "the door is killed")
        assert door.has_died() == -signal.SIGKILL

    bench.line.is_taken = False
    bench.until(lambda: bench.line.diary[-1] == "took", "the line is taken")
    assert LEAVING_S < 1


def test_nonsense_is_taken_for_parting(bench: Bench) -> None:
    with bench.door("link._talk.send(b'arm 1 -5.000')\n" + WAITS) as door:
        door.hears("met")
        bench.until(lambda: bench.line.diary[-1] == "took", "the line is taken back")


def test_nobody_holds_longer_than_ten_seconds(bench: Bench) -> None:
    with bench.door("link.arm(99.0)\nprint('armed', flush=True)\n" + WAITS) as door:
        door.hears("armed")

        assert bench.closer._door is not None
        assert bench.closer._door.deadline_s is not None
        assert bench.closer._door.deadline_s - time.monotonic() < LONGEST_HOLD_S + 1


def test_a_line_that_is_taken_is_waited_for(tmp_path: Path) -> None:
    line = Line(is_taken=True)
    with closing(
        CloserProcess(tmp_path / "closer.sock", line.take, SystemClock(), os.getuid())
    ) as closer:
        closer.look(0)
        line.is_taken = False
        closer.look(0)

        assert line.diary == ["took"]


def test_a_second_door_is_turned_away(bench: Bench) -> None:
    with bench.door(WAITS) as first:
        first.hears("met")
        second = "try:\n    CloserLink(Path(sys.argv[1]))\nexcept Exception as e: print(e)\n"
        with subprocess.Popen(
            [sys.executable, "-c", CHILD.replace("link = ", second), str(bench.path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            bench.until(lambda: process.poll() is not None, "the second door gives up")
            assert process.stdout is not None
            assert b"it serves another door" in process.stdout.read()
        assert first.has_died() is None


def test_another_user_of_the_machine_is_turned_away(tmp_path: Path) -> None:
    line, stranger = Line(), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    path = tmp_path / "closer.sock"
    with (
        closing(CloserProcess(path, line.take, SystemClock(), os.getuid() + 1)) as closer,
        stranger,
    ):
        stranger.connect(str(path))
        closer.look(5)
        assert stranger.recv(64) == b""

    assert line.diary == ["took", "let go"]  # at the end, not for the stranger


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"cannot listen at .*/gone/closer\.sock"):
        CloserProcess(tmp_path / "gone" / "closer.sock", Line().take, SystemClock(), os.getuid())
