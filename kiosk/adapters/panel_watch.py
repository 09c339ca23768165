"""A panel that may fail: then the kiosk goes on in the dark and says so, once."""

from __future__ import annotations

from collections.abc import Callable

from contract.events import Condition, Device, Verdict
from kiosk.adapters.pins_none import NoPanel
from kiosk.core.inputs import DeviceChanged, Input
from kiosk.ports import Panel
from runtime.errors import DeviceError

Offer = Callable[[Input], object]
"""Puts an input if there is room: the owner of the inbox must never wait for it."""


class WatchedPanel:
    """A Panel of which no call fails."""

    def __init__(self, make: Callable[[], Panel], offer: Offer) -> None:
        """`make` may raise a DeviceError; a SettingsError stays the operator's to mend."""
        self._offer = offer
        self._panel: Panel = NoPanel({})
        self._try(lambda: self._use(make()))

    def invite(self) -> None:
        """Breathe slowly: come closer."""
        self._try(self._panel.invite)

    def answer(self, verdict: Verdict) -> None:
        """Say by light and sound what came of a code."""
        self._try(lambda: self._panel.answer(verdict))

    def off(self) -> None:
        """Dark and silent; safe to call twice."""
        self._try(self._panel.off)

    def _use(self, panel: Panel) -> None:
        self._panel = panel

    def _try(self, what: Callable[[], None]) -> None:
        try:
            what()
        except DeviceError as error:
            self._panel = NoPanel({})
            self._offer(DeviceChanged(Device.PINS, Condition.OUT, str(error)))
