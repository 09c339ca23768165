"""How a card ended is told to others, in the transaction in which it ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.core.alerts import AlertState
from gateway.core.consent import Purpose
from gateway.core.telling import Kind
from gateway.store import outgoing, outside, profiles
from gateway.store.alerts import AlertRow, Moved

M = TypeVar("M")  # whatever a step on the board may come to


def noted(db: Session, alert: int, note: str, day: date | None) -> None:
    """Write on a card what was said, and when somebody should ask them again."""
    values = {"note": note, "follow_up_on": day}
    db.execute(update(AlertRow).where(AlertRow.alert == alert).values(values))


def last_notes(db: Session, store: str, members: Collection[str]) -> dict[str, str]:
    """What was noted the last time on a card of each of these members in a store."""
    query = select(AlertRow.member, AlertRow.note).where(
        AlertRow.member.in_(members),
        AlertRow.store == store,
        AlertRow.state == AlertState.CLOSED,
        AlertRow.note != "",
    )
    rows = db.execute(query.order_by(AlertRow.closed_at_ms)) if members else ()
    return {str(member): note for member, note in rows}


def told(db: Session, alert: int, moved: M, at_ms: int) -> M:
    """Have it told that a card was closed, if that is what `alerts.close` says came of it."""
    if moved == Moved():
        _tell(db, db.get_one(AlertRow, alert, populate_existing=True), at_ms)
    return moved


def _tell(db: Session, card: AlertRow, at_ms: int) -> None:
    who = _who(db, card.member)
    what = {"alert": card.alert, "kind": card.kind, "store": card.store, "order": card.order}
    ended = {"outcome": card.outcome, "staff": card.staff, "waited_ms": _waited_ms(card)}
    day = card.follow_up_on
    next_ = {"follow_up_on": day.isoformat() if day is not None else None}
    # A note is of a person: without one who may be known it stays here.
    next_["note"] = card.note if who["member"] is not None else ""
    outgoing.tell(db, Kind.ALERT_CLOSED, {**what, **ended, **next_, **who}, at_ms)


def _who(db: Session, member: str | None) -> dict[str, object]:
    """The member, and who that is at each connector; nobody if they did not agree to be known."""
    if member is None or Purpose.STAFF_CONTEXT not in profiles.consents(db, {member})[member]:
        return {"member": None, "known_as": {}}
    return {"member": member, "known_as": dict(outside.of_member(db, member))}


def _waited_ms(card: AlertRow) -> int | None:
    return None if card.claimed_at_ms is None else card.claimed_at_ms - card.offered_at_ms
