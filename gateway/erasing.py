"""Does the erasures that were confirmed: traces first, then who it was; again after a restore.

Whatever interrupts it, the next round begins anew and finds the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from msgspec import json
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from gateway.core import erasing as rules
from gateway.core.telling import Kind
from gateway.store import (
    base,
    erasing,
    orders,
    outgoing,
    outside,
    privacy_requests,
    refused_files,
    tombstones,
)
from gateway.store.base import writing
from gateway.store.external_ids import ExternalIdRow
from gateway.store.privacy_requests import PrivacyRequestRow
from gateway.store.profiles import ProfileRow, TagRow
from gateway.store.tombstones import Graves

OPEN_ORDER = "open_order"  # why one waits: there is something of theirs to be picked up

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Eraser:
    """One gateway's; a single thread calls it."""

    engine: Engine
    graves: Graves
    now_ms: Callable[[], int]
    rest: Callable[[float], object]

    @property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions of its database."""
        return base.readers(self.engine)

    def round(self) -> int:
        """Erase everybody who confirmed it and has nothing left to be picked up; how many."""
        with writing(self.sessions) as db:
            outgoing.forget_told(db, Kind.PRIVACY_ASKED)
        with self.sessions() as db:
            wanted = [(row.number, row.member) for row in privacy_requests.to_erase(db)]
        return sum(member is not None and self._erase(number, member) for number, member in wanted)

    def again(self) -> int:
        """After a restore: erase everybody whom the list beside the key names; how many."""
        listed, erased = self.graves.listed(), 0
        while listed and (member := self._back(listed)) is not None:
            self._forget(member)
            erased += 1
        return erased

    def _erase(self, number: int, member: str) -> bool:
        with writing(self.sessions) as db:
            row = db.get_one(PrivacyRequestRow, number)
            if orders.open_of(db, [member])[member]:
                row.report = OPEN_ORDER
                return False
        report = self._forget(member)
        with writing(self.sessions) as db:
            row = db.get_one(PrivacyRequestRow, number)
            row.report = json.encode(erasing.written(report)).decode()
            row.done_at_ms = self.now_ms()
        log.info("request %d: somebody was erased", number)
        return True

    def _forget(self, member: str) -> erasing.Report:
        with self.sessions() as db:
            who = erasing.person(db, member)
            graves = erasing.graves_of(db, who, self.graves.key)
        self.graves.keep(graves)  # before anything else: a backup may be restored in between
        lines = refused_files.forget(self.sessions, who, self.now_ms())
        blanked = erasing.forget_events(self.sessions, who, self.rest)
        with writing(self.sessions) as db:
            known_as = dict(outside.of_member(db, member))
            report = erasing.forget(db, who)
            tombstones.put(db, graves, self.now_ms())
            if known_as and outgoing.is_heard(
                db
            ):  # the one message that names them: whoever holds a copy must know whose
                said = {"ask": "erase", "member": None, "known_as": known_as}
                outgoing.tell(db, Kind.PRIVACY_ASKED, said, self.now_ms())
        report.gone |= {"event": blanked, "refused_line": lines}
        erasing.clean(self.engine)
        return report

    def _back(self, listed: frozenset[str]) -> str | None:
        """Somebody who is here and was erased."""
        key = self.graves.key
        with self.sessions() as db:
            for kind, column, member in (
                ("", ExternalIdRow.external, ExternalIdRow.member),
                ("member:", ProfileRow.member, ProfileRow.member),
                ("tag:", TagRow.identity, TagRow.member),
            ):
                for word, owner in db.execute(select(column, member)):
                    if rules.digest(key, f"{kind}{word}") in listed:
                        return str(owner)
        return None
