"""Bounds the pulse whatever becomes of the door: a process that does nothing else.

It holds the line low while no door runs, lets go of it for one that comes, and takes it back as
soon as that one dies, parts, or is late with dropping it. A door that hangs is killed first, for
a line belongs to one process. It never energises anything.
"""

from __future__ import annotations

import logging
import os
import re
import select
import signal
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.door.latch import MAX_WORD_BYTES
from kiosk.door.ports import Lock
from runtime.clock import Clock
from runtime.errors import DeviceError, UnavailableError

GRACE_S = 0.5  # a healthy door is late by milliseconds; with killing it still below hold + 1 s
LEAVING_S = 0.5  # a door that parts in good order lets go of its line before that
RETRY_S = 0.02  # a killed process lets go of its lines within this, unless the disk holds it
LONGEST_HOLD_S = 10.0  # whatever a door asks for

_ARM = re.compile(r"arm ([0-9]{1,9}) ([0-9]{1,2}\.[0-9]{3})")
_CREDENTIALS = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid

log = logging.getLogger(__name__)


@dataclass
class _Door:
    """The door process that has the line now."""

    talk: socket.socket
    pidfd: int  # not the pid, which another process could have by then
    deadline_s: float | None = None  # the line is up, and must be down by then
    parted_s: float | None = (
        None  # it has hung up; it may be closing down, and must be gone by then
    )


class CloserProcess:
    """The closer's state, owned by its only thread."""

    def __init__(
        self, path: Path, take_line: Callable[[], Lock], clock: Clock, owner_uid: int
    ) -> None:
        """Take the line if it is free. `take_line` makes a Lock, which is down from then on.

        Only the owner's processes are met: they can kill us anyway.
        """
        self._owner_uid = owner_uid
        self._take_line = take_line
        self._clock = clock
        self._door: _Door | None = None
        self._line: Lock | None = None
        self._complained = False
        self.cuts = 0
        self._listener = _listen(path)
        self._take()

    def look(self, timeout_s: float) -> None:
        """Wait for something to happen, at most so long, and do what follows from it."""
        door = self._door
        talks = [self._listener]
        if door is not None and door.parted_s is None:
            talks.append(door.talk)
        ready, _, _ = select.select(talks, [], [], self._wait_s(timeout_s))
        if door is not None and door.talk in ready:
            self._hear(door)
        if self._listener in ready:
            self._meet()
        if self._door is not None and self._is_late(self._door):
            self._cut_off(self._door)
        if self._line is None and (self._door is None or self._door.parted_s is not None):
            self._take()

    def close(self) -> None:
        """Let go of everything; the line is an input then, and its resistor holds it low."""
        if self._door is not None and self._door.deadline_s is not None:
            self._cut_off(self._door)
            self._take()
        elif self._door is not None:
            self._forget(self._door)
        if self._line is not None:
            self._line.close()
        self._listener.close()

    def _wait_s(self, timeout_s: float) -> float:
        if self._door is None:
            return timeout_s if self._line is not None else RETRY_S
        if self._door.parted_s is not None:
            return RETRY_S
        if self._door.deadline_s is None:
            return timeout_s
        return max(0.0, min(timeout_s, self._door.deadline_s - self._clock.monotonic_s()))

    def _is_late(self, door: _Door) -> bool:
        ends_s = [s for s in (door.deadline_s, door.parted_s) if s is not None]
        return bool(ends_s) and self._clock.monotonic_s() >= min(ends_s)

    def _meet(self) -> None:
        talk, _ = self._listener.accept()
        pid, uid, _ = _CREDENTIALS.unpack(
            talk.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )
        if uid != self._owner_uid or self._door is not None:
            log.warning("process %d of user %d is turned away", pid, uid)
            talk.close()
            return
        pidfd = _pidfd(pid, talk)
        if pidfd is None:
            talk.close()
            return
        if self._line is not None:
            self._line.close()
            self._line = None
        self._door = _Door(talk, pidfd)
        self._complained = False
        with suppress(OSError):
            talk.send(f"welcome {self.cuts}".encode())
        self.cuts = 0
        log.info("door process %d has the line", pid)

    def _hear(self, door: _Door) -> None:
        try:
            word = door.talk.recv(MAX_WORD_BYTES).decode("ascii", "replace")
        except OSError:
            word = ""
        if word == "down":
            door.deadline_s = None
        elif (arm := _ARM.fullmatch(word)) is not None:
            hold_s = min(float(arm[2]), LONGEST_HOLD_S)
            door.deadline_s = self._clock.monotonic_s() + hold_s + GRACE_S
            with suppress(OSError):
                door.talk.send(f"armed {arm[1]}".encode())
        elif door.deadline_s is not None:
            self._cut_off(door)
        else:
            door.parted_s = self._clock.monotonic_s() + LEAVING_S

    def _cut_off(self, door: _Door) -> None:
        """End a door that did not drop its line, or does not go: it may not keep the line."""
        if door.deadline_s is not None:
            log.error("a door process left its line up: it is cut off")
            self.cuts += 1
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(door.pidfd, signal.SIGKILL)
        self._forget(door)

    def _forget(self, door: _Door) -> None:
        os.close(door.pidfd)
        door.talk.close()
        self._door = None

    def _take(self) -> None:
        """Take the line and hold it low; tried again and again while somebody else has it."""
        try:
            self._line = self._take_line()
        except DeviceError as error:
            if not self._complained and self._door is None:
                self._complained = True
                log.warning("%s; waiting for a door, or for the line to be free", error)
            return
        self._complained = False
        log.info("the line is held low")
        if self._door is not None:
            self._forget(self._door)


def _pidfd(pid: int, talk: socket.socket) -> int | None:
    """A handle on the process that just connected; None if it has gone already.

    While its socket is open its pid cannot have become another process's.
    """
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    with suppress(BlockingIOError):
        if not talk.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
            os.close(pidfd)
            return None
    return pidfd


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UnavailableError(f"cannot listen at {path}: {error.strerror}") from error
    return listener
