"""Knows what time it is and how far to trust that; what a kiosk stamps and a door decides by.

Owned by its process's main thread.
"""

from __future__ import annotations

import logging
from typing import Protocol

from contract.events import ClockTrust
from kiosk.adapters.clock_floor import ClockFloor
from kiosk.core import clock_trust
from kiosk.core.clock_trust import Belief, ClockRules, Reading
from runtime.clock import Clock

SAVED_EVERY_S = 600.0  # 144 small writes a day; after a power cut the floor is ten minutes old

log = logging.getLogger(__name__)


class TimeSource(Protocol):
    """Whoever knows whether the machine's time of day is right."""

    def is_synced(self) -> bool:
        """Whether something outside this machine vouches for its time now."""


class Timekeeper:
    """The time as far as it can be believed."""

    def __init__(
        self,
        rules: ClockRules,
        clock: Clock,
        source: TimeSource,
        floor: ClockFloor,
        has_battery_clock: bool = False,
    ) -> None:
        self.rules = rules
        self._clock = clock
        self._source = source
        self._floor = floor
        self._saved_s: float | None = None  # when it was tried last
        self._is_kept = False
        self._known = clock_trust.booted(rules, floor.load(), self._reading(), has_battery_clock)
        log.info("the time is %s", self._known.trust)

    @property
    def trust(self) -> ClockTrust:
        """How far the time is trusted, as of the last look."""
        return self._known.trust

    @property
    def is_kept(self) -> bool:
        """Whether the floor was written when that was last due."""
        return self._is_kept

    def belief(self) -> Belief:
        """What time it is now."""
        return clock_trust.belief(self._known, self.rules, self._clock.monotonic_s())

    def slots(self) -> range:
        """The slots whose passes are in time now; empty if nobody can say."""
        return clock_trust.slots(self.belief(), self.rules)

    def look(self) -> None:
        """Compare the clocks; call it about once a second. DeviceError if the disk refuses."""
        was, now = self._known, self._reading()
        self._known = clock_trust.step(was, self.rules, now)
        if self._known.trust is not was.trust:
            log.warning("the time was %s and is %s", was.trust, self._known.trust)
        is_due = self._saved_s is None or now.monotonic_s - self._saved_s >= SAVED_EVERY_S
        if is_due and self._known.trust is not ClockTrust.FLOOR:
            self._saved_s, self._is_kept = now.monotonic_s, False
            self._floor.save(self._known.floor_s)
            self._is_kept = True

    def _reading(self) -> Reading:
        wall_s = self._clock.utc().timestamp()
        return Reading(wall_s, self._clock.monotonic_s(), self._source.is_synced())
