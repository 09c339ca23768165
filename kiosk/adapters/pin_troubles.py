"""What does not work of all that hangs on the pins, said as one device. It touches no pin."""

from __future__ import annotations

import threading
from collections.abc import Callable

from contract.events import Condition, Device
from kiosk.core.inputs import DeviceChanged, Input

RETRY_S = 30.0  # who mends a wire waits half a minute to see it; trying costs milliseconds

Offer = Callable[[Input], bool]
"""Puts an input if there is room: the owner of the inbox must never wait for it."""


class PinTroubles:
    """Told by the main thread about the panel, and by another about the switches."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._lock = threading.Lock()
        self._troubles: dict[str, str] = {}
        self._said = ""

    def fails(self, what: str, detail: str) -> None:
        """A part does not work, in words."""
        with self._lock:
            self._troubles[what] = detail
            self._say()

    def works(self, what: str) -> None:
        """A part does what it should, perhaps again."""
        with self._lock:
            self._troubles.pop(what, None)
            self._say()

    def _say(self) -> None:
        """How they are together, if that is news; what found no room is said the next time."""
        said = "; ".join(self._troubles.values())
        if said == self._said:
            return
        condition = Condition.OUT if said else Condition.OK
        if self._offer(DeviceChanged(Device.PINS, condition, said)):
            self._said = said
