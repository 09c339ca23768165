"""Offers that are being written in the console, till somebody else lets them out.

A draft is a line as in offers.csv and may be wrong; only a line without mistakes is asked for,
and only what was asked for becomes an offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.audit import Deed
from gateway.core.roles import Approval, Worker, approval
from gateway.store import audit, offer_lines, stores
from gateway.store.audit import By, Done
from gateway.store.base import Base, take_turns
from gateway.store.offer_lines import Cells
from gateway.store.offers import OfferRow, Owner

NEW = 0  # the revision of a draft that nobody has kept yet


class DraftState(StrEnum):
    """How far a draft is."""

    DRAFT = "draft"
    ASKED = "asked"  # somebody of another role is to look at it


class OfferDraftRow(Base):
    """What an offer is to become; at most one an offer, so that nobody's work is lost silently."""

    __tablename__ = "offer_draft"

    offer: Mapped[str] = mapped_column(primary_key=True)
    cells: Mapped[str]  # JSON: texts by column of offers.csv
    state: Mapped[str]  # DraftState
    revision: Mapped[int]  # grows with each change: whoever looked at an older one is told
    staff: Mapped[str]  # who changed it last
    at_ms: Mapped[int]
    note: Mapped[str] = mapped_column(default="", server_default="")  # why it was sent back


class Problem(StrEnum):
    """Why a step was not taken."""

    CHANGED = "changed"  # somebody else was faster
    NOT_ASKED = "not_asked"
    MISTAKEN = "mistaken"


@dataclass(frozen=True, slots=True)
class Seen:
    """The draft somebody had before their eyes when they decided."""

    offer: str
    revision: int = NEW


def every(db: Session) -> Sequence[OfferDraftRow]:
    """All drafts, by offer."""
    return db.scalars(select(OfferDraftRow).order_by(OfferDraftRow.offer)).all()


def get(db: Session, offer: str) -> OfferDraftRow | None:
    """The draft of an offer."""
    return db.get(OfferDraftRow, offer, populate_existing=True)


def cells_of(row: OfferDraftRow) -> dict[str, str]:
    """Its line."""
    return msgspec.json.decode(row.cells, type=dict[str, str])


def save(
    db: Session, by: By, seen: Seen, cells: Cells, *, is_asked: bool = False
) -> OfferDraftRow | Problem:
    """Keep what somebody wrote over the revision they saw, and ask for it to be looked at."""
    take_turns(db, {f"draft {seen.offer}"})  # two who begin one at the same instant
    row = get(db, seen.offer)
    if (row.revision if row is not None else NEW) != seen.revision:
        return Problem.CHANGED
    if is_asked and offer_lines.read(cells)[1]:
        return Problem.MISTAKEN
    row = row or OfferDraftRow(offer=seen.offer)
    row.cells = msgspec.json.encode(dict(cells)).decode()
    # the time, too, so that a draft thrown away and begun anew is never the one somebody saw
    row.revision = max(seen.revision + 1, by.at_ms)
    row.state = DraftState.ASKED if is_asked else DraftState.DRAFT
    row.staff, row.at_ms, row.note = by.staff, by.at_ms, ""
    db.add(row)
    audit.note(db, by, Done(Deed.OFFER_ASKED if is_asked else Deed.OFFER_SAVED, seen.offer))
    db.flush()
    return row


def send_back(db: Session, by: By, seen: Seen, note: str) -> Problem | None:
    """It is not to go out like this."""
    row = _asked(db, seen)
    if isinstance(row, Problem):
        return row
    row.state, row.note, row.revision = DraftState.DRAFT, note, row.revision + 1
    audit.note(db, by, Done(Deed.OFFER_SENT_BACK, seen.offer, detail=note))
    return None


def discard(db: Session, by: By, seen: Seen) -> Problem | None:
    """Throw a draft away; the offer that runs stays as it is."""
    take_turns(db, {f"draft {seen.offer}"})
    row = get(db, seen.offer)
    if row is None or row.revision != seen.revision:
        return Problem.CHANGED
    db.delete(row)
    audit.note(db, by, Done(Deed.OFFER_DISCARDED, seen.offer))
    return None


def publish(db: Session, by: By, seen: Seen, workers: Sequence[Worker]) -> Approval | Problem:
    """Let out exactly the revision that was looked at; running processes hear of it at once."""
    row = _asked(db, seen)
    if isinstance(row, Problem):
        return row
    offer = seen.offer
    known = {one.staff: one for one in workers}
    # who asked and is gone since was somebody else
    asker, approver = known.get(row.staff), known[by.staff]
    allowed = Approval.GRANTED if asker is None else approval(asker, approver, workers)
    if allowed not in (Approval.GRANTED, Approval.ALONE):
        return allowed
    cells = cells_of(row)
    values, mistakes = offer_lines.read(cells)
    if mistakes:
        return Problem.MISTAKEN  # this build reads terms more strictly than the one that asked
    before = db.get(OfferRow, offer)
    was = offer_lines.written(before) if before is not None else {}
    changed = ", ".join(column for column, _, _ in offer_lines.differences(was, cells))
    db.merge(OfferRow(offer=offer, owner=Owner.CONSOLE, **values))
    db.delete(row)
    stores.next_edition(db)
    audit.note(
        db,
        by,
        Done(Deed.OFFER_PUBLISHED, offer, detail=f"{allowed}; asked by {row.staff}; {changed}"),
    )
    return allowed


def pause(db: Session, by: By, offer: str) -> bool:
    """Stop giving an offer from now on; False if there is none. Nobody need approve less."""
    row = db.get(OfferRow, offer)
    if row is None:
        return False
    terms = msgspec.json.decode(row.terms, type=dict[str, object])
    row.terms = msgspec.json.encode({**terms, "paused": True}).decode()
    row.owner = Owner.CONSOLE  # else the file's next import would start it again
    stores.next_edition(db)
    audit.note(db, by, Done(Deed.OFFER_PAUSED, offer))
    return True


def hand_back(db: Session, by: By, offer: str) -> bool:
    """Let offers.csv look after an offer again; what runs stays till the file says otherwise."""
    row = db.get(OfferRow, offer)
    if row is None:
        return False
    row.owner = Owner.FILE
    audit.note(db, by, Done(Deed.OFFER_HANDED_BACK, offer))
    return True


def _asked(db: Session, seen: Seen) -> OfferDraftRow | Problem:
    take_turns(db, {f"draft {seen.offer}"})
    row = get(db, seen.offer)
    if row is None or row.revision != seen.revision:
        return Problem.CHANGED
    return row if row.state == DraftState.ASKED else Problem.NOT_ASKED
