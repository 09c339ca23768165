"""Who a batch may be about, read before its turn to write comes, for then all others wait.

A fifth of an intake's turn went into asking whose tags these are. What is read earlier holds if
nobody changed any of it by the turn; the database itself counts such changes (migration 0042), so
nobody who writes can forget to. If something did change, all is asked again within the turn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from contract.events import Event
from gateway.core import mentions
from gateway.core.consent import Purpose
from gateway.store import base, profiles
from gateway.store.batches import Prepared
from gateway.store.stores import EditionRow

MANY = 50  # events; with fewer a turn is short, and somebody waits for an answer

_PEOPLE = Prepared(select(EditionRow.people))


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was read of people, as of one edition of them. Of all others the database is asked.

    Each answer is a new dict: a scene writes into its own what a batch changes.
    """

    edition: int = -1
    tags: Collection[str] = frozenset()  # whose owners are known, or that they have none
    owners: dict[str, str] = field(default_factory=dict)
    consents: dict[str, set[Purpose]] = field(default_factory=dict)
    shown: Collection[str] = frozenset()  # members whose keys are known, or that they have none
    keys: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def owners_of(self, db: Session, tags: Collection[str]) -> dict[str, str]:
        """Whose tags these are; see `profiles.owners`."""
        missing = [tag for tag in tags if tag not in self.tags]
        return self.owners | (profiles.owners(db, missing) if missing else {})

    def consents_of(self, db: Session, members: Collection[str]) -> dict[str, set[Purpose]]:
        """What each of some members agreed to."""
        missing = [member for member in members if member not in self.consents]
        return self.consents | (profiles.consents(db, missing) if missing else {})

    def keys_of(
        self, db: Session, members: Collection[str], now_ms: int
    ) -> dict[tuple[str, int], bytes]:
        """The good keys of some members."""
        missing = [member for member in members if member not in self.shown]
        return self.keys | (profiles.pass_keys(db, missing, now_ms) if missing else {})


NOTHING_AHEAD = Ahead()


def read(sessions: sessionmaker[Session], events: Collection[Event], now_ms: int) -> Ahead:
    """Ask of whom some events speak. On PostgreSQL, where nobody waits, only for keys."""
    if len(events) < MANY:
        return NOTHING_AHEAD
    tags, arrived = mentions.tags(events), mentions.arrived(events)
    shown = {one.member for one, _ in mentions.shown_passes(events)}
    with base.reading(sessions) as db:
        keys = profiles.pass_keys(db, shown, now_ms)
        if not base.has_one_writer(db):
            return Ahead(shown=shown, keys=keys)
        owners = profiles.owners(db, tags)
        came = {owner for tag, owner in owners.items() if tag in arrived}
        consents = profiles.consents(db, came | shown)
        return Ahead(_edition(db), tags, owners, consents, shown, keys)


def still_true(db: Session, ahead: Ahead) -> Ahead:
    """What was read ahead if nothing of it has changed, else nothing."""
    is_true = ahead.edition >= 0 and ahead.edition == _edition(db)
    return ahead if is_true else NOTHING_AHEAD


def _edition(db: Session) -> int:
    return int(_PEOPLE.rows(db)[0][0])
