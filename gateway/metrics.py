"""What the gateway knows in numbers: its kiosks, what waits for people, what nobody could read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from contract import measures
from gateway.core.alerts import AlertState
from gateway.store import alerts, dead_letters, newcomers, stores
from gateway.store.stores import KioskRow
from runtime.inbox import Inbox
from runtime.metrics import Family, Kind, Sample, Source, gauge

WAITING = "Messages that came and were not handled yet."
HANDLED = "Messages that were handled since the start."


@dataclass(frozen=True)
class Counted:
    """Asks the database when it is asked; while that does not answer, only `hien_database_up`."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]

    def families(self) -> Iterable[Family]:
        """As a source."""
        try:
            with self.sessions() as db:
                found = list(self._families(db))
        except DBAPIError:
            return [gauge("hien_database_up", "1 if the database answers.", 0)]
        return [gauge("hien_database_up", "1 if the database answers.", 1), *found]

    def _families(self, db: Session) -> Iterator[Family]:
        now_ms, names = self.now_ms(), [row.store for row in stores.every(db)]
        kiosks = [row for name in names for row in stores.fleet(db, name)]
        yield from _fleet(kiosks, now_ms)
        letters = dead_letters.count(db)
        yield gauge("hien_dead_letters", "Messages nobody could read, and kept.", letters)
        new = len(newcomers.waiting(db, now_ms))
        yield gauge("hien_new_kiosks_waiting", "Machines that ask to be let in.", new)
        waiting: list[Sample] = [
            (
                {"store": name},
                sum(card.state is AlertState.OFFERED for card in alerts.board(db, name)),
            )
            for name in names
        ]
        about = "Cards on the staff's board that nobody took."
        yield Family("hien_cards_waiting", Kind.GAUGE, about, waiting)


def of_inbox(inbox: Inbox[Any]) -> Source:
    """How much waits for a process's one owner, and how much it has done."""

    def families() -> list[Family]:
        return [
            gauge("hien_inbox_waiting", WAITING, inbox.waiting),
            Family("hien_inbox_handled_total", Kind.COUNTER, HANDLED, [({}, inbox.handled)]),
        ]

    return families


def _fleet(kiosks: Iterable[KioskRow], now_ms: int) -> Iterator[Family]:
    by_name: dict[str, list[Sample]] = {name: [] for name in measures.ABOUT}
    silent: list[Sample] = []
    for row in kiosks:
        whose = {"store": row.store, "kiosk": row.kiosk}
        state = stores.state_of(row)
        if row.said_at_ms is not None:
            silent.append((whose, max(0, now_ms - row.said_at_ms) / 1_000))
        for name, labels, value in measures.of_state(state) if state is not None else ():
            by_name[name].append(({**whose, **labels}, value))
    for name, samples in by_name.items():
        yield Family(name, Kind.GAUGE, measures.ABOUT[name], samples)
    about = "Since the gateway last heard the kiosk."
    yield Family("hien_kiosk_silent_seconds", Kind.GAUGE, about, silent)
