"""Whom of the staff a card asks, by what the database knows of them and of the shopper."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.core import asking
from gateway.core.alerts import MINE, OPEN, AlertState, Outcome
from gateway.core.asking import LOOK_AGAIN_MS, Colleague, Waiting
from gateway.core.consent import Purpose
from gateway.core.matching import Source
from gateway.core.visits import QUIET_MS
from gateway.store import profiles, staff
from gateway.store.alert_rows import AlertRow
from gateway.store.staff import StaffRow
from gateway.store.visits import VisitRow

LOOKED_AT = 100  # in one transaction: cards that nobody took for hours


def begin(db: Session, card: AlertRow, at_ms: int, host: tuple[str, int] | None = None) -> None:
    """A card asks whom it suits best; or a host at work alone, for so many milliseconds."""
    card.round_at_ms = at_ms
    card.asked = ""
    if host is not None and host[0] in {one.staff for one in staff.on_duty(db, card.store, at_ms)}:
        card.asks = card.asked = host[0]
        card.look_at_ms = at_ms + host[1]
    else:
        again(db, card, at_ms)


def give(db: Session, card: AlertRow, to: str | None, at_ms: int) -> None:
    """Who has a card passes it on: to a colleague, or to whoever suits it best but themselves."""
    card.asked = f"-{card.staff}" if to is None else f"-{card.staff};{to}"
    card.state, card.staff, card.claimed_at_ms = AlertState.OFFERED, None, None
    card.round_at_ms = at_ms
    if to is None:
        again(db, card, at_ms)
    else:
        card.asks, card.look_at_ms = to, at_ms + LOOK_AGAIN_MS
        db.get_one(StaffRow, to).asked_at_ms = at_ms
    db.flush()


def is_full(db: Session, who: str, but: int) -> bool:
    """Whether somebody has as many cards as one person can serve, a certain one aside."""
    theirs = select(AlertRow.alert).where(AlertRow.staff == who, AlertRow.state.in_(MINE))
    others = db.scalars(theirs.where(AlertRow.alert != but).limit(asking.MOST_OPEN)).all()
    return len(others) >= asking.MOST_OPEN


def look(db: Session, now_ms: int) -> list[AlertRow]:
    """Ask the next ones where nobody came, and close the cards of who has left; what changed.

    Whoever looks at the same time does the same: nothing is done twice.
    """
    due = select(AlertRow).where(AlertRow.look_at_ms <= now_ms).order_by(AlertRow.alert)
    changed = []
    for row in db.scalars(due.limit(LOOKED_AT).with_for_update(skip_locked=True)):
        was = (row.state, row.asks, row.asked)
        if _has_left(db, row, now_ms):
            row.state, row.outcome = AlertState.CLOSED, Outcome.LEFT
            row.closed_at_ms, row.look_at_ms, row.asks = now_ms, None, None
        else:
            again(db, row, now_ms)
        if (row.state, row.asks, row.asked) != was:
            changed.append(row)
        db.flush()
    return changed


def is_due(db: Session, now_ms: int) -> bool:
    """Whether `look` has anything to do."""
    query = select(AlertRow.alert).where(AlertRow.look_at_ms <= now_ms)
    return db.scalar(query.limit(1)) is not None


def _has_left(db: Session, card: AlertRow, now_ms: int) -> bool:
    """Whether the tag of a card's shopper was last heard going, and the visit is over.

    Who came with a pass only stands there unheard; nobody may say of them that they left.
    """
    visit = None if card.visit is None else db.get(VisitRow, card.visit, populate_existing=True)
    return (
        visit is not None
        and visit.evidence == Source.TAG
        and visit.heard_by == 0
        and visit.last_at_ms + QUIET_MS <= now_ms
    )


def again(db: Session, card: AlertRow, now_ms: int) -> None:
    """Ask whoever is to be asked by now."""
    names = [one for one in (card.asked or "").split(";") if one]
    back = next((one for one in names if one.startswith("-")), "")
    on_duty = staff.on_duty(db, card.store, now_ms)
    wants = frozenset({card.kind, card.skill or card.kind, *_interests(db, card.member)})
    regular = _regular(db, card.member) if on_duty else None
    asked = tuple(one for one in names if one != back)
    waiting = Waiting(card.kiosk, wants, regular, card.round_at_ms, asked, back[1:] or None)
    found = asking.ask(waiting, [_colleague(db, one, card.alert) for one in on_duty], now_ms)
    for one in on_duty:
        if found.staff == one.staff != card.asks:
            one.asked_at_ms = now_ms
    card.asks, card.look_at_ms = found.staff, found.look_at_ms
    card.asked = ";".join(one for one in (back, *found.asked) if one)


def _colleague(db: Session, row: StaffRow, card: int | None) -> Colleague:
    theirs = (AlertRow.staff == row.staff) & AlertRow.state.in_(MINE)
    asks = (AlertRow.asks == row.staff) & (AlertRow.state == AlertState.OFFERED)
    count = select(func.count()).select_from(AlertRow).where(AlertRow.store == row.duty_store)
    if card is not None:
        count = count.where(AlertRow.alert != card)
    return Colleague(
        row.staff,
        frozenset(row.skills.split(";")) - {""},
        frozenset(row.zones.split(";")) - {""},
        db.scalar(count.where(AlertRow.state.in_(OPEN), theirs | asks)) or 0,
        row.asked_at_ms,
    )


def _interests(db: Session, member: str | None) -> list[str]:
    """What somebody looks at, if staff may know it and the shop may use it."""
    if member is None:
        return []
    agreed = profiles.consents(db, {member})[member]
    if not {Purpose.STAFF_CONTEXT, Purpose.PROFILING} <= agreed:
        return []
    return profiles.by_member(db, {member})[member].interest_words


def _regular(db: Session, member: str | None) -> str | None:
    """Who served a member last."""
    if member is None:
        return None
    served = select(AlertRow.staff).where(
        AlertRow.member == member, AlertRow.state == AlertState.CLOSED, AlertRow.staff.is_not(None)
    )
    return db.scalar(served.order_by(AlertRow.closed_at_ms.desc()).limit(1))
