"""Lets who knows the PIN look after this kiosk at its own screen, also without a network.

Owned by the main thread.
"""

from __future__ import annotations

import logging

from contract.events import Verdict
from contract.messages import KioskState
from kiosk.adapters import pin_check
from kiosk.core import upkeep
from kiosk.core.inputs import Button
from kiosk.core.maintenance import Maintenance, PinAsked
from kiosk.core.screen import ScreenState
from kiosk.ports import Panel
from runtime.clock import Clock

TRIES_MAX = 5
LOCKED_S = 600.0  # 720 guesses a day before everybody's eyes, among a million
RESTART_AFTER_S = 2.0  # first the glass says so

log = logging.getLogger(__name__)


class Tending:
    """The PIN, who tried it, and what was asked for behind it."""

    def __init__(self, pin_hash: str, panel: Panel, clock: Clock) -> None:
        self._pin_hash = pin_hash
        self._panel = panel
        self._clock = clock
        self._tries = 0
        self._locked_until_s = 0.0
        self._restart_at_s: float | None = None

    def typed(self, state: ScreenState, text: str) -> ScreenState:
        """A PIN was typed; a right one does not end a lock."""
        if not isinstance(state.screen, PinAsked):
            return state
        now_s = self._clock.monotonic_s()
        is_locked = now_s < self._locked_until_s
        is_right = not is_locked and pin_check.is_right(self._pin_hash, text)
        if is_right:
            self._tries = 0
            log.info("maintenance: the PIN was right")
        elif not is_locked:
            is_locked = self._miss(now_s)
        return upkeep.judged(state, is_right=is_right, is_locked=is_locked, now_s=now_s)

    def pressed(self, was: ScreenState, after: ScreenState, button: Button) -> None:
        """Do what was asked for behind the PIN."""
        if button is Button.SOUND and isinstance(was.screen, Maintenance):
            self._panel.answer(Verdict.GOOD)
        if isinstance(after.screen, Maintenance) and after.screen.is_restarting:
            if self._restart_at_s is None:
                log.warning("maintenance: starts anew")
            self._restart_at_s = self._clock.monotonic_s() + RESTART_AFTER_S

    def tick(self, state: ScreenState, said: KioskState | None) -> ScreenState:
        """Keep what is shown up to date."""
        return upkeep.refreshed(state, said)

    def wants_restart(self) -> bool:
        """Whether this process is to end now, and whoever watches over it to start it anew."""
        return self._restart_at_s is not None and self._clock.monotonic_s() >= self._restart_at_s

    def _miss(self, now_s: float) -> bool:
        """A wrong PIN; whether it was one too many."""
        self._tries += 1
        log.warning("maintenance: wrong PIN, try %d of %d", self._tries, TRIES_MAX)
        if self._tries < TRIES_MAX:
            return False
        self._tries, self._locked_until_s = 0, now_s + LOCKED_S
        log.error("maintenance: locked for %.0f s", LOCKED_S)
        return True
