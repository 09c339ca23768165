"""An adapter's connection to the stage: joins, hears, answers, and joins again when it is lost."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec import json

from runtime.errors import SettingsError, UnavailableError
from simulator.line import BrokenLineError, Line
from simulator.wire import Ack, Join, ToAdapter, Wants, Welcome

ANSWER_WITHIN_S = 10.0  # the stage is there before any process that needs it
RETRY_S = 0.2

log = logging.getLogger(__name__)

Hear = Callable[[ToAdapter], bool]
"""Takes a message; True if it may be answered now, False if the adapter will call `ack`."""


class StageLink:
    """One line to the stage. `hear` runs on the link's own thread, one message at a time."""

    def __init__(self, options: Mapping[str, object], wants: Wants, hear: Hear) -> None:
        """Checks the options `stage` (host:port) and `kiosk`; SettingsError names a wrong one."""
        self._where = _stage(options, wants)
        self._join = Join(str(options.get("kiosk", "")), wants, os.getpid())
        self._hear = hear
        self._decoder = json.Decoder(ToAdapter)
        self._stopping = threading.Event()
        self._line: Line | None = None
        self._thread = threading.Thread(target=self._listen, name=f"stage-{wants}", daemon=True)

    def open(self) -> None:
        """Join, hear the welcome and begin to listen; UnavailableError if there is no stage."""
        try:
            self._line = self._joined()
        except OSError as error:
            raise UnavailableError(
                f"no stage answers at {self._where[0]}:{self._where[1]}: a simulated"
                f" {self._join.wants} works inside `hien demo` only"
            ) from error
        self._thread.start()

    def ack(self) -> None:
        """Say that the last message has had its consequences."""
        line = self._line
        if line is not None:
            with suppress(BrokenLineError):  # the listening thread notices it too, and joins again
                line.write(Ack())

    def close(self) -> None:
        """Hang up; safe to call twice."""
        self._stopping.set()
        if self._line is not None:
            self._line.close()
        if self._thread.is_alive():
            self._thread.join(ANSWER_WITHIN_S)

    def _joined(self) -> Line:
        line = Line(socket.create_connection(self._where, ANSWER_WITHIN_S))
        line.write(self._join)
        welcome = line.read(self._decoder, ANSWER_WITHIN_S)
        if not isinstance(welcome, Welcome):
            raise BrokenLineError("the stage did not say welcome")
        self._hear(welcome)
        return line

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._line is None:
                    self._line = self._joined()
                if self._hear(self._line.read(self._decoder)):
                    self.ack()
            except OSError as error:
                if self._stopping.is_set():
                    return
                if self._line is not None:
                    log.info("%s: the stage is gone (%s)", self._join.wants, error)
                    self._line.close()
                    self._line = None
                self._stopping.wait(RETRY_S)


def camera_options(options: Mapping[str, object]) -> None:
    """SettingsError names a wrong one. Beside the camera, which only an eye needs to load."""
    _stage(options, "camera")


def _stage(options: Mapping[str, object], wants: Wants) -> tuple[str, int]:
    host, _, port = str(options.get("stage", "")).rpartition(":")
    if not host or not port.isdigit():
        raise SettingsError(f"{wants}: option stage must be host:port, as `hien demo` sets it")
    return host, int(port)
