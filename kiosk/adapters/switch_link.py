"""Looks at a kiosk's switches and puts what they mean; one that fails is said and tried again.

Looking, and not waiting for edges: what bounces is decided by our own tested code.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.adapters.pin_troubles import RETRY_S, PinTroubles
from kiosk.core.debounce import Line, settle
from kiosk.core.switches import Role, meaning
from kiosk.ports import Put, Switch
from runtime.clock import Clock
from runtime.errors import DeviceError, UnavailableError

LOOKS_EVERY_S = 0.02  # a press of 100 ms is seen several times; a look takes microseconds
STILL_HERE_S = 10.0  # somebody who stays before the screen keeps it awake

log = logging.getLogger(__name__)


@dataclass
class _Place:
    """Where a switch hangs, and what became of it."""

    make: Callable[[], Switch]
    switch: Switch | None = None
    retry_s: float = -math.inf
    line: Line | None = None
    said_s: float = 0.0


class SwitchLink:
    """All switches of a kiosk, in a thread named `switches`, which owns them."""

    def __init__(
        self,
        makes: Mapping[Role, Callable[[], Switch]],
        put: Put,
        troubles: PinTroubles,
        clock: Clock,
        retry_s: float = RETRY_S,
    ) -> None:
        """Take the switches; a SettingsError is the operator's to mend, other trouble is said.

        `clock` must run as the machine's does: fingers and contacts do.
        """
        self._put = put
        self._troubles = troubles
        self._clock = clock
        self._retry_s = retry_s
        self._places = {role: _Place(make) for role, make in makes.items()}
        for role, place in self._places.items():
            self._attend(role, place)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="switches")

    def start(self) -> None:
        """Begin to look and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking and let go of the lines; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOKS_EVERY_S):
            for role, place in self._places.items():
                self._attend(role, place)
        for place in self._places.values():
            _close(place)

    def _attend(self, role: Role, place: _Place) -> None:
        now_s = self._clock.monotonic_s()
        try:
            if place.switch is not None:
                self._look(role, place, place.switch.is_on(), now_s)
            elif now_s >= place.retry_s:
                place.switch = place.make()
        except (DeviceError, UnavailableError) as error:
            _close(place)
            place.retry_s = now_s + self._retry_s
            self._troubles.fails(role, f"{role}: {error}")

    def _look(self, role: Role, place: _Place, looks_on: bool, now_s: float) -> None:
        self._troubles.works(role)
        place.line, has_changed = settle(place.line, looks_on, now_s)
        is_still_here = (
            role is Role.MOTION and place.line.is_on and now_s - place.said_s >= STILL_HERE_S
        )
        if has_changed or is_still_here:
            place.said_s = now_s
            happened = meaning(role, place.line.is_on)
            if happened is not None:
                self._put(happened)


def _close(place: _Place) -> None:
    switch, place.switch = place.switch, None
    if switch is not None:
        try:
            switch.close()
        except DeviceError as error:
            log.info("%s", error)  # it is given up anyway
