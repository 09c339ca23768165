"""Tends the connectors while pages are served: applies what came, asks for what did not come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from gateway import reception, reconciling
from gateway.connections import Connection
from gateway.reception import Refused
from gateway.reconciling import Ask
from gateway.store import connectors, outgoing
from gateway.store.base import writing

DAY_MS = 86_400_000


@dataclass
class Care:
    """What is to be done, each by one thread: `apply` by one, `look` by another."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    known: Mapping[str, Connection]
    refused: Refused
    asks: Callable[[Connection], Ask]  # how one is asked
    changed: Callable[[], None]  # pages should look again
    paid: Callable[[list[str]], None] = lambda _orders: None  # money came for these orders
    _pruned_ms: int = field(default=0)

    def apply(self) -> None:
        """Everything that waits, in turn; then write down who was refused."""
        now_ms = self.now_ms()
        changes, paid = 0, list[str]()
        while (made := reception.apply_next(self.sessions, self.known, now_ms, paid)) is not None:
            changes += made
        if paid:
            self.paid(paid)
        if changes:
            self.changed()
        if self.refused.counts or now_ms - self._pruned_ms >= DAY_MS:
            with writing(self.sessions) as db:
                self.refused.write(db, now_ms)
                if now_ms - self._pruned_ms >= DAY_MS:
                    connectors.prune(db, now_ms)
                    outgoing.prune(db, now_ms)
                    self._pruned_ms = now_ms

    def look(self) -> None:
        """Ask whoever it is time to ask."""
        for connection in self.known.values():
            ask, now_ms = self.asks(connection), self.now_ms()
            if reconciling.look(self.sessions, connection, ask, now_ms):
                self.changed()
