"""Counts members' journeys anew soon after something of theirs changed, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from gateway.core.attribution import Windows
from gateway.store import journeys
from gateway.store.base import writing

AT_ONCE = 500  # members in one transaction: some hundred milliseconds of SQLite's one writer


@dataclass(frozen=True)
class Journeying:
    """The chore."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    windows: Windows

    def round(self) -> int:
        """All who wait; how many those were."""
        counted = 0
        while True:
            with writing(self.sessions) as db:
                some = journeys.recount(db, self.now_ms(), self.windows, AT_ONCE)
            counted += some
            if some < AT_ONCE:
                break
        with writing(self.sessions) as db:
            journeys.make_nobodys(db, self.now_ms())
        return counted
