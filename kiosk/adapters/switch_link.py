"""Looks at a kiosk's switches and puts what they mean; a switch that fails is said once.

Looking, and not waiting for edges: what bounces is decided by our own tested code.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from contract.events import Condition, Device
from kiosk.core.debounce import Line, settle
from kiosk.core.inputs import DeviceChanged
from kiosk.core.switches import Role, meaning
from kiosk.ports import Put, Switch
from runtime.clock import Clock
from runtime.errors import DeviceError

LOOKS_EVERY_S = 0.02  # a press of 100 ms is seen several times; a look takes microseconds
STILL_HERE_S = 10.0  # somebody who stays before the screen keeps it awake

log = logging.getLogger(__name__)


class SwitchLink:
    """All switches of a kiosk, in a thread named `switches`, which owns them."""

    def __init__(self, switches: Mapping[Role, Switch], put: Put, clock: Clock) -> None:
        """`clock` must run as the machine's does: fingers and contacts do."""
        self._switches = dict(switches)
        self._put = put
        self._clock = clock
        self._lines: dict[Role, Line] = {}
        self._said_s: dict[Role, float] = {}
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
            for role in tuple(self._switches):
                try:
                    self._look(role, self._clock.monotonic_s())
                except DeviceError as error:
                    self._close(self._switches.pop(role))
                    self._put(DeviceChanged(Device.PINS, Condition.OUT, f"{role}: {error}"))
        for switch in self._switches.values():
            self._close(switch)

    def _look(self, role: Role, now_s: float) -> None:
        line, has_changed = settle(self._lines.get(role), self._switches[role].is_on(), now_s)
        self._lines[role] = line
        is_still_here = (
            role is Role.MOTION
            and line.is_on
            and now_s - self._said_s.get(role, now_s) >= STILL_HERE_S
        )
        if has_changed or is_still_here:
            self._said_s[role] = now_s
            happened = meaning(role, line.is_on)
            if happened is not None:
                self._put(happened)

    def _close(self, switch: Switch) -> None:
        try:
            switch.close()
        except DeviceError as error:
            log.info("%s", error)  # it is given up anyway
