"""The kiosk's end of its door's socket: shows passes, brings home records and the door's health.

A door that does not answer is tried again for ever; what was shown meanwhile is forgotten, for
nobody waits at a door that is silent.
"""

from __future__ import annotations

import logging
import queue
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from msgspec import DecodeError, json

from contract.errors import ContractError
from contract.events import BODIES, Condition, Device, Record
from kiosk.core import door_wire
from kiosk.core.door_wire import (
    Answer,
    AnyAsk,
    AnyReply,
    DoorHealth,
    HowAreYou,
    Misunderstood,
    PassOrder,
    Records,
    ShowPass,
    TakeRecords,
)
from kiosk.core.inputs import DeviceChanged, DoorAnswered, DoorRecorded
from kiosk.ports import Put

ANSWERS_WITHIN_S = 2.0  # a door's disk may hesitate for a second; beyond it the shopper gave up
ASKED_EVERY_S = 1.0  # for records and health
PATIENCE = 10  # looks: an outbox whose disk is full may take records again later
WAITING = 4  # questions; a person shows one pass at a time
MAX_REPLY_BYTES = 64 * 1024  # twenty records of at most 1 kB, thrice

R = TypeVar("R", bound=AnyReply)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stop:
    """Ends the thread."""


class DoorLink:
    """A Door behind a Unix socket, with its own thread."""

    def __init__(self, path: Path, put: Put, asked_every_s: float = ASKED_EVERY_S) -> None:
        self._path = path
        self._put = put
        self._asked_every_s = asked_every_s
        self._asks: queue.Queue[ShowPass | PassOrder | _Stop] = queue.Queue(WAITING)
        self._kept: tuple[str | None, int] = (None, 0)  # written by the owner, read by the thread
        self._brought: tuple[str | None, int] = (None, 0)
        self._stuck = 0  # looks since a record that was brought was kept
        self._said: tuple[Condition, str] | None = None
        self._talk: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="door")

    def start(self) -> None:
        """Begin; trouble is put as `DeviceChanged`."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; safe to call twice."""
        if self._thread.is_alive():
            with suppress(queue.Full):
                self._asks.put(_Stop(), timeout=ANSWERS_WITHIN_S)
            self._thread.join()

    def show(self, text: str) -> None:
        """Show it what the camera read."""
        self._ask_soon(ShowPass(text))

    def pass_order(self, sealed: bytes) -> None:
        """Pass on an order from the gateway."""
        self._ask_soon(PassOrder(sealed.decode("utf-8", "replace")))

    def kept(self, record: Record) -> None:
        """A record is in the outbox."""
        self._kept = (record.journal, record.number)

    def _ask_soon(self, ask: ShowPass | PassOrder) -> None:
        try:
            self._asks.put_nowait(ask)
        except queue.Full:
            log.warning("the door is slow; what was shown is forgotten")

    def _run(self) -> None:
        while True:
            try:
                ask = self._asks.get(timeout=self._asked_every_s)
            except queue.Empty:
                self._look()
                continue
            if isinstance(ask, _Stop):
                break
            answer = self._ask(ask, Answer)
            if answer is not None:
                self._put(DoorAnswered(answer))
        self._hang_up()

    def _look(self) -> None:
        """Fetch what the door has written, and how it is."""
        kept = self._kept
        self._stuck = 0 if self._brought in (kept, (None, 0)) else self._stuck + 1
        if self._stuck > PATIENCE:
            self._brought, self._stuck = kept, 0  # they were not kept: bring them again
        health = self._ask(HowAreYou(), DoorHealth)
        if health is None:
            return
        self._say(Condition.OK if health.is_in_order else Condition.OUT, health.problem)
        reply = self._ask(TakeRecords(*self._kept), Records)
        if reply is not None:
            self._bring(reply)

    def _bring(self, reply: Records) -> None:
        journal, newest = self._brought
        for handed in reply.records:
            if reply.journal == journal and handed.number <= newest:
                continue  # on its way to the outbox already
            try:
                record = json.decode(handed.body, type=BODIES[handed.kind])
            except DecodeError as error:
                log.error("the door's record %d cannot be read: %s", handed.number, error)
                continue
            if isinstance(record, Record):
                self._put(DoorRecorded(record))
                self._brought = (reply.journal, handed.number)

    def _ask(self, ask: AnyAsk, kind: type[R]) -> R | None:
        """One question; None if the door did not answer, or something else."""
        try:
            reply = self._exchange(door_wire.line(ask))
        except (OSError, ContractError) as error:
            self._hang_up()
            self._say(Condition.OUT, f"the door at {self._path} does not answer: {error}")
            return None
        if isinstance(reply, Misunderstood):
            log.error("the door does not understand us: %s", reply.problem)
        return reply if isinstance(reply, kind) else None

    def _exchange(self, line: bytes) -> AnyReply:
        if self._talk is None:
            self._talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._talk.settimeout(ANSWERS_WITHIN_S)
            self._talk.connect(str(self._path))
        self._talk.sendall(line)
        heard = b""
        while not heard.endswith(b"\n"):
            data = self._talk.recv(MAX_REPLY_BYTES)
            heard += data
            if not data or len(heard) > MAX_REPLY_BYTES:
                raise ConnectionResetError("it has hung up")
        return door_wire.read_reply(heard)

    def _hang_up(self) -> None:
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    def _say(self, condition: Condition, detail: str) -> None:
        """Once a change, not once a second."""
        if self._said != (condition, detail):
            self._said = (condition, detail)
            self._put(DeviceChanged(Device.DOOR, condition, detail))
