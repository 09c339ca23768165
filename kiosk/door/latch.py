"""The lock, released only while an independent process stands ready to cut it off.

Owned by the door's thread. Without the closer nothing is released.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kiosk.door.ports import Lock
from runtime.errors import DeviceError

ANSWERS_WITHIN_S = 1.0  # the closer does nothing else; one that needs longer is hung
MAX_WORD_BYTES = 64


class Closer(Protocol):
    """Whoever drops the line if its door process does not."""

    def arm(self, hold_s: float) -> None:
        """Have the line dropped soon after so many seconds; DeviceError if nobody will."""

    def disarm(self) -> None:
        """The line is down."""

    def check(self) -> None:
        """Look whether it stands ready, and meet it again if it was restarted; else DeviceError."""

    def close(self) -> None:
        """Part from it; it takes over the line at once."""


class CloserLink:
    """The closer in its own process, `hien door closer`, behind a socket.

    `cuts` is how often it had to cut off a door since the last one it welcomed.
    """

    def __init__(self, path: Path, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        """Meet it; it lets go of the line for us. DeviceError if it is not running."""
        self._path = path
        self._answers_within_s = answers_within_s
        self._armed = 0
        self._owes = False  # an answer
        self._talk, self.cuts = self._meet()

    def arm(self, hold_s: float) -> None:
        """Agree on the next pulse."""
        self._armed += 1
        self._owes = True
        try:
            self._talk.send(f"arm {self._armed} {hold_s:.3f}".encode())
            while self._owes:
                self._hear()
        except OSError as error:
            self.disarm()  # it may have understood us after all
            raise self._missing(error) from error

    def disarm(self) -> None:
        """Say that the line is down; a closer that cannot be told cuts us off, which is right."""
        with suppress(OSError):
            self._talk.send(b"down")

    def check(self) -> None:
        """One that is gone is met again; one that owes an answer is waited for."""
        try:
            self._hear_all()
        except OSError:
            talk, _ = self._meet()
            self._talk.close()
            self._talk, self._owes = talk, False
        if self._owes:
            raise self._missing(TimeoutError("it hangs"))

    def close(self) -> None:
        """Part from the closer."""
        self._talk.close()

    def _meet(self) -> tuple[socket.socket, int]:
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        talk.settimeout(self._answers_within_s)
        try:
            talk.connect(str(self._path))
            word, _, cuts = talk.recv(MAX_WORD_BYTES).decode("ascii", "replace").partition(" ")
        except OSError as error:
            talk.close()
            raise self._missing(error) from error
        if word != "welcome":
            talk.close()
            raise self._missing(ConnectionRefusedError("it serves another door"))
        return talk, int(cuts)

    def _hear_all(self) -> None:
        """What was said meanwhile, without waiting for more."""
        self._talk.settimeout(0)
        try:
            while True:
                self._hear()
        except BlockingIOError:
            return
        finally:
            self._talk.settimeout(self._answers_within_s)

    def _hear(self) -> None:
        """One word. Answers to earlier questions came too late for them, and say nothing now."""
        word = self._talk.recv(MAX_WORD_BYTES)
        if not word:
            raise ConnectionResetError("it has gone")
        if word == f"armed {self._armed}".encode():
            self._owes = False

    def _missing(self, error: OSError) -> DeviceError:
        return DeviceError(f"no closer at {self._path} ({error}); start it: hien door closer")


class NoCloser:
    """Stands in where there is no real lock; settings allow it with a simulated one only."""

    cuts = 0

    def arm(self, hold_s: float) -> None:
        """Nothing can stay released."""

    def disarm(self) -> None:
        """Nothing is."""

    def check(self) -> None:
        """Always there."""

    def close(self) -> None:
        """Nobody to part from."""


class Latch:
    """A lock and its closer.

    DeviceError from `release` or `secure` means that the lock does not obey. Then the process must
    end, and the closer takes the line.
    """

    def __init__(self, lock: Lock, closer: Closer) -> None:
        self._lock = lock
        self._closer = closer

    def arm(self, hold_s: float) -> None:
        """Have the coming pulse bounded; DeviceError if nobody stands ready to."""
        self._closer.arm(hold_s)

    def check(self) -> None:
        """DeviceError if `arm` would fail."""
        self._closer.check()

    def release(self) -> None:
        """Energise the lock. Only after `arm`."""
        self._lock.release()

    def secure(self) -> None:
        """Down, and only then say so."""
        self._lock.secure()
        self._closer.disarm()

    def close(self) -> None:
        """Down, and let go of the line before the closer takes it."""
        try:
            self._lock.close()
        finally:
            self._closer.close()
