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
        """All who wait; how many those were. Nobody is held up where nobody waits."""
        counted = 0
        while self._is_anybody_waiting():
            with writing(self.sessions) as db:
                counted += journeys.recount(db, self.now_ms(), self.windows, AT_ONCE)
        return counted

    def night(self) -> int:
        """The same, and what is final belongs to nobody from now on: it looks at every journey."""
        counted = self.round()
        with writing(self.sessions) as db:
            journeys.make_nobodys(db, self.now_ms())
        return counted

    def _is_anybody_waiting(self) -> bool:
        with self.sessions() as db:
            return journeys.waiting(db) > 0
