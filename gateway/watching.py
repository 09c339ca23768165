"""Tells whoever tends the shop when a connector begins to be in trouble, once for each time.

What was told is remembered by this process only: after a restart it is told once more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from gateway.core.connector_health import Identity
from gateway.core.notices import News, Notice, fresh, notice
from gateway.notify.port import Notifier
from gateway.store.connector_sight import sights
from runtime.errors import UnavailableError

log = logging.getLogger(__name__)


@dataclass
class Watch:
    """Looks after connectors, for people who look at no page."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    known: Sequence[Identity]
    notifiers: Sequence[Notifier]
    told: set[News] = field(default_factory=set)

    def look(self) -> None:
        """Tell what is new; what nobody took is tried again the next time."""
        with self.sessions() as db:
            seen = sights(db, self.known, self.now_ms())
        now = {News(sight.name, trouble) for sight in seen for trouble in sight.troubles}
        self.told &= now  # what is over and comes again is told again
        for news in fresh(sorted(now, key=lambda one: one.connector), self.told):
            log.warning("connector %s: %s", news.connector, news.trouble)
            if not self.notifiers or tell(self.notifiers, notice(news)):
                self.told.add(news)


def tell(notifiers: Sequence[Notifier], said: Notice) -> int:
    """Tell it in every way there is; how many ways took it."""
    took = 0
    for one in notifiers:
        try:
            one.tell(said)
            took += 1
        except UnavailableError as error:
            log.warning("nobody could be told: %s", error)
    return took
