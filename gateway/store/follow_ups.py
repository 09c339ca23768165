"""How a card ended is told to others, in the transaction in which it ended."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy.orm import Session

from gateway.core.consent import Purpose
from gateway.core.telling import Kind
from gateway.store import outgoing, outside, profiles
from gateway.store.alerts import AlertRow, Moved

M = TypeVar("M")  # whatever a step on the board may come to


def told(db: Session, alert: int, moved: M, at_ms: int) -> M:
    """Have it told that a card was closed, if that is what `alerts.close` says came of it."""
    if moved == Moved():
        _tell(db, db.get_one(AlertRow, alert, populate_existing=True), at_ms)
    return moved


def _tell(db: Session, card: AlertRow, at_ms: int) -> None:
    who = _who(db, card.member)
    what = {"alert": card.alert, "kind": card.kind, "store": card.store, "order": card.order}
    ended = {"outcome": card.outcome, "staff": card.staff, "waited_ms": _waited_ms(card)}
    outgoing.tell(db, Kind.ALERT_CLOSED, {**what, **ended, **who}, at_ms)


def _who(db: Session, member: str | None) -> dict[str, object]:
    """The member, and who that is at each connector; nobody if they did not agree to be known."""
    if member is None or Purpose.STAFF_CONTEXT not in profiles.consents(db, {member})[member]:
        return {"member": None, "known_as": {}}
    return {"member": member, "known_as": dict(outside.of_member(db, member))}


def _waited_ms(card: AlertRow) -> int | None:
    return None if card.claimed_at_ms is None else card.claimed_at_ms - card.offered_at_ms
