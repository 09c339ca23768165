"""Tells whoever tends the shop that a kiosk is unwell, once that has lasted; not again soon."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session, sessionmaker

from gateway.core import fleet
from gateway.core.fleet_notices import notice
from gateway.notify.port import Notifier
from gateway.store import kiosk_alarms, stores
from gateway.store.base import writing
from gateway.watching import tell

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FleetWatch:
    """Looks after kiosks, for people who look at no page. What was told survives a restart."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    notifiers: Sequence[Notifier]

    def look(self) -> None:
        """Tell what has lasted; what nobody took is tried again the next time."""
        now_ms = self.now_ms()
        with self.sessions() as db:
            known = kiosk_alarms.known(db)
            kiosks = [row for store in stores.every(db) for row in stores.fleet(db, store.store)]
        for row in kiosks:
            at = (row.store, row.kiosk)
            was = known.get(at, {})
            seen = fleet.look(was, fleet.troubles(stores.state_of(row)), now_ms)
            alarms = dict(seen.alarms)
            for trouble in seen.tell:
                log.warning("kiosk %s of store %s: %s", row.kiosk, row.store, trouble)
                if not self.notifiers or tell(self.notifiers, notice(row.name, trouble)):
                    alarms[trouble] = replace(alarms[trouble], told_ms=now_ms)
            if alarms != was:
                with writing(self.sessions) as db:
                    kiosk_alarms.keep(db, at, alarms)
