"""Reminds whoever tends the shop of what the law has a day for; not twice of the same."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from gateway.core.duties import notice
from gateway.notify.port import Notifier
from gateway.store import duties
from gateway.store.base import writing
from gateway.watching import tell

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DutyWatch:
    """Looks at the days, for people who look at no page. What was told survives a restart."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    notifiers: Sequence[Notifier]

    def look(self) -> None:
        """Tell what has come near; what nobody took is tried again the next time."""
        now_ms = self.now_ms()
        with self.sessions() as db:
            told, open_ = duties.told(db), duties.open_(db, now_ms)
        for due in open_:
            stage = due.stage(now_ms)
            if stage <= told.get(due.key, 0):
                continue
            log.warning("duty %s: due at %d", due.key, due.due_ms)
            if not self.notifiers or tell(self.notifiers, notice(due, now_ms)):
                with writing(self.sessions) as db:
                    duties.tell(db, due, stage)
