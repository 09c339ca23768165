"""Counts stays in zones soon after somebody left: from the log of events, in its own time.

It keeps its place in the log in the transaction that counts: no stay is counted twice or never.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from gateway.store import arrivals, zone_hours
from gateway.store.base import take_turns, writing

READER = "zones"
AT_ONCE = 2_000  # events looked through before something is written


@dataclass(frozen=True)
class Zoning:
    """The chore."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]

    def round(self) -> int:
        """All that is settled by now; how many stays those were."""
        counted = 0
        while (found := self._step()) is not None:
            counted += found
        return counted

    def _step(self) -> int | None:
        """Some events more; None if there are none, or another counts them at this moment."""
        now_ms = self.now_ms()
        with self.sessions() as db:
            place = arrivals.place_of(db, READER)
            upto = min(place + AT_ONCE, arrivals.settled(db))
            if upto <= place:
                return None
            found = zone_hours.ended(db, place, upto, now_ms)
        with writing(self.sessions) as db:
            if not arrivals.move_on(db, READER, place, upto):
                return None
            take_turns(db, {store for store, _ in found})
            zone_hours.add(db, found, now_ms)
        return len(found)
