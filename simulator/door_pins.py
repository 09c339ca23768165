"""A door's lock and wires in the simulation: the stage says who pulls at it, and when.

The lock is a note of itself: that somebody comes in is decided by what the screen beside it says.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import get_args

from runtime.errors import DeviceError, SettingsError, UnavailableError
from simulator.stage_link import StageLink
from simulator.wire import ToAdapter, Wants, Wire

LOOKS = 2  # the second look comes after all that followed from the first


class SimulatedLock:
    """A Lock that nobody hangs on, driver `simulated`."""

    def __init__(self, options: Mapping[str, object]) -> None:
        del options
        self.is_released = False

    def release(self) -> None:
        """It would be energised."""
        self.is_released = True

    def secure(self) -> None:
        """It is down; safe to call twice."""
        self.is_released = False

    def close(self) -> None:
        """It is down; safe to call twice."""
        self.is_released = False


class SimulatedSwitch:
    """A Switch, driver `simulated`; option `wire` says which: contact, exit or beam."""

    def __init__(self, options: Mapping[str, object]) -> None:
        """Joins the stage. DeviceError if there is none."""
        self._lock = threading.Lock()
        self._is_on = False
        self._looks_owed = 0
        self._link = StageLink(options, _wire(options), self._hear)
        try:
            self._link.open()
        except UnavailableError as error:
            raise DeviceError(str(error)) from error

    def is_on(self) -> bool:
        """As the stage said last."""
        with self._lock:
            is_on, owed = self._is_on, self._looks_owed
            self._looks_owed = max(owed - 1, 0)
        if owed == 1:
            self._link.ack()
        return is_on

    def close(self) -> None:
        """Hang up; safe to call twice."""
        self._link.close()

    def _hear(self, message: ToAdapter) -> bool:
        if not isinstance(message, Wire):
            return True
        with self._lock:
            self._is_on, self._looks_owed = message.is_on, LOOKS
        return False  # `is_on` answers


def _wire(options: Mapping[str, object]) -> Wants:
    for wire in get_args(Wants):
        if wire == options.get("wire") and wire in {"contact", "exit", "beam"}:
            found: Wants = wire
            return found
    raise SettingsError("driver simulated: option wire must be contact, exit or beam")
