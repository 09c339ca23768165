"""How every connector is, read together for whoever looks: the console and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.core.changes import ConnectorKind
from gateway.core.connector_health import Asked, Identity, Known, Trouble, troubles
from gateway.store import connectors
from gateway.store.connectors import Failure


@dataclass(frozen=True, slots=True)
class Sight:
    """One connector."""

    name: str
    kind: ConnectorKind
    last_delivery_ms: int | None
    failures: Sequence[Failure]
    missed: int  # changes that were found by asking, in all
    silent_since_ms: int | None
    problem: str  # why it could not be asked the last time
    troubles: Sequence[Trouble]


def sights(db: Session, known: Iterable[Identity], now_ms: int) -> list[Sight]:
    """All connectors, those with trouble first."""
    seen = [_sight(db, identity, now_ms) for identity in known]
    return sorted(seen, key=lambda one: (not one.troubles, one.name))


def _sight(db: Session, identity: Identity, now_ms: int) -> Sight:
    polls = connectors.polls(db, identity.name)
    failures = connectors.failures(db, identity.name)
    last_ms = connectors.last_at_ms(db, identity.name)
    asked = [Asked(row.silent_since_ms, row.answered_at_ms, row.asked_at_ms) for row in polls]
    last_refusal_ms = failures[0].last_at_ms if failures else None
    facts = Known(last_ms, last_refusal_ms, asked, identity.is_asked)
    silent = [row.silent_since_ms for row in polls if row.silent_since_ms is not None]
    return Sight(
        identity.name,
        identity.kind,
        last_ms,
        failures,
        sum(row.missed for row in polls),
        min(silent, default=None),
        next((row.problem for row in polls if row.problem), ""),
        troubles(facts, now_ms),
    )
