"""The stage's side of the lines to all simulated radios, cameras and clocks.

Owned by the stage's thread, except that a thread of its own answers the door. It never waits for
an adapter that is not there, and drops one that does not answer.
"""

from __future__ import annotations

import logging
import queue
import socket
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress

from msgspec import Struct, json

from simulator.line import BrokenLineError, Line
from simulator.wire import Ack, Join, Jump, Wants, Welcome

ANSWER_WITHIN_S = 20.0  # one that is dead hangs up at once; one that hangs may join again
JOIN_WITHIN_S = 2.0

log = logging.getLogger(__name__)

Seat = tuple[str, Wants]  # a kiosk's id or "gateway", and what it is there for


class Adapters:
    """Who is connected, and the way to tell them things in step."""

    def __init__(self, origin_unix_s: float) -> None:
        """Opens the door on a free port of loopback."""
        self._origin_unix_s = origin_unix_s
        self._ahead_s: dict[str, float] = {}  # whose time of day is wrong; read at the door too
        self._silent: frozenset[str] = frozenset()  # who is known to hang
        self._t_s = 0.0  # written by the stage's thread, read at the door
        self._lines: dict[Seat, dict[int, Line]] = {}  # by process
        self._waiting: queue.Queue[tuple[Join, Line]] = queue.Queue()
        self._joins = json.Decoder(Join)
        self._acks = json.Decoder(Ack)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._answer_door, name="stage-door", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What the adapters' option `stage` must be."""
        return f"127.0.0.1:{self._door.getsockname()[1]}"

    @property
    def seats(self) -> frozenset[Seat]:
        """Who is connected."""
        return frozenset(self._lines)

    def admit(self, t_s: float) -> list[Seat]:
        """Take in who has joined since; returns who is new. Whoever joins is told `t_s`."""
        self._t_s = t_s
        new: list[Seat] = []
        while True:
            try:
                join, line = self._waiting.get_nowait()
            except queue.Empty:
                return new
            seat = (join.kiosk, join.wants)
            self._drop(seat, join.pid)  # called before, and hung up since
            self._lines.setdefault(seat, {})[join.pid] = line
            new.append(seat)

    def tell(self, messages: Mapping[Seat, Struct]) -> None:
        """Tell each its message, all at once, and wait until all have acted upon it."""
        told = []
        for seat, message in messages.items():
            if seat[0] in self._silent:
                continue
            for pid, line in tuple(self._lines.get(seat, {}).items()):
                try:
                    line.write(message)
                    told.append((seat, pid, line))
                except BrokenLineError:
                    self._drop(seat, pid)
        for seat, pid, line in told:
            try:
                line.read(self._acks, ANSWER_WITHIN_S)
            except BrokenLineError as error:
                log.info("%s of %s (process %d) is gone: %s", seat[1], seat[0], pid, error)
                self._drop(seat, pid)

    def expect_silence(self, names: Collection[str]) -> None:
        """These hang from now on, until told otherwise: time does not wait for them."""
        self._silent = frozenset(names)

    def jump(self, name: str, ahead_s: float) -> None:
        """Let the time of day of a machine be so far ahead of the shop's, also after a restart."""
        self._ahead_s[name] = ahead_s
        self.tell({(name, "clock"): Jump(self._origin_of(name))})

    def _origin_of(self, name: str) -> float:
        return self._origin_unix_s + self._ahead_s.get(name, 0.0)

    def close(self) -> None:
        """Hang up on everybody; safe to call twice."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # wakes the thread; close alone would not
        self._door.close()
        self._thread.join()
        while not self._waiting.empty():
            self._waiting.get()[1].close()
        for seat, lines in tuple(self._lines.items()):
            for pid in tuple(lines):
                self._drop(seat, pid)

    def _drop(self, seat: Seat, pid: int) -> None:
        lines = self._lines.get(seat, {})
        line = lines.pop(pid, None)
        if line is not None:
            line.close()
        if not lines:
            self._lines.pop(seat, None)

    def _answer_door(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return  # closed
            line = Line(caller)
            try:
                join = line.read(self._joins, JOIN_WITHIN_S)
                # Here and not in `admit`: a kiosk that is still starting up answers no beat, and
                # the stage, which waits for that answer, could not welcome its next adapter.
                line.write(Welcome(self._t_s, self._origin_of(join.kiosk)))
            except BrokenLineError as error:
                log.warning("somebody knocked and did not say who they are: %s", error)
                line.close()
                continue
            self._waiting.put((join, line))
