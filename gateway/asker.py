"""Looks, second by second, at the cards nobody took: asks the next ones, closes those who left.

Several processes may look at once; a card moves on once. Takes no card and serves nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live, Noun
from gateway.core.alerts import AlertState
from gateway.store import asking, follow_ups
from gateway.store.alerts import Moved
from gateway.store.base import writing
from runtime.clock import Clock, unix_ms


@dataclass(frozen=True)
class Asker:
    """What a round of looking needs."""

    sessions: sessionmaker[Session]
    clock: Clock
    say: Callable[[str, Live], object]  # to the pages of a store

    def round(self) -> int:
        """Look once; how many cards moved on."""
        now_ms = unix_ms(self.clock.utc())
        with self.sessions() as db:
            if not asking.is_due(db, now_ms):
                return 0  # as most of the time: nobody is kept from writing
        with writing(self.sessions) as db:
            changed = asking.look(db, now_ms)
            for card in changed:
                if card.state == AlertState.CLOSED:
                    follow_ups.told(db, card.alert, Moved(), now_ms)
            told = {(card.store, card.alert) for card in changed}
        for store, card_no in sorted(told):
            self.say(store, Live(Noun.ALERT, str(card_no)))
        return len(told)
