"""Knows whether this kiosk's shop is closed, and hears it from the owner.

Owned by the main thread.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from kiosk.adapters.closed_file import ClosedFile
from kiosk.core import closing
from kiosk.core.closing import Calendar
from kiosk.core.hours import OpeningHours
from kiosk.core.screen import ScreenState
from kiosk.ports import Time
from runtime.errors import DeviceError

log = logging.getLogger(__name__)


class Closing:
    """The shop's hours, and the owner's word, which outlives a restart."""

    def __init__(self, opening: OpeningHours | None, file: ClosedFile, time: Time) -> None:
        self._calendar = Calendar(opening, file.is_closed())
        self._file = file
        self._time = time

    def look(self, state: ScreenState, now_s: float) -> ScreenState:
        """The screen as the hours and the owner want it."""
        return closing.look(state, closing.closed(self._calendar, self._time.belief()), now_s)

    def explain(self, state: ScreenState) -> ScreenState:
        """The screen of who is kept out, with when the shop opens."""
        return closing.explain(state, closing.closed(self._calendar, self._time.belief()))

    def obey(self, *, is_closed: bool) -> bool:
        """The owner closes or opens; False if the disk would not remember it."""
        try:
            self._file.keep(is_closed=is_closed)
        except DeviceError as error:
            log.error("%s", error)
            return False
        self._calendar = replace(self._calendar, is_closed_by_owner=is_closed)
        return True
