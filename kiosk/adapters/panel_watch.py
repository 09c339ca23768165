"""A panel that may fail: then the kiosk goes on in the dark, says so, and tries it again."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

from contract.events import Verdict
from kiosk.adapters.pin_troubles import RETRY_S, PinTroubles
from kiosk.ports import Panel
from runtime.clock import Clock
from runtime.errors import DeviceError

log = logging.getLogger(__name__)


class WatchedPanel:
    """A Panel of which no call fails."""

    def __init__(self, make: Callable[[], Panel], troubles: PinTroubles, clock: Clock) -> None:
        """`make` may raise a DeviceError; a SettingsError stays the operator's to mend."""
        self._make = make
        self._troubles = troubles
        self._clock = clock
        self._panel: Panel | None = None
        self._retry_s = -math.inf
        self._use(lambda _panel: None)

    def invite(self) -> None:
        """Breathe slowly: come closer."""
        self._use(lambda panel: panel.invite())

    def answer(self, verdict: Verdict) -> None:
        """Say by light and sound what came of a code."""
        self._use(lambda panel: panel.answer(verdict))

    def close(self) -> None:
        """Dark and silent, and let go of the pins; safe to call twice."""
        panel, self._panel = self._panel, None
        self._retry_s = math.inf
        if panel is not None:
            _close(panel)

    def _use(self, what: Callable[[Panel], None]) -> None:
        now_s = self._clock.monotonic_s()
        if self._panel is None and now_s < self._retry_s:
            return
        try:
            if self._panel is None:
                self._panel = self._make()
            what(self._panel)
        except DeviceError as error:
            self._troubles.fails("panel", str(error))
            panel, self._panel, self._retry_s = self._panel, None, now_s + RETRY_S
            if panel is not None:
                _close(panel)  # its pins are wanted for the next try
        else:
            self._troubles.works("panel")


def _close(panel: Panel) -> None:
    try:
        panel.close()
    except DeviceError as error:
        log.info("%s", error)  # it is given up anyway
